"""Work that outlives its event: what it finds is written only into the page of whoever began it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.state.base import PageState
from app.state.visitor import visitor


class PageLeft(Exception):
    """The page belongs to somebody else by now: there is nobody to be told."""


@asynccontextmanager
async def senders_page(page: PageState) -> AsyncIterator[None]:
    """Open a page's state for writing, as `async with page` does; raises PageLeft when it is somebody else's now.

    A browser tab keeps its name over a handover at the same computer, and the store finds its state by that name:
    without this look the names that one person asked for would come into the next person's page.
    """
    async with page:
        if page._owner != visitor().owner:
            raise PageLeft
        yield
