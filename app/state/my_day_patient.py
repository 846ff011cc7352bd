"""The patient beside the day: what is to be seen in one look, and the part that is being worked in."""

from collections.abc import Sequence
from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.own_day.summary import Summary, summary_of
from app.services.patients.visits import PatientVisit
from app.services.phones import readable_phone
from app.services.prescriptions.fields import PrescriptionFields
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.board_views import iso
from app.state.my_day_views import OwnDayView
from app.state.notes import NotesState
from app.state.parse import id_from, text_from
from app.state.prescriptions import PrescriptionsState
from app.words import N_

READ = "own-day:read"
LOOK, NOTES, PRESCRIPTIONS, FOLLOW_UP = "look", "notes", "prescriptions", "follow-up"
PARTS = (LOOK, NOTES, PRESCRIPTIONS, FOLLOW_UP)
OPEN_FIRST = N_("Open a patient first.")
# Whoever came by a key goes on writing in the part; it is drawn a moment after its state has come.
TO_PART = rx.call_script(
    "setTimeout(() => document.querySelector('.my-day-part :is(textarea, input, select, button):not([disabled])')"
    "?.focus(), 150)"
)
# Where the page is narrow the patient stands below the day.
TO_PATIENT = rx.call_script("document.querySelector('.own-patient')?.scrollIntoView({block: 'nearest'})")


class OtherVisitView(TypedDict):
    """A visit before or after this one."""

    id: str
    starts_at: str
    zone: str
    service: str
    practitioner: str


class WrittenView(TypedDict):
    """A note, or a prescription, as one line of the summary."""

    id: str
    at: str
    words: str
    who: str


class SummaryView(TypedDict):
    """The patient of the open visit; what is missing is an empty text."""

    id: str
    patient_id: str
    patient: str
    birth_date: str
    phone: str
    language: str
    alert: str
    needs_interpreter: bool
    is_verified: bool
    is_first_visit: bool
    guardian: str
    insurer: str
    starts_at: str
    ends_at: str
    zone: str
    service: str
    service_id: str
    room: str
    comment: str
    lacks_referral: bool
    history: str
    past: list[OtherVisitView]
    coming: list[OtherVisitView]
    notes: list[WrittenView]
    prescriptions: list[WrittenView]


NOBODY = SummaryView(
    id="", patient_id="", patient="", birth_date="", phone="", language="", alert="", needs_interpreter=False,
    is_verified=True, is_first_visit=False, guardian="", insurer="", starts_at="", ends_at="", zone="", service="",
    service_id="", room="", comment="", lacks_referral=False, history="", past=[], coming=[], notes=[],
    prescriptions=[],
)  # fmt: skip


class MyDayPatient(PageState):
    """The open visit with its patient; `part` is one of PARTS."""

    summary: SummaryView = NOBODY
    part: str = LOOK

    @rx.event
    @policy(permission=READ)
    async def open(self, appointment_id: str) -> EventSpec:
        """Show the patient of one of the day's visits."""
        refusal = await self._open(text_from(appointment_id))
        return refusal or TO_PATIENT

    @rx.event
    @policy(permission=READ)
    async def turn(self, part: str) -> EventSpec | None:
        """Show another part."""
        return await self._turn(text_from(part))

    @rx.event
    @policy(permission=READ)
    async def close(self) -> None:
        """Put the patient away."""
        self.summary, self.part = NOBODY, LOOK

    async def _open_first(self, day: OwnDayView) -> EventSpec | None:
        """Open whoever is in the room, as long as nobody was chosen; read again who is open."""
        wanted = self.summary["id"] or next(iter(day["now"]), "")
        return await self._open(wanted) if wanted in day["visits"] else None

    async def _open(self, appointment_id: str) -> EventSpec | None:
        is_another = self.summary["id"] != appointment_id
        try:
            found = await ask(summary_of, appointment_id=id_from("appointment_id", appointment_id), now=utc_now())
        except ClinicError as error:
            self.summary = NOBODY
            return refused(error)
        self.summary = _view(found)
        if is_another:
            self.part = LOOK
        return None

    async def _turn(self, part: str) -> EventSpec | None:
        if part not in PARTS or not self.summary["id"]:
            return None
        self.part = part
        if part == LOOK:
            return await self._open(self.summary["id"])
        return await self._fill()

    async def _fill(self) -> EventSpec | None:
        """Have the part's own state read what it shows of this patient."""
        # It stands on this module.
        from app.state.my_day_follow_up import FollowUpState

        of = (self.summary["patient_id"], self.summary["id"])
        if self.part == NOTES:
            return NotesState.open_for(*of)
        if self.part == PRESCRIPTIONS:
            return PrescriptionsState.open_for(*of)
        return await (await self.get_state(FollowUpState))._begin()

    async def _show_part(self, part: str, of: str) -> EventSpec | list[EventSpec]:
        """Go to a part by its key, of the visit under the keyboard if there is one."""
        if of and of != self.summary["id"]:
            refusal = await self._open(text_from(of))
            if refusal is not None:
                return refusal
        if not self.summary["id"]:
            return say("info", OPEN_FIRST, key="my-day")
        filled = await self._turn(part)
        return [filled, TO_PART] if filled else TO_PART


def _view(found: Summary) -> SummaryView:
    visit, patient = found.visit, found.visit.patient
    return SummaryView(
        id=str(visit.id),
        patient_id=str(patient.id),
        patient=patient.name,
        birth_date=patient.birth_date,
        phone=readable_phone(patient.phone),
        language=patient.language,
        alert=patient.alert,
        needs_interpreter=patient.needs_interpreter,
        is_verified=patient.is_verified,
        is_first_visit=patient.is_first_visit,
        guardian=patient.guardian,
        insurer=" ".join(part for part in (patient.insurer, patient.member_number) if part),
        starts_at=iso(visit.starts_at),
        ends_at=iso(visit.ends_at),
        zone=visit.timezone,
        service=visit.service,
        service_id=str(visit.service_id),
        room=visit.room,
        comment=visit.comment,
        lacks_referral=visit.needs_referral and not visit.has_referral,
        history=found.history,
        past=_visits(found.past),
        coming=_visits(found.coming),
        notes=[
            WrittenView(id=str(one.id), at=iso(one.created_at), words=one.text, who=one.author) for one in found.notes
        ],
        prescriptions=[
            WrittenView(id=str(one.id), at=iso(one.created_at), words=_order(one.fields), who=one.practitioner)
            for one in found.prescriptions
        ],
    )


def _order(fields: PrescriptionFields) -> str:
    return ", ".join((fields.drug, fields.dosage, fields.frequency, fields.duration))


def _visits(found: Sequence[PatientVisit]) -> list[OtherVisitView]:
    return [
        OtherVisitView(
            id=str(one.id),
            starts_at=iso(one.starts_at),
            zone=one.timezone,
            service=one.service,
            practitioner=one.practitioner,
        )
        for one in found
    ]
