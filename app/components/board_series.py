"""The form in the board's pane that books a series: its rule, then its dates, then all of them in one go."""

from typing import Any

import reflex as rx

from app.components.board_dates import date_list
from app.components.forms import field, pair
from app.components.pane import moment, pane_head, quiet_button
from app.components.words import Text, t, t_var, tn
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_series import SeriesState


def series_form() -> rx.Component:
    """Repeat the appointment that is being booked."""
    return rx.el.div(
        pane_head(rx.el.h2(t("Repeat the appointment"))),
        rx.el.dl(
            pair(t("Patient"), BookingState.patient["name"]),
            pair(t("First"), moment(BookingState.starts_at, zone=BoardState.zone), figures=True),
            pair(t("Practitioner"), BookingState.practitioner),
            class_name="pane-facts",
        ),
        _rule(),
        rx.cond(SeriesState.dates.length() > 0, _dates()),
        class_name="pane-body",
    )


def _rule() -> rx.Component:
    return rx.el.form(
        _rhythm(),
        _end(),
        rx.el.div(
            rx.button(t("Show the dates"), type="submit", size="2", variant="soft", high_contrast=True),
            quiet_button(t("Only once"), SeriesState.back),
            class_name="pane-actions",
        ),
        on_submit=SeriesState.plan,
        class_name="pane-form",
    )


def _rhythm() -> rx.Component:
    units = {"day": t("days"), "week": t("weeks"), "month": t("months")}
    return rx.el.div(
        _number("every", t("Every"), begins_as="1"),
        _choice("unit", t("Unit"), units, begins_as="week"),
        class_name="pane-two",
    )


def _end() -> rx.Component:
    ways = {"times": t("by number"), "until": t("by date")}
    return rx.el.div(
        _choice("ends", t("Ends"), ways, begins_as="times", on_change=SeriesState.end_by),
        rx.cond(
            SeriesState.is_until,
            field("until", label=t("Last date"), error=_wrong("until"), type="date", required=True, size="2"),
            _number("times", t("Times"), begins_as="6"),
        ),
        class_name="pane-two",
    )


def _number(name: str, label: Text, *, begins_as: str) -> rx.Component:
    return field(name, label=label, error=_wrong(name), type="number", min="1", default_value=begins_as, size="2")


def _choice(name: str, label: Text, options: dict[str, Text], *, begins_as: str, **props: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="field-label"),
        rx.el.select(
            *(rx.el.option(word, value=value) for value, word in options.items()),
            id=name,
            name=name,
            default_value=begins_as,
            class_name="select",
            **props,
        ),
        class_name="field",
    )


def _dates() -> rx.Component:
    is_ready = (SeriesState.open_dates == 0) & (SeriesState.taken_dates > 0)
    return rx.fragment(
        date_list(),
        rx.el.div(
            rx.button(
                tn("Book {n} appointment", "Book {n} appointments", n=SeriesState.taken_dates),
                on_click=SeriesState.book,
                disabled=~is_ready,
                size="2",
            ),
            class_name="pane-actions",
        ),
    )


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(SeriesState.wrong_field == name, t_var(SeriesState.wrong_reason), "").to(str)
