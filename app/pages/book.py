"""Booking a visit: at home on any screen, and at the kiosk."""

import reflex as rx

from app.components.booking.flow import booking_flow
from app.components.patient_frame import Kind, patient_frame
from app.components.set_up_door import not_set_up
from app.state.book import BookState
from app.state.set_up_door import SetUpDoorState


def book() -> rx.Component:
    """Show the flow at home."""
    return patient_frame(_flow("online"), kind="online", width="wide", clinic=BookState.clinic)


def kiosk() -> rx.Component:
    """Show the flow at the kiosk."""
    return patient_frame(_flow("kiosk"), kind="kiosk", width="wide", clinic=BookState.clinic)


def _flow(kind: Kind) -> rx.Component:
    return rx.cond(SetUpDoorState.waits_for != "", not_set_up(), booking_flow(kind=kind))
