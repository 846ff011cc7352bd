"""Who is signed in, at the end of the status bar: lock, hand over, set a PIN, sign out."""

import reflex as rx

from app import routes
from app.components.forms import post_form
from app.components.lock import lock_now
from app.components.words import N_, t, t_var
from app.state.base import PageState
from app.state.lock import LockState

ROLES = {
    "receptionist": N_("Receptionist"),
    "practitioner": N_("Practitioner"),
    "nurse": N_("Nurse"),
    "manager": N_("Manager"),
    "administrator": N_("Administrator"),
}


def person_menu() -> rx.Component:
    """Show who it is, with what they can do about it."""
    return rx.el.div(
        rx.dropdown_menu.root(
            rx.dropdown_menu.trigger(
                rx.el.button(
                    rx.icon("user-round", size=14, aria_hidden="true"),
                    rx.el.span(PageState.display_name, class_name="person-name"),
                    rx.el.span(_role(), class_name="muted"),
                    rx.icon("chevron-up", size=12, aria_hidden="true"),
                    type="button",
                    class_name="person-trigger",
                )
            ),
            rx.dropdown_menu.content(
                rx.dropdown_menu.item(t("Lock this computer"), shortcut="Shift L", on_select=lock_now()),
                rx.dropdown_menu.item(t("Somebody else takes over"), on_select=lock_now()),
                rx.dropdown_menu.item(t("Set my PIN"), on_select=LockState.show(True)),
                align="end",
            ),
            size="1",
            modal=False,
        ),
        rx.el.button(
            rx.icon("lock", size=13, aria_hidden="true"),
            t("Lock"),
            type="button",
            on_click=lock_now(),
            title=t("Lock this computer (Shift+L)"),
            class_name="link-button",
        ),
        post_form(
            rx.el.button(
                t("Sign out"), type="submit", class_name="link-button", custom_attrs={"data-command": "sign-out"}
            ),
            action=routes.SIGN_OUT_ACTION,
        ),
        class_name="shell-who",
    )


def _role() -> rx.Component:
    return rx.match(
        PageState.role,
        *((name, t_var(rx.Var.create(word))) for name, word in ROLES.items()),
        rx.Var.create(""),
    )
