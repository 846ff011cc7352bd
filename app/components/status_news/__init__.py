"""The status bar's news: the last change that a page heard of, and the messages that were given up."""

from typing import Any

import reflex as rx

from app.components.states import is_cut_off
from app.components.words import Text
from app.state.shell import ShellState

_ENTRY = rx.asset("status_news.jsx", shared=True)


class StatusNews(rx.Component):
    """Notes each change of what a live page heard, and asks for the count each minute.

    Pages that draw changes themselves say so with the window's event `holdfast:change`.
    """

    library = _ENTRY.importable_path
    tag = "StatusNews"

    unsent: rx.Var[int]
    # What the page was sent last; the first is no change.
    heard: rx.Var[Any]
    zone: rx.Var[str]

    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


def status_news(heard: Any = None, *, zone: Text) -> rx.Component:
    """Show the news by the clock of the zone while there is a line to the server; `heard` is what the page follows."""
    news = StatusNews.create(unsent=ShellState.unsent, heard=heard, zone=zone, on_tick=ShellState.look)
    return rx.cond(is_cut_off(), rx.fragment(), news)
