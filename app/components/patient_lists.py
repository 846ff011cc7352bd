"""The parts of a patient's file that are lists: appointments, messages with their delivery, history."""

from typing import Any

import reflex as rx

from app import routes
from app.components.board_history import KINDS as ACTORS
from app.components.letter_words import KINDS, OUTCOMES
from app.components.patient_fields import FIELDS
from app.components.states import empty_state, loading_rows, notice
from app.components.theme import status_badge
from app.components.words import N_, Text, format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.patient_booking import PatientBookingState
from app.state.patient_parts import PatientPartsState as Parts
from app.state.patients import PatientsState

ACTIONS = {
    "create": N_("File made"),
    "update": N_("Changed"),
    "merge": N_("Merged with another file"),
    "view": N_("Looked at"),
    "list": N_("Seen in a list"),
    "add": N_("Document added"),
    "download": N_("Document opened"),
    "remove": N_("Document removed"),
    "write": N_("Note written"),
    "correct": N_("Note corrected"),
    "prescribe": N_("Prescribed"),
    "revoke": N_("Prescription revoked"),
}


def visits_part() -> rx.Component:
    """List the appointments, those to come before those that were."""
    nothing = empty_state("calendar-x", t("No appointments yet"), t("Book one: choose Book, then a free time."))
    lists = rx.fragment(
        _titled(t("Coming"), Parts.coming, _visit, nothing=t("No appointment is coming.")),
        _titled(t("Past"), Parts.past, _visit, nothing=t("No appointment lies behind.")),
        rx.cond(Parts.has_more_past, notice(t("Only the newest {n} are shown.", n=50)), rx.fragment()),
    )
    is_empty = (Parts.coming.length() == 0) & (Parts.past.length() == 0)
    return rx.cond(Parts.is_read, rx.cond(is_empty, nothing, lists), loading_rows(6))


def letters_part() -> rx.Component:
    """List what was written to the patient and whether it reached them."""
    nothing = empty_state("mail", t("No messages yet"), t("What the clinic writes to this patient appears here."))
    lines = rx.el.ul(rx.foreach(Parts.letters, _letter), class_name="file-lines")
    return rx.cond(Parts.is_read, rx.cond(Parts.letters.length() > 0, lines, nothing), loading_rows(6))


def history_part() -> rx.Component:
    """List what was done to the file, by whom and when."""
    nothing = empty_state("history", t("Nothing was changed yet"))
    lines = rx.el.ol(rx.foreach(Parts.trail, _entry), class_name="file-lines")
    return rx.cond(Parts.is_read, rx.cond(Parts.trail.length() > 0, lines, nothing), loading_rows(6))


def _titled(title: Text, rows: rx.Var[Any], line: Any, *, nothing: Text) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, line), class_name="file-lines"),
            rx.el.p(nothing, class_name="muted"),
        ),
    )


def _visit(one: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(_moment(one["starts_at"], one["zone"]), class_name="figures file-when"),
        status_badge(one["status"]),
        rx.el.span(
            rx.el.strong(one["service"]),
            rx.cond(one["is_in_series"], rx.icon("repeat", size=14, aria_label=t("Part of a series"))),
            rx.el.span(one["practitioner"], class_name="muted"),
            rx.el.span(one["location"], class_name="muted"),
            class_name="file-what",
        ),
        rx.el.span(_visit_actions(one), class_name="file-acts"),
        key=one["id"],
    )


def _visit_actions(one: rx.Var[Any]) -> rx.Component:
    place = f"{routes.BOARD}?location=" + one["location_id"].to(str) + "&day=" + one["day"].to(str)
    address = place + "&card=" + one["id"].to(str)
    again = rx.el.button(
        rx.icon("calendar-plus", size=14, aria_hidden="true"),
        t("Book again"),
        type="button",
        on_click=PatientBookingState.book_again(PatientsState.file["id"], one["service_id"]),
        class_name="link-button",
    )
    return rx.cond(
        PageState.permissions.contains("board:read"),
        rx.fragment(
            rx.link(rx.icon("calendar-days", size=14, aria_hidden="true"), t("On the board"), href=address),
            rx.cond(PageState.permissions.contains("appointments:write"), again, rx.fragment()),
        ),
        rx.fragment(),
    )


def _letter(one: rx.Var[Any]) -> rx.Component:
    delivery = rx.match(
        one["outcome"],
        *(
            (code, rx.el.span(rx.icon(icon, size=14, aria_hidden="true"), t_var(rx.Var.create(word))))
            for code, (icon, word) in OUTCOMES.items()
        ),
        rx.el.span(one["outcome"]),
    )
    return rx.el.li(
        rx.el.span(_moment(one["at"], PageState.clinic_zone), class_name="figures file-when"),
        rx.el.span(
            rx.el.strong(one["subject"], dir="auto"),
            rx.el.span(rx.match(one["kind"], *_words(KINDS), one["kind"]), class_name="muted"),
            rx.el.span(one["recipient"], class_name="muted", dir="ltr"),
            class_name="file-what",
        ),
        rx.el.span(delivery, class_name="file-acts"),
        key=one["id"],
    )


def _entry(one: rx.Var[Any]) -> rx.Component:
    who = rx.cond(one["who"] != "", one["who"], rx.match(one["kind"], *_words(ACTORS), ""))
    changed = rx.foreach(
        one["fields"].to(list[str]), lambda name: rx.el.span(rx.match(name, *_words(FIELDS), name), class_name="chip")
    )
    return rx.el.li(
        rx.el.span(_moment(one["at"], PageState.clinic_zone), class_name="figures file-when"),
        rx.el.span(
            rx.el.strong(rx.match(one["action"], *_words(ACTIONS), one["action"])), changed, class_name="file-what"
        ),
        rx.el.span(who, class_name="muted file-acts"),
        key=one["id"],
    )


def _moment(instant: rx.Var[Any], zone: rx.Var[Any]) -> rx.Component:
    return rx.fragment(format_date(instant, zone=zone, style="short"), ", ", format_time(instant, zone=zone))


def _words(words: dict[str, str]) -> list[tuple[str, rx.Var[str]]]:
    return [(name, t_var(rx.Var.create(word))) for name, word in words.items()]
