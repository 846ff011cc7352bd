"""The form of a wish: for whom, which service, and when, whom and where it may be; also to be moved earlier."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.booking.listing import Filters, list_appointments
from app.services.catalogue.read import locations, practitioners, services
from app.services.clock import utc_now
from app.services.patients.read import get
from app.services.waitlist.desk import change_wish, put_on
from app.services.waitlist.entries import WEEKDAYS, weekday_bits
from app.services.waitlist.wishes import Wish
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_views import iso
from app.state.parse import day_from, id_from, text_from
from app.state.patient_finder import PatientFinder
from app.state.patient_views import NO_MATCH, MatchView, match_view
from app.state.worklists_deeds import Deed
from app.state.worklists_undo import KEY
from app.state.worklists_waiting import WaitingState
from app.words import N_
from models.appointments import AppointmentStatus
from models.principal import Principal
from models.waiting import PartOfDay

WRITE = "appointments:write"
AHEAD = timedelta(days=400)
# What a wish says, as the form and the list name it alike.
WISHED = tuple(Wish.__dataclass_fields__)


class OptionView(TypedDict):
    """Something to choose by its name."""

    id: str
    name: str


class AppointmentView(TypedDict):
    """An appointment that may be moved earlier."""

    id: str
    at: str
    zone: str


class WishState(PageState):
    """The wish that is being made or changed."""

    is_open: bool = False
    # The entry that is changed; empty for a new one.
    entry_id: str = ""
    patient: MatchView = NO_MATCH
    services: list[OptionView] = []
    people: list[OptionView] = []
    sites: list[OptionView] = []
    service_id: str = ""
    practitioner_id: str = ""
    location_id: str = ""
    weekdays: list[str] = list(WEEKDAYS)
    part_of_day: str = PartOfDay.ANY.value
    earliest_on: str = ""
    latest_on: str = ""
    is_urgent: bool = False
    # The patient's own appointments of the service, of which one may be moved earlier.
    appointments: list[AppointmentView] = []
    appointment_id: str = ""
    wrong_field: str = ""
    wrong_reason: str = ""

    _version: int = 0

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> EventSpec | None:
        """Open the form for a new wish."""
        return await self._begin()

    @rx.event
    @policy(permission=WRITE)
    async def begin_change(self, entry_id: str) -> EventSpec | None:
        """Open the form for a wish that stands."""
        wish = (await self.get_state(WaitingState))._wish(str(entry_id))
        if wish is None:
            return None
        failure = await self._begin()
        self.entry_id, self._version = wish["id"], wish["version"]
        self.patient = {**NO_MATCH, "id": wish["patient_id"], "name": wish["patient"], "phone": wish["phone"]}
        self.service_id, self.practitioner_id = wish["service_id"], wish["practitioner_id"]
        self.location_id, self.weekdays = wish["location_id"], list(wish["weekdays"])
        self.part_of_day, self.is_urgent = wish["part_of_day"], wish["is_urgent"]
        self.earliest_on, self.latest_on = wish["earliest_on"], wish["latest_on"]
        return failure

    @rx.event
    @policy(permission=WRITE)
    def give_up(self) -> None:
        """Close the form."""
        self._close()

    @rx.event
    @policy(permission=WRITE)
    async def take_chosen(self) -> EventSpec | None:
        """Take the patient whom the search has chosen."""
        chosen = (await self.get_state(PatientFinder)).chosen
        # A second press finds nobody, and does not let go whom the first took.
        if not chosen["id"]:
            return None
        self.patient = chosen
        return await self._look()

    @rx.event
    @policy(permission=WRITE)
    def other_patient(self) -> None:
        """Go back to the search."""
        self.patient, self.appointments, self.appointment_id = NO_MATCH, [], ""

    @rx.event
    @policy(permission=WRITE)
    async def choose_service(self, service_id: str) -> EventSpec | None:
        """Say what is waited for."""
        self.service_id, self.practitioner_id = text_from(service_id), ""
        return await self._look()

    @rx.event
    @policy(permission=WRITE)
    def toggle_day(self, day: str) -> None:
        """Take a weekday in or out."""
        if day in WEEKDAYS:
            wanted = set(self.weekdays) ^ {day}
            self.weekdays = [one for one in WEEKDAYS if one in wanted]

    @rx.event
    @policy(permission=WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Put the patient on the waitlist, or change what they wait for."""
        self._read_form(form)
        try:
            said = await (self._change() if self.entry_id else self._join())
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self._close()
        return said

    async def _join(self) -> EventSpec:
        patient = self.patient["name"]
        answer = await do(put_on, **self._asked(), wish=self._wish(), now=utc_now())
        lists = await self.get_state(WaitingState)
        if answer.status != 201:
            await lists._read_again()
            return say("info", N_("{patient} waits for this already."), patient=patient, key="waitlist")
        about = {"entry_id": UUID(answer.body["id"]), "version": answer.body["version"]}
        await lists._did(Deed("joined", patient, about), answer)
        return say("success", N_("{patient} is on the waitlist."), patient=patient, undo=N_("Undo"), key=KEY)

    async def _change(self) -> EventSpec:
        entry_id, patient = id_from("entry_id", self.entry_id), self.patient["name"]
        lists = await self.get_state(WaitingState)
        before = lists._wish(self.entry_id)
        wanted = {"entry_id": entry_id, "changes": asdict(self._wish()), "version": self._version}
        entry = await do(change_wish, **wanted, now=utc_now())
        message = N_("Changed for {patient}. The place in the queue stays.")
        if before is None or entry.version == self._version:
            await lists._read_again()
            return say("success", message, patient=patient, key="waitlist")
        changes = asdict(_wish_of(before))
        await lists._did(Deed("changed", patient, {**wanted, "changes": changes, "version": entry.version}), entry)
        return say("success", message, patient=patient, undo=N_("Undo"), key=KEY)

    async def _begin(self) -> EventSpec | None:
        self._close()
        try:
            self.services = [OptionView(id=str(one.id), name=one.name) for one in await ask(services)]
            self.people = [OptionView(id=str(one.id), name=one.name) for one in await ask(practitioners)]
            self.sites = [OptionView(id=str(one.id), name=one.name) for one in await ask(locations)]
        except ClinicError as error:
            return refused(error)
        self.is_open = True
        return None

    async def _begin_for(self, patient_id: str, service_id: str) -> None:
        """Open the form for whom the board could not give a time; the address names ids only."""
        await self._begin()
        self.service_id = service_id if service_id in {one["id"] for one in self.services} else ""
        with suppress(ClinicError):
            found = await ask(get, patient_id=id_from("patient_id", patient_id), now=utc_now())
            self.patient = match_view(found)
        await self._look()

    async def _look(self) -> EventSpec | None:
        """Read the patient's appointments of the service: to move one earlier is another wish."""
        self.appointments, self.appointment_id = [], ""
        if not (self.patient["id"] and self.service_id):
            return None
        try:
            ids = {"patient_id": id_from("patient_id", self.patient["id"])}
            found = await ask(_booked, **ids, service_id=id_from("service_id", self.service_id))
        except ClinicError as error:
            return refused(error)
        self.appointments = found
        return None

    def _read_form(self, form: dict[str, Any]) -> None:
        self.practitioner_id, self.location_id = (
            text_from(form.get("practitioner_id")),
            text_from(form.get("location_id")),
        )
        self.part_of_day = text_from(form.get("part_of_day")) or PartOfDay.ANY.value
        self.earliest_on, self.latest_on = text_from(form.get("earliest_on")), text_from(form.get("latest_on"))
        self.is_urgent = bool(form.get("is_urgent"))
        self.appointment_id = text_from(form.get("appointment_id"))
        self.wrong_field, self.wrong_reason = "", ""

    def _asked(self) -> dict[str, UUID | None]:
        if not self.patient["id"]:
            raise InvalidField("patient_id", N_("Choose a patient first."))
        if not self.service_id:
            raise InvalidField("service_id", N_("Choose a service first."))
        return {
            "patient_id": id_from("patient_id", self.patient["id"]),
            "service_id": id_from("service_id", self.service_id),
            "appointment_id": _id("appointment_id", self.appointment_id),
        }

    def _wish(self) -> Wish:
        return _wish_of({name: getattr(self, name) for name in WISHED})

    def _close(self) -> None:
        self.reset()


