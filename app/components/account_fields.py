"""The fields of somebody's first own login, in a form that the browser posts to the sign-in once the account is made.

settings_form(*account_fields(Of(State, "account")), ..., **to_sign_in("account"))
"""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_form import Of, row, text
from app.components.words import reader_language, t


def account_fields(of: Of) -> tuple[rx.Component, ...]:
    """Ask for name, login and password, the password twice."""
    return (
        row(
            text(of, "display_name", t("Your name"), "", hint=t("As your colleagues see it.")),
            text(of, "login", t("Login"), "", hint=t("What you sign in with, for example your first name.")),
        ),
        row(
            text(
                of,
                "password",
                t("Password"),
                "",
                type="password",
                hint=t("At least 15 characters; four or five words are good."),
            ),
            text(of, "password_again", t("Password once more"), "", type="password"),
        ),
        rx.el.input(type="hidden", name="language", value=reader_language(), read_only=True),
        rx.el.input(type="hidden", name="next", value=routes.SET_UP, read_only=True),
    )


def to_sign_in(prefix: str) -> dict[str, Any]:
    """Return what lets the browser post the form by itself: where to, and the id by which it is told."""
    return {"id": f"{prefix}-form", "action": routes.SIGN_IN_ACTION, "method": "post"}
