"""One patient of the day as a row: number, name, flags, wait, the step that comes next and all others in a menu."""

from typing import Any

import reflex as rx

from app import routes
from app.components.words import Text, format_time, t, tn
from app.state.arrivals import ArrivalsFeed, ArrivalsState
from app.state.arrivals_acts import ArrivalsActs
from app.state.base import PageState

VIEW = ArrivalsFeed.view
Row = rx.Var[Any]


def expected_row(row: Row) -> rx.Component:
    """Show somebody who has not come yet; after the grace period it is asked whether they will."""
    return _row(
        row,
        _time(row),
        _who(row),
        _act(t("Arrived"), "arrive", row["id"], row["version"], primary=True),
        _menu(
            row,
            rx.cond(row["status"] == "booked", _item(t("No-show"), "user-x", "no-show", row, of_visit=True)),
            rx.cond(
                row["status"] == "noshow", _item(t("Undo the no-show"), "undo-2", "undo-visit", row, of_visit=True)
            ),
        ),
        below=rx.cond(row["is_overdue"], _overdue(row), rx.fragment()),
        tone=rx.cond(row["status"] == "noshow", "gone", rx.cond(row["is_overdue"], "overdue", "")),
    )


def waiting_row(row: Row) -> rx.Component:
    """Show somebody who waits, with how long."""
    undo = rx.cond(row["status"] == "arrived", t("Undo the arrival"), t("Undo the check-in")).to(str)
    return _row(
        row,
        _number(row),
        _who(row),
        wait_light(row),
        rx.match(
            row["state"],
            ("waiting", _act(t("Call"), "call", row["ticket"], row["ticket_version"], primary=False)),
            _act(t("Waits again"), "resume", row["ticket"], row["ticket_version"], primary=False),
        ),
        _menu(
            row,
            _rooms(row),
            rx.cond(
                row["status"] == "arrived", _item(t("Check in"), "clipboard-check", "check-in", row, of_visit=True)
            ),
            rx.cond(row["state"] == "waiting", _item(t("Set aside"), "pause", "park", row)),
            rx.cond(
                row["is_urgent"],
                _item(t("Not urgent any more"), "arrow-down", "not-urgent", row),
                _item(t("Urgent: comes first"), "arrow-up", "urgent", row),
            ),
            rx.cond(row["state"] != "waiting", _item(t("Call"), "megaphone", "call", row)),
            _hand_over(row),
            rx.cond(row["can_undo_queue"], _item(t("Undo the last step"), "undo-2", "undo-queue", row)),
            _item(undo, "undo-2", "undo-visit", row, of_visit=True),
            rx.dropdown_menu.separator(),
            _item(t("Has left"), "log-out", "left", row, of_visit=True),
        ),
        tone=rx.cond(row["is_urgent"], "urgent", rx.cond(row["state"] == "waiting", "", "aside")),
    )


def called_row(row: Row) -> rx.Component:
    """Show somebody who was called, and where to."""
    calls = row["calls"].to(int)
    where = rx.el.span(
        rx.icon("megaphone", size=14, aria_hidden="true"),
        rx.cond(row["called_to"] != "", row["called_to"], t("Reception")),
        rx.cond(calls > 1, rx.el.span(tn("called {n} time", "called {n} times", n=calls), class_name="muted")),
        class_name="queue-where",
    )
    return _row(
        row,
        _number(row),
        _who(row),
        _menu(
            row,
            _rooms(row),
            _item(t("Did not come to the room"), "user-x", "missed", row),
            _item(t("Set aside"), "pause", "park", row),
            _hand_over(row),
            _item(t("Undo the call"), "undo-2", "undo-queue", row),
            rx.dropdown_menu.separator(),
            _item(t("Has left"), "log-out", "left", row, of_visit=True),
        ),
        below=rx.el.div(
            where,
            _act(t("Call again"), "recall", row["ticket"], row["ticket_version"], primary=False),
            _act(t("In the room"), "room", row["id"], row["version"], primary=True),
            class_name="queue-steps",
        ),
    )


def in_room_row(row: Row) -> rx.Component:
    """Show somebody whose visit runs."""
    return _row(
        row,
        _number(row),
        _who(row),
        _act(t("Done"), "complete", row["id"], row["version"], primary=False),
        _menu(
            row,
            _rooms(row),
            _item(t("Back to the waiting room"), "undo-2", "leave-room", row, of_visit=True),
        ),
        below=rx.el.span(
            rx.icon("door-open", size=14, aria_hidden="true"),
            rx.cond(row["room"] != "", row["room"], t("In a room")),
            class_name="queue-where",
        ),
    )


def done_row(row: Row) -> rx.Component:
    """Show somebody whose visit is over."""
    return _row(
        row,
        _number(row),
        _who(row),
        rx.cond(
            PageState.permissions.contains("appointments:reopen"),
            _menu(row, _item(t("Undo: the visit goes on"), "undo-2", "undo-visit", row, of_visit=True)),
        ),
        tone="gone",
    )


def _row(row: Row, *parts: rx.Component, below: rx.Component | None = None, tone: Text = "") -> rx.Component:
    return rx.el.li(
        rx.el.div(*parts, class_name="queue-line"),
        below or rx.fragment(),
        class_name="queue-row",
        tab_index=0,
        custom_attrs={"data-row": row["id"], "data-version": row["version"], "data-tone": tone},
        key=row["id"],
    )


def _number(row: Row) -> rx.Component:
    return rx.el.span(
        rx.el.span(t("Number"), class_name="visually-hidden"), row["number"], class_name="queue-number figures"
    )


def _time(row: Row) -> rx.Component:
    return rx.el.time(format_time(row["starts_at"], zone=VIEW["zone"]), class_name="queue-time figures")


