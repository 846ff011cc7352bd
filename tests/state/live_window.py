"""A tab of a live board that keeps what it was sent, and a booking that it shall hear of."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from app.services.board import desk
from app.state.live_tab import Tab
from models.principal import Principal
from tests.builders import NOW
from tests.services.board_day import BoardDay, make_named_patient


class Window:
    """A tab that keeps what it was sent."""

    def __init__(self, principal: Principal, *, client: str = "tab") -> None:
        self.principal: Principal | None = principal
        self.got: list[dict[str, Any]] = []
        # Shared by several, it tells who was sent something before whom.
        self.noted: list[str] = []
        self.is_open = True
        self.turned_away = 0
        self.tab = Tab(client, self._send, lambda: self.is_open, self._who, self._turn_away)

    async def _send(self, message: dict[str, Any]) -> None:
        self.got.append(message)
        self.noted.append(self.tab.client)

    async def _who(self) -> Principal | None:
        return self.principal

    async def _turn_away(self) -> None:
        self.turned_away += 1


def played(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Play a scene to its end."""
    asyncio.run(scene())


def book(day: BoardDay, name: str, *, slot: int = 0) -> str:
    """Book one of Dr Anna's starts and return the appointment's id."""
    patient = make_named_patient(day.clinic, name)
    answer = desk.book(
        day.clerk, slot_id=day.anna_slots[slot].id, service_id=day.service.id, patient_id=patient.id, now=NOW
    )
    return str(answer.body["id"])
