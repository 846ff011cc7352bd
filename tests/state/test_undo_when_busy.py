"""Undo at a busy moment: nothing was changed, so the next press of Undo still has what to take back."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.errors import ClinicError, Overloaded, StaleVersion
from app.state import arrivals_undo, board_pane, close_undo, my_day_undo, worklists_deeds, worklists_displaced
from app.state import worklists_undo as worklists

LATE = my_day_undo.Deed("late", {})
CALL = arrivals_undo.Deed("queue", {}, {})
CLOSE = close_undo.Deed("close", uuid4(), date(2030, 1, 7))
MOVE = {"kind": "move", "id": "1", "version": 1, "patient": "Wanda Waits"}
JOIN = worklists_deeds.Deed("joined", "Wanda Waits")

PAGES: dict[str, Any] = {
    "my-day": (my_day_undo, "do", my_day_undo.OwnUndoState, "_last", LATE),
    "arrivals": (arrivals_undo, "do", arrivals_undo.ArrivalsUndoState, "_last", CALL),
    "close": (close_undo, "ask", close_undo.CloseUndoState, "_last", CLOSE),
    "board": (board_pane, "take_back", board_pane.PaneState, "_deeds", [MOVE]),
}


def refusing(refusal: type[ClinicError]) -> Callable[..., Any]:
    async def refuse(*_asked: Any, **_more: Any) -> None:
        raise refusal

    return refuse


def pressed(page: Any) -> None:
    """Press Undo, whichever page it is."""
    asyncio.run(page.undo() if isinstance(page, close_undo.CloseUndoState) else page._undo_last())


@pytest.mark.parametrize("name", PAGES)
def test_what_could_not_be_taken_back_for_the_crowd_still_can_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, service, kind, var, deed = PAGES[name]
    page = kind(_reflex_internal_init=True)
    setattr(page, var, deed)
    monkeypatch.setattr(module, service, refusing(Overloaded))
    pressed(page)
    assert getattr(page, var) == deed
    # What a rule refuses is over.
    monkeypatch.setattr(module, service, refusing(StaleVersion))
    pressed(page)
    assert not getattr(page, var)


def test_on_the_worklists_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page: Any = worklists_displaced.DisplacedState(_reflex_internal_init=True)
    page._deeds = [JOIN]
    monkeypatch.setattr(worklists, "take_back", refusing(Overloaded))
    asyncio.run(page._take_back(JOIN))
    assert page._deeds == [JOIN]
