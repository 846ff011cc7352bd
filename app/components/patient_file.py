"""A patient's open file: its head, and its parts as tabs. A part is shown to whoever holds its permission.

Another area adds a part by a line in PARTS: its code, title, permission and content; `PatientsState.part` is the
code of the one that is shown, and `opened` (if there is one) runs when it comes to be.
"""

from collections.abc import Callable
from dataclasses import dataclass

import reflex as rx

from app.components.notes import notes_part
from app.components.patient_details import details_part
from app.components.patient_documents import documents_part
from app.components.patient_head import patient_head
from app.components.patient_lists import history_part, letters_part, visits_part
from app.components.prescriptions import prescriptions_part
from app.components.words import N_, reader_language, t_var
from app.state.base import PageState
from app.state.notes import NotesState as Notes
from app.state.patient_details import PatientDetailsState as Details
from app.state.patient_documents import PatientDocumentsState as Documents
from app.state.patients import PatientsState
from app.state.prescriptions import PrescriptionsState as Prescriptions


@dataclass(frozen=True, slots=True)
class Part:
    """One tab of a file."""

    code: str
    title: str
    permission: str
    content: Callable[[], rx.Component]
    opened: rx.event.EventHandler | rx.event.EventSpec | None = None


PATIENT = PatientsState.file["id"]
PARTS = (
    Part("visits", N_("Appointments"), "appointments:read", visits_part),
    Part("letters", N_("Messages"), "messages:read", letters_part),
    Part("documents", N_("Documents"), "documents:read", documents_part, Documents.load),
    Part("notes", N_("Notes"), "patients:read", lambda: notes_part(PATIENT), Notes.open_for(PATIENT, "")),
    Part(
        "prescriptions",
        N_("Prescriptions"),
        "clinical:read",
        lambda: prescriptions_part(PATIENT),
        Prescriptions.open_for(PATIENT, ""),
    ),
    Part("details", N_("Details"), "patients:read", details_part, Details.begin),
    Part("history", N_("History"), "patients:read", history_part),
)


def patient_file() -> rx.Component:
    """Show the open file."""
    return rx.el.article(
        patient_head(),
        rx.tabs.root(
            rx.tabs.list(*(_trigger(part) for part in PARTS), size="2"),
            *(
                rx.tabs.content(
                    rx.cond(PatientsState.part == part.code, _opened(part), rx.fragment()),
                    value=part.code,
                    class_name="file-part",
                )
                for part in PARTS
            ),
            value=PatientsState.part,
            on_change=PatientsState.turn,
            # The tabs have a direction of their own, left to right unless they are told.
            dir=rx.cond(reader_language() == "ar", "rtl", "ltr"),
        ),
        class_name="file",
    )


def _opened(part: Part) -> rx.Component:
    """Show a part, which reads what is in it however it was come to: by a click, by the arrow keys, by its address."""
    if part.opened is None:
        return part.content()
    return rx.el.div(part.content(), key=PATIENT.to(str), on_mount=part.opened, class_name="file-open")


def _trigger(part: Part) -> rx.Component:
    return rx.cond(
        PageState.permissions.contains(part.permission),
        rx.tabs.trigger(t_var(rx.Var.create(part.title)), value=part.code, custom_attrs={"data-leaves": ""}),
        rx.fragment(),
    )
