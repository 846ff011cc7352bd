"""The drawn week: our own React component with its Python wrapper.

    week_plan(blocks=SchedulesState.drawn, label=t("Week"), on_draw=..., on_change=..., on_open=..., on_remove=...)

A block is drawn, moved and resized by the pointer, and moved and resized by the arrow keys; where it is kept, and
what it becomes, the server says: `blocks` is the week as it stands in the draft.
"""

from typing import Any, ClassVar

import reflex as rx
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from app.components.parts import link_parts
from app.words import N_, NN_, Words

# Looked up in the browser: the component fills the braces itself.
WORDS = {
    "block": N_("{day}, {time}, {what}"),
    "hours": N_("Bookable"),
    "session": NN_("{service}, {n} place", "{service}, {n} places"),
    "until": N_("until {date}"),
    "from": N_("from {date}"),
    "moved": N_("Now {day}, {time}"),
    "keys": N_(
        "Arrow keys move it, Shift with the arrow up or down changes its end, Enter opens it, Delete removes it."
    ),
    "day": N_("Hours on {day}"),
}

_ENTRY = rx.asset("week_plan.jsx", shared=True)
link_parts("clockwork.js", "block.jsx", "pointer.js")


def _drawn(
    weekday: rx.Var[int], starts: rx.Var[int], ends: rx.Var[int]
) -> tuple[rx.Var[int], rx.Var[int], rx.Var[int]]:
    return weekday, starts, ends


def _changed(
    block_id: rx.Var[str], weekday: rx.Var[int], starts: rx.Var[int], ends: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[int], rx.Var[int], rx.Var[int]]:
    return block_id, weekday, starts, ends


def _one(block_id: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (block_id,)


class WeekPlan(rx.Component):
    """Seven columns, Monday first, with the weekly blocks in them."""

    library = _ENTRY.importable_path
    tag = "WeekPlan"
    lib_dependencies: ClassVar[list[str]] = [LUCIDE_LIBRARY]

    # {"id", "weekday", "starts", "ends" (minutes of the day), "service", "places", "since", "until", "state"}
    blocks: rx.Var[list[dict[str, Any]]]
    # The messages that the component looks up in the reader's catalogue.
    words: rx.Var[dict[str, Words]]
    # The accessible name of the region.
    label: rx.Var[str]
    # The block whose form is open.
    selected: rx.Var[str]
    # Minutes by which the pointer and the keys move.
    step: rx.Var[int]

    # A stretch was drawn: weekday and two minutes of the day.
    on_draw: rx.EventHandler[_drawn]
    # A block was moved or resized.
    on_change: rx.EventHandler[_changed]
    on_open: rx.EventHandler[_one]
    on_remove: rx.EventHandler[_one]


def week_plan(**props: Any) -> rx.Component:
    """Show the week; see WeekPlan for its props."""
    return WeekPlan.create(words=WORDS, **props)
