"""A deed on the page of arrivals at a busy moment: what was done is never called undone, and can be taken back."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.errors import Overloaded
from app.services.booking.answer import Answer
from app.state import arrivals_acts, arrivals_undo
from app.state.arrivals_acts import ArrivalsActs
from app.state.arrivals_undo import ArrivalsUndoState

VISIT, PLACE = uuid4(), uuid4()
MADE = Answer(200, {"id": str(VISIT), "version": 4})


class Desk:
    """A desk whose deeds succeed; reading the number fails with what the test says, if anything."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failure: Exception | None = None
        self.acts: Any = ArrivalsActs(_reflex_internal_init=True)
        self.undo: Any = ArrivalsUndoState(_reflex_internal_init=True)
        for module in (arrivals_acts, arrivals_undo):
            monkeypatch.setattr(module, "do", self._do)
            monkeypatch.setattr(module, "arrivals_live", SimpleNamespace(wake=lambda *_: None))
            monkeypatch.setattr(module, "acting", lambda: SimpleNamespace(clinic_id=uuid4()))
        monkeypatch.setattr(arrivals_acts, "ask", self._ask)
        monkeypatch.setattr(ArrivalsActs, "get_state", self._other_state)
        monkeypatch.setattr(ArrivalsUndoState, "get_state", self._other_state)

    def press(self, action: str) -> str:
        """Press a button of a visit; return what was said."""
        return said(asyncio.run(self.acts._act(action, str(VISIT), 3, self.acts.press)))

    def take_back(self) -> str:
        """Press Undo; return what was said."""
        return said(asyncio.run(self.undo._undo_last()))

    async def _do(self, *_verbs: Any, **_asked: Any) -> Answer:
        return MADE

    async def _ask(self, *_asked: Any, **_more: Any) -> int:
        if self.failure is not None:
            raise self.failure
        return 7

    async def _other_state(self, kind: Any) -> Any:
        return self.undo if kind is ArrivalsUndoState else SimpleNamespace(location_id=str(PLACE))


def said(notice: Any) -> str:
    return str(notice.args)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_who_did_something_hears_the_number(desk: Desk) -> None:
    assert "Number {n} has arrived." in desk.press("arrive")
    assert "Undone for number {n}." in desk.take_back()


@pytest.mark.parametrize("failure", [Overloaded(), psycopg.OperationalError("gone")], ids=["busy", "out of reach"])
def test_what_was_done_is_said_to_be_done_also_when_its_number_cannot_be_read(desk: Desk, failure: Exception) -> None:
    desk.failure = failure
    told = desk.press("arrive")
    assert ("Saved." in told, "Undo" in told) == (True, True)
    assert "Undone." in desk.take_back()
    assert "no-show" in desk.press("no-show")
    assert "Undone." in desk.press("undo-visit")
    # The presses are counted all the same: the next one is another one.
    assert desk.acts.press == 4
