"""Parts that both frames share: the skip link and the reader's own settings."""

import reflex as rx

from app.components.theme import color_mode_toggle
from app.components.words import language_switch, t


def skip_link() -> rx.Component:
    """Let a keyboard reader jump over the frame."""
    # The plain element: a link of the router would turn "#content" into a page of its own.
    return rx.el.A.create(t("Skip to content"), href="#content", class_name="skip-link")


def language_and_mode() -> rx.Component:
    """Show the choice of language and of light or dark."""
    return rx.el.div(language_switch(size="1"), color_mode_toggle(size="2"), class_name="reader-settings")
