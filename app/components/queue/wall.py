"""What hangs in the waiting room: the last call large, those before it, how long people wait; no name at all.

Out of touch it says so and shows no number, until it has read again what holds.
"""

from typing import Any

import reflex as rx

from app.components.states import empty_state, is_cut_off
from app.components.theme import color_mode_toggle
from app.components.words import t, tn
from app.state.wall import CallView, WallFeed, WallState

_FILE, _SOUND = rx.asset("wall.jsx", shared=True), rx.asset("wall_sound.jsx", shared=True)
VIEW = WallFeed.view
# A room's name that is longer is written smaller, so that the number keeps its place.
LONG_NAME = 22


class WallFrame(rx.Component):
    """The display around what it shows, which it covers as soon as that may no longer hold."""

    library = _FILE.importable_path
    tag = "WallFrame"

    as_of: rx.Var[str]
    is_open: rx.Var[bool]
    is_cut_off: rx.Var[bool]

    on_ask: rx.EventHandler[rx.event.no_args_event_spec]


class WallClock(rx.Component):
    """The time of day at the location."""

    library = _FILE.importable_path
    tag = "WallClock"

    zone: rx.Var[str]


class WallSound(rx.Component):
    """A soft sound for each new call, and its switch."""

    library = _SOUND.importable_path
    tag = "WallSound"

    as_of: rx.Var[str]
    last: rx.Var[CallView]
    earlier: rx.Var[list[CallView]]


def wall_display() -> rx.Component:
    """Show the display, or that its link is no longer valid."""
    return WallFrame.create(
        rx.match(
            WallState.status,
            ("open", _open()),
            ("closed", _closed()),
            rx.el.div(rx.el.span(t("Loading"), role="status", class_name="visually-hidden"), class_name="wall-last"),
        ),
        as_of=VIEW["as_of"],
        is_open=WallState.status == "open",
        is_cut_off=is_cut_off(),
        on_ask=WallState.load,
    )


def _open() -> rx.Component:
    return rx.fragment(
        rx.el.header(rx.el.h1(WallState.place), WallClock.create(zone=WallState.zone), class_name="wall-head"),
        rx.el.main(_last(), _earlier(), class_name="wall-main", id="content"),
        rx.el.footer(
            _waits(),
            rx.el.div(
                WallSound.create(as_of=VIEW["as_of"], last=VIEW["last"], earlier=VIEW["earlier"]),
                color_mode_toggle(size="2"),
                class_name="wall-switches",
            ),
            class_name="wall-foot",
        ),
    )


def _last() -> rx.Component:
    last = VIEW["last"]
    called = rx.fragment(
        rx.el.span(t("Number"), class_name="wall-label"),
        rx.el.span(last["number"], class_name="wall-number figures"),
        rx.el.span(_to(last), class_name="wall-to", dir="auto", data_long=last["to"].to(str).length() > LONG_NAME),
    )
    quiet = rx.el.span(t("Please take a seat. Your number will appear here."), class_name="wall-quiet")
    return rx.el.section(
        rx.cond(last["number"].to(int) > 0, called, quiet),
        class_name="wall-last",
        aria_live="polite",
        aria_label=t("Called last"),
    )


def _earlier() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Called before"), class_name="wall-label"),
        rx.cond(
            VIEW["earlier"].to(list).length() > 0,
            rx.el.ul(rx.foreach(VIEW["earlier"], _call), class_name="wall-list"),
            rx.el.p(t("Nobody yet"), class_name="wall-none"),
        ),
        class_name="wall-earlier",
    )


def _call(one: rx.Var[Any]) -> rx.Component:
    number = rx.el.span(one["number"], class_name="figures wall-small")
    return rx.el.li(number, rx.el.span(_to(one), dir="auto"), key=one["number"])


def _to(one: rx.Var[Any]) -> rx.Component:
    return rx.cond(one["to"] != "", one["to"], t("Reception"))


def _waits() -> rx.Component:
    """Say how it is, not how it should be: what those waited who were called in the last hour."""
    same = VIEW["shortest"] == VIEW["longest"]
    waited = rx.cond(
        same,
        tn(
            "Waited in the last hour: {n} minute",
            "Waited in the last hour: {n} minutes",
            n=VIEW["longest"],
        ),
        tn(
            "Waited in the last hour: {a} to {n} minute",
            "Waited in the last hour: {a} to {n} minutes",
            n=VIEW["longest"],
            a=VIEW["shortest"],
        ),
    )
    return rx.el.div(
        rx.el.p(
            rx.cond(
                VIEW["waiting"].to(int) > 0,
                tn("{n} person is waiting", "{n} people are waiting", n=VIEW["waiting"]),
                t("Nobody is waiting"),
            )
        ),
        rx.cond(VIEW["has_wait"], rx.el.p(waited)),
        rx.cond(
            VIEW["late"].to(int) > 0,
            rx.el.p(t("Some appointments are late by up to {n} min. Thank you for your patience.", n=VIEW["late"])),
        ),
        class_name="wall-waits",
    )


def _closed() -> rx.Component:
    return rx.el.main(
        empty_state(
            "monitor-off",
            t("This display is not connected"),
            t("Its link is not valid any more. Make a new one at Arrivals, and open it here."),
        ),
        class_name="wall-closed",
        id="content",
    )
