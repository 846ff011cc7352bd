"""Every code that a card's details can hold has its words."""

import re

from app.components.board_history import ACTIONS
from app.components.board_visit import CHANNELS
from app.settings import ROOT
from models.appointments import Channel

# How a verb names what it does to an appointment.
STEP = re.compile(r'Step\(\s*action="([a-z-]+)"')


def test_every_way_of_booking_has_its_words() -> None:
    assert set(CHANNELS) == {channel.value for channel in Channel}


def test_every_step_of_an_appointment_is_told_in_words() -> None:
    sources = (ROOT / "app/services").rglob("*.py")
    steps = {name for source in sources for name in STEP.findall(source.read_text(encoding="utf-8"))}
    assert {"arrive", "resize"} <= steps
    assert steps <= set(ACTIONS)
