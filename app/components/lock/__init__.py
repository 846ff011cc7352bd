"""The lock of a shared computer: covers a staff page, keeps its shape and takes its names out of it.

It locks after the clinic's idle minutes, by Shift+L, by `lock_now()` and when the server says so. What opens it are
plain requests (app/api/locking.py), after which the page loads itself again.
"""

import reflex as rx
from reflex.event import EventSpec

from app.components.parts import link_parts
from app.state.base import PageState

_ENTRY = rx.asset("lock.jsx", shared=True)
link_parts("mask.js")


class LockScreen(rx.Component):
    """The lock, unseen until the computer is locked."""

    library = _ENTRY.importable_path
    tag = "LockScreen"

    # Tells the session that is signed in; empty while nobody is.
    mark: rx.Var[str]
    # Idle minutes after which it locks; 0 never.
    minutes: rx.Var[int]


def lock_screen() -> rx.Component:
    """Put the lock over a staff page; it belongs beside the frame, which it makes inert."""
    return LockScreen.create(mark=PageState.session_mark, minutes=PageState.lock_minutes)


def lock_now() -> EventSpec:
    """Lock this computer at once."""
    return rx.call_script("window.holdfast.lock?.()")
