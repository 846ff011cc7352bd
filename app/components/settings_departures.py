"""What departs from a week: single days, leave, closures, each with the way to add one and to take it back."""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_form import Of, choice, row, settings_form, text
from app.components.words import Text, format_date, t
from app.state.settings_departures import DeparturesState

OF = Of(DeparturesState, "departure")


def departures() -> rx.Component:
    """Show the three lists beside each other where there is room."""
    return rx.el.div(_days(), _leaves(), _closures(), class_name="set-columns")


def away_line(one: Any, *, remove: Any, what: Text) -> rx.Component:
    """Show a leave or a closure with its days and, unless they are whole, its times."""
    days = rx.cond(
        one["first"] == one["last"],
        format_date(one["first"]),
        t("{first} to {last}", first=format_date(one["first"]), last=format_date(one["last"])),
    )
    times = rx.cond(
        one["starts"] != "", rx.el.span(one["starts"], " – ", one["ends"], class_name="figures"), rx.fragment()
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(days, class_name="set-line-title"),
            times,
            rx.el.span(one["reason"], class_name="muted", dir="auto"),
            rx.fragment() if remove is None else remove_button(remove, what),
            class_name="set-thing set-thing-still",
        ),
        key=one["id"],
    )


def remove_button(on_click: Any, what: Text) -> rx.Component:
    """Show the cross that takes something back, after its preview."""
    return rx.icon_button(
        rx.icon("x", size=16),
        on_click=on_click,
        variant="ghost",
        color_scheme="gray",
        aria_label=what,
        title=what,
    )


def interval_fields(of: Of) -> rx.Component:
    """Ask for a first and a last day, and times when these are not whole."""
    return rx.fragment(
        row(
            text(of, "first_on", t("First day"), "", type="date"),
            text(of, "last_on", t("Last day"), "", type="date", hint=t("Empty: the first day only.")),
        ),
        row(
            text(of, "starts_local", t("From"), "", type="time", hint=t("Empty: whole days.")),
            text(of, "ends_local", t("To"), "", type="time"),
        ),
        text(of, "reason", t("Reason"), "", max_length=200),
    )


def _days() -> rx.Component:
    return _card(
        t("Single days"),
        DeparturesState.exceptions,
        _day,
        t("Every day goes by the week."),
        t("Close or open hours on one day"),
        settings_form(
            OF,
            row(
                text(OF, "on_date", t("Day"), "", type="date"),
                choice(
                    OF,
                    "kind",
                    t("What"),
                    rx.el.option(t("Closed"), value="closed"),
                    rx.el.option(t("Open as well"), value="extra"),
                    value="closed",
                ),
            ),
            row(
                text(OF, "starts_local", t("From"), "", type="time"),
                text(OF, "ends_local", t("To"), "", type="time"),
            ),
            text(OF, "reason", t("Reason"), "", max_length=200),
            save=t("Preview"),
            icon="eye",
            on_submit=DeparturesState.add_day,
        ),
    )


def _day(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(format_date(one["day"]), class_name="set-line-title"),
            rx.el.span(one["starts"], " – ", one["ends"], class_name="figures"),
            rx.el.span(rx.cond(one["kind"] == "extra", t("Open as well"), t("Closed")), class_name="set-badge"),
            rx.el.span(one["reason"], class_name="muted", dir="auto"),
            remove_button(DeparturesState.remove_day(one["id"]), t("Let the week hold again on this day")),
            class_name="set-thing set-thing-still",
        ),
        key=one["id"],
    )


def _leaves() -> rx.Component:
    of = Of(DeparturesState, "leave")
    return _card(
        t("Leave"),
        DeparturesState.leaves,
        lambda one: away_line(one, remove=DeparturesState.remove_leave(one["id"]), what=t("Take this leave back")),
        t("No leave is entered."),
        t("Enter a leave"),
        settings_form(
            of,
            rx.el.p(t("A leave holds at every location."), class_name="muted set-about"),
            interval_fields(of),
            save=t("Preview"),
            icon="eye",
            on_submit=DeparturesState.add_leave,
        ),
    )


def _closures() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("The location is closed"), class_name="set-subheading"),
        rx.el.ul(
            rx.foreach(DeparturesState.closures, lambda one: away_line(one, remove=None, what="")),
            class_name="set-things",
        ),
        rx.el.p(t("No closure is entered."), class_name="set-hint-when-empty muted"),
        rx.el.a(t("Holidays and closures"), href=routes.SETTINGS_HOLIDAYS, class_name="plain-link"),
        class_name="set-card",
    )


def _card(title: Text, lines: Any, line: Any, nothing: Text, add: Text, form: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h3(title, class_name="set-subheading"),
        rx.el.ul(rx.foreach(lines, line), class_name="set-things"),
        rx.el.p(nothing, class_name="set-hint-when-empty muted"),
        rx.el.details(rx.el.summary(add), form, class_name="set-add"),
        class_name="set-card",
    )
