"""The dialog in which staff make the link of the waiting room's display."""

import reflex as rx

from app.components.states import notice
from app.components.words import t
from app.state.arrivals_display import DisplayState


def display_dialog() -> rx.Component:
    """Make a link, and open it or copy it to the screen in the waiting room."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("The waiting room's display")),
            rx.dialog.description(
                t("Numbers and rooms only, never names. It needs no sign-in: whoever has the link can open it."),
                class_name="muted",
                size="2",
            ),
            rx.cond(DisplayState.link != "", _made(), _make()),
            max_width="34rem",
        ),
        open=DisplayState.is_open,
        on_open_change=DisplayState.close,
    )


def _make() -> rx.Component:
    return rx.el.div(
        notice(t("A new link ends the one before it: displays that use it go dark."), tone="warning", icon="key-round"),
        rx.button(t("Make a new link"), on_click=DisplayState.make, size="2"),
        class_name="queue-walk-in",
    )


def _made() -> rx.Component:
    whole = rx.Var("window.location.origin").to(str) + DisplayState.link
    return rx.el.div(
        notice(t("The link is shown only now. Open it here, or copy it to the display's computer."), icon="info"),
        rx.el.div(
            rx.link(
                rx.button(rx.icon("monitor", size=16, aria_hidden="true"), t("Open the display"), size="2"),
                href=DisplayState.link,
                is_external=True,
            ),
            rx.button(
                rx.icon("copy", size=16, aria_hidden="true"),
                t("Copy the link"),
                on_click=rx.set_clipboard(whole),
                variant="soft",
                high_contrast=True,
                size="2",
            ),
            class_name="pane-actions",
        ),
        class_name="queue-walk-in",
    )
