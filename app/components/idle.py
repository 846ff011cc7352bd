"""The end of an unattended staff page: after the idle limit it signs out by itself (assets/idle.js)."""

import reflex as rx

from app.state.base import PageState


class IdleWatch(rx.Component):
    """Watch for activity; `minutes` 0 means that nobody is signed in."""

    library = "$/public/idle.js"
    tag = "IdleWatch"

    minutes: rx.Var[int]


def idle_watch() -> rx.Component:
    """Sign out when nothing was done for as long as a session may idle."""
    return IdleWatch.create(minutes=PageState.idle_minutes)
