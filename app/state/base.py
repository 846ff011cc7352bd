"""The state that every page shares: who is signed in, and the words a handler ends with.

Every state class of the product derives from PageState, and every handler declares its policy, or the guard
refuses it (app/state/guard.py):

    class BoardState(PageState):
        day: str = ""

        @rx.event
        @policy(permission="board:read")
        async def load(self) -> EventSpec | None:
            try:
                view = await run(read_board, acting(), ...)     # app.infra.executor, app.state.visitor
            except ClinicError as error:
                return refused(error)
            self.day = view.day

Vars without `_` go to the browser. `PageState.permissions` decides what a page shows, never what it may do:
the service asks again. At sign-out, idle end or another user in the same tab the guard resets all of it.
"""

import json
import logging
from typing import Any
from uuid import uuid4

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.infra.page_state import is_store_away
from app.settings import settings
from app.state.policy import policy as policy
from app.state.visitor import Visitor
from app.state.visitor import acting as acting
from app.state.visitor import visitor as visitor
from app.words import N_, Words

logger = logging.getLogger(__name__)

MARK_LETTERS = 12


class PageState(rx.State):
    """Who is signed in on this page, as the guard last saw it."""

    is_signed_in: bool = False
    display_name: str = ""
    role: str = ""
    permissions: list[str] = []
    clinic_name: str = ""
    clinic_zone: str = ""
    is_demonstration: bool = False
    is_being_set_up: bool = False
    idle_minutes: int = 0
    # 0 never locks by itself.
    lock_minutes: int = 0
    # Tells one session from the next in the browser, and nothing else.
    session_mark: str = ""

    _owner: str = ""

    def _belongs_to(self, who: Visitor) -> bool:
        """Tell whether this page state was made for the visitor, or for nobody yet."""
        return self._owner in ("", who.owner)

    def _take(self, who: Visitor) -> None:
        """Bind this page state to the visitor and show who that is."""
        seen = who.signed_in
        shown = {
            "_owner": who.owner,
            "is_signed_in": seen is not None,
            "display_name": seen.display_name if seen else "",
            "role": str(seen.role) if seen else "",
            "permissions": sorted(str(one) for one in seen.principal.permissions) if seen else [],
            "clinic_name": who.clinic.name,
            "clinic_zone": who.clinic.timezone,
            "is_demonstration": who.clinic.is_demonstration,
            "is_being_set_up": who.clinic.is_being_set_up,
            "idle_minutes": settings().session_idle_minutes if seen else 0,
            "lock_minutes": who.clinic.lock_minutes if seen else 0,
            "session_mark": who.owner[:MARK_LETTERS] if seen else "",
        }
        for name, value in shown.items():
            # An assignment marks the state as changed and has it written: only when there is a change.
            if getattr(self, name) != value:
                setattr(self, name, value)


def say(level: str, message: Words, *, key: str = "", detail: str = "", undo: str = "", **values: Any) -> EventSpec:
    """Show a notice in the reader's language; `level` is success, info, warning or error.

    The message travels as its English text and is looked up in the browser: mark it with `N_`, or with `NN_` when it
    counts something. `undo` is the word of a button that takes back what was done; a value
    `{"at": instant, "zone": name}` is written as a time there.
    """
    named = {"description": detail, "id": key, "undo": undo}
    options = {name: text for name, text in named.items() if text}
    arguments = ", ".join(json.dumps(part) for part in (level, message, values, options))
    return rx.call_script(f"window.holdfast.say(refs['__toast'], {arguments})")


def refused(error: ClinicError) -> EventSpec:
    """Show why a rule said no: the one place where a page renders an expected refusal."""
    return say("error", str(error), key=error.code)


def come_again() -> EventSpec:
    """Have the page say that it reconnects, and load itself again as soon as the server answers (connection.js)."""
    return rx.call_script("window.holdfast.lost()")


def report_exception(exception: Exception) -> EventSpec:
    """Show an unexpected failure as a number that the log knows, and nothing else about it."""
    if isinstance(exception, ClinicError):
        return refused(exception)
    if is_store_away(exception):
        return come_again()
    reference = uuid4().hex[:8]
    # The exception's text may hold what a patient wrote: the log keeps its type and place only.
    logger.error("failure %s: %s", reference, _place_of(exception))
    return say(
        "error",
        N_("Something went wrong on our side."),
        detail=N_("Nothing was saved. If it happens again, tell us the number {reference}."),
        key="failure",
        reference=reference,
    )


def _place_of(exception: BaseException) -> str:
    frames = []
    trace = exception.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{type(exception).__name__} at {' < '.join(reversed(frames[-6:]))}"
