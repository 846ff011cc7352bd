"""The day board: our own React component with its Python wrapper.

    day_board(feed=BoardFeed.message, label=t("Day board"), on_card=BoardState.open_card, ...)

What it shows comes as messages (app/state/live_board.py sends them): the day once, then changes by id.
Style, layout and keyboard live in the JavaScript files beside this module.
"""

from typing import Any, ClassVar

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from app.components.parts import link_parts
from app.components.theme import STATUSES
from app.words import N_, NN_, Words

ACTIONS = {
    "do_open": N_("Open"),
    "do_peek": N_("Show who it is"),
    "do_arrive": N_("Arrived"),
    "do_room": N_("To the room"),
    "do_move": N_("Move"),
    "do_cut": N_("Cut"),
    "do_park": N_("Park"),
    "do_longer": N_("Longer"),
    "do_shorter": N_("Shorter"),
    "do_cancel": N_("Cancel"),
    "do_book": N_("Book here"),
    "do_block": N_("Block this time"),
    "do_unblock": N_("Open this time again"),
    "do_paste": N_("Move here"),
}
FLAGS = {
    "flag_first": N_("First visit"),
    "flag_alert": N_("Alert"),
    "flag_interpreter": N_("Interpreter needed"),
    "flag_referral": N_("Referral missing"),
    "flag_guardian": N_("Has a guardian"),
}
SAID = {
    "said_picked": N_("{patient} is picked up. Arrow keys choose a place, Enter drops it there, Escape leaves it."),
    "said_over": N_("{time}, {name}"),
    "said_dropped": N_("Dropped at {time}. Say yes in the details."),
    "said_left": N_("{patient} is let go of."),
}
TABLE = {
    "th_time": N_("Time"),
    "th_who": N_("Practitioner"),
    "th_room": N_("Room"),
    "th_patient": N_("Patient"),
    "th_service": N_("Service"),
    "th_status": N_("Status"),
    "th_action": N_("Action"),
}
# Looked up in the browser: the component fills the braces itself.
WORDS = {name: look.word for name, look in STATUSES.items()} | {
    "card": N_("{time}, {patient}, {service}, {status}"),
    "session": N_("{time}, {service}, {status} places taken"),
    "seats": N_("{taken} of {places}"),
    "start": N_("{time}, {name}, free"),
    "ticket": N_("number {n}"),
    "late": N_("{n} min late"),
    "extra": N_("Overbooked"),
    "column": N_("Day of {name}"),
    "about": N_("{name}: why nothing is free, and to be away"),
    "loading": N_("The day is loading"),
    "empty": N_("Nobody works here on this day. Choose another day or location."),
    "all_hidden": N_("Your filter hides everybody who works here on this day."),
    "everybody": N_("Show everybody"),
    "room_column": N_("Day of room {name}"),
    "no_room": N_("No room"),
    "blocked": N_("Blocked"),
    "closed": N_("{time}, blocked: {reason}"),
    "leave": N_("On leave"),
    "free": N_("Free"),
    "menu": N_("What to do here"),
    "born": NN_("{date}, {n} year old", "{date}, {n} years old"),
    "parked": N_("Parked"),
    "park_here": N_("Drop it here to keep it at hand; it keeps its place until it is dropped elsewhere."),
    "take": N_("Move {patient}, parked from {day}, {time}"),
    "unpark": N_("Take {patient} off the strip"),
    **ACTIONS,
    **FLAGS,
    **SAID,
    **TABLE,
}

_PARTS = (
    *(
        "style.js",
        "style_extras.js",
        "words.js",
        "layout.js",
        "store.js",
        "keys.js",
        "view.js",
        "aim.js",
        "empty.js",
        "hands.js",
        "spoken.js",
        "window_keys.js",
    ),
    *("column.jsx", "drag.jsx", "flags.jsx", "frame.jsx", "hover.jsx", "menu.jsx", "park.jsx", "table.jsx"),
)
_ENTRY = rx.asset("day_board.jsx", shared=True)
_CLOCKS = rx.asset("clocks.jsx", shared=True)
_SPLITTER = rx.asset("splitter.jsx", shared=True)
link_parts(*_PARTS)

_SERVER_TIME = Var(
    _js_expr="serverTime_",
    _var_type=int,
    _var_data=VarData(
        imports={_CLOCKS.importable_path: [ImportVar(tag="useServerTime", install=False)]},
        hooks={"const serverTime_ = useServerTime()": None},
    ),
).to(int)


