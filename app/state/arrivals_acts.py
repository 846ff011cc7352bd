"""What is done to the rows of the page of arrivals: one handler for every button and key, and one step back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, NobodyWaiting
from app.services.booking.answer import Answer
from app.services.booking.arrive import arrive
from app.services.booking.cancel import cancel
from app.services.booking.check_in import check_in
from app.services.booking.complete import complete
from app.services.booking.leave_room import leave_room
from app.services.booking.mark_no_show import mark_no_show
from app.services.booking.undo import undo
from app.services.clock import utc_now
from app.services.queue.call import call
from app.services.queue.call_next import call_next
from app.services.queue.desk import act
from app.services.queue.hand_over import hand_over
from app.services.queue.mark_missed import mark_missed
from app.services.queue.park import park
from app.services.queue.places import number_of, practitioner_of
from app.services.queue.prioritise import prioritise
from app.services.queue.recall import recall
from app.services.queue.resume import resume
from app.services.queue.to_room import to_room
from app.services.queue.undo import undo_queue
from app.state import arrivals_live
from app.state.arrivals import ArrivalsState
from app.state.arrivals_undo import KEY, UNDONE, UNDONE_ALONE, ArrivalsUndoState, Deed
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from, number_from, text_from
from app.state.presses import Presses, new_key
from app.state.visitor import acting
from app.words import N_
from models.appointments import CancelReason
from models.db import OUT_OF_REACH

WRITE = "queue:write"
CHOOSE_FIRST = N_("Choose a patient first: the arrow keys go from one to the next.")
# Without a number to name.
DONE_ALONE = N_("Saved.")


@dataclass(frozen=True, slots=True)
class Act:
    """What a button does: its verb, to the visit or to the number, and what is said; `{n}` is the number.

    `way_back` names what takes it back; what was only said once more, or taken back, has none.
    """

    verb: Any
    said: str
    of_visit: bool = False
    way_back: str = "queue"


BY_VISIT: dict[str, Any] = {"of_visit": True, "way_back": "visit"}
ACTS = {
    "arrive": Act(arrive, N_("Number {n} has arrived."), **BY_VISIT),
    "check-in": Act(check_in, N_("Number {n} is checked in."), **BY_VISIT),
    "room": Act(to_room, N_("Number {n} is in the room."), **BY_VISIT),
    "complete": Act(complete, N_("The visit of number {n} is done."), **BY_VISIT),
    "left": Act(cancel, N_("Number {n} has left. The time is free again."), **BY_VISIT),
    "no-show": Act(mark_no_show, N_("Marked as a no-show. The time is free again."), **BY_VISIT),
    "leave-room": Act(leave_room, UNDONE, of_visit=True, way_back=""),
    "undo-visit": Act(undo, UNDONE, of_visit=True, way_back=""),
    "call": Act(call, N_("Number {n} is called.")),
    "recall": Act(recall, N_("Number {n} is called again."), way_back=""),
    "park": Act(park, N_("Number {n} is set aside.")),
    "resume": Act(resume, N_("Number {n} waits again.")),
    "missed": Act(mark_missed, N_("Number {n} did not come to the room.")),
    "urgent": Act(prioritise, N_("Number {n} comes first."), way_back="urgency"),
    "not-urgent": Act(prioritise, N_("Number {n} is no longer urgent."), way_back="urgency"),
    "hand-over": Act(hand_over, N_("Number {n} was handed over."), way_back="hand-over"),
    "undo-queue": Act(undo_queue, UNDONE, way_back=""),
}


class ArrivalsActs(Presses, PageState):
    """Does what is pressed."""

    @rx.event
    @policy(permission=WRITE)
    async def call_next(self, press: int) -> EventSpec | None:
        """Call whoever is next, among the patients that this desk looks at."""
        return await self._call_next(press)

    async def _call_next(self, press: int) -> EventSpec | None:
        page = await self.get_state(ArrivalsState)
        try:
            answer = await do(
                act,
                call_next,
                key=self._key(press),
                now=utc_now(),
                location_id=id_from("location_id", page.location_id),
                practitioner_ids=tuple(id_from("practitioner_id", one) for one in page.only),
                target=page._calls_to(),
            )
        except NobodyWaiting as nobody:
            self.press += 1
            return say("info", str(nobody), key=KEY)
        except ClinicError as error:
            self.press += 1
            return refused(error)
        return await self._done(answer, ACTS["call"])

    @rx.event
    @policy(permission=WRITE)
    async def act(self, action: str, of: str, version: int, press: int, more: str = "") -> EventSpec | None:
        """Do one thing to one visit or number, as it stood on the reader's page."""
        return await self._act(action, of, version, press, more)

    async def _act(self, action: str, of: str, version: int, press: int, more: str = "") -> EventSpec | None:
        found = ACTS.get(text_from(action))
        if found is None or not of:
            return say("info", CHOOSE_FIRST, key=KEY)
        try:
            wish = await self._wish(action, more)
            before = await self._before(found, wish, of)
            seen = number_from("version", version)
            answer = await do(
                act,
                found.verb,
                key=self._key(press, action, id_from("id", of)),
                now=utc_now(),
                version=seen,
                **{"appointment_id" if found.of_visit else "ticket_id": id_from("id", of)},
                **wish,
            )
        except ClinicError as error:
            self.press += 1
            return refused(error)
        if found.way_back == "visit":
            # One press may take several steps, each of which made a version.
            before["steps"] = answer.body["version"] - seen
        return await self._done(answer, found, before)

    async def _wish(self, action: str, more: str) -> dict[str, Any]:
        if action == "call":
            return {"target": (await self.get_state(ArrivalsState))._calls_to()}
        if action in ("urgent", "not-urgent"):
            return {"is_urgent": action == "urgent"}
        if action == "hand-over":
            return {"practitioner_id": id_from("practitioner_id", more)}
        if action == "left":
            return {"reason": CancelReason.LEFT}
        return {"room_id": id_from("room_id", more)} if action == "room" and more else {}

    async def _before(self, found: Act, wish: dict[str, Any], of: str) -> dict[str, Any]:
        """Return the opposite of a wish: what it is about to change, as that stands."""
        if found.way_back == "urgency":
            return {"is_urgent": not wish["is_urgent"]}
        if found.way_back == "hand-over":
            return {"practitioner_id": await ask(practitioner_of, ticket_id=id_from("id", of))}
        return {}

    async def _done(self, answer: Answer, found: Act, before: dict[str, Any] | None = None) -> EventSpec:
        """Have this worker's pages read without waiting, and say what was done."""
        self.press += 1
        page = await self.get_state(ArrivalsState)
        arrivals_live.wake(acting().clinic_id, id_from("location_id", page.location_id))
        body = answer.body
        number = body.get("number") or await self._number_of(UUID(str(body["id"])))
        about = {**self._seen(body, of_visit=found.of_visit), **(before or {})}
        deed = Deed(found.way_back, about, {"n": number}) if found.way_back else None
        said = found.said
        if not number and "{n}" in said:
            said = UNDONE_ALONE if said is UNDONE else DONE_ALONE
        return (await self.get_state(ArrivalsUndoState))._said(said, deed, n=number)

    async def _number_of(self, appointment_id: UUID) -> int:
        """Return the number, 0 when it cannot be read: what was done is done, and no refusal may deny it."""
        try:
            return await ask(number_of, appointment_id=appointment_id)
        except (ClinicError, *OUT_OF_REACH):
            return 0

    def _seen(self, body: dict[str, Any], *, of_visit: bool) -> dict[str, Any]:
        """Return whose it is, as it was left, with a key of its own for the one time that it is taken back."""
        whose = {"appointment_id" if of_visit else "ticket_id": UUID(str(body["id"]))}
        return {**whose, "version": body["version"], "key": new_key()}
