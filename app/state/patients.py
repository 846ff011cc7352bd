"""The patients' page: whose file is open, and which part of it."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError, InvalidField, NotFound
from app.services.clock import utc_now
from app.services.patients.file import open_file
from app.state.ask import ask
from app.state.base import PageState, acting, policy, refused
from app.state.notes import NotesState
from app.state.parse import id_from, text_from
from app.state.patient_finder import PatientFinder
from app.state.patient_parts import PatientPartsState
from app.state.patient_views import NO_FILE, FileView, file_view
from app.state.prescriptions import PrescriptionsState
from app.state.pushing import line_of
from app.state.watching import watch_patient

READ = "patients:read"
FIRST_PART = "visits"


class PatientsState(PageState):
    """The open file. `status` is "", loading, open, missing or failed; `part` names the tab."""

    status: str = ""
    file: FileView = NO_FILE
    was_merged: bool = False
    part: str = FIRST_PART

    @rx.event
    @policy(permission=READ)
    async def load(self) -> AsyncIterator[EventSpec | None]:
        """Open the file that the address names, if it names one; also after a reconnect."""
        wanted = text_from(str(self.router.url.query_parameters.get("patient", "")))
        if not wanted or self.file["id"] != wanted:
            # While one file is read, nobody looks at the one before, or books for it.
            self.file, self.status, self.part = NO_FILE, "loading" if wanted else "", FIRST_PART
            yield None
        if wanted:
            yield await self._open(wanted)

    @rx.event
    @policy(permission=READ)
    async def open_chosen(self) -> EventSpec | None:
        """Open the file of whoever was found or made; its address stands in the browser, so Back leads back."""
        chosen = (await self.get_state(PatientFinder)).chosen
        return rx.redirect(routes.patient_file(chosen["id"])) if chosen["id"] else None

    @rx.event
    @policy(permission=READ)
    async def turn(self, part: str) -> EventSpec | None:
        """Show another part of the file."""
        self.part = text_from(part)
        return await self._show_part()

    @rx.event
    @policy(permission=READ)
    async def again(self) -> EventSpec | None:
        """Read the file once more, as somebody else may have changed it."""
        return await self._open(self.file["id"])

    @rx.event
    @policy(permission=READ)
    async def reopen(self, patient_id: str) -> EventSpec | None:
        """Open a file once more although its address may be the same."""
        return await self._open(text_from(patient_id))

    @rx.event
    @policy(permission=READ, automatic=True)
    async def follow(self) -> EventSpec | None:
        """Have the part that is shown read again, as a colleague has changed something in it."""
        # It stands on this module.
        from app.state.patient_documents import PatientDocumentsState

        is_shown = self.status == "open" and routes.normal(str(self.router.url.path)) == routes.PATIENTS
        following: dict[str, EventSpec] = {
            "documents": PatientDocumentsState.follow(),
            "notes": NotesState.follow(),
            "prescriptions": PrescriptionsState.follow(),
        }
        return following.get(self.part) if is_shown else None

    async def _open(self, patient_id: str) -> EventSpec | None:
        if self.file["id"] != patient_id:
            self.file, self.status, self.part = NO_FILE, "loading", FIRST_PART
        try:
            found = await ask(open_file, patient_id=id_from("patient", patient_id), now=utc_now())
        except (NotFound, InvalidField):
            self.file, self.status = NO_FILE, "missing"
            return None
        except ClinicError as error:
            self.file, self.status = NO_FILE, "failed"
            return refused(error)
        self.file, self.was_merged, self.status = file_view(found), found.was_merged, "open"
        watch_patient(line_of(self), acting().clinic_id, found.patient.id, PatientsState.follow)
        return await self._show_part()

    async def _show_part(self) -> EventSpec | None:
        parts = await self.get_state(PatientPartsState)
        if not self.file["id"]:
            return None
        try:
            await parts._show(self.part, id_from("patient", self.file["id"]))
        except ClinicError as error:
            return refused(error)
        return None
