"""The documents of the open file. Uploads and downloads go through the API's routes, not over the websocket."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.documents.add import largest
from app.services.documents.read import DocumentView, documents_of
from app.services.documents.remove import remove_document
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from
from app.state.patients import PatientsState
from app.state.watching import tell_patient
from app.words import N_

READ, WRITE = "documents:read", "documents:write"


class FileDocumentView(TypedDict):
    """One document in the list; its name is empty for whoever may not open it."""

    id: str
    kind: str
    name: str
    at: str
    kilobytes: int
    can_open: bool
    can_remove: bool
    href: str


class PatientDocumentsState(PageState):
    """The list, and how large a new one may be."""

    is_read: bool = False
    documents: list[FileDocumentView] = []
    most_bytes: int = 0

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Read the list, also after something was added."""
        return await self._read()

    @rx.event
    @policy(permission=READ, automatic=True)
    async def follow(self) -> EventSpec | None:
        """Show what a colleague has added or removed meanwhile."""
        return await self._read()

    @rx.event
    @policy(permission=WRITE)
    async def remove(self, document_id: str) -> EventSpec | list[EventSpec] | None:
        """Take a document out of the file."""
        file = (await self.get_state(PatientsState)).file
        try:
            await ask(
                remove_document,
                patient_id=id_from("patient", file["id"]),
                document_id=id_from("document_id", document_id),
                now=utc_now(),
            )
        except ClinicError as error:
            return refused(error)
        await tell_patient(id_from("patient", file["id"]))
        failed = await self._read()
        return failed or say("success", N_("The document was removed."))

    async def _read(self) -> EventSpec | None:
        file = (await self.get_state(PatientsState)).file
        self.is_read, self.documents, self.most_bytes = False, [], largest()
        if not file["id"]:
            return None
        try:
            found = await ask(documents_of, patient_id=id_from("patient", file["id"]), now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.documents, self.is_read = [_line(one, file["id"]) for one in found], True
        return None


def _line(one: DocumentView, patient_id: str) -> FileDocumentView:
    return FileDocumentView(
        id=str(one.id),
        kind=one.kind.value,
        name=one.name,
        at=one.created_at.isoformat(),
        kilobytes=max(1, round(one.size_bytes / 1024)),
        can_open=one.can_open,
        can_remove=one.can_remove,
        href=f"/api/v1/patients/{patient_id}/documents/{one.id}",
    )
