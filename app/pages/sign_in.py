"""The staff's sign-in: a plain form that posts to the server and ends in a full page load."""

from typing import Any

import reflex as rx

from app import routes
from app.components.forms import field, password_field, post_form
from app.components.patient_frame import patient_frame
from app.components.person import ROLES
from app.components.set_up_door import not_set_up
from app.components.states import notice
from app.components.words import t, t_var
from app.state.set_up_door import SetUpDoorState
from app.state.sign_in import SignInState


def sign_in() -> rx.Component:
    """Show the form and, in a demonstration, the logins that exist there."""
    ways = rx.el.div(_form(), rx.cond(SignInState.has_logins, _logins(), rx.fragment()), class_name="sign-in")
    return patient_frame(
        rx.cond(
            SetUpDoorState.waits_for == "people",
            not_set_up(),
            rx.fragment(
                rx.el.h1(t("Sign in"), class_name="page-title"),
                rx.el.p(t("For the clinic's staff."), class_name="page-lead"),
                ways,
            ),
        ),
        kind="online",
        width="wide",
    )


def _form() -> rx.Component:
    return rx.el.section(
        post_form(
            rx.match(SignInState.problem, *_problems(), rx.fragment()),
            field("login", label=t("Login"), auto_complete="username", required=True, auto_focus=True),
            password_field("password", label=t("Password"), auto_complete="current-password", required=True),
            # Filled from the address as the form is sent (assets/early.js); the server takes our own pages only.
            rx.el.input(type="hidden", name="next"),
            rx.button(t("Sign in"), type="submit", size="3"),
            action=routes.SIGN_IN_ACTION,
        ),
        class_name="panel",
    )


def _problems() -> list[tuple[str, rx.Component]]:
    """Return what can be said above the form, by its word in the address."""
    wrong = {"tone": "error", "role": "alert"}
    return [
        ("refused", notice(t("The login or the password is wrong."), icon="circle-alert", **wrong)),
        ("wait", notice(t("Too many attempts. Please wait a moment."), icon="timer", **wrong)),
        ("busy", notice(t("The system is busy. Please try again in a moment."), icon="timer", **wrong)),
        ("idle", notice(t("You were signed out because nothing was done for a while."), icon="clock", role="status")),
    ]


def _logins() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Demonstration logins")),
        rx.el.p(t("Choose one to fill in the form. They exist only in a demonstration."), class_name="muted"),
        rx.el.ul(rx.foreach(SignInState.logins, _login), class_name="logins"),
        class_name="panel",
    )


def _login(login: rx.Var[Any]) -> rx.Component:
    role = rx.match(login["role"], *((name, t_var(rx.Var.create(word))) for name, word in ROLES.items()), login["role"])
    return rx.el.li(
        rx.el.button(
            rx.el.span(role),
            rx.el.span(login["login"], class_name="muted"),
            type="button",
            on_click=[rx.set_value("login", login["login"]), rx.set_value("password", login["password"])],
            class_name="login",
        ),
        key=login["login"],
    )
