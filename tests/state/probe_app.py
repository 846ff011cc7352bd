"""The real application with handlers that only a test needs; `unguarded` is the same with the guard taken out.

It tells a socket when all that an event of its set off is over and went well, so that no test waits for an answer that
nobody owes it. What failed is told of by the application itself.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any

import reflex as rx
from reflex.event import Event, EventSpec
from reflex_base.event.processor.event_processor import EventProcessor
from reflex_base.event.processor.future import EventFuture

from app.app import app as guarded
from app.state.base import PageState, acting, policy
from app.state.guard import Guard
from app.state.patients import PatientsState


class ProbeState(PageState):
    """Handlers of each policy, and a handler that forgot to declare one."""

    count: int = 0
    seen: str = ""
    note: str = ""

    @rx.event
    def forgotten(self) -> None:
        self.count += 1

    @rx.event
    @policy(public=True)
    def anybody(self) -> None:
        self.count += 1

    @rx.event
    @policy(permission="board:read")
    def for_the_desk(self) -> None:
        self.count += 1
        self.seen = acting().actor

    @rx.event
    @policy(permission="users:write")
    def for_administrators(self) -> None:
        self.count += 1

    @rx.event
    @policy(permission="users:write")
    def set_count(self, value: int) -> None:
        self.count = value

    @rx.event
    @policy(public=True)
    def remember(self, note: str) -> None:
        self.note = note

    @rx.event
    @policy(permission="patients:read")
    async def open_uncleared(self, patient_id: str) -> EventSpec | None:
        """Open a file as the patients' page does, but for what it shows meanwhile."""
        return await (await self.get_state(PatientsState))._open(patient_id)

    @rx.event
    @policy(public=True)
    def fail(self) -> None:
        raise RuntimeError("CANARY of a patient")


def _is_well(future: EventFuture) -> bool:
    is_over = future.done() and not future.cancelled() and future.exception() is None
    return is_over and all(_is_well(child) for child in future.children)


async def _tell(token: str, future: EventFuture, *, number: int) -> None:
    with suppress(Exception, asyncio.CancelledError):
        await future.wait_all()
    namespace = guarded.event_namespace
    record = namespace._token_manager.token_to_socket.get(token)
    if record is not None and _is_well(future):
        await namespace.emit("handled", number, to=record.sid)


async def _enqueue(processor: EventProcessor, token: str, event: Event, ev_ctx: Any = None) -> EventFuture:
    future = await _original(processor, token, event, ev_ctx)
    number = event.router_data.get("number")
    if future.parent is None and number is not None:
        _telling.add(task := asyncio.create_task(_tell(token, future, number=number)))
        task.add_done_callback(_telling.discard)
    return future


_telling: set[asyncio.Task[None]] = set()
_original = EventProcessor.enqueue
EventProcessor.enqueue = _enqueue  # type: ignore[method-assign]
guarded.add_page(rx.fragment(), route="/for-staff-only")
if os.environ.get("PROBE_UNGUARDED"):
    guarded._middlewares = [one for one in guarded._middlewares if not isinstance(one, Guard)]
app = guarded
STATE = ProbeState.get_full_name()
