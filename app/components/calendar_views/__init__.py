"""Week, month and list: `@event-calendar/core` in our own component, with its Python wrapper.

    calendar_views(feed=CalendarFeed.message, label=t("Week"), on_card=PaneState.open_card, ...)

What it shows comes as messages (app/state/calendar_live.py sends them): the days once, then each that changed.
"""

from typing import Any, ClassVar

import reflex as rx
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from app.components.parts import link_parts
from app.components.theme import STATUSES
from app.words import N_

EVENT_CALENDAR = "@event-calendar/core@5.15.0"

# Looked up in the browser: the component fills the braces itself.
WORDS = {name: look.word for name, look in STATUSES.items()} | {
    "seats": N_("{taken} of {places}"),
    "taken": N_("{taken} of {places} booked"),
    "closed": N_("No open time"),
    "extra": N_("Overbooked"),
    "loading": N_("The days are loading"),
    "empty": N_("No appointments in these days. Choose a day to book on its board, or drop a filter."),
    "nothing": N_("No appointments in these days. Choose other days, or drop a filter."),
    "tooMuch": N_("{what} are too many to show each. Choose one practitioner, of whom the fullest stand first."),
    "everybody": N_("Everybody"),
    "whole": N_("In all"),
    "onlyOne": N_("Show the appointments of {name}"),
    "full": N_("{name}, {date}: {what}"),
    "table": N_("Appointments as a table"),
    "day": N_("Day"),
    "time": N_("Time"),
    "patient": N_("Patient"),
    "service": N_("Service"),
    "practitioner": N_("Practitioner"),
    "place": N_("Location"),
    "status": N_("Status"),
}

_ENTRY = rx.asset("calendar_views.jsx", shared=True)
link_parts("coming.js", "feed.js", "events.js", "table.jsx", "people_week.jsx")


def _one(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


def _two(first: rx.Var[str], second: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (first, second)


class CalendarViews(rx.Component):
    """Many days of one or all locations."""

    library = _ENTRY.importable_path
    tag = "CalendarViews"
    lib_dependencies: ClassVar[list[str]] = [LUCIDE_LIBRARY, EVENT_CALENDAR]

    # The last message of the server: {"span", "seq", "frame"?, "kind"?, "base"?, "days"}.
    feed: rx.Var[dict[str, Any]]
    # The messages that it looks up in the reader's catalogue.
    words: rx.Var[dict[str, str]]
    # The accessible name of the region.
    label: rx.Var[str]
    # Whether several locations are shown, so that each card names its own.
    everywhere: rx.Var[bool]
    # Whether the list is a table.
    as_table: rx.Var[bool]
    # The card whose details are open.
    selected: rx.Var[str]
    # The card that is being moved, or empty.
    moving: rx.Var[str]
    # Where it may go in the week shown: {"card", "starts": wall-clock times}.
    targets: rx.Var[dict[str, Any]]
    # Whom to show alone where there is too much.
    people: rx.Var[list[dict[str, Any]]]
    # Whether cards can be dragged.
    may_move: rx.Var[bool]

    # A card's id, and "visit" or "session".
    on_card: rx.EventHandler[_two]
    # A day was chosen.
    on_day: rx.EventHandler[_one]
    # A card's id, and the wall-clock time at which it was let go.
    on_drop: rx.EventHandler[_two]
    # This card's targets are wanted.
    on_aim: rx.EventHandler[_one]
    # One practitioner shall be shown alone.
    on_person: rx.EventHandler[_one]
    # A message was missed: send the days again.
    on_lost: rx.EventHandler[rx.event.no_args_event_spec]
    # The selected card changed under the reader.
    on_changed: rx.EventHandler[_one]


def calendar_views(**props: Any) -> rx.Component:
    """Show the days; see CalendarViews for its props."""
    return CalendarViews.create(words=WORDS, **props)
