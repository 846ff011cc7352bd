"""What a page says before the clinic is set up: plain words, and the way to the guide.

rx.cond(SetUpDoorState.waits_for != "", not_set_up(), ...)
"""

import reflex as rx

from app import routes
from app.components.words import t


def not_set_up() -> rx.Component:
    """Say that nothing can be booked here yet, and lead whoever sets the clinic up to the guide."""
    return rx.el.section(
        rx.icon("hammer", size=28, aria_hidden="true", class_name="door-icon"),
        rx.el.h1(t("This clinic is not set up yet"), class_name="page-title"),
        rx.el.p(
            t("Nothing can be booked here for now. Whoever sets the clinic up needs some minutes and the guide."),
            class_name="page-lead",
        ),
        rx.el.a(
            t("Open the set-up guide"),
            rx.icon("arrow-right", size=16, aria_hidden="true", class_name="turn"),
            href=routes.SET_UP,
            class_name="guide-go",
        ),
        class_name="guide-door",
    )
