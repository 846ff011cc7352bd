"""The look holds together: tokens instead of raw values, and nothing that breaks right-to-left."""

import re
from pathlib import Path

import pytest

from app.components.theme import STATUSES
from app.settings import ROOT
from models.appointments import AppointmentStatus

STYLES = (ROOT / "assets/house.css").read_text()
PYTHON = sorted([*(ROOT / "app/pages").rglob("*.py"), *(ROOT / "app/components").rglob("*.py")])
STYLED = [ROOT / "assets/house.css", *PYTHON, *(ROOT / "app/components").rglob("*.js*")]
PHYSICAL = re.compile(
    r"(margin|padding|border)[-_](left|right)|text[-_]align['\"]?\s*[:=]\s*['\"]?(left|right)"
    r"|(?<![\w-])(left|right)\s*:\s*[\d'\"]|\b(marginLeft|marginRight|paddingLeft|paddingRight)\b"
)
RAW = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\b\d+px\b")


@pytest.mark.parametrize("path", STYLED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_logical_directions(path: Path) -> None:
    assert [found.group(0) for found in PHYSICAL.finditer(path.read_text())] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_raw_colour_or_pixel_outside_the_theme(path: Path) -> None:
    code = re.sub(r'""".*?"""', "", path.read_text(), flags=re.S)
    assert RAW.findall(code) == []


def test_every_status_has_its_look() -> None:
    in_room = {"in-room"}
    known = {status.value for status in AppointmentStatus} - {"proposed", "waitlist"}
    assert known <= set(STATUSES) | in_room


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_palette(status: str) -> None:
    for part in ("bg", "fg", "edge"):
        assert f"--status-{status}-{part}:" in STYLES
    assert f".status-{status} " in STYLES


def test_motion_ends_when_the_reader_asks_for_less() -> None:
    assert "prefers-reduced-motion: reduce" in STYLES
    durations = [int(number) for number in re.findall(r"(\d+)ms", STYLES)]
    assert all(number < 150 for number in durations)
