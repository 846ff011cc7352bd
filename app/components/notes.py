"""A patient's notes: the desk's and, for those who treat them, clinical ones; a part of the file and of my day.

Whoever shows it calls `NotesState.open_for(patient, appointment)`, and names the patient that is on the screen, so
that nothing of another one is seen until the answer is there: notes_part(PatientsState.file["id"])
"""

from typing import Any

import reflex as rx

from app.components.states import empty_state, loading_rows, notice
from app.components.words import N_, Text, format_date, format_time, t, t_var, tn
from app.state.base import PageState
from app.state.notes import LONGEST
from app.state.notes import NotesState as Notes

# Kind -> its icon, what it is called, and for whom it is.
KINDS = {
    "desk": ("concierge-bell", N_("Desk"), N_("For everybody who works with the patient")),
    "clinical": ("stethoscope", N_("Clinical"), N_("Only for those who treat the patient")),
}
MAY_WRITE = PageState.permissions.contains("patients:write")
IS_CLINICAL = PageState.permissions.contains("clinical:write")


def notes_part(patient_id: Text = Notes.patient_id) -> rx.Component:
    """Show the form that adds a note, and the notes of the patient."""
    patient: rx.Var[Any] = rx.Var.create(patient_id)
    nothing = empty_state("notebook-pen", t("No notes yet"), t("What is written here stays in the file for good."))
    lines = rx.el.ol(rx.foreach(Notes.notes, _note), class_name="notes", aria_label=t("Notes"))
    older = rx.button(t("Show older notes"), on_click=Notes.read_more, variant="soft", size="2", high_contrast=True)
    return rx.el.div(
        rx.cond(MAY_WRITE, _form(patient), rx.fragment()),
        rx.cond(
            Notes.is_read & (Notes.patient_id == patient),
            rx.fragment(
                rx.cond(Notes.notes.length() > 0, lines, nothing),
                rx.cond(Notes.has_more, older, rx.fragment()),
            ),
            loading_rows(4),
        ),
        class_name="file-sheet",
    )


def _form(patient_id: rx.Var[Any]) -> rx.Component:
    # Of this patient only: what was begun in another file is not carried over.
    draft = rx.cond(Notes.patient_id == patient_id, Notes.draft, "").to(str)
    return rx.el.form(
        _words(
            "note-text",
            t("New note"),
            wrong=Notes.wrong_reason,
            draft=draft,
            auto_focus=Notes.form_number > 0,
            on_blur=lambda text: Notes.keep_draft(patient_id, text),
        ),
        rx.el.div(
            rx.cond(IS_CLINICAL, _kinds(), rx.el.input(type="hidden", name="kind", value="desk")),
            rx.button(t("Keep the note"), type="submit", size="2"),
            class_name="file-sheet-foot",
        ),
        on_submit=lambda form: Notes.write(patient_id, form),
        key=patient_id.to(str) + "/" + Notes.form_number.to(str),
        class_name="file-entry",
        custom_attrs={"data-guarded": ""},
        auto_complete="off",
    )


def _kinds() -> rx.Component:
    """Ask for whom it is; clinical is what those who may write so write most."""
    return rx.el.fieldset(
        rx.el.legend(t("For whom"), class_name="visually-hidden"),
        *(
            rx.el.label(
                rx.el.input(type="radio", name="kind", value=kind, default_checked=kind == "clinical"),
                rx.icon(icon, size=16, aria_hidden="true"),
                rx.el.span(t_var(rx.Var.create(word))),
                title=t_var(rx.Var.create(about)),
                class_name="pane-choice",
            )
            for kind, (icon, word, about) in KINDS.items()
        ),
        class_name="file-choices",
    )


