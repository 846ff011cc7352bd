"""The documents of a file: add one, open one by saving it, remove one."""

from typing import Any

import reflex as rx

from app.components.states import empty_state, loading_rows
from app.components.words import N_, format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.patient_documents import PatientDocumentsState as Documents
from app.state.patients import PatientsState

KINDS = {
    "referral": N_("Referral"),
    "consent": N_("Consent"),
    "insurance": N_("Insurance paper"),
    "letter": N_("Medical letter"),
    "result": N_("Result"),
    "image": N_("Medical image"),
    "other": N_("Other medical paper"),
}


class DocumentUpload(rx.Component):
    """Send a file through the API's route, with its progress; `on_added` runs when it is kept."""

    library = "$/public/patients.js"
    tag = "DocumentUpload"

    patient_id: rx.Var[str]
    most_bytes: rx.Var[int]
    on_added: rx.EventHandler[rx.event.no_args_event_spec]


def documents_part() -> rx.Component:
    """Show the form that adds, and the list."""
    upload = DocumentUpload.create(
        patient_id=PatientsState.file["id"].to(str),
        most_bytes=Documents.most_bytes,
        on_added=Documents.load,
        key=PatientsState.file["id"].to(str),
    )
    nothing = empty_state("file-text", t("No documents yet"), t("Add a referral, a consent or a letter above."))
    lines = rx.el.ul(rx.foreach(Documents.documents, _line), class_name="file-lines", aria_label=t("Documents"))
    return rx.fragment(
        rx.cond(PageState.permissions.contains("documents:write"), upload, rx.fragment()),
        rx.cond(Documents.is_read, rx.cond(Documents.documents.length() > 0, lines, nothing), loading_rows(4)),
    )


def _line(one: rx.Var[Any]) -> rx.Component:
    kind = rx.match(one["kind"], *((code, t_var(rx.Var.create(word))) for code, word in KINDS.items()), one["kind"])
    named = rx.cond(
        one["can_open"].to(bool),
        rx.el.strong(one["name"], dir="auto"),
        rx.el.span(t("Only for those who treat the patient"), class_name="muted"),
    )
    return rx.el.li(
        rx.el.span(
            format_date(one["at"], zone=PageState.clinic_zone, style="short"), ", ",
            format_time(one["at"], zone=PageState.clinic_zone), class_name="figures file-when",
        ),
        rx.el.span(
            named,
            rx.el.span(kind, class_name="chip"),
            rx.el.span(t("{n} kB", n=one["kilobytes"]), class_name="muted figures"),
            class_name="file-what",
        ),
        rx.el.span(
            rx.cond(one["can_open"].to(bool), _download(one), rx.fragment()),
            rx.cond(one["can_remove"].to(bool), _remove(one), rx.fragment()),
            class_name="file-acts",
        ),
        key=one["id"],
    )  # fmt: skip


def _download(one: rx.Var[Any]) -> rx.Component:
    return rx.el.a(
        rx.icon("download", size=14, aria_hidden="true"),
        t("Download"),
        href=one["href"].to(str),
        download=True,
        # Not a page of ours: the router must leave it to the browser.
        custom_attrs={"reloadDocument": True},
        class_name="plain-link",
        aria_label=t("Download {name}", name=one["name"]),
    )


def _remove(one: rx.Var[Any]) -> rx.Component:
    words = t("Remove {name}", name=one["name"])
    return rx.alert_dialog.root(
        rx.alert_dialog.trigger(
            rx.icon_button(
                rx.icon("trash-2", size=16),
                variant="ghost",
                color_scheme="gray",
                size="1",
                aria_label=words,
                title=words,
            )
        ),
        rx.alert_dialog.content(
            rx.alert_dialog.title(t("Remove this document?"), size="4"),
            rx.alert_dialog.description(t("It is taken out of the file now, and deleted for good some weeks later.")),
            rx.el.div(
                rx.alert_dialog.action(
                    rx.button(t("Remove"), on_click=Documents.remove(one["id"]), color_scheme="red", size="2")
                ),
                rx.alert_dialog.cancel(
                    rx.button(t("Keep it"), variant="soft", color_scheme="gray", high_contrast=True, size="2")
                ),
                class_name="pane-actions dialog-actions",
            ),
            max_width="28em",
        ),
    )
