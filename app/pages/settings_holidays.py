"""Settings: public holidays by country and region, days of the clinic's own, closures."""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_departures import away_line, interval_fields
from app.components.settings_form import Of, choice, row, settings_form, text
from app.components.settings_frame import head, settings_page
from app.components.settings_preview import preview_window, worklist_note
from app.components.states import empty_state, loading_rows
from app.components.words import format_country, format_date, t
from app.state.settings_holidays import NO_CALENDAR, WHOLE_COUNTRY, HolidaysState

HOLIDAY = Of(HolidaysState, "holiday")
CLOSURE = Of(HolidaysState, "closure")


def settings_holidays() -> rx.Component:
    """Show one location's closed days."""
    return settings_page(
        head(t("Holidays and closures"), t("Days and hours on which nothing is offered, whatever the schedules say.")),
        rx.cond(
            HolidaysState.is_loaded,
            rx.cond(
                HolidaysState.places.length() > 0,
                rx.fragment(
                    _where(),
                    worklist_note(HolidaysState),
                    rx.el.div(_calendar(), _closures(), class_name="set-columns"),
                ),
                empty_state("map-pin-plus", t("No location yet"), t("Make a location first.")),
            ),
            loading_rows(8),
        ),
        preview_window(HolidaysState),
        route=routes.SETTINGS_HOLIDAYS,
    )


def _where() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.span(t("Location"), class_name="field-label"),
            rx.el.select(
                rx.foreach(HolidaysState.places, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"])),
                value=HolidaysState.location_id,
                on_change=HolidaysState.choose_location,
                class_name="set-input",
            ),
            class_name="field",
        ),
        class_name="set-whose",
    )


def _calendar() -> rx.Component:
    country = format_country(HolidaysState.country)
    return rx.el.section(
        rx.el.h3(t("Holidays"), class_name="set-subheading"),
        settings_form(
            HOLIDAY,
            choice(
                HOLIDAY,
                "region",
                t("Keeps the public holidays of"),
                rx.el.option(t("no calendar: only the days below"), value=NO_CALENDAR),
                rx.el.option(country, value=WHOLE_COUNTRY),
                rx.foreach(
                    HolidaysState.regions,
                    lambda one: rx.el.option(country, ", ", one["name"], value=one["id"], key=one["id"]),
                ),
                value=HolidaysState.calendar,
                hint=t("They are entered by themselves, year after year."),
            ),
            save=t("Preview"),
            icon="eye",
            on_submit=HolidaysState.keep_calendar,
        ),
        rx.el.ul(rx.foreach(HolidaysState.holidays, _holiday), class_name="set-things set-scroll"),
        rx.el.p(t("No holiday is entered."), class_name="set-hint-when-empty muted"),
        rx.el.details(
            rx.el.summary(t("Add a day of your own")),
            settings_form(
                HOLIDAY,
                row(
                    text(HOLIDAY, "on_date", t("Day"), "", type="date"),
                    text(HOLIDAY, "name", t("Name"), "", hint=t("For example staff outing.")),
                ),
                _scope(HOLIDAY),
                save=t("Preview"),
                icon="eye",
                on_submit=HolidaysState.add_day,
            ),
            class_name="set-add",
        ),
        class_name="set-card",
    )


def _holiday(one: Any) -> rx.Component:
    button = rx.cond(
        one["is_kept"],
        rx.el.button(
            t("Work on this day"), type="button", on_click=HolidaysState.open_day(one["id"]), class_name="link-button"
        ),
        rx.el.button(
            t("Close again"), type="button", on_click=HolidaysState.close_day(one["id"]), class_name="link-button"
        ),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(format_date(one["day"], style="long"), class_name="figures"),
            rx.el.span(one["name"], class_name="set-line-title", dir="auto"),
            rx.cond(one["everywhere"], rx.el.span(t("All locations"), class_name="set-badge"), rx.fragment()),
            rx.cond(one["is_kept"], rx.fragment(), rx.el.span(t("Open"), class_name="set-badge")),
            button,
            class_name="set-thing set-thing-still",
        ),
        key=one["id"],
    )


def _closures() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Closures"), class_name="set-subheading"),
        rx.el.ul(
            rx.foreach(
                HolidaysState.closures,
                lambda one: away_line(
                    one, remove=HolidaysState.remove_closure(one["id"]), what=t("Take this closure back")
                ),
            ),
            class_name="set-things set-scroll",
        ),
        rx.el.p(t("No closure is entered."), class_name="set-hint-when-empty muted"),
        rx.el.details(
            rx.el.summary(t("Enter a closure")),
            settings_form(
                CLOSURE,
                interval_fields(CLOSURE),
                _scope(CLOSURE),
                save=t("Preview"),
                icon="eye",
                on_submit=HolidaysState.add_closure,
            ),
            class_name="set-add",
        ),
        class_name="set-card",
    )


def _scope(of: Of) -> rx.Component:
    return choice(
        of,
        "where",
        t("Where"),
        rx.el.option(t("This location"), value="here"),
        rx.el.option(t("All locations"), value="clinic"),
        value="here",
    )
