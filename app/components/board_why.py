"""The answer to "Why is this time not offered?" in the board's pane: each rule in order, and what is free near by."""

from typing import Any

import reflex as rx

from app import routes
from app.components.pane import moment, pane_head
from app.components.states import notice
from app.components.words import format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.board import BoardState
from app.state.board_why import EVERY, WhyState

# Which kind of rule it is, at a glance: who and what, the calendar, the window, what is taken.
ICONS = {
    "user-x": ("not-offered", "service-inactive", "practitioner-inactive", "location-inactive", "schedule-inactive"),
    "calendar-off": ("no-schedule", "hours", "break", "exception", "leave", "closure", "holiday", "session"),
    "clock-alert": ("grid", "buffer", "past", "notice", "horizon", "not-generated"),
    "lock": ("blocked", "elsewhere"),
    "hourglass": ("held", "paying"),
    "door-closed": ("room", "device"),
    "users-round": ("busy", "capacity", "patient-overlap"),
}


def why() -> rx.Component:
    """Show why the chosen time, or the day, is not offered."""
    is_day = WhyState.at == ""
    return rx.el.div(
        pane_head(
            rx.el.h2(rx.cond(is_day, t("Why is nothing free?"), t("Why is this time not offered?"))),
        ),
        rx.el.p(
            rx.el.strong(WhyState.practitioner, dir="auto"),
            rx.el.br(),
            rx.cond(
                is_day,
                format_date(BoardState.day, style="long"),
                moment(WhyState.at, zone=BoardState.zone),
            ),
            class_name="figures",
        ),
        _service(),
        rx.el.div(
            rx.cond(
                WhyState.services.length() == 0,
                notice(t("This practitioner offers no service here."), icon="info"),
                rx.cond(is_day, _day(), rx.fragment(rx.foreach(WhyState.answers, _answer))),
            ),
            role="status",
            class_name="pane-search",
        ),
        _more(),
        class_name="pane-body",
    )


def _service() -> rx.Component:
    options = rx.foreach(WhyState.services, lambda one: rx.el.option(one["name"], value=one["id"]))
    every = rx.cond(WhyState.at != "", rx.el.option(t("All services"), value=EVERY), rx.fragment())
    return rx.el.div(
        rx.el.label(t("Service"), html_for="why-service", class_name="field-label"),
        rx.el.select(
            every,
            options,
            id="why-service",
            value=WhyState.service_id,
            on_change=WhyState.choose_service,
            class_name="select",
        ),
        class_name="field",
    )


def _answer(one: rx.Var[Any]) -> rx.Component:
    reasons = one["reasons"].to(list[dict[str, Any]])
    nearest = one["nearest"].to(list[dict[str, str]])
    return rx.el.section(
        rx.cond(
            (WhyState.service_id == EVERY) & (WhyState.services.length() > 1),
            rx.el.h3(one["services"], dir="auto"),
            rx.fragment(),
        ),
        rx.cond(
            reasons.length() > 0,
            rx.el.ol(rx.foreach(reasons, _reason), class_name="why-list"),
            notice(t("This time can be booked."), icon="circle-check"),
        ),
        rx.cond(
            nearest.length() > 0,
            rx.fragment(
                rx.el.h3(t("Free near by")),
                rx.el.ul(rx.foreach(nearest, _near), class_name="pane-list"),
            ),
            rx.el.p(t("Nothing is free near by."), class_name="muted"),
        ),
        key=one["services"],
    )


def _reason(reason: rx.Var[Any]) -> rx.Component:
    marks = ((code, rx.icon(icon, size=16, aria_hidden="true")) for icon, codes in ICONS.items() for code in codes)
    return rx.el.li(
        rx.match(reason["code"], *marks, rx.icon("info", size=16, aria_hidden="true")),
        rx.el.span(t_var(reason["sentence"], reason["values"])),
        rx.cond(
            reason["until"] != "",
            rx.el.span(t("until {until}", until=_moment(reason["until"])), class_name="muted figures"),
            rx.fragment(),
        ),
        key=reason["code"],
    )


def _moment(instant: rx.Var[str]) -> rx.Var[str]:
    day, time = format_date(instant, zone=BoardState.zone), format_time(instant, zone=BoardState.zone)
    return t("{day}, {time}", day=day, time=time)


def _near(one: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(moment(one["starts_at"], zone=BoardState.zone), class_name="figures"),
            rx.el.span(t("Book"), class_name="use-this"),
            rx.el.span(one["practitioner"], class_name="muted", dir="auto"),
            type="button",
            on_click=WhyState.book(one["practitioner_id"], one["slot_starts_at"], one["day"]),
            disabled=~PageState.permissions.contains("appointments:write"),
            class_name="pane-row",
        ),
        key=one["slot_starts_at"] + one["practitioner_id"],
    )


def _day() -> rx.Component:
    return rx.fragment(
        rx.cond(
            WhyState.is_free,
            notice(t("Some of this day is free; it is marked below."), icon="circle-check"),
            notice(t("Nothing of this day can be booked for this service."), icon="info"),
        ),
        rx.el.dl(rx.foreach(WhyState.stretches, _stretch), class_name="why-day"),
    )


def _stretch(one: rx.Var[Any]) -> rx.Component:
    reasons = one["reasons"].to(list[dict[str, Any]])
    zone = BoardState.zone
    return rx.fragment(
        rx.el.dt(
            format_time(one["starts_at"], zone=zone),
            " – ",
            format_time(one["ends_at"], zone=zone),
            class_name="figures",
        ),
        rx.el.dd(
            rx.cond(
                reasons.length() > 0,
                rx.foreach(
                    reasons, lambda reason: rx.el.div(t_var(reason["sentence"], reason["values"]), key=reason["code"])
                ),
                rx.el.strong(t("free")),
            )
        ),
        key=one["starts_at"],
    )


def _more() -> rx.Component:
    """Lead to the rest of what concerns this practitioner: the whole day, and that they are away."""
    away = rx.el.a(
        rx.icon("user-round-x", size=16, aria_hidden="true"),
        t("{name} is away", name=WhyState.practitioner),
        href=routes.WORKLISTS + "?away=" + WhyState.practitioner_id,
        class_name="plain-link why-away",
    )
    return rx.el.div(
        rx.cond(
            WhyState.at != "",
            rx.button(
                t("Why is nothing free today?"),
                on_click=WhyState.ask_day(WhyState.practitioner_id),
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                size="2",
            ),
            rx.fragment(),
        ),
        rx.cond(PageState.permissions.contains("absences:write"), away, rx.fragment()),
        class_name="pane-actions",
    )
