"""The sheet that says what each key does on a page; `?` opens it on every staff page.

shell(..., keys={"T": N_("Go to today"), ...}, keys_about=t("They work on the open card."))
"""

import reflex as rx

from app.components.words import N_, Text, t, t_var
from app.state.shell import ShellState

EVERYWHERE = {
    "/": N_("Search or go to"),
    "Ctrl K": N_("All commands"),
    "Shift L": N_("Lock this computer"),
    "?": N_("Show this sheet"),
}


def keys_sheet(keys: dict[str, str], *, about: Text | None = None) -> rx.Component:
    """Show the button that opens the sheet, and the sheet: the page's own keys, then those of every page."""
    return rx.dialog.root(
        rx.dialog.trigger(
            rx.icon_button(
                rx.icon("keyboard", size=18),
                id="keys-help",
                variant="ghost",
                color_scheme="gray",
                aria_label=t("Keys (?)"),
                title=t("Keys (?)"),
            )
        ),
        rx.dialog.content(
            rx.dialog.title(t("Keys"), size="4"),
            rx.dialog.description(t("They work while nothing is being typed.") if about is None else about, size="2"),
            _list(t("On this page"), keys) if keys else rx.fragment(),
            _list(t("On every page"), EVERYWHERE),
            # The way out comes first to the keyboard.
            rx.el.div(
                rx.dialog.close(rx.button(t("Close"), variant="soft", color_scheme="gray", high_contrast=True)),
                _letters(),
                class_name="keys-foot",
            ),
            rx.el.p(rx.cond(ShellState.has_letters, "", _without()), role="status", class_name="keys-without muted"),
            max_width="28em",
        ),
    )


def _letters() -> rx.Component:
    """Turn the keys of one character off and on (assets/letters.js)."""
    words = t("Letters and signs act as shortcuts")
    box = rx.checkbox(checked=ShellState.has_letters, on_change=ShellState.use_letters, size="2", aria_label=words)
    return rx.el.label(box, rx.el.span(words), class_name="keys-letters")


def _without() -> rx.Var[str]:
    return t(
        "Letters and signs do nothing now. Arrows, Enter, Esc and keys with Ctrl or Alt still work; "
        "this list opens by its button."
    )


def _list(title: Text, keys: dict[str, str]) -> rx.Component:
    return rx.fragment(
        rx.el.h2(title, class_name="keys-title"),
        rx.el.dl(*(_key(key, word) for key, word in keys.items()), class_name="keys-sheet"),
    )


def _key(key: str, word: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(*(rx.el.kbd(one, class_name="key") for one in key.split())), rx.el.dd(t_var(rx.Var.create(word)))
    )
