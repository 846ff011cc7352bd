"""The day at the start of the page: who is in the room, who is next, who waits and how long, today with its gaps."""

from typing import Any

import reflex as rx

from app import routes
from app.components.my_day.visits import NEXT, OPEN, VIEW, VISITS, Row, can_start, done_button, is_known, start_button
from app.components.queue.rows import flag, wait_light
from app.components.states import empty_state, loading_rows, notice
from app.components.theme import status_badge
from app.components.words import Text, format_date, format_time, t, tn
from app.state.my_day import MyDayState
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_views import EntryView, SiteView

TODAY = VIEW["today"].to(list[EntryView])
NOW = VIEW["now"].to(list[str])
WAITING = VIEW["waiting"].to(list[str])


def own_lists() -> rx.Component:
    """Show the day."""
    return rx.el.div(
        rx.cond(
            VIEW["is_read"],
            rx.fragment(_late(), _now(), _next(), _waiting(), _today()),
            loading_rows(8),
        ),
        class_name="own-lists",
    )


def _late() -> rx.Component:
    return rx.fragment(rx.foreach(VIEW["sites"].to(list[SiteView]), _late_at))


def _late_at(site: rx.Var[Any]) -> rx.Component:
    """Say it of one site, and of which where there are several."""
    there = t("You are {n} min late at {place}; the desk and whoever waits know.", n=site["late"], place=site["name"])
    here = t("You are {n} min late; the desk and whoever waits know.", n=site["late"])
    words = rx.cond(VIEW["sites"].to(list[SiteView]).length() > 1, there, here).to(str)
    return rx.cond(site["late"].to(int) > 0, notice(words, tone="warning", icon="clock-alert"), rx.fragment())


def _now() -> rx.Component:
    cards = rx.el.ul(rx.foreach(NOW, lambda one: _now_card(VISITS[one])), class_name="own-cards")
    return _section("now", t("Now"), rx.cond(NOW.length() > 0, cards, _quiet(t("Nobody is in a room."))))


def _now_card(row: Row) -> rx.Component:
    where = rx.el.span(
        rx.icon("door-open", size=14, aria_hidden="true"),
        rx.cond(row["room"] != "", row["room"], t("In a room")),
        class_name="queue-where",
    )
    return _row(row, _who(row, more=where), done_button(row, size="3"), tone="in-room")


def _next() -> rx.Component:
    nobody = _quiet(t("Nobody else is expected today."))
    card = rx.el.ul(_next_card(VISITS[NEXT]), class_name="own-cards")
    return _section("next", t("Next"), rx.cond(is_known(NEXT), card, nobody))


def _next_card(row: Row) -> rx.Component:
    is_here = row["state"] != ""
    not_here = rx.el.span(rx.icon("clock", size=14, aria_hidden="true"), t("Not here yet"), class_name="queue-where")
    called = rx.cond(row["state"] == "called", flag("megaphone", _called(row), ""), rx.fragment())
    more = rx.cond(is_here, rx.fragment(wait_light(row), called), not_here)
    return _row(row, _who(row, more=more), start_button(row, size="3"), tone="next")


def _called(row: Row) -> Text:
    return rx.cond(row["called_to"] != "", t("Called to {room}", room=row["called_to"]), t("Called")).to(str)


def _waiting() -> rx.Component:
    rows = rx.el.ul(rx.foreach(WAITING, lambda one: _waiting_row(VISITS[one])), class_name="own-rows")
    nobody = rx.cond(
        VIEW["waiting_in_all"].to(int) > 0, _quiet(t("Nobody else is waiting.")), _quiet(t("Nobody is waiting."))
    )
    return _section(
        "waiting", t("Waiting"), rx.cond(WAITING.length() > 0, rows, nobody), count=VIEW["waiting_in_all"].to(int)
    )


def _waiting_row(row: Row) -> rx.Component:
    return _row(row, _who(row, more=wait_light(row)), start_button(row))


def _today() -> rx.Component:
    entries = rx.el.ol(rx.foreach(TODAY, _entry), class_name="own-today")
    return _section("today", t("Today"), rx.cond(TODAY.length() > 0, entries, _empty_day()))


def _empty_day() -> rx.Component:
    following = t(
        "Your next visit is on {day} at {time}.",
        day=format_date(VIEW["coming_at"], zone=VIEW["coming_zone"], style="long"),
        time=format_time(VIEW["coming_at"], zone=VIEW["coming_zone"]),
    )
    words = rx.cond(VIEW["coming_at"] != "", following, t("Nobody is booked with you yet.")).to(str)
    week = routes.practitioner_days("") + MyDayState.practitioner_id
    calendar = rx.el.a(t("Look at your week in the calendar"), href=week, class_name="plain-link")
    return empty_state("calendar-check", t("You have no visits today"), words, calendar)


