"""How long each handler takes, counted for GET /metrics."""

import asyncio
from time import perf_counter

from reflex.app import App
from reflex.event import Event
from reflex.middleware import Middleware
from reflex.state import BaseState
from reflex_base.registry import RegistrationContext

from app.infra import metrics


class Stopwatch(Middleware):
    """Time every event that the guard let through, until its page state is kept; add it behind the guard."""

    async def preprocess(self, app: App, state: BaseState, event: Event) -> None:
        """Begin to count, and let the event through."""
        registered = RegistrationContext.get().event_handlers.get(event.name)
        task = asyncio.current_task()
        # What runs in the background follows its page for as long as that is open.
        if registered is None or task is None or registered.handler.is_background:
            return
        name, began = registered.handler.fn.__qualname__, perf_counter()
        # Each event is a task of its own, which ends when its state is kept.
        task.add_done_callback(lambda _: metrics.observe_event(name, perf_counter() - began))
