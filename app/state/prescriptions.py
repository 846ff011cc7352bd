"""A patient's prescriptions, in their file and beside their visit: read, ordered, revoked, chosen to be printed."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.prescriptions.fields import LONGEST as LONGEST
from app.services.prescriptions.fields import LONGEST_ADVICE as LONGEST_ADVICE
from app.services.prescriptions.fields import NAMES, PrescriptionFields
from app.services.prescriptions.prescribe import prescribe
from app.services.prescriptions.read import MOST, PrescriptionPage, prescription_page
from app.services.prescriptions.revoke import reason_of, revoke_prescription
from app.services.prescriptions.views import PrescriptionView
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.drafts import put_away
from app.state.parse import id_from, text_from
from app.state.watching import tell_patient
from app.words import N_

READ, WRITE = "clinical:read", "clinical:write"
AT_MOST = 10 * MOST
# Before the names of the form's fields, which stand beside those of other forms on a page.
FORM_NAME = "order-"


class PrescriptionLineView(TypedDict):
    """One prescription; `revoked_at` is empty while it counts."""

    id: str
    drug: str
    dosage: str
    frequency: str
    duration: str
    advice: str
    practitioner: str
    at: str
    revoked_at: str
    reason: str
    words: str


class DraftView(TypedDict):
    """What the form begins with."""

    drug: str
    dosage: str
    frequency: str
    duration: str
    advice: str


EMPTY = DraftView(drug="", dosage="", frequency="", duration="", advice="")
NOTHING = ("",) * len(NAMES)


class PrescriptionsState(PageState):
    """The prescriptions of one patient. A form is a new one when its number is."""

    patient_id: str = ""
    is_read: bool = False
    has_more: bool = False
    can_prescribe: bool = False
    prescriptions: list[PrescriptionLineView] = []
    recent_drugs: list[str] = []
    form_number: int = 0
    draft: DraftView = EMPTY
    wrong_field: str = ""
    wrong_reason: str = ""
    # What is to be printed together.
    chosen: list[str] = []
    # The one of which it is asked why it is revoked.
    revoking: str = ""
    revoking_drug: str = ""
    revoke_reason: str = ""

    _appointment_id: str = ""
    _most: int = MOST
    # By patient, in the order of NAMES.
    _drafts: dict[str, tuple[str, ...]] = {}

    @rx.var
    def print_address(self) -> str:
        """The page with what was chosen on paper."""
        return routes.prescription(self.chosen)

    @rx.event
    @policy(permission=READ)
    async def open_for(self, patient_id: str, appointment_id: str) -> EventSpec | None:
        """Show a patient's prescriptions; what is ordered belongs to the appointment, if there is one."""
        wanted = text_from(patient_id)
        if wanted != self.patient_id:
            self.is_read, self.prescriptions, self.chosen, self._most = False, [], [], MOST
            self.form_number = 0
        self.patient_id, self._appointment_id = wanted, text_from(appointment_id)
        self._show_draft()
        self.wrong_field, self.wrong_reason = "", ""
        self._revoke_nothing()
        return await self._read()

    @rx.event
    @policy(permission=READ, automatic=True)
    async def follow(self) -> EventSpec | None:
        """Show what a colleague has ordered or revoked meanwhile, unless the reader is about to revoke something."""
        return await self._read() if self.is_read and not self.revoking else None

    @rx.event
    @policy(permission=READ)
    async def read_more(self) -> EventSpec | None:
        """Show older prescriptions too."""
        self._most = min(self._most + MOST, AT_MOST)
        return await self._read()

    @rx.event
    @policy(permission=WRITE)
    def keep_draft(self, patient_id: str, field: str, text: str) -> None:
        """Keep what was typed so far, for when the reader comes back to it."""
        if field in NAMES:
            self._put_away(text_from(patient_id), **{field: text_from(text, longest=LONGEST_ADVICE)})

    @rx.event
    @policy(permission=WRITE)
    def order_again(self, prescription_id: str) -> None:
        """Begin a new prescription with what an earlier one says."""
        for one in self.prescriptions:
            if one["id"] == prescription_id:
                self._put_away(self.patient_id, **{name: one[name] for name in NAMES})  # type: ignore[literal-required]
                self.form_number += 1

    @rx.event
    @policy(permission=WRITE)
    async def prescribe(self, patient_id: str, form: dict[str, Any]) -> EventSpec | list[EventSpec] | None:
        """Order a drug for the patient whose file was shown when it was typed."""
        self.wrong_field, self.wrong_reason = "", ""
        try:
            made = await ask(
                prescribe,
                patient_id=id_from("patient", patient_id),
                fields=_fields(form),
                appointment_id=id_from("appointment", self._appointment_id) if self._appointment_id else None,
                now=utc_now(),
            )
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        await tell_patient(id_from("patient", patient_id))
        self._put_away(text_from(patient_id), **dict.fromkeys(NAMES, ""))
        if patient_id == self.patient_id:
            self.form_number += 1
            self.chosen = [*(one for one in self.chosen if one != str(made.id)), str(made.id)]
        return await self._read() or say("success", N_("The prescription is kept. It can be printed."))

    @rx.event
    @policy(permission=READ)
    def choose(self, prescription_id: str, is_chosen: bool) -> None:
        """Take a prescription to what is printed together, or leave it out."""
        standing = {one["id"] for one in self.prescriptions if not one["revoked_at"]}
        others = [one for one in self.chosen if one != prescription_id]
        self.chosen = [*others, prescription_id] if is_chosen and prescription_id in standing else others

    @rx.event
    @policy(permission=WRITE)
    def ask_why(self, prescription_id: str) -> None:
        """Ask why a prescription is revoked."""
        self._revoke_nothing()
        for one in self.prescriptions:
            if one["id"] == prescription_id:
                self.revoking, self.revoking_drug = one["id"], one["drug"]

    @rx.event
    @policy(permission=WRITE)
    def leave_it(self, is_open: bool = False) -> None:
        """Leave the prescription as it is."""
        if not is_open:
            self._revoke_nothing()

    @rx.event
    @policy(permission=WRITE)
    async def revoke(self, form: dict[str, Any]) -> EventSpec | list[EventSpec] | None:
        """Revoke the prescription that was asked about."""
        self.revoke_reason = ""
        try:
            await ask(
                revoke_prescription,
                patient_id=id_from("patient", self.patient_id),
                prescription_id=id_from("prescription", self.revoking),
                reason=reason_of(text_from(form.get("reason"))),
                words=text_from(form.get("revoke-words"), longest=LONGEST + 1),
                now=utc_now(),
            )
        except InvalidField as error:
            self.revoke_reason = str(error)
            return None
        except ClinicError as error:
            return refused(error)
        await tell_patient(id_from("patient", self.patient_id))
        self.chosen = [one for one in self.chosen if one != self.revoking]
        self._revoke_nothing()
        return await self._read() or say("success", N_("The prescription is revoked."))

    def _put_away(self, patient_id: str, **changes: str) -> None:
        begun = zip(NAMES, self._drafts.get(patient_id, NOTHING), strict=True)
        draft = tuple(changes.get(name, text) for name, text in begun)
        self._drafts = put_away(self._drafts, patient_id, draft, empty=NOTHING)
        if patient_id == self.patient_id:
            self._show_draft()

    def _show_draft(self) -> None:
        begun = self._drafts.get(self.patient_id, NOTHING)
        self.draft = DraftView(**dict(zip(NAMES, begun, strict=True)))  # type: ignore[typeddict-item]

    def _revoke_nothing(self) -> None:
        self.revoking, self.revoking_drug, self.revoke_reason = "", "", ""

    async def _read(self) -> EventSpec | None:
        if not self.patient_id:
            return None
        try:
            patient_id = id_from("patient", self.patient_id)
            found = await ask(prescription_page, patient_id=patient_id, most=self._most, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self._show(found)
        return None

    def _show(self, found: PrescriptionPage) -> None:
        self.prescriptions = [_line(one) for one in found.prescriptions]
        self.has_more, self.can_prescribe = found.has_more, found.can_prescribe
        self.recent_drugs, self.is_read = found.recent_drugs, True


def _fields(form: dict[str, Any]) -> PrescriptionFields:
    # Longer than may be kept, so that it is refused and not cut.
    longest = {name: LONGEST_ADVICE if name == "advice" else LONGEST for name in NAMES}
    typed = {name: text_from(form.get(FORM_NAME + name), longest=most + 1) for name, most in longest.items()}
    return PrescriptionFields(**typed)


def _line(one: PrescriptionView) -> PrescriptionLineView:
    return PrescriptionLineView(
        id=str(one.id),
        drug=one.fields.drug,
        dosage=one.fields.dosage,
        frequency=one.fields.frequency,
        duration=one.fields.duration,
        advice=one.fields.advice,
        practitioner=one.practitioner,
        at=one.created_at.isoformat(),
        revoked_at=one.revoked_at.isoformat() if one.revoked_at else "",
        reason=one.reason.value if one.reason else "",
        words=one.words,
    )
