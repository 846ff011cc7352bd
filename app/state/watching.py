"""Pages that show something of the whole clinic, or one patient's file: they are asked to read it again.

    watch_clinic(line_of(self), clinic_id, WorklistsState.refresh)   # again from the same tab: instead of the last time
    watch_patient(line_of(self), clinic_id, patient_id, PatientsState.follow)
    await tell_patient(patient_id)                                   # after the commit of a change in the file
    leave(client)

The event goes to the tab and comes back from there through the guard, so a session that has ended reads nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from app.infra.executor import run
from app.infra.live import live, publish_patient, topic_of_patient
from app.state.pushing import Line
from app.state.visitor import acting

logger = logging.getLogger(__name__)

# A burst of changes is read at most this often; well within the second that a change may take.
PAUSE_SECONDS = 0.4
RETRY_SECONDS = 1.0

_stops: dict[str, tuple[Line, Callable[[], None]]] = {}


def watch_clinic(line: Line, clinic_id: UUID, event: Any) -> None:
    """Have the tab send the event after every change in the clinic, for as long as it is open."""
    _watch(line, partial(live().watch_clinic, clinic_id), event)


def watch_patient(line: Line, clinic_id: UUID, patient_id: UUID, event: Any) -> None:
    """Have the tab send the event after every change in the patient's file, for as long as it is open."""
    _watch(line, partial(live().watch, topic_of_patient(clinic_id, patient_id)), event)


async def tell_patient(patient_id: UUID) -> None:
    """Have everybody who has the file open read it again."""
    await run(publish_patient, acting().clinic_id, patient_id)


def _watch(line: Line, begin: Callable[[Callable[[], None]], Callable[[], None]], event: Any) -> None:
    leave(line.client)
    for client in [client for client, (other, _) in _stops.items() if not other.is_open]:
        leave(client)
    live().ensure_running()
    woken = asyncio.Event()
    stop_watching = begin(woken.set)
    task = asyncio.get_running_loop().create_task(_follow(line, event, woken), name="holdfast-watching")

    def stop() -> None:
        stop_watching()
        task.cancel()

    _stops[line.client] = (line, stop)


def leave(client: str) -> None:
    """Ask nothing of the tab any more."""
    if client in _stops:
        _stops.pop(client)[1]()


async def _follow(line: Line, event: Any, woken: asyncio.Event) -> None:
    while True:
        await woken.wait()
        woken.clear()
        try:
            if line.is_open:
                await line.tell(event())
        except Exception:
            logger.exception("a page could not be told of a change")
            woken.set()
            await asyncio.sleep(RETRY_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)
