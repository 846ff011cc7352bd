"""What the contents of a pane share, the board's above all: the title with the way out, times, quiet buttons, keys."""

from typing import Any

import reflex as rx

from app.components.words import Text, format_date, format_time, t
from app.state.base import PageState
from app.state.board_pane import PaneState

# Whoever came with the keyboard goes on where they were on the board.
TO_BOARD = rx.call_script("document.querySelector('.db [data-key][tabindex=\"0\"]')?.focus()")


def pane_head(title: rx.Component, badge: rx.Component | None = None) -> rx.Component:
    """Show the pane's title with the way out."""
    return rx.el.header(
        rx.el.div(title, badge or rx.fragment(), class_name="pane-title", aria_live="polite"),
        rx.icon_button(
            rx.icon("x", size=18),
            on_click=[PaneState.give_up, TO_BOARD],
            variant="ghost",
            color_scheme="gray",
            aria_label=t("Close the details"),
            title=t("Close (Esc)"),
        ),
        class_name="pane-head",
    )


def pane_top(title: Text, on_close: Any) -> rx.Component:
    """Show what a pane beside another page is about, with the way out."""
    return rx.el.header(
        rx.el.div(rx.el.h2(title, dir="auto"), class_name="pane-title"),
        rx.icon_button(
            rx.icon("x", size=18),
            on_click=on_close,
            variant="ghost",
            color_scheme="gray",
            aria_label=t("Close the details"),
        ),
        class_name="pane-head",
    )


def moment(instant: rx.Var[str], *, zone: rx.Var[str]) -> rx.Component:
    """Show a day and a time of it."""
    return rx.el.span(format_date(instant, zone=zone), ", ", format_time(instant, zone=zone))


def time_of(thing: rx.Var) -> rx.Component:
    """Show from when until when something lasts."""
    return rx.el.span(
        moment(thing["starts_at"], zone=thing["zone"]), " – ", format_time(thing["ends_at"], zone=thing["zone"])
    )


def quiet_button(words: Text, on_click: rx.event.EventSpec | rx.event.EventHandler) -> rx.Component:
    """Show a way back."""
    return rx.button(words, on_click=on_click, variant="soft", color_scheme="gray", size="2", type="button")


def key_hint(key: str) -> rx.Component:
    """Show which key does the same."""
    return rx.el.kbd(key, class_name="key", aria_hidden="true") if key else rx.fragment()


def may_write() -> rx.Var[bool]:
    """Tell whether the reader may change appointments; the services ask again."""
    return PageState.permissions.contains("appointments:write")
