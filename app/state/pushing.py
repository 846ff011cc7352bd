"""Send something to one tab outside an event's own answer, without the server's state ever holding it.

The browser keeps each var's last value; a delta that we make ourselves reaches it without a var being set,
so nothing of it is written to Valkey. What Reflex 0.10.1 calls these things stands here only;
tests/state/test_reflex_contract.py pins it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import reflex as rx
from reflex.event import Event, EventSpec
from reflex.utils.prerequisites import get_and_validate_app
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event.context import EventContext


@dataclass(frozen=True, slots=True)
class Line:
    """The way to one page of this worker; `client` is Reflex's name of the tab, no credential.

    A tab that loads another page keeps its name, and may be somebody else's by then: `socket` is this page's own.
    """

    client: str
    socket: str
    emit_delta: Callable[[str, dict[str, Any]], Awaitable[Any]]
    emit_event: Callable[..., Awaitable[Any]]

    async def set(self, state: type[rx.State], var: str, value: Any) -> None:
        """Give the browser a new value of the var."""
        await self.emit_delta(self.client, {state.get_full_name(): {f"{var}{FIELD_MARKER}": value}})

    async def tell(self, event: EventSpec) -> None:
        """Have the browser run an event of its own, such as a notice or a redirect."""
        await self.emit_event(self.client, *Event.from_event_type(event))

    @property
    def is_open(self) -> bool:
        """Whether the page is still the tab's, and its websocket ends in this worker, now."""
        manager = _app().event_namespace._token_manager
        record = manager.token_to_socket.get(self.client)
        return record is not None and (record.instance_id, record.sid) == (manager.instance_id, self.socket)


def line_of(state: rx.State) -> Line:
    """Return the line to the tab whose event is being handled."""
    context = EventContext.get()
    if context.emit_delta_impl is None or context.emit_event_impl is None:
        raise RuntimeError("Only an event that came through a websocket has a line to its tab.")
    page = state.router.session
    return Line(
        client=page.client_token,
        socket=page.session_id,
        emit_delta=context.emit_delta_impl,
        emit_event=context.emit_event_impl,
    )


@lru_cache(maxsize=1)
def _app() -> Any:
    return get_and_validate_app().app
