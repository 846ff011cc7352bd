"""A page that connects while every thread is busy, or no database answers, asks again by itself.

Nothing else would ever bring its data.
"""

from typing import Any

import psycopg
import pytest
from reflex.event import Event
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Overloaded
from app.state import guard, reflex_names


@pytest.fixture(params=[Overloaded, psycopg.OperationalError, PoolTimeout], autouse=True)
def failure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """Why nobody can be identified now."""

    async def identify(_state: Any) -> Any:
        raise request.param

    monkeypatch.setattr(guard, "identify", identify)
    return request.param  # type: ignore[no-any-return]


def meet(name: str) -> Any:
    """Run the guard's coroutine, which has nothing to wait for, to its end."""
    asked = guard.Guard().preprocess(None, None, Event(name=name))  # type: ignore[arg-type]
    try:
        asked.send(None)
    except StopIteration as answered:
        return answered.value
    raise AssertionError("the guard waits for something")


@pytest.mark.parametrize("name", sorted(reflex_names.BOOT))
def test_a_page_that_connects_comes_again(name: str) -> None:
    (event,) = meet(name).events
    assert "window.holdfast.lost()" in str(event.payload)


def test_whoever_asks_for_something_on_an_open_page_hears_of_it(failure: type[Exception]) -> None:
    with pytest.raises(failure):
        meet("app.state.board.BoardState.load")
