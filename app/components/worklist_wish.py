"""The form of a wish: for whom, for what, and when, with whom and where it can be."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.pane import pane_top, quiet_button
from app.components.patient_search import patient_search
from app.components.words import Text, format_date, format_time, t, t_var
from app.components.worklist_waiting import PARTS, WEEKDAYS
from app.state.worklists_wish import WishState


def wish_form() -> rx.Component:
    """Say for whom, for what, and when it can be."""
    is_new = WishState.entry_id == ""
    title = rx.cond(is_new, t("Add to the waitlist"), t("Change the wish"))
    return rx.el.div(
        pane_top(title, WishState.give_up),
        rx.el.section(
            rx.el.h3(t("Patient")),
            rx.cond(
                WishState.patient["id"] != "",
                _patient(is_new),
                patient_search("waitlist", on_chosen=WishState.take_chosen),
            ),
            _problem("patient_id"),
        ),
        _wish(is_new),
        class_name="pane-body",
    )


def _wish(is_new: rx.Var[bool]) -> rx.Component:
    return rx.el.form(
        _select(
            "service_id",
            t("Service"),
            WishState.services,
            value=WishState.service_id,
            nothing=t("Choose"),
            on_change=WishState.choose_service,
            disabled=~is_new,
        ),
        rx.cond(is_new & (WishState.appointments.length() > 0), _appointments(), rx.fragment()),
        _select(
            "practitioner_id",
            t("Practitioner"),
            WishState.people,
            start=WishState.practitioner_id,
            nothing=t("anybody"),
        ),
        _select("location_id", t("Location"), WishState.sites, start=WishState.location_id, nothing=t("anywhere")),
        _days(),
        _parts(),
        rx.el.div(
            _date("earliest_on", t("From"), WishState.earliest_on),
            _date("latest_on", t("Until"), WishState.latest_on),
            class_name="pane-two",
        ),
        rx.el.label(
            rx.el.input(type="checkbox", name="is_urgent", default_checked=WishState.is_urgent),
            t("Urgent: comes before those who are not"),
            class_name="pane-choice",
        ),
        rx.el.div(
            rx.button(rx.cond(is_new, t("Add to the waitlist"), t("Save")), type="submit", size="2"),
            quiet_button(t("Leave it"), WishState.give_up),
            class_name="pane-actions",
        ),
        on_submit=WishState.save,
        key=WishState.entry_id,
        class_name="pane-form",
    )


def _date(name: str, label: Text, value: Any) -> rx.Component:
    return field(name, label=label, error=_wrong(name), type="date", size="2", default_value=value)


def _patient(is_new: rx.Var[bool]) -> rx.Component:
    patient = WishState.patient
    return rx.el.div(
        rx.el.div(
            rx.el.strong(patient["name"], dir="auto"),
            rx.el.span(patient["phone"], class_name="muted figures", dir="ltr"),
            class_name="pane-who",
        ),
        rx.cond(
            is_new,
            rx.button(
                t("Change"),
                on_click=WishState.other_patient,
                variant="ghost",
                size="1",
                high_contrast=True,
                type="button",
            ),
            rx.fragment(),
        ),
        class_name="pane-chosen",
    )


def _appointments() -> rx.Component:
    options = rx.foreach(
        WishState.appointments,
        lambda one: rx.el.option(
            t(
                "Earlier than {day}, {time}",
                day=format_date(one["at"], zone=one["zone"]),
                time=format_time(one["at"], zone=one["zone"]),
            ),
            value=one["id"],
        ),
    )
    return rx.el.div(
        rx.el.label(t("This patient has an appointment for it"), html_for="appointment_id", class_name="field-label"),
        rx.el.select(
            rx.el.option(t("Another one besides it"), value=""),
            options,
            id="appointment_id",
            name="appointment_id",
            class_name="select",
        ),
        class_name="field",
    )


def _select(
    name: str, label: Text, options: rx.Var[Any], *, nothing: Text, start: rx.Var[str] | None = None, **props: Any
) -> rx.Component:
    chosen = {} if start is None else {"default_value": start}
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="field-label"),
        rx.el.select(
            rx.el.option(nothing, value=""),
            rx.foreach(options, lambda one: rx.el.option(one["name"], value=one["id"])),
            id=name,
            name=name,
            class_name="select",
            **chosen,
            **props,
        ),
        _problem(name),
        class_name="field",
    )


def _days() -> rx.Component:
    boxes = (
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=WishState.weekdays.contains(name),
                on_change=lambda _, name=name: WishState.toggle_day(name),
            ),
            t_var(rx.Var.create(word)),
            class_name="wish-day",
        )
        for name, word in WEEKDAYS.items()
    )
    return rx.el.fieldset(
        rx.el.legend(t("Weekdays"), class_name="field-label"),
        rx.el.div(*boxes, class_name="wish-days"),
        _problem("weekdays"),
        class_name="wish-set",
    )


def _parts() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("Time of day"), html_for="part_of_day", class_name="field-label"),
        rx.el.select(
            *(rx.el.option(t_var(rx.Var.create(word)), value=name) for name, word in PARTS.items()),
            id="part_of_day",
            name="part_of_day",
            default_value=WishState.part_of_day,
            class_name="select",
        ),
        class_name="field",
    )


def _problem(name: str) -> rx.Component:
    return rx.cond(
        WishState.wrong_field == name,
        rx.el.p(t_var(WishState.wrong_reason), class_name="field-error", role="alert"),
        rx.fragment(),
    )


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(WishState.wrong_field == name, t_var(WishState.wrong_reason), "").to(str)