def _card(card_id: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (card_id,)


def _opened(card_id: rx.Var[str], kind: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (card_id, kind)


def _start(practitioner_id: rx.Var[str], starts_at: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (practitioner_id, starts_at)


def _pressed(action: rx.Var[str], card_id: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (action, card_id)


def _two(one: rx.Var[str], other: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (one, other)


def _length(card_id: rx.Var[str], minutes: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    return (card_id, minutes)


def _stretch(
    practitioner_id: rx.Var[str], starts_at: rx.Var[str], ends_at: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (practitioner_id, starts_at, ends_at)


class DayBoard(rx.Component):
    """One day of one location, a column a practitioner."""

    library = _ENTRY.importable_path
    tag = "DayBoard"
    lib_dependencies: ClassVar[list[str]] = [LUCIDE_LIBRARY]

    # The last message of the server: {"board", "seq", "day"?, "changes"?}.
    feed: rx.Var[dict[str, Any]]
    # The messages that the board looks up in the reader's catalogue.
    words: rx.Var[dict[str, Words]]
    # The accessible name of the region.
    label: rx.Var[str]
    # Pixels a minute: the zoom.
    scale: rx.Var[float]
    # Ids of the practitioners that are filtered out.
    hidden: rx.Var[list[str]]
    # The card whose details are open.
    selected: rx.Var[str]
    # The start that is being booked: practitioner id and ISO instant, or empty.
    picked: rx.Var[list[str]]
    # The card that is being moved, or empty; everything that cannot take it dims.
    moving: rx.Var[str]
    # Where it may go on the day shown: {"day", "card", "starts": {practitioner id: minutes}, "sessions": ids}.
    targets: rx.Var[dict[str, Any]]

    # "people" or "rooms": what the columns are.
    mode: rx.Var[str]
    # The same day as a table instead.
    is_table: rx.Var[bool]
    # Whether what changes the book is offered; the services ask again.
    may_write: rx.Var[bool]
    # The parking strip: {"id", "patient", "starts_at", "zone"} each.
    parked: rx.Var[list[dict[str, Any]]]
    # Who the card is about that a pointer or key rests on, once the server has said it.
    peek: rx.Var[dict[str, Any]]
    # Why the place under the pointer cannot take the moved card: {"at": "practitioner/instant", "reasons": [...]}.
    why: rx.Var[dict[str, Any]]

    # A card's new length in minutes.
    on_resize: rx.EventHandler[_length]
    # A stretch of time was drawn: practitioner, from and until.
    on_stretch: rx.EventHandler[_stretch]
    # Blocked time shall be open again.
    on_unblock: rx.EventHandler[_card]
    # A card was dropped on a room.
    on_room: rx.EventHandler[_two]
    on_peek: rx.EventHandler[_card]
    on_why: rx.EventHandler[_start]
    on_unpark: rx.EventHandler[_card]
    # Time was chosen that cannot be booked, or a practitioner's name: why nothing is free.
    on_ask: rx.EventHandler[_start]
    on_column: rx.EventHandler[_card]
    # Nobody is left of those whom the filter shows: show everybody.
    on_everybody: rx.EventHandler[rx.event.no_args_event_spec]
    # A card's id, and "visit" or "session".
    on_card: rx.EventHandler[_opened]
    on_start: rx.EventHandler[_start]
    # Where the moved card goes: a start, or a session's.
    on_target: rx.EventHandler[_start]
    # The moved card's targets are wanted for the day with this id.
    on_aim: rx.EventHandler[_card]
    # "arrive", "room", "move" or "undo", with the card under the keyboard or the one whose details are open.
    on_key: rx.EventHandler[_pressed]
    # A notice's Undo was pressed.
    on_undo: rx.EventHandler[rx.event.no_args_event_spec]
    # "today", "previous" or "next".
    on_day: rx.EventHandler[_card]
    # Escape was pressed on the board.
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]
    # A message was missed: send the day again.
    on_lost: rx.EventHandler[rx.event.no_args_event_spec]
    # The selected card changed under the reader.
    on_changed: rx.EventHandler[_card]


class HoldCountdown(rx.Component):
    """How long a hold still lasts, by the server's clock."""

    library = _ENTRY.importable_path
    tag = "HoldCountdown"

    # Milliseconds since 1970; 0 shows nothing.
    until: rx.Var[int]


class Splitter(rx.Component):
    """The edge between the board and its pane, which remembers where it was put."""

    library = _SPLITTER.importable_path
    tag = "Splitter"

    # The accessible name.
    label: rx.Var[str]


hold_countdown = HoldCountdown.create
splitter = Splitter.create


def is_past(milliseconds: rx.Var[int]) -> rx.Var[bool]:
    """Tell whether an instant has come, by the server's clock; the page follows by itself."""
    return milliseconds <= _SERVER_TIME


def day_board(**props: Any) -> rx.Component:
    """Show the board; see DayBoard for its props."""
    return DayBoard.create(words=WORDS, **props)
