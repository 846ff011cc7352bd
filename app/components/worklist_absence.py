"""Who is away: the list of it, and the form in which somebody is entered, with what that does."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.pane import pane_top, quiet_button
from app.components.states import empty_state, notice
from app.components.words import Text, format_date, format_time, t, t_var, tn
from app.state.base import PageState
from app.state.worklists_absence import AbsenceState


def who_is_away() -> rx.Component:
    """List who is away now or soon, with the way to enter somebody."""
    return rx.el.div(
        rx.el.h2(t("Who is away"), class_name="worklist-title"),
        rx.cond(may_enter(), _enter_button(), rx.fragment()),
        rx.cond(
            AbsenceState.away.length() > 0,
            rx.el.ul(rx.foreach(AbsenceState.away, _absence), class_name="away-list"),
            empty_state("user-check", t("Everybody is here"), t("Enter who is sick or on leave.")),
        ),
        class_name="pane-body",
    )


def may_enter() -> rx.Var[bool]:
    """Tell whether the reader may enter that somebody is away; the service asks again."""
    return PageState.permissions.contains("absences:write")


def _enter_button() -> rx.Component:
    return rx.button(rx.icon("user-round-x", size=16), t("Somebody is away"), on_click=AbsenceState.begin, size="2")


def _absence(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.strong(one["practitioner"], dir="auto"),
        rx.el.span(
            t(
                "{from_day}, {from_time} to {until_day}, {until_time}",
                from_day=format_date(one["from_day"]),
                from_time=format_time(one["from_time"], zone="UTC"),
                until_day=format_date(one["until_day"]),
                until_time=format_time(one["until_time"], zone="UTC"),
            ),
            class_name="figures",
        ),
        rx.cond(one["reason"] != "", rx.el.span(one["reason"], class_name="muted", dir="auto"), rx.fragment()),
        rx.cond(
            may_enter(),
            rx.button(
                t("Take back"),
                on_click=AbsenceState.take_back(one["id"]),
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                size="1",
                aria_label=t("Take back: {name} is here again", name=one["practitioner"]),
            ),
            rx.fragment(),
        ),
        key=one["id"],
    )


def absence_form() -> rx.Component:
    """Enter who is away and how long; what that does is shown before it is done."""
    return rx.el.div(
        pane_top(t("Somebody is away"), AbsenceState.give_up),
        _who(),
        rx.el.div(
            _days(t("Rest of today"), 1),
            _days(t("Until tomorrow evening"), 2),
            _days(t("A week"), 7),
            class_name="pane-actions",
        ),
        _time("away-from", t("Away from"), AbsenceState.starts, AbsenceState.choose_start, name="starts_local"),
        _time("away-until", t("Until"), AbsenceState.ends, AbsenceState.choose_end, name="ends_local"),
        field(
            "away-reason",
            label=t("Reason, for colleagues"),
            size="2",
            max_length=200,
            auto_complete="off",
            on_blur=AbsenceState.choose_reason,
        ),
        rx.el.div(
            rx.cond(AbsenceState.effect["is_known"], absence_effect(AbsenceState.effect), rx.fragment()), role="status"
        ),
        rx.el.div(
            rx.button(
                t("Enter the absence"),
                on_click=AbsenceState.enter,
                disabled=~AbsenceState.effect["is_known"],
                size="2",
            ),
            quiet_button(t("Leave it"), AbsenceState.give_up),
            class_name="pane-actions",
        ),
        class_name="pane-body pane-form",
    )


def _who() -> rx.Component:
    options = rx.foreach(AbsenceState.people, lambda one: rx.el.option(one["name"], value=one["id"]))
    return rx.el.div(
        rx.el.label(t("Practitioner"), html_for="away-who", class_name="field-label"),
        rx.el.select(
            rx.el.option(t("Choose"), value=""),
            options,
            id="away-who",
            value=AbsenceState.practitioner_id,
            on_change=AbsenceState.choose_person,
            class_name="select",
            auto_focus=True,
        ),
        class_name="field",
    )


def _days(words: Text, days: int) -> rx.Component:
    return rx.button(
        words,
        on_click=AbsenceState.choose_days(days),
        type="button",
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
        size="1",
    )


def _time(field_id: str, words: Text, value: rx.Var[str], on_change: Any, *, name: str) -> rx.Component:
    is_wrong = AbsenceState.wrong_field == name
    return rx.el.div(
        rx.el.label(words, html_for=field_id, class_name="field-label"),
        rx.el.input(
            id=field_id,
            type="datetime-local",
            default_value=value,
            key=AbsenceState.times_key,
            on_change=lambda at: on_change(at, AbsenceState.times_key).debounce(400),
            class_name="select",
            custom_attrs={"aria-invalid": rx.cond(is_wrong, "true", "false")},
        ),
        rx.cond(is_wrong, rx.el.p(t_var(AbsenceState.wrong_reason), class_name="field-error", role="alert")),
        class_name="field",
    )


def absence_effect(effect: rx.Var) -> rx.Component:
    """Say what closing time would do."""
    displaced = effect["displaced"].to(int)
    return rx.el.div(
        rx.cond(
            displaced > 0,
            notice(
                tn("{n} appointment loses its time.", "{n} appointments lose their time.", n=displaced),
                tone="warning",
                icon="users-round",
            ),
            notice(t("No appointment is in the way."), icon="circle-check"),
        ),
        rx.el.p(
            tn("{n} free time is taken away.", "{n} free times are taken away.", n=effect["removed"].to(int)),
            class_name="muted",
        ),
        class_name="pane-search",
    )
