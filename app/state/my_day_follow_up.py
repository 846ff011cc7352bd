"""The follow-up: a service of one's own in so many weeks, its first free starts, and one of them booked."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.own_day.follow_up import book_follow_up, follow_up_starts, own_services
from app.services.queue.desk import act
from app.state import my_day_live
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused
from app.state.board_views import iso
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_undo import Deed, OwnUndoState, left_by
from app.state.parse import id_from, number_from, text_from
from app.state.presses import Presses
from app.state.visitor import acting
from app.words import N_

READ, WRITE = "own-day:read", "appointments:write"
WEEKS = (1, 2, 4, 6, 12)


class OwnServiceView(TypedDict):
    """A service to choose."""

    id: str
    name: str


class StartView(TypedDict):
    """A free start: its slot, and the patient's time."""

    id: str
    starts_at: str
    ends_at: str
    zone: str


class FollowUpState(Presses, PageState):
    """What is looked for, and what is free; `booked_at` is what this patient was given on this page."""

    services: list[OwnServiceView] = []
    service_id: str = ""
    weeks: int = 4
    starts: list[StartView] = []
    is_read: bool = False
    wrong_weeks: str = ""
    booked_at: str = ""
    booked_zone: str = ""

    @rx.event
    @policy(permission=READ)
    async def choose_service(self, service_id: str) -> EventSpec | None:
        """Look for another service."""
        self.service_id = text_from(service_id)
        return await self._look()

    @rx.event
    @policy(permission=READ)
    async def choose_weeks(self, weeks: str) -> EventSpec | None:
        """Look from another week on."""
        try:
            self.weeks = number_from("weeks", weeks)
        except InvalidField as error:
            self.wrong_weeks = str(error)
            return None
        return await self._look()

    @rx.event
    @policy(permission=WRITE)
    async def book(self, slot_id: str, press: int) -> EventSpec | None:
        """Book a start for the patient of the open visit."""
        patient = (await self.get_state(MyDayPatient)).summary
        start = next((one for one in self.starts if one["id"] == slot_id), None)
        try:
            answer = await do(
                act,
                book_follow_up,
                key=self._key(press),
                now=utc_now(),
                appointment_id=id_from("appointment_id", patient["id"]),
                service_id=id_from("service_id", self.service_id),
                slot_id=id_from("slot_id", slot_id),
            )
        except ClinicError as error:
            self.press += 1
            await self._look()
            return refused(error)
        self.press += 1
        my_day_live.wake(acting().clinic_id)
        if start is not None:
            self.booked_at, self.booked_zone = start["starts_at"], start["zone"]
        await self._look()
        said = N_("The follow-up of {patient} is booked.")
        undo = await self.get_state(OwnUndoState)
        return undo._said(Deed("follow-up", left_by(answer)), said, patient=patient["patient"])

    async def _begin(self) -> EventSpec | None:
        """Begin with the service of the open visit."""
        patient = (await self.get_state(MyDayPatient)).summary
        self.booked_at, self.starts, self.is_read = "", [], False
        try:
            self.services = [OwnServiceView(id=str(one.id), name=one.name) for one in await ask(own_services)]
        except ClinicError as error:
            return refused(error)
        known = {one["id"] for one in self.services}
        wanted = (patient["service_id"], self.service_id, *known)
        self.service_id = next((one for one in wanted if one in known), "")
        return await self._look()

    async def _look(self) -> EventSpec | None:
        """Read the first free starts."""
        self.starts, self.is_read, self.wrong_weeks = [], False, ""
        patient = (await self.get_state(MyDayPatient)).summary
        if not (self.service_id and patient["id"]):
            return None
        try:
            found = await ask(
                follow_up_starts,
                appointment_id=id_from("appointment_id", patient["id"]),
                service_id=id_from("service_id", self.service_id),
                weeks=self.weeks,
                now=utc_now(),
            )
        except InvalidField as error:
            self.wrong_weeks = str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self.starts = [
            StartView(id=str(one.id), starts_at=iso(one.starts_at), ends_at=iso(one.ends_at), zone=one.timezone)
            for one in found
        ]
        self.is_read = True
        return None
