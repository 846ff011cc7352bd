"""The field that finds and goes: what can be done, the page's own actions, days, patients, practitioners."""

from typing import Any

import reflex as rx

from app.components.palette.commands import listed
from app.components.parts import link_parts
from app.components.words import LANGUAGES
from app.state.base import PageState
from app.state.lock import LockState
from app.state.shell import ShellState

_ENTRY = rx.asset("palette.jsx", shared=True)
link_parts("commands.js", "days.js", "list.jsx", "match.js", "perform.js", "recent.js")


def _typed(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


class Palette(rx.Component):
    """The search field of the app bar with its list of commands."""

    library = _ENTRY.importable_path
    tag = "Palette"

    # What can be done by name (commands.py), and by whom.
    commands: rx.Var[list[dict[str, Any]]]
    permissions: rx.Var[list[str]]
    is_demonstration: rx.Var[bool]
    # What the page itself can do: {"key", "title"}; choosing one presses the key.
    actions: rx.Var[list[dict[str, str]]]
    # The reader's languages by code, each by its own name.
    languages: rx.Var[dict[str, str]]
    # The server's answer: {"asked", "items": [{"id", "kind", "title", "detail", "date", "to"}]}.
    found: rx.Var[dict[str, Any]]
    # The commands that this user used last, by id, and the session in which people were found.
    recent: rx.Var[list[str]]
    mark: rx.Var[str]
    # The clocks that "today" goes by.
    zone: rx.Var[str]
    # Whether the page has read what it shows.
    is_loaded: rx.Var[bool]

    on_search: rx.EventHandler[_typed]
    on_used: rx.EventHandler[_typed]
    on_pin: rx.EventHandler[rx.event.no_args_event_spec]


def palette(actions: dict[str, str]) -> rx.Component:
    """Show the field; `actions` maps a key of the page to the message that says what it does."""
    return Palette.create(
        commands=listed(),
        is_demonstration=PageState.is_demonstration,
        permissions=PageState.permissions,
        actions=[{"key": key, "title": title} for key, title in actions.items()],
        languages=LANGUAGES,
        found=ShellState.found,
        recent=ShellState.recent,
        mark=PageState.session_mark,
        zone=PageState.clinic_zone,
        is_loaded=rx.State.is_hydrated,
        on_search=ShellState.search,
        on_used=ShellState.used,
        on_pin=LockState.show(True),
    )
