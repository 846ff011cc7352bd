"""What an address without a page shows."""

import reflex as rx

from app import routes
from app.components.patient_frame import patient_frame
from app.components.words import t


def not_found() -> rx.Component:
    """Say that there is no such page, and lead back to the front door."""
    return patient_frame(
        rx.el.h1(t("There is no page at this address."), class_name="page-title"),
        rx.el.p(t("It may have moved, or the address was mistyped."), class_name="page-lead"),
        rx.el.a(t("To the start page"), href=routes.HOME, class_name="plain-link"),
        kind="online",
    )
