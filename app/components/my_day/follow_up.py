"""The follow-up: for what, in how many weeks, and the first free starts to choose from."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.states import empty_state, notice, skeleton_rows
from app.components.words import format_date, format_time, t, t_var, tn
from app.state.my_day_follow_up import WEEKS, FollowUpState


def follow_up_part() -> rx.Component:
    """Book the next visit of the patient."""
    return rx.el.div(
        rx.cond(FollowUpState.booked_at != "", _booked(), rx.fragment()),
        rx.cond(FollowUpState.services.length() > 0, rx.fragment(_wish(), _starts()), _no_service()),
        class_name="own-follow-up",
    )


def _booked() -> rx.Component:
    at, zone = FollowUpState.booked_at, FollowUpState.booked_zone
    words = t("Booked: {day}, {time}", day=format_date(at, zone=zone, style="long"), time=format_time(at, zone=zone))
    return rx.el.div(notice(words, icon="calendar-check"), role="status")


def _no_service() -> rx.Component:
    return empty_state(
        "briefcase-medical",
        t("You offer no service that could be booked"),
        t("An administrator can add some to your services under Settings."),
    )


def _wish() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.span(t("Service"), class_name="field-label"),
            rx.el.select(
                rx.foreach(FollowUpState.services, _service),
                value=FollowUpState.service_id,
                on_change=FollowUpState.choose_service,
                class_name="select",
            ),
            class_name="field",
        ),
        rx.el.div(
            *(_in_weeks(count) for count in WEEKS),
            class_name="pane-actions",
            role="group",
            aria_label=t("In how many weeks"),
        ),
        field(
            "follow-up-weeks",
            label=t("In how many weeks"),
            error=rx.cond(FollowUpState.wrong_weeks != "", t_var(FollowUpState.wrong_weeks), "").to(str),
            type="number",
            min=0,
            max=52,
            size="2",
            value=FollowUpState.weeks.to(str),
            on_change=FollowUpState.choose_weeks,
            debounce_timeout=400,
        ),
        class_name="own-wish",
    )


def _service(one: rx.Var[Any]) -> rx.Component:
    return rx.el.option(one["name"], value=one["id"], key=one["id"])


def _in_weeks(count: int) -> rx.Component:
    is_chosen = FollowUpState.weeks == count
    return rx.button(
        tn("{n} week", "{n} weeks", n=count),
        on_click=FollowUpState.choose_weeks(str(count)),
        variant=rx.cond(is_chosen, "solid", "soft"),
        color_scheme=rx.cond(is_chosen, "teal", "gray"),
        high_contrast=~is_chosen,
        size="2",
        custom_attrs={"aria-pressed": rx.cond(is_chosen, "true", "false")},
    )


def _starts() -> rx.Component:
    nothing = empty_state(
        "calendar-x", t("Nothing is free in these four weeks"), t("Look some weeks later, or at another service.")
    )
    found = rx.el.ul(
        rx.foreach(FollowUpState.starts, _start), class_name="own-starts", aria_label=t("The first free times")
    )
    return rx.cond(
        FollowUpState.is_read,
        rx.cond(FollowUpState.starts.length() > 0, found, nothing),
        rx.cond(FollowUpState.wrong_weeks == "", skeleton_rows(3), rx.fragment()),
    )


def _start(one: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(format_date(one["starts_at"], zone=one["zone"])),
            rx.el.strong(format_time(one["starts_at"], zone=one["zone"]), class_name="figures"),
            type="button",
            on_click=FollowUpState.book(one["id"], FollowUpState.press),
            class_name="own-start",
        ),
        key=one["id"],
    )
