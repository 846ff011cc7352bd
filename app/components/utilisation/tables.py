"""The charts' figures as tables: the same numbers, for reading exactly, by eye or by ear."""

from typing import Any

import reflex as rx

from app.components.words import format_date, format_number, format_percent, format_time, t
from app.state.utilisation import UtilisationState
from app.state.utilisation_views import HourView


def share(value: rx.Var[Any]) -> rx.Var[Any]:
    """Return a share as a percentage, a dash when there was nothing to divide by."""
    return rx.cond(value.to(float) < 0, "–", format_percent(value))


def people_table() -> rx.Component:
    """Show a line a practitioner and the sum."""
    return rx.el.table(
        rx.el.caption(t("Minutes by practitioner"), class_name="visually-hidden"),
        _head(t("Practitioner")),
        rx.el.tbody(rx.foreach(UtilisationState.people, _person)),
        rx.el.tfoot(rx.el.tr(rx.el.th(t("Total"), scope="row"), *_cells(UtilisationState.total))),
        class_name="util-table",
    )


def week_table() -> rx.Component:
    """Show a line an hour under each weekday."""
    return rx.el.table(
        rx.el.caption(t("Minutes by weekday and hour"), class_name="visually-hidden"),
        _head(t("Hour")),
        rx.foreach(UtilisationState.days, _day),
        class_name="util-table",
    )


def _head(first: rx.Var[str]) -> rx.Component:
    names = (t("Bookable minutes"), t("Booked minutes"), t("Attended minutes"), t("Utilisation"), t("Attendance"))
    return rx.el.thead(
        rx.el.tr(rx.el.th(first, scope="col"), *(rx.el.th(name, scope="col", class_name="number") for name in names))
    )


def _person(person: rx.Var[Any]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(person["name"], dir="auto"),
            rx.el.span(person["specialty"], class_name="muted util-specialty", dir="auto"),
            scope="row",
        ),
        *_cells(person),
        key=person["id"],
    )


def _day(day: rx.Var[Any]) -> rx.Component:
    weekday = rx.el.th(format_date(day["on"], style="weekday"), scope="rowgroup", col_span=6, class_name="util-weekday")
    return rx.el.tbody(rx.el.tr(weekday), rx.foreach(day["hours"].to(list[HourView]), _hour), key=day["on"])


def _hour(hour: rx.Var[Any]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(format_time(hour["at"], zone="UTC"), scope="row", class_name="figures"),
        *_cells(hour),
        key=hour["hour"],
    )


def _cells(line: rx.Var[Any]) -> list[rx.Component]:
    minutes = [format_number(line[name]) for name in ("bookable", "booked", "attended")]
    shares = [share(line[name]) for name in ("utilisation", "attendance")]
    return [rx.el.td(value, class_name="number") for value in (*minutes, *shares)]