def _who(row: Row) -> rx.Component:
    return rx.el.div(
        rx.el.a(row["patient"], href=_file(row), class_name="queue-name", dir="auto"),
        rx.el.span(
            rx.cond(row["number"].to(int) > 0, rx.fragment(_time(row), " · "), rx.fragment()),
            row["practitioner"],
            " · ",
            row["service"],
            class_name="queue-about muted",
        ),
        _flags(row),
        class_name="queue-who",
    )


def _file(row: Row) -> rx.Var[str]:
    return rx.Var.create(routes.PATIENTS + "?patient=") + row["patient_id"].to(str)


def _flags(row: Row) -> rx.Component:
    return rx.el.span(
        rx.cond(row["alert"] != "", flag("triangle-alert", row["alert"], "warning")),
        rx.cond(row["is_urgent"], flag("arrow-up", t("Urgent"), "warning")),
        rx.cond(row["state"] == "parked", flag("pause", t("Set aside"), "")),
        rx.cond(row["state"] == "missed", flag("user-x", t("Did not come to the room"), "warning")),
        rx.cond(row["is_walk_in"], flag("footprints", t("Walk-in"), "")),
        rx.cond(row["needs_interpreter"], flag("languages", t("Interpreter"), "")),
        rx.cond(~row["is_verified"].to(bool), flag("shield-question", t("Identity not checked"), "")),
        rx.cond(row["lacks_referral"], flag("file-question", t("Referral missing"), "")),
        rx.cond(row["is_due"], flag("wallet", t("Payment due at the desk"), "")),
        rx.cond(row["late"].to(int) > 0, flag("clock-alert", t("{n} min late", n=row["late"]), "warning")),
        rx.cond(row["status"] == "noshow", flag("user-x", t("No-show"), "")),
        class_name="queue-flags",
    )


def flag(icon: str, words: Text, tone: str) -> rx.Component:
    """Show one thing to mind, as an icon and a word."""
    return rx.el.span(rx.icon(icon, size=13, aria_hidden="true"), words, class_name=f"queue-flag {tone}")


def wait_light(row: Row) -> rx.Component:
    """How long, as a colour, a shape, a number and a word."""
    light = rx.match(
        row["wait"],
        ("fine", rx.icon("circle-check", size=14, aria_hidden="true")),
        ("long", rx.icon("triangle-alert", size=14, aria_hidden="true")),
        rx.icon("octagon-alert", size=14, aria_hidden="true"),
    )
    word = rx.match(row["wait"], ("fine", t("waits")), ("long", t("waits long")), t("waits too long"))
    return rx.el.span(
        light,
        rx.el.span(word),
        rx.el.span(tn("{n} minute", "{n} minutes", n=row["waited"]), class_name="figures"),
        class_name="queue-wait",
        custom_attrs={"data-wait": row["wait"]},
    )


def _overdue(row: Row) -> rx.Component:
    return rx.el.div(
        rx.icon("circle-help", size=14, aria_hidden="true"),
        rx.el.span(t("Has not come. A no-show?")),
        rx.button(
            t("Mark as no-show"),
            on_click=ArrivalsActs.act("no-show", row["id"], row["version"], ArrivalsActs.press, ""),
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
            size="1",
        ),
        class_name="queue-asked",
    )


def _act(words: Text, action: str, of: Any, version: Any, *, primary: bool) -> rx.Component:
    return rx.button(
        words,
        on_click=ArrivalsActs.act(action, of, version, ArrivalsActs.press, ""),
        variant="solid" if primary else "soft",
        high_contrast=not primary,
        size="1",
    )


def _menu(row: Row, *items: rx.Component) -> rx.Component:
    label = t("More for {patient}", patient=row["patient"])
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            rx.icon_button(
                rx.icon("ellipsis", size=16),
                variant="ghost",
                color_scheme="gray",
                size="1",
                aria_label=label,
                title=label,
            )
        ),
        rx.dropdown_menu.content(*items),
    )


def _item(words: Text, icon: str, action: str, row: Row, *, of_visit: bool = False, more: Any = "") -> rx.Component:
    of = (row["id"], row["version"]) if of_visit else (row["ticket"], row["ticket_version"])
    return rx.dropdown_menu.item(
        rx.icon(icon, size=14, aria_hidden="true"),
        words,
        on_select=ArrivalsActs.act(action, *of, ArrivalsActs.press, more),
    )


def _rooms(row: Row) -> rx.Component:
    return rx.dropdown_menu.sub(
        rx.dropdown_menu.sub_trigger(rx.icon("door-open", size=14, aria_hidden="true"), t("To a room")),
        rx.dropdown_menu.sub_content(
            _item(t("As planned"), "calendar-check", "room", row, of_visit=True),
            rx.foreach(
                ArrivalsState.rooms,
                lambda room: rx.dropdown_menu.item(
                    room["name"],
                    on_select=ArrivalsActs.act("room", row["id"], row["version"], ArrivalsActs.press, room["id"]),
                ),
            ),
        ),
    )


def _hand_over(row: Row) -> rx.Component:
    return rx.dropdown_menu.sub(
        rx.dropdown_menu.sub_trigger(rx.icon("arrow-right-left", size=14, aria_hidden="true"), t("Hand over to")),
        rx.dropdown_menu.sub_content(
            rx.foreach(
                ArrivalsState.staff,
                lambda one: rx.dropdown_menu.item(
                    one["name"],
                    on_select=ArrivalsActs.act(
                        "hand-over", row["ticket"], row["ticket_version"], ArrivalsActs.press, one["id"]
                    ),
                ),
            )
        ),
    )
