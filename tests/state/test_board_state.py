"""What the board's page may send, and what of it counts as somebody being there."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.errors import InvalidField
from app.state import guard
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState
from app.state.board_series_change import SeriesChangeState
from app.state.board_visit import VisitState
from app.state.parse import day_from, id_from, instant_from, text_from
from app.state.policy import policy_of
from app.state.visitor import NOBODY, Visitor


class Page:
    """Page state that belongs to whoever asks."""

    def _belongs_to(self, who: Visitor) -> bool:
        return True

    def _take(self, who: Visitor) -> None:
        return None


class Tab:
    """As much of Reflex' state as the guard looks at."""

    async def get_state(self, _: Any) -> Page:
        return Page()


def counted(name: str, monkeypatch: pytest.MonkeyPatch, *, state: Any = BoardState) -> bool:
    """Tell whether an event of the board puts off the idle limit."""
    seen: list[Visitor] = []

    async def count(who: Visitor) -> None:
        seen.append(who)

    async def identify(_: Any) -> Visitor:
        return NOBODY

    monkeypatch.setattr(guard, "_count_as_activity", count)
    monkeypatch.setattr(guard, "identify", identify)
    event = SimpleNamespace(name=f"{state.get_full_name()}.{name}")
    asyncio.run(guard.Guard().preprocess(None, Tab(), event))  # type: ignore[arg-type]
    return bool(seen)


def test_what_the_page_sends_by_itself_is_no_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that others keep changing would otherwise never let its unattended session end."""
    assert not counted("card_changed", monkeypatch, state=PaneState)
    assert not counted("aim", monkeypatch, state=MovingState)
    assert not counted("resend", monkeypatch)


def test_what_a_person_does_is_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted("turn", monkeypatch)
    assert counted("open_card", monkeypatch, state=PaneState)
    assert counted("choose", monkeypatch, state=MovingState)


STATES = [BoardState, PaneState, BookingState, MovingState, VisitState, SeriesState, SeriesChangeState]


@pytest.mark.parametrize("state", STATES)
def test_no_handler_of_the_board_is_open_to_the_public(state: Any) -> None:
    own = [handler for handler in state.event_handlers.values() if handler.fn.__module__.startswith("app.state.board")]
    assert own
    assert all(policy_of(handler.fn) is not None and policy_of(handler.fn).permission for handler in own)


@pytest.mark.parametrize("value", ["", "x", None, 7, "0" * 500, {"a": 1}])
def test_values_from_a_browser_are_refused_unless_they_are_what_they_should_be(value: object) -> None:
    for parse in (id_from, day_from, instant_from):
        with pytest.raises(InvalidField):
            parse("field", value)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidField):
        instant_from("starts_at", "2027-01-04T09:00:00")
    assert instant_from("starts_at", "2027-01-04T09:00:00+02:00").isoformat() == "2027-01-04T07:00:00+00:00"


def test_a_text_is_cut_and_anything_else_is_empty() -> None:
    assert text_from("  Ana  ", longest=3) == "Ana"
    assert text_from(["Ana"]) == ""
