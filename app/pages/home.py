"""The front door: book online, the kiosk, and the staff's sign-in."""

import reflex as rx

from app import routes
from app.components.patient_frame import patient_frame
from app.components.set_up_door import not_set_up
from app.components.words import t
from app.state.set_up_door import SetUpDoorState


def home() -> rx.Component:
    """Show the three ways in; before the clinic is set up there is one."""
    return patient_frame(rx.cond(SetUpDoorState.waits_for != "", not_set_up(), _doors()), kind="online", width="wide")


def _doors() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("Clinic appointments"), class_name="page-title"),
        rx.el.p(t("Book a visit in a minute, or check what your clinic has free."), class_name="page-lead"),
        rx.el.ul(
            _door(
                routes.BOOK, "calendar-plus", t("Book a visit"), t("At home or on the way, on any screen."), t("Book")
            ),
            _door(
                routes.KIOSK,
                "monitor-smartphone",
                t("Kiosk"),
                t("For the touch screen in the waiting room."),
                t("Open"),
            ),
            _door(routes.SIGN_IN, "log-in", t("Staff"), t("The day board and the reports."), t("Sign in")),
            class_name="doors",
        ),
    )


def _door(route: str, icon: str, title: rx.Var[str], words: rx.Var[str], verb: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.icon(icon, size=28, aria_hidden="true", class_name="door-icon"),
            rx.el.span(title, class_name="door-title"),
            rx.el.span(words, class_name="muted"),
            rx.el.span(
                verb, rx.icon("arrow-right", size=16, aria_hidden="true", class_name="turn"), class_name="door-go"
            ),
            href=route,
            class_name="door",
        )
    )
