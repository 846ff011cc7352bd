"""The question why a prescription is revoked."""

import reflex as rx

from app.components.forms import field
from app.components.words import N_, t, t_var
from app.state.prescriptions import LONGEST
from app.state.prescriptions import PrescriptionsState as Prescriptions

REASONS = {
    "not-tolerated": N_("Not tolerated"),
    "not-needed": N_("No longer needed"),
    "replaced": N_("Replaced by another one"),
    "mistake": N_("Prescribed by mistake"),
}


def revoke_dialog() -> rx.Component:
    """Ask, and revoke on the answer."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("Revoke {drug}?", drug=Prescriptions.revoking_drug), size="4"),
            rx.dialog.description(
                t("It stays in the file as revoked and is not printed any more. This cannot be undone."), size="2"
            ),
            _answer(),
            max_width="28em",
        ),
        open=Prescriptions.revoking != "",
        on_open_change=Prescriptions.leave_it,
    )


def _answer() -> rx.Component:
    leave = rx.button(
        t("Keep it"),
        on_click=Prescriptions.leave_it(False),
        type="button",
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
        size="2",
    )
    return rx.el.form(
        _reasons(),
        field(
            "revoke-words",
            label=t("More about it, if needed"),
            error=t_var(Prescriptions.revoke_reason),
            size="2",
            max_length=LONGEST,
            dir="auto",
        ),
        rx.el.div(
            rx.button(t("Revoke"), type="submit", color_scheme="red", size="2"),
            leave,
            class_name="pane-actions dialog-actions",
        ),
        on_submit=Prescriptions.revoke,
        class_name="dialog-form",
    )


def _reasons() -> rx.Component:
    choices = (
        rx.el.label(
            rx.el.input(type="radio", name="reason", value=code, required=True),
            rx.el.span(t_var(rx.Var.create(word))),
            class_name="pane-choice",
        )
        for code, word in REASONS.items()
    )
    return rx.el.fieldset(rx.el.legend(t("Why"), class_name="field-label"), *choices, class_name="file-reasons")
