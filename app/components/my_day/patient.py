"""The patient beside the day: who it is, the step that comes next, and what is looked at, written and booked."""

import reflex as rx

from app import routes
from app.components.my_day.follow_up import follow_up_part
from app.components.my_day.look import OF, flags, look_part
from app.components.my_day.visits import OPEN, VISITS, Row, back_button, can_start, done_button, is_known, start_button
from app.components.notes import notes_part
from app.components.phone import phone_link
from app.components.prescriptions import prescriptions_part
from app.components.states import empty_state
from app.components.theme import status_badge
from app.components.words import Text, format_date, format_time, reader_language, t
from app.state.base import PageState
from app.state.my_day_patient import FOLLOW_UP, LOOK, NOTES, PRESCRIPTIONS, MyDayPatient


def own_patient() -> rx.Component:
    """Show the open patient, or how to open one."""
    nobody = empty_state(
        "user-round-search", t("No patient is open"), t("Choose one of today's patients, or start with the next one.")
    )
    return rx.cond(OPEN != "", rx.el.article(_head(), _parts(), class_name="own-open", key=OPEN), nobody)


def _head() -> rx.Component:
    return rx.el.header(
        flags(),
        rx.el.div(
            rx.el.h2(OF["patient"], dir="auto", class_name="file-name"),
            rx.el.a(
                rx.icon("folder-open", size=16, aria_hidden="true"),
                t("Open the file"),
                href=routes.PATIENTS + "?patient=" + OF["patient_id"].to(str),
                class_name="plain-link own-file",
            ),
            class_name="file-title",
        ),
        rx.el.p(
            rx.el.span(t("Born {date}", date=format_date(OF["birth_date"], style="short")), class_name="figures"),
            rx.cond(OF["phone"] != "", phone_link(OF["phone"])),
            rx.cond(OF["insurer"] != "", rx.el.span(OF["insurer"], dir="auto")),
            class_name="file-facts",
        ),
        rx.el.p(
            rx.el.span(
                format_time(OF["starts_at"], zone=OF["zone"]),
                " – ",
                format_time(OF["ends_at"], zone=OF["zone"]),
                class_name="figures",
            ),
            rx.el.span(OF["service"]),
            rx.cond(OF["room"] != "", rx.el.span(OF["room"])),
            class_name="file-facts muted",
        ),
        rx.cond(is_known(OPEN), _steps(VISITS[OPEN]), rx.fragment()),
        class_name="own-head",
    )  # fmt: skip


def _steps(row: Row) -> rx.Component:
    return rx.el.div(
        status_badge(row["status"]),
        rx.match(
            row["status"],
            (
                "in-room",
                rx.fragment(
                    done_button(row, size="3"),
                    back_button(row, t("Back to the waiting room"), action="leave-room"),
                ),
            ),
            ("fulfilled", back_button(row, t("The visit goes on"))),
            rx.cond(can_start(row), start_button(row, size="3"), rx.fragment()),
        ),
        class_name="own-steps",
    )


def _parts() -> rx.Component:
    parts = (
        (LOOK, t("At a glance"), "", look_part),
        (NOTES, t("Notes"), "", notes_part),
        (PRESCRIPTIONS, t("Prescriptions"), "clinical:read", prescriptions_part),
        (FOLLOW_UP, t("Follow-up"), "appointments:write", follow_up_part),
    )
    return rx.tabs.root(
        rx.tabs.list(*(_trigger(part, title, permission) for part, title, permission, _ in parts), size="2"),
        *(
            rx.tabs.content(
                rx.cond(MyDayPatient.part == part, content(), rx.fragment()), value=part, class_name="my-day-part"
            )
            for part, _, _, content in parts
        ),
        value=MyDayPatient.part,
        on_change=MyDayPatient.turn,
        dir=rx.cond(reader_language() == "ar", "rtl", "ltr"),
        class_name="own-parts",
    )


def _trigger(part: str, title: Text, permission: str) -> rx.Component:
    trigger = rx.tabs.trigger(title, value=part)
    return rx.cond(PageState.permissions.contains(permission), trigger, rx.fragment()) if permission else trigger
