"""The dialog in which people set the PIN that opens a locked computer."""

import reflex as rx

from app.components.forms import password_field
from app.components.words import Text, t, t_var
from app.state.lock import LockState


def pin_form() -> rx.Component:
    """Show the dialog; the person's menu in the status bar opens it."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("Your PIN"), size="4"),
            rx.dialog.description(
                t("4 to 8 digits. It opens this computer when it is locked, and only where you signed in today."),
                size="2",
            ),
            rx.form(
                _field("pin_password", t("Password"), auto_complete="current-password"),
                _field("pin", t("New PIN"), input_mode="numeric", max_length=8, auto_complete="off"),
                _field("pin_again", t("The same PIN again"), input_mode="numeric", max_length=8, auto_complete="off"),
                rx.el.div(
                    rx.dialog.close(
                        rx.button(t("Cancel"), variant="soft", color_scheme="gray", high_contrast=True, type="button")
                    ),
                    rx.button(t("Set the PIN"), type="submit"),
                    class_name="dialog-actions",
                ),
                on_submit=LockState.save,
                class_name="dialog-form",
            ),
            max_width="26em",
        ),
        open=LockState.is_open,
        on_open_change=LockState.show,
    )


def _field(name: str, label: Text, **props: object) -> rx.Component:
    error = rx.cond(LockState.wrong_field == name, t_var(LockState.wrong_reason), "")
    return password_field(name, label=label, error=error, **{"size": "2", "required": True, **props})
