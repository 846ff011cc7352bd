"""Moving an appointment in the week: where it may go, and where it was dropped, to be confirmed as on the board."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.details import AppointmentDetails, appointment_details
from app.services.board.read import place_of
from app.services.board.targets import target_at, targets_on
from app.services.clock import utc_now
from app.services.places import Place
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_views import iso
from app.state.calendar import CalendarState
from app.state.parse import day_from, id_from, wall_from

WRITE = "appointments:write"
WEEK = 7


class CalendarMoveState(PageState):
    """Where the appointment that is being moved may go in the week shown."""

    # {"card", "starts": wall-clock times of its own practitioner}.
    targets: dict[str, Any] = {}

    @rx.event
    @policy(permission=WRITE, automatic=True)
    async def aim(self, card_id: str) -> EventSpec | None:
        """Find where it may go with its practitioner in these days, as things are now."""
        calendar = await self.get_state(CalendarState)
        if calendar.view != "week" or not card_id:
            return None
        try:
            seen, place = await self._seen(card_id)
            first = day_from("first", calendar.first)
            starts = [one for step in range(WEEK) for one in await _targets(seen, place, first + timedelta(days=step))]
        except ClinicError as error:
            return refused(error)
        self.targets = {"card": str(card_id), "starts": starts}
        return None

    @rx.event
    @policy(permission=WRITE)
    async def drop(self, card_id: str, wall: str) -> EventSpec | None:
        """Choose the time at which a card was let go, to be seen beside the old one before anything is done."""
        pane, moving = await self.get_state(PaneState), await self.get_state(MovingState)
        try:
            seen, place = await self._seen(card_id)
            starts_at = wall_from("starts_at", wall).replace(tzinfo=ZoneInfo(place.timezone))
            target = await ask(
                target_at,
                appointment_id=seen.id,
                place=place,
                practitioner_id=seen.practitioner_id,
                slot_starts_at=starts_at - (seen.starts_at - seen.slot_starts_at),
                now=utc_now(),
            )
            if pane.moving["id"] != str(seen.id):
                await pane._open(str(seen.id), "visit")
                await moving._start()
        except ClinicError as error:
            return refused(error)
        moving._slot_id, moving.starts_at = str(target.slot_id), iso(target.starts_at)
        moving.practitioner, pane.pane = target.practitioner, "move"
        return None

    async def _seen(self, card_id: str) -> tuple[AppointmentDetails, Place]:
        seen = await ask(appointment_details, appointment_id=id_from("card_id", card_id), now=utc_now())
        return seen, await ask(place_of, location_id=seen.location_id)


async def _targets(seen: AppointmentDetails, place: Place, day: date) -> list[str]:
    """Return the patient's times on a day, as the location's clock tells them."""
    found = await ask(targets_on, appointment_id=seen.id, place=place, day=day, now=utc_now())
    midnight, _ = place.span(day)
    ahead = (seen.starts_at - seen.slot_starts_at) // timedelta(minutes=1)
    minutes = found.starts.get(str(seen.practitioner_id), [])
    return [_wall(midnight + timedelta(minutes=one + ahead), place) for one in minutes]


def _wall(instant: datetime, place: Place) -> str:
    return instant.astimezone(ZoneInfo(place.timezone)).replace(tzinfo=None).isoformat(timespec="minutes")
