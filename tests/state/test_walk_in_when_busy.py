"""A walk-in at a busy moment: the page does not know whether it was done, and the next press finds out by its key."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from app.errors import Overloaded
from app.services.booking.answer import Answer
from app.services.queue.walk_in import Visitor
from app.state import arrivals_walk_in
from app.state.arrivals_walk_in import WalkInState

MADE = Answer(200, {"id": str(uuid4()), "version": 3})
WISH = Visitor(uuid4(), uuid4(), uuid4())


class Desk:
    """A desk whose services are busy when the test says so, and the keys with which they were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.busy: set[str] = set()
        self.keys: list[str] = []
        self.said: list[str] = []
        self.wish = WISH
        self.page: Any = WalkInState(_reflex_internal_init=True)
        for name in ("do", "ask"):
            monkeypatch.setattr(arrivals_walk_in, name, getattr(self, f"_{name}"))
        monkeypatch.setattr(arrivals_walk_in, "arrivals_live", SimpleNamespace(wake=lambda *_: None))
        monkeypatch.setattr(arrivals_walk_in, "acting", lambda: SimpleNamespace(clinic_id=uuid4()))
        monkeypatch.setattr(WalkInState, "_visitor", self._visitor)
        monkeypatch.setattr(WalkInState, "get_state", self._other_state)

    def press(self, **more: Any) -> str:
        """Press the button; return what was said."""
        return str(asyncio.run(self.page._let_in(self.page.press, **more)).args)

    async def _do(self, *_verbs: Any, key: str, **_asked: Any) -> Answer:
        self.keys.append(key)
        return self._unless_busy("do", MADE)

    async def _ask(self, *_asked: Any, **_more: Any) -> int:
        return self._unless_busy("ask", 7)

    async def _visitor(self, *_page: Any) -> Visitor:
        return self.wish

    async def _other_state(self, *_kinds: Any) -> Any:
        return SimpleNamespace(_said=lambda message, *_deed, **named: SimpleNamespace(args=(message, named)))

    def _unless_busy(self, name: str, answer: Any) -> Any:
        if name in self.busy:
            raise Overloaded
        return answer


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


@pytest.mark.parametrize("busy", ["do", "ask"])
def test_the_next_press_is_the_same_one_until_its_answer_is_heard(desk: Desk, busy: str) -> None:
    desk.busy = {busy}
    said = desk.press()
    assert ("press once more" in said, "Nothing was changed" in said) == (True, False)
    desk.busy = set()
    assert "7" in desk.press()
    assert len(set(desk.keys)) == 1
    # Whoever comes next is let in by another press.
    desk.press()
    assert len(set(desk.keys)) == 2


def test_with_another_wish_it_is_another_press(desk: Desk) -> None:
    desk.busy = {"do"}
    desk.press()
    desk.wish = WISH._replace(practitioner_id=uuid4())
    desk.press()
    desk.press(overbook_reason="asked for")
    assert len(set(desk.keys)) == 3
    assert all(len(key) <= 255 for key in desk.keys)
