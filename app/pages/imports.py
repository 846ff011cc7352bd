"""Settings: import of patients and coming appointments from a file."""

from typing import Any

import reflex as rx

from app import routes
from app.components.file_drop import file_drop
from app.components.import_report import IS_PATIENTS, import_report
from app.components.settings_frame import head, settings_page
from app.components.states import empty_state, loading_rows, notice
from app.components.words import N_, Text, format_date, format_number, format_time, t, t_var, tn
from app.services.imports.columns import FIELDS
from app.services.imports.dates import DateOrder
from app.services.imports.decode import MOST_BYTES
from app.state.base import PageState
from app.state.imports import CHECKING
from app.state.imports import ImportsState as Imports
from models.desk import ImportKind

ORDERS = {
    DateOrder.NOT_SAID: N_("Year first or with points; anything else is asked about"),
    DateOrder.DAY_FIRST: N_("Day first: 31/12/2026"),
    DateOrder.MONTH_FIRST: N_("Month first: 12/31/2026"),
}
KINDS = {ImportKind.PATIENTS: N_("Patients"), ImportKind.APPOINTMENTS: N_("Coming appointments")}


def imports() -> rx.Component:
    """Show the way of a file: choose it, say what its columns hold, check it, import it."""
    return settings_page(
        head(
            t("Import"),
            t("Patients and coming appointments from another system. A file is imported whole or not at all."),
        ),
        _source(),
        rx.cond(Imports.refusal != "", _refusal(), rx.fragment()),
        rx.cond((Imports.upload_id != "") & ~Imports.report["is_taken"].to(bool), _columns(), rx.fragment()),
        rx.cond(Imports.busy != "", _progress(), rx.fragment()),
        rx.cond(Imports.is_reported, import_report(), rx.fragment()),
        _past(),
        route=routes.SETTINGS_IMPORT,
    )


def _source() -> rx.Component:
    return rx.el.section(
        rx.el.fieldset(
            rx.el.legend(t("What does the file hold?"), class_name="field-label"),
            *(_kind(kind, t_var(rx.Var.create(title))) for kind, title in KINDS.items()),
            class_name="import-kinds",
        ),
        rx.cond(
            IS_PATIENTS,
            _about(t("Who is here already is matched by number, or by name and birth date, and stays as they are.")),
            _about(t("Import the patients first. Nobody is written to; reminders follow as usual.")),
        ),
        _templates(),
        file_drop(
            address=routes.IMPORT_FILES, most_bytes=MOST_BYTES, is_busy=Imports.busy != "", on_sent=Imports.opened
        ),
        aria_label=t("File"),
        class_name="set-card",
    )


def _kind(kind: ImportKind, title: Text) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="import-kind",
            value=kind.value,
            checked=Imports.kind == kind.value,
            disabled=Imports.busy != "",
            on_change=Imports.choose_kind(kind.value),
        ),
        rx.el.span(title),
        class_name="set-tick",
    )


def _about(text: Text) -> rx.Component:
    return rx.el.p(text, class_name="set-about muted")


def _templates() -> rx.Component:
    def link(kind: ImportKind) -> rx.Component:
        return rx.el.a(
            rx.icon("download", size=14, aria_hidden="true"),
            t("Template to fill in"),
            href=f"{routes.IMPORT_FILES}/{kind.value}.csv",
            download=True,
            # Not a page of ours: the router must leave it to the browser.
            custom_attrs={"reloadDocument": True},
            class_name="plain-link import-template",
        )

    return rx.cond(IS_PATIENTS, link(ImportKind.PATIENTS), link(ImportKind.APPOINTMENTS))


def _refusal() -> rx.Component:
    return notice(t_var(Imports.refusal, Imports.refusal_values), tone="error", icon="circle-x", role="alert")


