"""The parts of the booking flow that run in the browser (booking.jsx): countdown, focus, the kiosk's patience."""

import reflex as rx

_FILE = rx.asset("booking.jsx", shared=True)


class HoldClock(rx.Component):
    """How long a hold still lasts; `on_end` asks the server, which decides."""

    library = _FILE.importable_path
    tag = "HoldClock"

    left: rx.Var[int]
    told: rx.Var[int]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


class FocusFollows(rx.Component):
    """Move the focus to an element by its id whenever `on` changes."""

    library = _FILE.importable_path
    tag = "FocusFollows"

    target: rx.Var[str]
    on: rx.Var[str]


class Patience(rx.Component):
    """Wipe the kiosk after so many idle seconds and a countdown that any touch ends."""

    library = _FILE.importable_path
    tag = "Patience"

    idle: rx.Var[int]
    countdown: rx.Var[int]
    is_silent: rx.Var[bool]
    on_idle: rx.EventHandler[rx.event.no_args_event_spec]
    # The page has been loaded; not when a lost connection is back.
    on_arrive: rx.EventHandler[rx.event.no_args_event_spec]


def hold_clock(*, left: rx.Var[int], told: rx.Var[int], on_end: rx.EventHandler) -> rx.Component:
    """Show the rest of a hold's time."""
    return HoldClock.create(left=left, told=told, on_end=on_end)


def patience(
    *, idle: rx.Var[int], countdown: rx.Var[int], is_silent: rx.Var[bool], on_idle: rx.EventHandler
) -> rx.Component:
    """Watch over an unattended kiosk; a page that is loaded begins with nothing of who stood here before."""
    return Patience.create(idle=idle, countdown=countdown, is_silent=is_silent, on_idle=on_idle, on_arrive=on_idle)


focus_follows = FocusFollows.create
