"""Prescriptions on paper: what stands on the sheet is all that is printed (assets/prescription.css)."""

from typing import Any

import reflex as rx

from app import routes
from app.components.shell import shell
from app.components.states import empty_state, error_state, loading_rows
from app.components.words import Text, format_date, t
from app.state.prescription import PrescriptionState

PAPERS = {"a4": "A4", "letter": "Letter", "a5": "A5"}


def prescription() -> rx.Component:
    """Show the sheets as they will be printed, and what prints them."""
    return shell(
        rx.match(
            PrescriptionState.status,
            ("open", _sheets()),
            (
                "revoked",
                empty_state("ban", t("Nothing to print"), t("What was chosen has been revoked in the meantime.")),
            ),
            (
                "missing",
                empty_state("file-x", t("There is no such prescription"), t("Open it from the patient's file.")),
            ),
            ("failed", error_state(t("The prescription could not be read."), t("Nothing was changed."), _again())),
            loading_rows(8),
        ),
        area=routes.PATIENTS,
        tools=rx.cond(PrescriptionState.status == "open", _tools(), rx.fragment()),
    )


def _tools() -> rx.Component:
    paper = rx.el.label(
        rx.el.span(t("Paper")),
        rx.el.select(
            *(rx.el.option(name, value=code) for code, name in PAPERS.items()),
            value=PrescriptionState.paper,
            on_change=PrescriptionState.choose_paper,
            class_name="plain-select",
        ),
        class_name="paper-size",
    )
    return rx.el.div(
        rx.button(
            rx.icon("printer", size=16, aria_hidden="true"),
            t("Print"),
            on_click=rx.call_script("window.print()"),
            size="2",
        ),
        paper,
        rx.link(
            rx.icon("file-user", size=15, aria_hidden="true"),
            t("The patient's file"),
            href=f"{routes.PATIENTS}?patient=" + PrescriptionState.patient_id,
            class_name="paper-back",
        ),
        class_name="paper-tools",
    )


def _again() -> rx.Component:
    return rx.button(t("Try again"), on_click=PrescriptionState.load, variant="soft")


def _sheets() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("Prescription"), class_name="visually-hidden"),
        rx.foreach(PrescriptionState.sheets, _sheet),
        # The keyboard scrolls a long sheet.
        tab_index=0,
        role="region",
        aria_label=t("Prescription"),
        class_name="papers " + PrescriptionState.paper,
    )


def _sheet(sheet: rx.Var[Any]) -> rx.Component:
    return rx.el.article(
        _head(sheet),
        rx.el.dl(
            _fact(t("Patient"), rx.el.strong(rx.el.bdi(sheet["patient"]))),
            _fact(t("Birth date"), _date(sheet["birth_date"])),
            _fact(t("Date"), _date(sheet["on_date"])),
            class_name="paper-whom",
        ),
        rx.el.ol(rx.foreach(sheet["items"].to(list[dict[str, str]]), _item), class_name="paper-items"),
        rx.el.footer(
            rx.el.div(class_name="paper-line"),
            rx.el.p(rx.el.bdi(sheet["practitioner"])),
            rx.el.p(t("Signature"), class_name="paper-small"),
            class_name="paper-sign",
        ),
        class_name="paper",
    )


def _head(sheet: rx.Var[Any]) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.p(rx.el.bdi(sheet["clinic"]), class_name="paper-clinic"),
            *(_line(sheet[name]) for name in ("location", "address")),
            _line(sheet["phone"], direction="ltr"),
        ),
        rx.el.div(
            rx.el.p(rx.el.strong(rx.el.bdi(sheet["practitioner"]))),
            rx.cond(
                sheet["license_number"] != "",
                rx.el.p(t("Licence {number}", number=sheet["license_number"]), class_name="paper-small"),
                rx.fragment(),
            ),
        ),
        class_name="paper-head",
    )


def _line(text: rx.Var[Any], *, direction: str = "auto") -> rx.Component:
    return rx.cond(text != "", rx.el.p(rx.el.bdi(text, dir=direction), class_name="paper-small"), rx.fragment())


def _fact(label: Text, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(label, class_name="paper-small"), rx.el.dd(value))


def _item(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.strong(rx.el.bdi(item["drug"])), rx.el.span(rx.el.bdi(item["dosage"])), class_name="paper-drug"),
        rx.el.p(*(rx.el.span(rx.el.bdi(item[name])) for name in ("frequency", "duration")), class_name="paper-how"),
        rx.cond(item["advice"] != "", rx.el.p(rx.el.bdi(item["advice"]), class_name="paper-advice"), rx.fragment()),
    )


def _date(day: rx.Var[Any]) -> rx.Component:
    return rx.el.span(format_date(day, style="short"), class_name="figures")