def _id(field: str, text: str) -> UUID | None:
    return id_from(field, text) if text else None


def _day(field: str, text: str) -> date | None:
    return day_from(field, text) if text else None


def _wish_of(shown: Mapping[str, Any]) -> Wish:
    """Return the wish that the form, or a line of the list, shows; raises InvalidField."""
    if not shown["weekdays"]:
        raise InvalidField("weekdays", N_("Choose at least one weekday."))
    if shown["part_of_day"] not in set(PartOfDay):
        raise InvalidField("part_of_day", N_("This does not exist."))
    return Wish(
        practitioner_id=_id("practitioner_id", shown["practitioner_id"]),
        location_id=_id("location_id", shown["location_id"]),
        weekdays=weekday_bits(shown["weekdays"]),
        part_of_day=PartOfDay(shown["part_of_day"]),
        earliest_on=_day("earliest_on", shown["earliest_on"]),
        latest_on=_day("latest_on", shown["latest_on"]),
        is_urgent=shown["is_urgent"],
    )


def _booked(session: Any, principal: Principal, *, patient_id: UUID, service_id: UUID) -> list[AppointmentView]:
    now = utc_now()
    filters = Filters(now, now + AHEAD, patient_id=patient_id, statuses=(AppointmentStatus.BOOKED,))
    found = list_appointments(session, principal, filters=filters, now=now).items
    return [
        AppointmentView(id=str(one.id), at=iso(one.starts_at), zone=one.timezone)
        for one in found
        if one.service_id == service_id
    ]
