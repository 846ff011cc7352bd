"""The tab whose event is being handled, as what is pushed later reaches it."""

from typing import Any

from app.state.base import PageState
from app.state.guard import go_to_sign_in, known
from app.state.live_tab import Tab
from app.state.pushing import line_of
from app.state.visitor import visitor
from models.principal import Principal


def tab_of(state: PageState, feed: type[PageState]) -> Tab:
    """Return the tab: what is sent becomes `feed.message` in the browser, and never stands in the server's state."""
    line, opened_by = line_of(state), visitor()

    async def send(message: dict[str, Any]) -> None:
        await line.set(feed, "message", message)

    async def who() -> Principal | None:
        return (await known(opened_by)).principal

    async def turn_away() -> None:
        await line.tell(go_to_sign_in())

    return Tab(line.client, send, lambda: line.is_open, who, turn_away)