def _columns() -> rx.Component:
    heads = (t("Column in the file"), t("First rows"), t("Holds"))
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*(rx.el.th(word, scope="col") for word in heads))),
        rx.el.tbody(rx.foreach(Imports.columns, _column)),
        class_name="import-table",
    )
    return rx.el.section(
        rx.el.h3(rx.el.bdi(Imports.file_name), class_name="set-subheading"),
        _about(tn("{n} row. Say what each column holds.", "{n} rows. Say what each column holds.", n=Imports.rows)),
        rx.el.div(table, tab_index=0, role="region", aria_label=t("Columns"), class_name="import-box import-columns"),
        _order(),
        rx.el.div(
            rx.button(
                rx.icon("list-checks", size=16),
                t("Check the file"),
                on_click=Imports.check,
                disabled=Imports.busy != "",
                variant=rx.cond(Imports.is_reported, "soft", "solid"),
                high_contrast=rx.cond(Imports.is_reported, True, False),
                size="2",
            ),
            rx.button(
                rx.icon("x", size=16),
                t("Put the file away"),
                on_click=Imports.drop,
                disabled=Imports.busy != "",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                size="2",
            ),
            class_name="set-buttons",
        ),
        class_name="set-card",
    )


def _column(one: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.cond(one["header"] != "", one["header"], t("Column {n}", n=one["number"].to(int) + 1)),
            scope="row",
            dir="auto",
        ),
        rx.el.td(one["samples"], dir="auto", class_name="muted"),
        rx.el.td(rx.cond(IS_PATIENTS, _holds(one, ImportKind.PATIENTS), _holds(one, ImportKind.APPOINTMENTS))),
        key=one["number"].to(str),
    )


def _holds(one: Any, kind: ImportKind) -> rx.Component:
    return rx.el.select(
        rx.el.option(t("Nothing that is imported"), value=""),
        *(rx.el.option(t_var(rx.Var.create(field.title)), value=field.name) for field in FIELDS[kind]),
        value=one["holds"].to(str),
        on_change=lambda holds: Imports.choose_column(one["number"].to(int), holds),
        disabled=Imports.busy != "",
        aria_label=t("What the column {name} holds", name=one["header"]),
        class_name="set-input",
    )


def _order() -> rx.Component:
    return rx.el.label(
        rx.el.span(t("How dates are written"), class_name="field-label"),
        rx.el.select(
            *(rx.el.option(t_var(rx.Var.create(title)), value=order.value) for order, title in ORDERS.items()),
            value=Imports.date_order,
            on_change=Imports.choose_order,
            disabled=Imports.busy != "",
            class_name="set-input",
        ),
        class_name="field import-order",
    )


def _progress() -> rx.Component:
    taking = rx.cond(
        IS_PATIENTS,
        t("Importing. You may leave this page."),
        t("Importing. You may leave this page. Others can book with these practitioners again once it is done."),
    )
    words = rx.cond(Imports.busy == CHECKING, t("Checking. Nothing is changed."), taking).to(str)
    return rx.el.div(
        rx.el.span(words, role="status"),
        rx.el.progress(value=Imports.done, max=rx.cond(Imports.total > 0, Imports.total, 1), aria_label=words),
        class_name="import-progress",
    )


def _past() -> rx.Component:
    nothing = empty_state("file-up", t("Nothing was imported yet"), t("Choose a file above, or take the template."))
    heads = rx.el.tr(*(rx.el.th(word, scope="col") for word in (t("When"), t("What"), t("Rows"), t("By"))))
    table = rx.el.table(
        rx.el.thead(heads), rx.el.tbody(rx.foreach(Imports.past, _past_line)), class_name="import-table"
    )
    return rx.el.section(
        rx.el.h3(t("Imported before"), class_name="set-subheading"),
        rx.cond(Imports.is_loaded, rx.cond(Imports.past.length() > 0, table, nothing), loading_rows(3)),
        class_name="set-card",
    )


def _past_line(one: Any) -> rx.Component:
    kind = rx.match(
        one["kind"], *((kind.value, t_var(rx.Var.create(word))) for kind, word in KINDS.items()), one["kind"]
    )
    at = (format_date(one["at"], zone=PageState.clinic_zone, style="short"), ", ")
    return rx.el.tr(
        rx.el.td(*at, format_time(one["at"], zone=PageState.clinic_zone), class_name="figures"),
        rx.el.td(kind),
        rx.el.td(format_number(one["rows"]), class_name="figures"),
        rx.el.td(one["by"], dir="auto"),
        key=one["id"],
    )
