"""The entry of the status bar that says how many wait; it leads to them."""

import reflex as rx

from app import routes
from app.components.states import is_cut_off
from app.components.words import t, tn
from app.state.arrivals_status import QueueStatus, QueueStatusFeed
from app.state.base import PageState


def queue_status() -> rx.Component:
    """Show the count; it is followed anew whenever a lost connection is back."""
    waiting = QueueStatusFeed.waiting
    entry = rx.el.a(
        rx.icon("armchair", size=14, aria_hidden="true"),
        rx.el.span(tn("{n} waiting", "{n} waiting", n=waiting), class_name="figures"),
        href=routes.ARRIVALS,
        title=t("Waiting at {place}", place=QueueStatus.place),
        class_name="queue-status",
    )
    followed = rx.el.div(rx.cond(waiting >= 0, entry, rx.fragment()), on_mount=QueueStatus.watch)
    may_see = PageState.permissions.contains("queue:read")
    return rx.cond(may_see & ~is_cut_off(), followed, rx.fragment())
