"""Arrivals: who is expected, who waits, who is next."""

import reflex as rx

from app import routes
from app.components.queue.display import display_dialog
from app.components.queue.keys import ACTIONS, KEYS, queue_keys
from app.components.queue.lists import queue_lists
from app.components.queue.tools import queue_tools
from app.components.queue.walk_in import walk_in_dialog
from app.components.shell import shell
from app.components.states import empty_state
from app.components.words import t
from app.state.arrivals import ArrivalsFeed, ArrivalsState
from app.state.arrivals_keys import KeyState


def arrivals() -> rx.Component:
    """Show one location's day at the desk."""
    return shell(
        rx.cond(
            ArrivalsState.is_denied,
            empty_state("building-2", t("No location is open to you"), t("Ask an administrator to give you one.")),
            rx.fragment(queue_lists(), walk_in_dialog(), display_dialog(), _keys()),
        ),
        area=routes.ARRIVALS,
        tools=queue_tools(),
        keys=KEYS,
        heard=rx.cond(ArrivalsFeed.view["is_read"], ArrivalsFeed.view, {}),
        zone=ArrivalsFeed.view["zone"],
        here={"location": ArrivalsState.location_id, "day": ArrivalsFeed.view["day"]},
    )


def _keys() -> rx.Component:
    return queue_keys(actions=ACTIONS, on_key=KeyState.press_key)
