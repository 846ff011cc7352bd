"""Choosing a day and a time: each day says how many of its times are free, and the focus moves to the times."""

from typing import Any

import reflex as rx

from app.components.booking.choices import actions, back_button, title
from app.components.states import empty_state
from app.components.words import format_date, format_time, format_zone, t, tn
from app.state.book import BookState
from app.state.book_times import BookTimesState
from app.state.book_walk import BookWalkState


def time_step() -> rx.Component:
    """Choose a day, then a time."""
    nothing = empty_state(
        "calendar-x",
        t("No time is free"),
        t("Choose somebody else or another place, or call the clinic: {phone}", phone=BookState.phone),
    )
    return rx.el.section(
        title(t("When suits you?")),
        rx.cond(BookTimesState.days.length() > 0, rx.el.div(_days(), _times(), class_name="when"), nothing),
        actions(back_button(BookWalkState.back)),
    )


def _days() -> rx.Component:
    return rx.el.div(
        rx.el.h2(t("Day"), class_name="group-title", id="days-title"),
        rx.el.ul(rx.foreach(BookTimesState.days, _day), class_name="days", aria_labelledby="days-title"),
        rx.el.div(
            _turn("chevron-left", t("Earlier days"), BookTimesState.has_earlier, BookTimesState.earlier),
            _turn("chevron-right", t("Later days"), BookTimesState.has_later, BookTimesState.later),
            class_name="day-turns",
        ),
    )


def _turn(icon: str, words: rx.Var[str], is_there: rx.Var[bool], on_click: Any) -> rx.Component:
    mark = rx.icon(icon, size=18, aria_hidden="true", class_name="turn")
    content = (mark, words) if icon == "chevron-left" else (words, mark)
    button = rx.button(*content, type="button", variant="soft", color_scheme="gray", size="3", on_click=on_click)
    return rx.cond(is_there, button, rx.fragment())


def _day(day: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(format_date(day["day"], style="weekday"), class_name="day-weekday"),
            rx.el.span(format_date(day["day"], style="monthday"), class_name="day-date"),
            rx.el.span(tn("{n} time", "{n} times", n=day["free"]), class_name="day-free figures"),
            type="button",
            on_click=BookTimesState.choose_day(day["day"]),
            class_name="choice day",
            custom_attrs={"aria-pressed": rx.cond(BookTimesState.day == day["day"], "true", "false")},
        ),
        key=day["day"],
    )


def _times() -> rx.Component:
    return rx.el.div(
        rx.el.h2(
            t("Time on {day}", day=format_date(BookTimesState.day, style="long")),
            id="times-title",
            tab_index=-1,
            class_name="group-title",
        ),
        rx.el.ul(rx.foreach(BookTimesState.times, _time), class_name="times", aria_labelledby="times-title"),
        rx.cond(
            BookTimesState.times.length() == 0,
            rx.el.p(t("Every time of this day has just been taken. Please choose another day."), role="status"),
            rx.fragment(),
        ),
        class_name="times-side",
    )


def _time(time: rx.Var[Any]) -> rx.Component:
    place = rx.cond(BookState.location_id == "", time["location"], "")
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.el.span(format_time(time["starts_at"], zone=time["zone"]), class_name="time-clock figures"),
                rx.cond(
                    BookTimesState.has_zones,
                    rx.el.span(format_zone(time["starts_at"], zone=time["zone"]), class_name="time-zone"),
                    rx.fragment(),
                ),
                class_name="time-when",
            ),
            rx.el.span(time["practitioner"], class_name="time-who", dir="auto"),
            rx.cond(place != "", rx.el.span(place, class_name="time-where", dir="auto"), rx.fragment()),
            rx.cond(
                time["is_group"],
                rx.el.span(tn("{n} place left", "{n} places left", n=time["free"]), class_name="figures"),
                rx.fragment(),
            ),
            rx.cond(
                time["is_held"],
                rx.el.span(
                    rx.icon("hourglass", size=16, aria_hidden="true"), t("Held for you"), class_name="time-held"
                ),
                rx.fragment(),
            ),
            type="button",
            on_click=BookTimesState.choose_time(time["slot_id"]),
            class_name="choice time",
            custom_attrs={"data-held": rx.cond(time["is_held"], "true", "false")},
        ),
        key=time["slot_id"],
    )
