"""A list of entries with its search at the side, the opened one beside it, and the question before one is retired."""

from typing import Any

import reflex as rx

from app.components.settings_form import stale_note
from app.components.states import empty_state, loading_rows
from app.components.words import Text, t, tn


def entry_list(state: Any, *, label: Text, new: Text, empty: rx.Component) -> rx.Component:
    """Show the entries by name, the retired ones last, with a search and a way to make a new one."""
    return rx.el.section(
        rx.el.div(
            rx.el.input(
                type="search",
                placeholder=t("Search"),
                aria_label=t("Search"),
                default_value=state.query,
                on_change=state.search.debounce(150),
                class_name="set-input",
            ),
            rx.button(
                rx.icon("plus", size=16),
                new,
                on_click=state.begin,
                size="2",
                custom_attrs={"data-leaves": "", "data-command": "new-entry"},
            ),
            class_name="set-list-tools",
        ),
        rx.cond(
            state.lines.length() > 0,
            rx.cond(
                state.shown.length() > 0,
                rx.el.ul(rx.foreach(state.shown, lambda line: _line(state, line)), class_name="set-lines"),
                empty_state("search-x", t("Nothing matches"), t("Clear the search to see all entries.")),
            ),
            empty,
        ),
        aria_label=label,
        class_name="set-list",
    )


def _line(state: Any, line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(line["title"], class_name="set-line-title", dir="auto"),
            rx.el.span(line["detail"], class_name="muted set-line-detail", dir="auto"),
            rx.cond(line["is_active"], rx.fragment(), rx.el.span(t("Retired"), class_name="set-badge")),
            type="button",
            on_click=state.open_entry(line["id"]),
            class_name="set-line",
            custom_attrs={
                "data-leaves": "",
                "aria-current": rx.cond(state.opened_id == line["id"], "true", "false"),
            },
        ),
        key=line["id"],
    )


def entry_page(state: Any, entries: rx.Component, *editor: rx.Component) -> rx.Component:
    """Show the list with the open entry beside it, once they are there."""
    return rx.cond(
        state.is_loaded,
        rx.el.div(
            entries,
            rx.el.div(stale_note(state, state.load), *editor, class_name="set-editor"),
            class_name="set-split",
        ),
        loading_rows(8),
    )


def entry_card(state: Any, *, new: Text, name: Any, form: rx.Component) -> rx.Component:
    """Frame the open entry's form under its name."""
    return rx.el.section(
        rx.el.h3(rx.cond(state.is_new, new, name), class_name="set-subheading"), form, class_name="set-card"
    )


def once_made(state: Any, *parts: rx.Component) -> rx.Component:
    """Show what only an entry has that is there already."""
    return rx.cond(state.is_new, rx.fragment(), rx.fragment(*parts))


def retire_question(state: Any, *, retire: Text, about: Text, on_yes: Any, name: Any) -> rx.Component:
    """Ask before an entry is retired, and say how many appointments still need it."""
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(t("Retire {name}?", name=name)),
            rx.alert_dialog.description(
                rx.el.span(
                    rx.cond(
                        state.leaving > 0,
                        tn(
                            "{n} appointment is still to come. It stays as it is.",
                            "{n} appointments are still to come. They stay as they are.",
                            n=state.leaving,
                        ),
                        t("No appointment is still to come."),
                    )
                ),
                rx.el.span(" "),
                rx.el.span(about),
            ),
            rx.el.div(
                rx.alert_dialog.cancel(
                    rx.button(t("Keep it"), variant="soft", color_scheme="gray", on_click=state.keep)
                ),
                rx.alert_dialog.action(rx.button(retire, color_scheme="red", on_click=on_yes)),
                class_name="set-dialog-buttons",
            ),
            max_width="30rem",
        ),
        open=state.is_asking,
    )


def retire_buttons(state: Any, *, is_active: Any) -> rx.Component:
    """Offer to retire the opened entry, or to take it into use again."""
    return rx.cond(
        is_active,
        rx.button(
            rx.icon("archive", size=16),
            t("Retire"),
            on_click=state.ask_retire,
            variant="soft",
            high_contrast=True,
            color_scheme="gray",
            size="2",
            type="button",
            custom_attrs={"data-leaves": ""},
        ),
        rx.button(
            rx.icon("archive-restore", size=16),
            t("Use it again"),
            on_click=state.reopen,
            variant="soft",
            high_contrast=True,
            size="2",
            type="button",
            custom_attrs={"data-leaves": ""},
        ),
    )
