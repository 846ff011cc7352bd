"""The calendars' own controls in the app bar: location, days, view, filters."""

import reflex as rx

from app.components.mini_month import date_picker
from app.components.view_switch import view_switch
from app.components.words import format_date, t
from app.state.calendar import EVERYWHERE, CalendarState


def calendar_tools() -> rx.Component:
    """Show what is looked at and how to look elsewhere."""
    switch = view_switch(
        CalendarState.view,
        day=CalendarState.day,
        location=CalendarState.location_id,
        board_location=rx.cond(CalendarState.location_id == EVERYWHERE, "", CalendarState.location_id),
        more=rx.cond(CalendarState.looked_at, "&practitioner=" + CalendarState.looked_at, ""),
    )
    return rx.el.div(
        _place(), _days(), _dates(), rx.el.div(class_name="board-gap"), _filters(), switch, class_name="board-tools"
    )


def _place() -> rx.Component:
    return rx.select.root(
        rx.select.trigger(aria_label=t("Location"), variant="soft", color_scheme="gray"),
        rx.select.content(
            rx.cond(CalendarState.places.length() > 1, rx.select.item(t("All locations"), value=EVERYWHERE)),
            rx.foreach(CalendarState.places, lambda place: rx.select.item(place["name"], value=place["id"])),
            position="popper",
        ),
        value=CalendarState.location_id,
        on_change=CalendarState.choose_place,
        size="2",
    )


def _days() -> rx.Component:
    return rx.el.div(
        _turn("chevron-left", t("Earlier"), "previous"),
        rx.button(
            t("Today"),
            on_click=CalendarState.turn("today"),
            variant=rx.cond(CalendarState.is_today, "soft", "outline"),
            color_scheme="gray",
            size="2",
        ),
        _turn("chevron-right", t("Later"), "next"),
        class_name="board-days",
    )


def _dates() -> rx.Component:
    week = rx.fragment(
        format_date(CalendarState.first, style="monthday"), " – ", format_date(CalendarState.last, style="monthday")
    )
    month = format_date(CalendarState.day, style="month")
    return rx.el.div(
        rx.el.h1(rx.cond(CalendarState.view == "month", month, week), class_name="board-date", aria_live="polite"),
        date_picker(
            day=CalendarState.day, location=CalendarState.location_id, on_day=CalendarState.choose_day
        ),
        class_name="board-when",
    )  # fmt: skip


def _filters() -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("list-filter", size=16, aria_hidden="true"),
                rx.el.span(t("Filters"), class_name="board-wide"),
                rx.cond(CalendarState.is_filtered, rx.icon("circle-dot", size=14, aria_hidden="true")),
                variant="soft",
                color_scheme="gray",
                size="2",
                aria_label=rx.cond(CalendarState.is_filtered, t("Filters, some are set"), t("Filters")),
            )
        ),
        rx.popover.content(
            rx.el.div(
                _group(t("Practitioners"), rx.foreach(CalendarState.people, _person)),
                _group(t("Services"), rx.foreach(CalendarState.services, _service)),
                rx.button(
                    t("Show everything"), on_click=CalendarState.show_everything, variant="ghost", high_contrast=True,
                    size="1",
                ),
                class_name="calendar-filters",
            ),
            align="end",
            aria_label=t("Filters"),
        ),
    )  # fmt: skip


def _group(title: rx.Var[str], choices: rx.Component) -> rx.Component:
    return rx.el.fieldset(rx.el.legend(title), rx.el.div(choices, class_name="calendar-choices"))


def _person(person: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.checkbox(
                checked=person["is_shown"].to(bool),
                on_change=lambda _: CalendarState.filter_person(person["id"]),
                size="2",
            ),
            rx.el.span(person["name"]),
        ),
        rx.button(
            t("Only"),
            on_click=CalendarState.only_person(person["id"]),
            aria_label=t("Only {name}", name=person["name"]),
            variant="ghost",
            size="1",
            high_contrast=True,
        ),
        class_name="calendar-choice",
        key=person["id"],
    )


def _service(service: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.checkbox(
            checked=service["is_shown"].to(bool),
            on_change=lambda _: CalendarState.filter_service(service["id"]),
            size="2",
        ),
        rx.el.span(service["name"]),
        class_name="calendar-choice",
        key=service["id"],
    )


def _turn(icon: str, label: rx.Var[str], way: str) -> rx.Component:
    return rx.icon_button(
        rx.icon(icon, size=18, class_name="turn"),
        on_click=CalendarState.turn(way),
        variant="ghost",
        color_scheme="gray",
        aria_label=label,
        title=label,
    )
