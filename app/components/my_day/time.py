"""The dialog of one's own time: hours to block, leave to take, what that does, and what is closed already."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.states import empty_state
from app.components.words import Text, format_date, format_time, t, t_var
from app.components.worklist_absence import absence_effect
from app.state.my_day_time import MyTimeState


def time_dialog() -> rx.Component:
    """Close time of one's own, and open it again."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("My time")),
            rx.dialog.description(
                t("Whoever has a visit in it is not cancelled, but comes onto the displaced worklist."),
                class_name="muted",
                size="2",
            ),
            rx.el.div(_kinds(), _form(), _closed(), class_name="own-time"),
            max_width="40rem",
        ),
        open=MyTimeState.is_open,
        on_open_change=MyTimeState.close,
    )


def _kinds() -> rx.Component:
    return rx.segmented_control.root(
        rx.segmented_control.item(t("Block hours"), value="block"),
        rx.segmented_control.item(t("Leave"), value="leave"),
        value=MyTimeState.kind,
        on_change=lambda kind: MyTimeState.choose_kind(kind.to(str)),
        size="2",
    )


def _form() -> rx.Component:
    state = MyTimeState
    hours = rx.el.div(
        rx.cond(state.places.length() > 1, _places(), rx.fragment()),
        _input("on_date", t("Day"), state.on_date, kind="date"),
        _input("starts", t("From"), state.starts, kind="time"),
        _input("ends", t("Until"), state.ends, kind="time"),
        class_name="own-when-form",
    )
    leave = rx.el.div(
        _input("leave_from", t("Away from"), state.leave_from, kind="datetime-local"),
        _input("leave_until", t("Until"), state.leave_until, kind="datetime-local"),
        class_name="own-when-form",
    )
    is_leave = state.kind == "leave"
    wrong = rx.cond(state.wrong_reason != "", t_var(state.wrong_reason), "")
    return rx.el.form(
        rx.cond(is_leave, leave, hours),
        field("reason", label=t("Reason, for colleagues"), size="2", max_length=200, auto_complete="off"),
        rx.el.p(wrong, class_name="field-error", role="alert"),
        rx.el.div(rx.cond(state.effect["is_known"], _effect(), rx.fragment()), role="status"),
        rx.el.div(
            rx.button(
                rx.icon("lock", size=16, aria_hidden="true"),
                rx.cond(is_leave, t("Enter the leave"), t("Block this time")),
                type="submit",
                disabled=~state.effect["is_known"].to(bool),
                size="3",
            ),
            class_name="pane-actions",
        ),
        on_submit=state.enter,
        # Empty again as soon as something was closed.
        key=state.closed.length().to(str),
        class_name="pane-form",
    )


def _effect() -> rx.Component:
    return rx.fragment(
        absence_effect(MyTimeState.effect),
        rx.el.ul(rx.foreach(MyTimeState.loses, _loses), class_name="pane-list"),
    )


def _loses(one: rx.Var[Any]) -> rx.Component:
    zones = MyTimeState.places
    return rx.el.li(
        rx.el.span(one["patient"], dir="auto"), " ", format_time(one["starts_at"], zone=zones[0]["zone"]), key=one["id"]
    )


def _places() -> rx.Component:
    return rx.el.label(
        rx.el.span(t("Location"), class_name="field-label"),
        rx.el.select(
            rx.foreach(MyTimeState.places, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"])),
            name="location_id",
            value=MyTimeState.location_id,
            on_change=_changed("location_id"),
            class_name="select",
        ),
        class_name="field",
    )


def _input(name: str, label: Text, value: rx.Var[str], *, kind: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        # It tells what is left or sent before its time has passed, so that nothing comes after the form.
        rx.debounce_input(
            rx.el.input(name=name, type=kind, value=value, on_change=_changed(name), class_name="select"),
            debounce_timeout=400,
        ),
        class_name="field",
    )


def _changed(name: str) -> Any:
    return lambda value: MyTimeState.choose(name, value)


def _closed() -> rx.Component:
    nothing = empty_state("calendar-check", t("All of your time is open"))
    rows = rx.el.ul(rx.foreach(MyTimeState.closed, _closed_row), class_name="away-list")
    return rx.el.section(
        rx.el.h2(t("Closed already"), class_name="own-form-title"),
        rx.cond(MyTimeState.closed.length() > 0, rows, nothing),
        class_name="pane-body",
    )


def _closed_row(one: rx.Var[Any]) -> rx.Component:
    is_leave = one["kind"] == "leave"
    until = rx.cond(
        one["is_one_day"],
        format_time(one["ends"], zone="UTC"),
        rx.fragment(format_date(one["ends"], zone="UTC"), ", ", format_time(one["ends"], zone="UTC")),
    )
    return rx.el.li(
        rx.el.strong(rx.cond(is_leave, t("Leave"), t("Blocked"))),
        rx.el.span(
            format_date(one["starts"], zone="UTC"), ", ", format_time(one["starts"], zone="UTC"), " – ", until,
            class_name="figures",
        ),
        rx.cond(one["place"] != "", rx.el.span(one["place"], class_name="muted"), rx.fragment()),
        rx.cond(one["reason"] != "", rx.el.span(one["reason"], class_name="muted", dir="auto"), rx.fragment()),
        rx.button(
            rx.cond(is_leave, t("Take back"), t("Open again")),
            on_click=MyTimeState.open_again(one["kind"], one["id"]),
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
            size="2",
        ),
        key=one["id"],
    )  # fmt: skip
