"""Form parts with their label, hint and error tied together for eyes, keyboard and screen reader.

field("phone", label=t("Phone"), hint=t("For reminders"), error=State.phone_error, type="tel", size="3")
password_field("password", label=t("Password"), auto_complete="current-password")
pair(t("Practitioner"), State.practitioner)          # a label and its value, read-only
"""

from typing import Any

import reflex as rx

from app.components.words import Text


def field(name: str, *, label: Text, hint: Text | None = None, error: Text | None = None, **props: Any) -> rx.Component:
    """Show one text field; `error` is a var or message that is empty while all is well."""
    described = " ".join(f"{name}-{part}" for part, given in (("hint", hint), ("error", error)) if given is not None)
    attributes = {"aria-describedby": described} if described else {}
    if isinstance(error, rx.Var):
        attributes["aria-invalid"] = rx.cond(error != "", "true", "false")
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="field-label"),
        rx.input(id=name, name=name, custom_attrs=attributes, **{"size": "3", **props}),
        rx.fragment() if hint is None else rx.el.p(hint, id=f"{name}-hint", class_name="field-hint"),
        rx.fragment() if error is None else rx.el.p(error, id=f"{name}-error", class_name="field-error", role="alert"),
        class_name="field",
    )


def post_form(*children: rx.Component, action: str, **props: Any) -> rx.Component:
    """Make a form that the browser itself posts, for what must be a plain request: signing in and out."""
    form = rx.el.form(*children, action=action, method="post", **props)
    # Reflex holds every form back in order to send it over the websocket.
    form.event_triggers.pop("on_submit")
    return form


def password_field(name: str, *, label: Text, **props: Any) -> rx.Component:
    """Show a password field; what is typed never becomes page state."""
    return field(name, label=label, type="password", **props)


def pair(label: Text, value: Text, *, figures: bool = False) -> rx.Component:
    """Show a label and its value; `figures` for times and money, whose digits then stand in columns."""
    return rx.el.div(
        rx.el.dt(label, class_name="muted"),
        rx.el.dd(value, class_name="figures" if figures else ""),
        class_name="pair",
    )
