"""What a file would do or has done: its numbers, what is wrong by row, what to look at, and who gets appointments."""

from typing import Any

import reflex as rx

from app import routes
from app.components.states import notice
from app.components.words import Text, format_date, format_number, t, t_var, tn
from app.state.imports import ImportsState as Imports
from app.state.imports_views import MOST_SHOWN
from models.desk import ImportKind

IS_PATIENTS = Imports.kind == ImportKind.PATIENTS.value


def import_report() -> rx.Component:
    """Show the report under its verdict; the button that takes the file over is part of a good one."""
    report = Imports.report
    return rx.el.section(
        rx.el.h3(
            rx.cond(report["is_taken"].to(bool), t("Imported"), t("What this file would do")),
            id="import-report",
            tab_index=-1,
            class_name="set-subheading",
        ),
        rx.cond(
            report["wrong"].to(int) > 0,
            _wrong(),
            rx.cond(report["is_taken"].to(bool), _taken(), _ready()),
        ),
        rx.cond(report["wrong"].to(int) > 0, rx.fragment(), _numbers()),
        rx.cond(Imports.practices.length() > 0, _practices(), rx.fragment()),
        rx.cond(Imports.remarks.length() > 0, _remarks(), rx.fragment()),
        aria_labelledby="import-report",
        class_name="set-card",
    )


def _wrong() -> rx.Component:
    count = Imports.report["wrong"].to(int)
    problems = Imports.report["problems"].to(int)
    many = rx.cond(
        problems > MOST_SHOWN,
        rx.el.p(t("The first {shown} of {n} are shown.", shown=MOST_SHOWN, n=problems), class_name="muted"),
        rx.fragment(),
    )
    said = tn(
        "Nothing is imported: {n} row needs another look. Mend it in your file and choose the file again.",
        "Nothing is imported: {n} rows need another look. Mend them in your file and choose the file again.",
        n=count,
    )
    return rx.fragment(
        notice(said, tone="error", icon="circle-x", role="alert"),
        many,
        _table(Imports.problems, t("What is to be mended")),
    )


def _ready() -> rx.Component:
    return rx.fragment(
        notice(
            rx.cond(
                IS_PATIENTS,
                t("Every row can be imported. Nothing was changed yet."),
                t("Every row can be booked. Nothing was changed yet, and nobody is written to."),
            ),
            icon="circle-check",
            role="status",
        ),
        rx.el.p(
            tn("The import takes about {n} minute.", "The import takes about {n} minutes.", n=Imports.minutes),
            rx.cond(IS_PATIENTS, rx.fragment(), rx.fragment(" ", _meanwhile())),
            class_name="set-about",
        ),
        rx.el.div(
            rx.button(
                rx.icon("database-zap", size=16),
                tn("Import {n} row", "Import {n} rows", n=Imports.report["rows"]),
                on_click=Imports.take,
                disabled=Imports.busy != "",
                size="2",
            ),
            class_name="set-buttons",
        ),
    )


def _meanwhile() -> Text:
    return t(
        "Until it is done, nobody else can book with these practitioners: who tries waits, and is asked after some "
        "seconds to try again. Choose a quiet hour for a large file."
    )


def _taken() -> rx.Component:
    way = rx.cond(
        IS_PATIENTS,
        rx.el.a(t("Open the patients"), href=routes.PATIENTS, class_name="plain-link"),
        rx.el.a(t("Open the calendar"), href=routes.CALENDAR, class_name="plain-link"),
    )
    return rx.fragment(
        notice(t("The whole file was imported."), icon="circle-check", role="status"),
        rx.el.p(way, class_name="set-next"),
    )


def _numbers() -> rx.Component:
    report = Imports.report
    of_patients = rx.el.dl(
        _number(t("Rows"), report["rows"]),
        _number(t("New patients"), report["new"]),
        _number(t("Already here, left as they are"), report["matched"]),
        _number(t("Of these given their former number"), report["numbered"]),
        class_name="import-numbers",
    )
    of_appointments = rx.el.dl(
        _number(t("Rows"), report["rows"]),
        _number(t("Appointments"), report["new"]),
        _number(t("Patients"), report["matched"]),
        class_name="import-numbers",
    )
    return rx.cond(IS_PATIENTS, of_patients, of_appointments)


def _number(label: Text, count: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(format_number(count), class_name="figures"))


def _practices() -> rx.Component:
    def line(one: Any) -> rx.Component:
        days = (format_date(one["first_on"], style="short"), " – ", format_date(one["last_on"], style="short"))
        return rx.el.tr(
            rx.el.th(rx.el.a(one["name"], href=one["href"].to(str), class_name="plain-link", dir="auto"), scope="row"),
            rx.el.td(format_number(one["count"]), class_name="figures"),
            rx.el.td(*days, class_name="figures"),
            key=one["href"],
        )

    heads = rx.el.tr(*(rx.el.th(word, scope="col") for word in (t("Practitioner"), t("Appointments"), t("Days"))))
    return _box(rx.el.thead(heads), rx.el.tbody(rx.foreach(Imports.practices, line)), label=t("By practitioner"))


def _remarks() -> rx.Component:
    count = Imports.report["remarks"].to(int)
    return rx.el.details(
        rx.el.summary(tn("{n} row to look at afterwards", "{n} rows to look at afterwards", n=count)),
        _table(Imports.remarks, t("What to look at")),
    )


def _table(lines: Any, said: Text) -> rx.Component:
    def line(one: Any, number: rx.Var[int]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(one["row"], scope="row", class_name="figures"),
            rx.el.td(one["column"], dir="auto"),
            rx.el.td(t_var(one["message"], one["values"]), dir="auto"),
            key=number.to(str),
        )

    heads = rx.el.tr(*(rx.el.th(word, scope="col") for word in (t("Row"), t("Column"), said)))
    return _box(rx.el.thead(heads), rx.el.tbody(rx.foreach(lines, line)), label=t("Rows"))


def _box(*parts: rx.Component, label: Text) -> rx.Component:
    # A box that scrolls is reached by the keyboard too.
    return rx.el.div(
        rx.el.table(*parts, class_name="import-table"),
        tab_index=0,
        role="region",
        aria_label=label,
        class_name="import-box",
    )
