"""The head of a patient's file: the alert before anything else, name, age, how to reach them, who belongs to them."""

from typing import Any

import reflex as rx

from app import routes
from app.components.patient_merge import merge_dialog
from app.components.phone import phone_link
from app.components.states import notice
from app.components.words import format_date, t, tn
from app.state.base import PageState
from app.state.patient_booking import PatientBookingState
from app.state.patients import PatientsState
from app.words import LANGUAGES

FILE = PatientsState.file


def patient_head() -> rx.Component:
    """Show who the open file is about."""
    return rx.el.header(
        rx.cond(FILE["alert"] != "", notice(FILE["alert"], tone="warning", icon="triangle-alert", role="alert")),
        rx.cond(
            PatientsState.was_merged,
            notice(t("The file you asked for was merged into this one."), icon="merge"),
        ),
        rx.el.div(
            rx.el.h1(FILE["name"], dir="auto", class_name="file-name", id="file-name"),
            _actions(),
            class_name="file-title",
        ),
        rx.el.p(
            tn("{n} year old", "{n} years old", n=FILE["age"]),
            rx.el.span(format_date(FILE["birth_date"], style="short"), class_name="figures"),
            rx.cond(
                FILE["phone"] != "", phone_link(FILE["phone"]), rx.el.span(t("No phone number"), class_name="muted")
            ),
            rx.cond(FILE["email"] != "", rx.el.span(FILE["email"], dir="ltr"), rx.fragment()),
            rx.cond(FILE["insurer"] != "", _insurer(), rx.fragment()),
            class_name="file-facts",
        ),
        _flags(),
        _family(),
        class_name="file-head",
    )


def _actions() -> rx.Component:
    may_book = PageState.permissions.contains("appointments:write") & PageState.permissions.contains("board:read")
    book = rx.button(
        rx.icon("calendar-plus", size=16),
        t("Book"),
        on_click=PatientBookingState.book_for(FILE["id"]),
        size="2",
        custom_attrs={"data-leaves": ""},
    )
    return rx.el.div(rx.cond(may_book, book, rx.fragment()), merge_dialog(), class_name="pane-actions")


def _insurer() -> rx.Component:
    return rx.el.span(
        FILE["insurer"],
        rx.cond(FILE["member_number"] != "", rx.el.span(" ", rx.el.span(FILE["member_number"], dir="ltr"))),
    )


def _flags() -> rx.Component:
    language = rx.match(FILE["language"], *LANGUAGES.items(), FILE["language"])
    interpreter = t("Interpreter needed: {language}", language=language)
    return rx.el.ul(
        rx.cond(FILE["needs_interpreter"], _flag("languages", interpreter), rx.fragment()),
        rx.cond(~FILE["is_verified"].to(bool), _flag("shield-question", t("Identity not checked")), rx.fragment()),
        class_name="pane-flags",
    )


def _family() -> rx.Component:
    guardian, wards = FILE["guardian"], FILE["wards"].to(list[dict[str, str]])
    return rx.fragment(
        rx.cond(guardian["id"] != "", _group(t("Guardian"), _relative(guardian)), rx.fragment()),
        rx.cond(
            wards.length() > 0,
            _group(t("Answers for"), rx.foreach(wards, lambda one: _relative(one, key=one["id"]))),
            rx.fragment(),
        ),
    )


def _group(title: rx.Var[str], people: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.span(title, class_name="muted"), people, class_name="file-family")


def _relative(one: rx.Var[Any], **props: Any) -> rx.Component:
    return rx.el.span(
        rx.link(one["name"], href=f"{routes.PATIENTS}?patient=" + one["id"].to(str), dir="auto"),
        rx.el.span(format_date(one["birth_date"], style="short"), class_name="muted figures"),
        rx.cond(one["phone"] != "", phone_link(one["phone"]), rx.fragment()),
        rx.cond(
            PageState.permissions.contains("appointments:write"),
            rx.button(
                t("Book"),
                on_click=PatientBookingState.book_for(one["id"]),
                variant="ghost",
                size="1",
                high_contrast=True,
                aria_label=t("Book for {name}", name=one["name"]),
                custom_attrs={"data-leaves": ""},
            ),
            rx.fragment(),
        ),
        class_name="file-relative",
        **props,
    )


def _flag(icon: str, words: rx.Var[str]) -> rx.Component:
    return rx.el.li(rx.icon(icon, size=14, aria_hidden="true"), words)
