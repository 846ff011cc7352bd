"""The page of arrivals: who is expected, who waits and who is next, who was called, who is in a room, who is done."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from app.components.pane import key_hint
from app.components.queue.rows import VIEW, called_row, done_row, expected_row, in_room_row, waiting_row
from app.components.states import empty_state, late_note, notice, skeleton_rows, too_much
from app.components.words import Text, t, t_var, tn
from app.services.queue.order import RULE
from app.settings import settings
from app.state.arrivals_acts import ArrivalsActs


def queue_lists() -> rx.Component:
    """Show the day in three columns."""
    return rx.el.div(_expected(), _waiting(), _inside(), class_name="queue-page")


def _expected() -> rx.Component:
    return _column(
        _list(
            "expected",
            t("Expected"),
            VIEW["expected"],
            expected_row,
            empty=empty_state(
                "calendar-check", t("Nobody else is expected today"), t("Whoever comes now is a walk-in.")
            ),
            above=rx.cond(
                VIEW["overdue"].to(int) > 0,
                notice(
                    tn("{n} patient has not come", "{n} patients have not come", n=VIEW["overdue"]),
                    tone="warning",
                    icon="circle-help",
                ),
            ),
            below=rx.cond(
                VIEW["more_expected"].to(int) > 0,
                too_much(
                    tn("{n} more is expected later.", "{n} more are expected later.", n=VIEW["more_expected"]),
                    t("Choose practitioners to see them."),
                ),
            ),
        )
    )


def _waiting() -> rx.Component:
    return _column(
        _call_next(),
        _list(
            "waiting",
            t("Waiting"),
            VIEW["waiting"],
            waiting_row,
            empty=empty_state("armchair", t("Nobody is waiting"), t("Mark who comes as arrived, on the left.")),
            below=rx.cond(VIEW["is_read"], rx.fragment(), late_note()),
        ),
        _rule(),
        tone="middle",
    )


def _inside() -> rx.Component:
    return _column(
        _list("called", t("Called"), VIEW["called"], called_row, empty=_quiet(t("Nobody is called right now."))),
        _list("in-room", t("In a room"), VIEW["in_room"], in_room_row, empty=_quiet(t("All rooms are empty."))),
        _list("done", t("Done"), VIEW["done"], done_row, empty=_quiet(t("No visit is done yet today."))),
    )


def _call_next() -> rx.Component:
    return rx.button(
        rx.icon("megaphone", size=20, aria_hidden="true"),
        t("Call next"),
        key_hint("C"),
        on_click=ArrivalsActs.call_next(ArrivalsActs.press),
        size="4",
        disabled=VIEW["waiting"].to(list).length() == 0,
        class_name="queue-next",
        custom_attrs={"data-command": "call-next"},
    )


def _rule() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("list-ordered", size=14, aria_hidden="true"), t("Who is next?")),
        rx.el.p(t_var(rx.Var.create(RULE))),
        rx.el.p(t("A walk-in's turn comes after {n} min at the latest.", n=settings().walk_in_turn_minutes)),
        class_name="queue-rule",
    )


def _column(*parts: rx.Component, tone: str = "") -> rx.Component:
    return rx.el.div(*parts, class_name=f"queue-column {tone}")


def _list(
    name: str,
    title: Text,
    found: rx.Var[Any],
    row: Callable[[rx.Var[Any]], rx.Component],
    *,
    empty: rx.Component,
    above: rx.Component | None = None,
    below: rx.Component | None = None,
) -> rx.Component:
    some = found.to(list)
    return rx.el.section(
        rx.el.h2(
            title,
            rx.el.span(some.length(), class_name="queue-count figures"),
            id=f"queue-{name}",
        ),
        above or rx.fragment(),
        rx.cond(
            VIEW["is_read"],
            rx.cond(
                some.length() > 0,
                rx.el.ul(rx.foreach(found, row), class_name="queue-list", aria_labelledby=f"queue-{name}"),
                empty,
            ),
            skeleton_rows(3),
        ),
        below or rx.fragment(),
        class_name="queue-section",
        custom_attrs={"data-list": name},
        aria_labelledby=f"queue-{name}",
    )


def _quiet(words: Text) -> rx.Component:
    return rx.el.p(words, class_name="muted queue-quiet")
