"""The mini month: a small calendar that goes to a day, with how full each day is.

date_picker(day=BoardState.day, location=BoardState.location_id, on_day=BoardState.choose_day)
"""

from typing import Any, ClassVar

import reflex as rx
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from app.components.words import t
from app.state.mini_month import MiniMonthState
from app.words import N_

WORDS = {
    "previous": N_("Previous month"),
    "next": N_("Next month"),
    "taken": N_("{taken} of {places} booked"),
}

_ENTRY = rx.asset("mini_month.jsx", shared=True)


def _day(day: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (day,)


class MiniMonth(rx.Component):
    """A month's days as a grid."""

    library = _ENTRY.importable_path
    tag = "MiniMonth"
    lib_dependencies: ClassVar[list[str]] = [LUCIDE_LIBRARY]

    # The chosen day and the present one, as ISO dates.
    day: rx.Var[str]
    today: rx.Var[str]
    # {ISO date: [appointments, taken places, places]}.
    counts: rx.Var[dict[str, list[int]]]
    # The day on which weeks begin, 0 for Monday.
    weekday: rx.Var[int]
    words: rx.Var[dict[str, str]]

    on_day: rx.EventHandler[_day]
    # The first day of a month that came into sight.
    on_month: rx.EventHandler[_day]


def date_picker(*, day: rx.Var[str], location: rx.Var[str], on_day: Any) -> rx.Component:
    """Show a button that opens the mini month; `on_day` takes the chosen day."""
    month = MiniMonth.create(
        day=day,
        today=MiniMonthState.today,
        counts=MiniMonthState.counts,
        weekday=MiniMonthState.weekday,
        words=WORDS,
        on_day=lambda chosen: [on_day(chosen), MiniMonthState.close],
        on_month=lambda first: MiniMonthState.show(first, location),
    )
    return rx.popover.root(
        rx.popover.trigger(
            rx.icon_button(
                rx.icon("calendar-search", size=18),
                variant="ghost",
                color_scheme="gray",
                aria_label=t("Choose a day"),
                title=t("Choose a day"),
            )
        ),
        rx.popover.content(month, _typed(day, on_day), size="1", aria_label=t("Choose a day")),
        open=MiniMonthState.is_open,
        on_open_change=lambda is_open: MiniMonthState.open(is_open, day, location),
    )


def _typed(day: rx.Var[str], on_day: Any) -> rx.Component:
    """Show the day to be typed, for one that is far away."""
    field = rx.el.input(type="date", value=day, on_change=on_day)
    return rx.el.label(t("Go to a day"), field, class_name="mini-typed")