def _note(note: rx.Var[Any]) -> rx.Component:
    earlier = note["earlier"].to(list[dict[str, str]])
    correct = rx.button(
        rx.icon("pencil", size=14, aria_hidden="true"),
        t("Correct"),
        on_click=Notes.begin_correction(note["id"]),
        variant="ghost",
        size="1",
        high_contrast=True,
        aria_label=t("Correct the note of {date}", date=_date(note["at"])),
    )
    # One at a time, as only one is kept half written.
    may_correct = note["can_correct"].to(bool) & (Notes.correcting == "")
    return rx.el.li(
        rx.el.div(
            rx.match(note["kind"], *((kind, _mark(kind)) for kind in KINDS), rx.fragment()),
            _signed(note),
            rx.cond(may_correct, correct, rx.fragment()),
            class_name="note-head",
        ),
        rx.cond(
            Notes.correcting == note["id"], _correction(note), rx.el.p(note["text"], dir="auto", class_name="note-text")
        ),
        rx.cond(earlier.length() > 0, _earlier(earlier), rx.fragment()),
        key=note["id"],
        class_name="note",
    )


def _mark(kind: str) -> rx.Component:
    icon, word, about = KINDS[kind]
    return rx.el.span(
        rx.icon(icon, size=14, aria_hidden="true"),
        t_var(rx.Var.create(word)),
        title=t_var(rx.Var.create(about)),
        class_name=f"chip note-kind {kind}",
    )


def _signed(note: rx.Var[Any]) -> rx.Component:
    return rx.el.span(
        rx.cond(note["author"] != "", rx.el.span(note["author"], dir="auto"), t("Staff")),
        rx.el.span(_date(note["at"]), ", ", format_time(note["at"], zone=PageState.clinic_zone), class_name="figures"),
        class_name="note-signed muted",
    )


def _earlier(notes: rx.Var[Any]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(tn("{n} earlier wording", "{n} earlier wordings", n=notes.length())),
        rx.el.ol(
            rx.foreach(
                notes,
                lambda one: rx.el.li(
                    _signed(one), rx.el.p(one["text"], dir="auto", class_name="note-text"), key=one["id"]
                ),
            )
        ),
        class_name="note-earlier",
    )


def _correction(note: rx.Var[Any]) -> rx.Component:
    stale = rx.el.div(
        notice(t("Somebody has corrected this note already. Yours was not kept."), tone="warning"),
        rx.button(t("Read it again"), on_click=Notes.read_again, variant="soft", size="2", high_contrast=True),
        role="alert",
        class_name="file-stale",
    )
    leave = rx.button(
        t("Leave it as it is"),
        on_click=Notes.leave_correction,
        type="button",
        variant="soft",
        color_scheme="gray",
        size="2",
        high_contrast=True,
    )
    return rx.el.form(
        rx.cond(Notes.is_stale, stale, rx.fragment()),
        _words(
            "correction-text",
            t("Corrected note"),
            wrong=Notes.correction_reason,
            draft=rx.cond(Notes.correction != "", Notes.correction, note["text"]).to(str),
            auto_focus=True,
            on_blur=lambda text: Notes.keep_correction(Notes.patient_id, note["id"], text),
        ),
        rx.el.input(type="hidden", name="kind", value=note["kind"].to(str)),
        rx.el.input(type="hidden", name="note", value=note["id"].to(str)),
        rx.el.div(rx.button(t("Keep the correction"), type="submit", size="2"), leave, class_name="pane-actions"),
        on_submit=lambda form: Notes.correct(Notes.patient_id, form),
        custom_attrs={"data-guarded": ""},
        class_name="note-correction",
    )


def _words(name: str, label: Text, *, wrong: rx.Var[str], draft: rx.Var[str], **props: Any) -> rx.Component:
    invalid = {"aria-invalid": rx.cond(wrong != "", "true", "false"), "aria-describedby": f"{name}-error"}
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="field-label"),
        rx.text_area(
            id=name, name="text", rows="4", resize="vertical", max_length=LONGEST, dir="auto",
            default_value=draft, custom_attrs={**invalid, "data-draft": draft}, **props,
        ),
        rx.el.p(t_var(wrong), id=f"{name}-error", class_name="field-error", role="alert"),
        class_name="field",
    )  # fmt: skip


def _date(instant: rx.Var[Any]) -> rx.Var[str]:
    return format_date(instant, zone=PageState.clinic_zone, style="short")
