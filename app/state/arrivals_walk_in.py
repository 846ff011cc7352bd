"""The walk-in's dialog: a patient, a service, a practitioner or whoever is free first."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField, NothingFreeToday, Overloaded
from app.services.booking.answer import Answer, request_key
from app.services.booking.retry import attempt
from app.services.catalogue.read import practitioners, services
from app.services.clock import utc_now
from app.services.queue.desk import act
from app.services.queue.places import number_of
from app.services.queue.walk_in import NOBODY, Visitor, next_start, soonest, walk_in
from app.services.waitlist.join import join
from app.services.waitlist.wishes import Wish
from app.state import arrivals_live
from app.state.arrivals import ArrivalsState
from app.state.arrivals_undo import KEY, ArrivalsUndoState, Deed
from app.state.arrivals_views import ChoiceView
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_views import iso
from app.state.parse import id_from, text_from
from app.state.patient_finder import PatientFinder
from app.state.patient_views import NO_MATCH, MatchView
from app.state.presses import Presses, new_key
from app.state.visitor import acting
from app.words import N_
from models.appointments import CancelReason
from models.principal import Principal

WRITE = "queue:write"
OVERBOOK = "appointments:overbook"
ANYBODY = "anybody"
BUSY = N_("The system is busy. Please press once more: nobody gets a second number.")


class WalkInState(Presses, PageState):
    """Who came, and what today still has for them: "free", "full" or "" while it is not known."""

    is_open: bool = False
    patient: MatchView = NO_MATCH
    services: list[ChoiceView] = []
    service_id: str = ""
    practitioners: list[ChoiceView] = []
    practitioner_id: str = ANYBODY
    outlook: str = ""
    next_at: str = ""
    next_with: str = ""
    may_overbook: bool = False
    wrong_reason: str = ""

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> EventSpec | None:
        """Open the dialog with what can be done at this location."""
        return await self._begin()

    async def _begin(self) -> EventSpec | None:
        page = await self.get_state(ArrivalsState)
        try:
            known = await ask(services)
            here = [one for one in known if page.location_id in {str(place) for place in one.location_ids}]
            self.services = [ChoiceView(id=str(one.id), name=one.name) for one in here]
            if self.service_id not in {one["id"] for one in self.services}:
                self.service_id = await self._usual_service(page.location_id)
        except ClinicError as error:
            return refused(error)
        self.patient, self.is_open, self.wrong_reason = NO_MATCH, True, ""
        self.may_overbook = OVERBOOK in self.permissions
        return await self._look(with_people=True)

    async def _usual_service(self, location_id: str) -> str:
        """Begin with what somebody who walks in can have soonest."""
        ids = [id_from("service_id", one["id"]) for one in self.services]
        found = await ask(soonest, location_id=id_from("location_id", location_id), service_ids=ids, now=utc_now())
        return str(found or next(iter(ids), ""))

    @rx.event
    @policy(permission=WRITE)
    def close(self, is_open: bool) -> None:
        """Put the dialog away."""
        self.is_open, self.patient = bool(is_open), NO_MATCH

    @rx.event
    @policy(permission="patients:read")
    async def take_chosen(self) -> EventSpec | None:
        """Take the patient who was found or made."""
        chosen = (await self.get_state(PatientFinder)).chosen
        # A second press finds nobody, and does not let go whom the first took.
        if not chosen["id"]:
            return None
        self.patient = chosen
        return await self._look()

    @rx.event
    @policy(permission="patients:read")
    def other_patient(self) -> None:
        """Go back to the search."""
        self.patient = NO_MATCH

    @rx.event
    @policy(permission=WRITE)
    async def choose_service(self, service_id: str) -> EventSpec | None:
        """Choose what they came for."""
        self.service_id = text_from(service_id)
        return await self._look(with_people=True)

    @rx.event
    @policy(permission=WRITE)
    async def choose_practitioner(self, practitioner_id: str) -> EventSpec | None:
        """Choose who shall see them, or whoever is free first."""
        self.practitioner_id = text_from(practitioner_id)
        return await self._look()

    @rx.event
    @policy(permission=WRITE)
    async def let_in(self, press: int) -> EventSpec | None:
        """Book the next free start of today and give a number."""
        return await self._let_in(press)

    @rx.event
    @policy(permission=OVERBOOK)
    async def overbook(self, form: dict[str, Any]) -> EventSpec | None:
        """Let them in although nothing is free, for the reason that was given."""
        return await self._let_in(self.press, overbook_reason=text_from(form.get("overbook_reason")))

    @rx.event
    @policy(permission=WRITE)
    async def put_on_waitlist(self) -> EventSpec | None:
        """Keep the wish: whatever becomes free is offered to them."""
        key = self._key(self.press, "waitlist")
        # The next press is another one, whatever becomes of this.
        self.press += 1
        try:
            answer: Answer = await do(_join, visitor=await self._visitor(), key=key)
        except ClinicError as error:
            return refused(error)
        name, self.is_open, self.patient = self.patient["name"], False, NO_MATCH
        if answer.status != 201:
            return say("info", N_("{patient} waits for this already."), key=KEY, patient=name)
        about = {"entry_id": UUID(answer.body["id"]), "version": answer.body["version"]}
        undo = await self.get_state(ArrivalsUndoState)
        deed = Deed("waitlist", about, {"patient": name})
        return undo._said(N_("{patient} is on the waitlist."), deed, patient=name)

    async def _let_in(self, press: int, **more: Any) -> EventSpec | None:
        try:
            visitor = await self._visitor()
            key = self._key(press, _mark(visitor, more))
            answer = await do(act, walk_in, key=key, now=utc_now(), visitor=visitor, **more)
            number = await ask(number_of, appointment_id=UUID(str(answer.body["id"])))
        except Overloaded as busy:
            # It may have been done all the same: the next press is this one again, and hears its answer.
            return say("error", BUSY, key=busy.code)
        except NothingFreeToday as full:
            self.press += 1
            self.outlook = "full"
            return refused(full)
        except InvalidField as error:
            self.press += 1
            self.wrong_reason = str(error)
            return None
        except ClinicError as error:
            self.press += 1
            return refused(error)
        self.press += 1
        arrivals_live.wake(acting().clinic_id, visitor.location_id)
        name, self.is_open, self.patient = self.patient["name"], False, NO_MATCH
        about = {
            "appointment_id": UUID(str(answer.body["id"])),
            "version": answer.body["version"],
            "key": new_key(),
            **{"reason": CancelReason.CLINIC, "tell": False},
        }
        undo = await self.get_state(ArrivalsUndoState)
        return undo._said(
            N_("{patient} has number {n}."), Deed("walk-in", about, {"n": number}), patient=name, n=number
        )

    async def _visitor(self) -> Visitor:
        page = await self.get_state(ArrivalsState)
        return Visitor(
            id_from("patient_id", self.patient["id"]),
            id_from("service_id", self.service_id),
            id_from("location_id", page.location_id),
            None if self.practitioner_id == ANYBODY else id_from("practitioner_id", self.practitioner_id),
        )

    async def _look(self, *, with_people: bool = False) -> EventSpec | None:
        """Say what today still has for this wish."""
        self.outlook = ""
        if not self.service_id:
            return None
        try:
            page = await self.get_state(ArrivalsState)
            if with_people:
                known = [one for one in await ask(practitioners) if self.service_id in map(str, one.service_ids)]
                here = [one for one in known if page.location_id in map(str, one.location_ids)]
                self.practitioners = [ChoiceView(id=str(one.id), name=one.name) for one in here]
                if self.practitioner_id not in {one["id"] for one in self.practitioners}:
                    self.practitioner_id = ANYBODY
            visitor = await self._visitor() if self.patient["id"] else None
            visitor = visitor or Visitor(
                NOBODY,
                id_from("service_id", self.service_id),
                id_from("location_id", page.location_id),
                None if self.practitioner_id == ANYBODY else id_from("practitioner_id", self.practitioner_id),
            )
            found = await ask(next_start, visitor=visitor, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.outlook = "free" if found else "full"
        self.next_at, self.next_with = (iso(found[0]), found[1]) if found else ("", "")
        return None


def _mark(visitor: Visitor, more: dict[str, Any]) -> str:
    """Tell one wish from another, so that a press that is repeated with another wish is another press."""
    return sha256(repr((visitor, more)).encode()).hexdigest()[:32]


def _join(principal: Principal, *, visitor: Visitor, key: str) -> Any:
    now = utc_now()
    wish = Wish(practitioner_id=visitor.practitioner_id, location_id=visitor.location_id)
    scope = request_key(principal, method="QUEUE", path="waitlist", key=key, body=[str(part) for part in visitor])
    asked = {"patient_id": visitor.patient_id, "service_id": visitor.service_id, "wish": wish}

    def verb(session: Any, *, clearing: bool) -> Any:
        return join(session, principal, **asked, key=scope, now=now)

    return attempt(principal, verb, key=scope, now=now)
