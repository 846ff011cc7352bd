"""The sheet that says what each key does on a page; `?` opens it on every staff page.

shell(..., keys={"T": N_("Go to today"), ...}, keys_about=t("They work on the open card."))
"""

import reflex as rx

from app.components.words import N_, Text, t, t_var

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
            rx.dialog.close(rx.button(t("Close"), variant="soft", color_scheme="gray", high_contrast=True)),
            max_width="28em",
        ),
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
