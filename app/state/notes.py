"""A patient's notes, in their file and beside their visit: read, added to, corrected."""

from typing import Any, NamedTuple, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.file_errors import NoteReplaced
from app.services.clock import utc_now
from app.services.notes.kinds import kind_of
from app.services.notes.read import MOST, NoteView, list_notes
from app.services.notes.write import LONGEST as LONGEST
from app.services.notes.write import write_note
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.drafts import put_away
from app.state.parse import id_from, text_from
from app.state.watching import tell_patient
from app.words import N_

READ, WRITE = "patients:read", "patients:write"
AT_MOST = 10 * MOST


class EarlierNoteView(TypedDict):
    """What a note said before it was corrected."""

    id: str
    text: str
    author: str
    at: str


class NoteLineView(TypedDict):
    """One note that stands, with what it corrects, the newest first."""

    id: str
    kind: str
    text: str
    author: str
    at: str
    can_correct: bool
    earlier: list[EarlierNoteView]


class Begun(NamedTuple):
    """What was typed for one patient: a new note, and the correction of one; `most` notes were shown then."""

    draft: str = ""
    correcting: str = ""
    correction: str = ""
    most: int = MOST


NOTHING = Begun()


class NotesState(PageState):
    """The notes of one patient. A form is a new one when its number is: what was typed is gone, as it was kept."""

    patient_id: str = ""
    is_read: bool = False
    has_more: bool = False
    notes: list[NoteLineView] = []
    form_number: int = 0
    draft: str = ""
    wrong_reason: str = ""
    # The note that is being corrected, and to what; stale when somebody else was faster.
    correcting: str = ""
    correction: str = ""
    correction_reason: str = ""
    is_stale: bool = False

    _appointment_id: str = ""
    _most: int = MOST
    _begun: dict[str, Begun] = {}

    @rx.event
    @policy(permission=READ)
    async def open_for(self, patient_id: str, appointment_id: str) -> EventSpec | None:
        """Show a patient's notes; what is added belongs to the appointment, if there is one."""
        wanted = text_from(patient_id)
        if wanted != self.patient_id:
            self.is_read, self.notes, self.form_number = False, [], 0
            self._most = self._begun.get(wanted, NOTHING).most
        self.patient_id, self._appointment_id = wanted, text_from(appointment_id)
        self.wrong_reason, self.correction_reason, self.is_stale = "", "", False
        self._show_begun()
        return await self._read() or self._miss_corrected()

    @rx.event
    @policy(permission=READ)
    async def read_more(self) -> EventSpec | None:
        """Show older notes too."""
        self._most = min(self._most + MOST, AT_MOST)
        return await self._read()

    @rx.event
    @policy(permission=WRITE)
    def keep_draft(self, patient_id: str, text: str) -> None:
        """Keep what was typed so far, for when the reader comes back to it."""
        self._put_away(text_from(patient_id), draft=text_from(text, longest=LONGEST))

    @rx.event
    @policy(permission=WRITE)
    async def write(self, patient_id: str, form: dict[str, Any]) -> EventSpec | list[EventSpec] | None:
        """Add a note to the file that was shown when it was typed."""
        self.wrong_reason = ""
        try:
            await ask(
                write_note,
                patient_id=id_from("patient", patient_id),
                kind=kind_of(text_from(form.get("kind"))),
                text=_words(form),
                appointment_id=id_from("appointment", self._appointment_id) if self._appointment_id else None,
                now=utc_now(),
            )
        except InvalidField as error:
            self.wrong_reason = str(error)
            return None
        except ClinicError as error:
            return refused(error)
        await tell_patient(id_from("patient", patient_id))
        self._put_away(text_from(patient_id), draft="")
        if patient_id == self.patient_id:
            self.form_number += 1
        return await self._read() or say("success", N_("The note is kept."))

    @rx.event
    @policy(permission=WRITE)
    def begin_correction(self, note_id: str) -> None:
        """Open a note to be corrected."""
        self._correct_nothing(self.patient_id)
        self._put_away(self.patient_id, correcting=text_from(note_id), most=self._most)

    @rx.event
    @policy(permission=WRITE)
    def keep_correction(self, patient_id: str, note_id: str, text: str) -> None:
        """Keep what was typed so far, as long as that note is being corrected."""
        wanted = text_from(patient_id)
        if self._begun.get(wanted, NOTHING).correcting == note_id:
            self._put_away(wanted, correction=text_from(text, longest=LONGEST))

    @rx.event
    @policy(permission=WRITE)
    def leave_correction(self) -> None:
        """Leave the note as it is."""
        self._correct_nothing(self.patient_id)

    @rx.event
    @policy(permission=READ)
    async def read_again(self) -> EventSpec | None:
        """Read the notes once more, as somebody else may have changed them."""
        self._correct_nothing(self.patient_id)
        return await self._read()

    @rx.event
    @policy(permission=READ, automatic=True)
    async def follow(self) -> EventSpec | None:
        """Show what a colleague has written meanwhile; a correction under way hears of it when it is kept."""
        return await self._read() if self.is_read and not self.correcting else None

    @rx.event
    @policy(permission=WRITE)
    async def correct(self, patient_id: str, form: dict[str, Any]) -> EventSpec | list[EventSpec] | None:
        """Put another note in the place of the one that is being corrected."""
        self.correction_reason = ""
        try:
            await ask(
                write_note,
                patient_id=id_from("patient", patient_id),
                kind=kind_of(text_from(form.get("kind"))),
                text=_words(form),
                replaces_id=id_from("note", form.get("note")),
                now=utc_now(),
            )
        except InvalidField as error:
            self.correction_reason = str(error)
            return None
        except NoteReplaced:
            self.is_stale = True
            return None
        except ClinicError as error:
            return refused(error)
        await tell_patient(id_from("patient", patient_id))
        self._correct_nothing(text_from(patient_id))
        return await self._read() or say("success", N_("The note is corrected. What it said before stays in the file."))

    def _correct_nothing(self, patient_id: str) -> None:
        self._put_away(patient_id, correcting="", correction="", most=MOST)
        self.correction_reason, self.is_stale = "", False

    def _miss_corrected(self) -> EventSpec | None:
        """Give up a correction of what a colleague has corrected since."""
        if not self.correcting or any(one["id"] == self.correcting for one in self.notes):
            return None
        self._correct_nothing(self.patient_id)
        return say("warning", N_("Somebody has corrected this note already. Yours was not kept."))

    def _put_away(self, patient_id: str, **changes: Any) -> None:
        begun = self._begun.get(patient_id, NOTHING)._replace(**changes)
        self._begun = put_away(self._begun, patient_id, begun, empty=NOTHING)
        if patient_id == self.patient_id:
            self._show_begun()

    def _show_begun(self) -> None:
        self.draft, self.correcting, self.correction, _ = self._begun.get(self.patient_id, NOTHING)

    async def _read(self) -> EventSpec | None:
        if not self.patient_id:
            return None
        try:
            patient_id = id_from("patient", self.patient_id)
            found = await ask(list_notes, patient_id=patient_id, most=self._most + 1, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.notes, self.has_more = [_line(one) for one in found[: self._most]], len(found) > self._most
        self.is_read = True
        return None


def _words(form: dict[str, Any]) -> str:
    # Longer than may be kept, so that it is refused and not cut.
    return text_from(form.get("text"), longest=LONGEST + 1)


def _line(one: NoteView) -> NoteLineView:
    return NoteLineView(
        id=str(one.id),
        kind=one.kind.value,
        text=one.text,
        author=one.author,
        at=one.created_at.isoformat(),
        can_correct=one.can_correct,
        earlier=[
            EarlierNoteView(id=str(each.id), text=each.text, author=each.author, at=each.created_at.isoformat())
            for each in one.earlier
        ],
    )
