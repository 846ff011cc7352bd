"""A task that outlives its event writes into the page of whoever began it, and into nobody else's."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.state.background import PageLeft, senders_page
from app.state.visitor import NOBODY, enter

HERE = replace(NOBODY, token="receptionist", browser="desk")
NEXT = replace(NOBODY, token="manager", browser="desk")


@dataclass
class Page:
    """Stands for a page's state in the store: opened for one writer at a time."""

    _owner: str
    is_open: bool = False
    shown: list[str] = field(default_factory=list)

    async def __aenter__(self) -> "Page":
        self.is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_open = False


async def found_by(visitor: Any, page: Any) -> None:
    enter(visitor)
    async with senders_page(page):
        assert page.is_open
        page.shown.append("Ana Silva")


def test_what_was_asked_for_is_shown_to_who_asked() -> None:
    page = Page(HERE.owner)
    asyncio.run(found_by(HERE, page))
    assert (page.shown, page.is_open) == (["Ana Silva"], False)


@pytest.mark.parametrize("owner", [NEXT.owner, ""], ids=["handed over", "signed out"])
def test_after_a_handover_nothing_is_written_and_the_page_is_let_go(owner: str) -> None:
    page = Page(owner)
    with pytest.raises(PageLeft):
        asyncio.run(found_by(HERE, page))
    assert (page.shown, page.is_open) == ([], False)