def _entry(one: rx.Var[Any]) -> rx.Component:
    return rx.match(
        one["kind"],
        ("visit", _visit(one, VISITS[one["id"].to(str)])),
        ("gap", _stretch(one, "coffee", tn("{n} minute free", "{n} minutes free", n=one["minutes"].to(int)))),
        ("leave", _stretch(one, "tree-palm", rx.cond(one["words"] != "", one["words"], t("Leave")).to(str))),
        _stretch(one, "lock", rx.cond(one["words"] != "", one["words"], t("Blocked")).to(str)),
    )


def _visit(one: rx.Var[Any], row: Row) -> rx.Component:
    return rx.el.li(
        _when(one),
        rx.el.div(
            _name(row),
            rx.el.span(row["service"], _at(row["place"]), class_name="queue-about muted"),
            _flags(row),
            class_name="queue-who",
        ),
        status_badge(row["status"]),
        rx.cond((row["id"] != NEXT) & (row["state"] == "") & can_start(row), start_button(row, size="1")),
        key=one["key"],
        class_name="own-entry",
        tab_index=0,
        custom_attrs=_attributes(row),
    )


def _stretch(one: rx.Var[Any], icon: str, words: Text) -> rx.Component:
    return rx.el.li(
        _when(one),
        rx.el.span(
            rx.icon(icon, size=14, aria_hidden="true"),
            rx.el.span(words, _at(one["place"])),
            class_name="queue-where muted",
        ),
        key=one["key"],
        class_name="own-entry free",
    )


def _at(place: rx.Var[str]) -> rx.Component:
    """Name the place where there is more than one in the day."""
    return rx.cond(place != "", rx.fragment(" · ", rx.el.bdi(place)), rx.fragment())


def _when(one: rx.Var[Any]) -> rx.Component:
    return rx.el.span(
        format_time(one["starts_at"], zone=one["zone"]),
        rx.el.span(" – ", format_time(one["ends_at"], zone=one["zone"]), class_name="muted"),
        class_name="own-when figures",
    )


def _section(name: str, title: Text, *content: rx.Component, count: rx.Var[int] | None = None) -> rx.Component:
    counted = rx.fragment() if count is None else rx.el.span(count, class_name="queue-count figures")
    return rx.el.section(
        rx.el.h2(title, counted, id=f"own-{name}"),
        *content,
        class_name="queue-section",
        aria_labelledby=f"own-{name}",
        custom_attrs={"data-list": name},
    )


def _row(row: Row, *parts: rx.Component, tone: str = "") -> rx.Component:
    return rx.el.li(
        *parts, class_name=f"own-row {tone}", tab_index=0, custom_attrs=_attributes(row), key=row["id"].to(str)
    )


def _attributes(row: Row) -> dict[str, Any]:
    is_open = rx.cond(row["id"] == OPEN, "true", "false")
    return {"data-row": row["id"], "data-version": row["version"], "data-open": is_open}


def _who(row: Row, *, more: rx.Component) -> rx.Component:
    return rx.el.div(
        _name(row),
        rx.el.span(
            rx.cond(row["number"].to(int) > 0, rx.fragment(t("Number {n}", n=row["number"]), " · "), rx.fragment()),
            rx.el.span(format_time(row["starts_at"], zone=row["zone"]), class_name="figures"),
            " · ",
            row["service"],
            _at(row["place"]),
            class_name="queue-about muted",
        ),
        rx.el.span(more, _flags(row), class_name="own-flags"),
        class_name="queue-who",
    )


def _name(row: Row) -> rx.Component:
    return rx.el.button(
        row["patient"],
        type="button",
        on_click=MyDayPatient.open(row["id"]),
        class_name="own-name",
        dir="auto",
        custom_attrs={"aria-pressed": rx.cond(row["id"] == OPEN, "true", "false")},
    )


def _flags(row: Row) -> rx.Component:
    return rx.el.span(
        rx.cond(row["alert"] != "", flag("triangle-alert", row["alert"], "warning")),
        rx.cond(row["is_urgent"], flag("arrow-up", t("Urgent"), "warning")),
        rx.cond(row["state"] == "parked", flag("pause", t("Set aside"), "")),
        rx.cond(row["state"] == "missed", flag("user-x", t("Did not come to the room"), "warning")),
        rx.cond(row["is_walk_in"], flag("footprints", t("Walk-in"), "")),
        rx.cond(row["needs_interpreter"], flag("languages", t("Interpreter"), "")),
        rx.cond(row["lacks_referral"], flag("file-question", t("Referral missing"), "")),
        rx.cond(row["is_overdue"], flag("circle-help", t("Has not come"), "warning")),
        class_name="queue-flags",
    )


def _quiet(words: Text) -> rx.Component:
    return rx.el.p(words, class_name="muted queue-quiet")
