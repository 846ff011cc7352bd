"""Settings: who signs in, and what each may do where."""

from typing import Any

import reflex as rx

from app import routes
from app.components.person import ROLES
from app.components.settings_form import Of, choice, row, settings_form, stale_note, text
from app.components.settings_frame import head, settings_page
from app.components.settings_list import entry_list
from app.components.states import empty_state, loading_rows, notice
from app.components.words import LANGUAGES, t, t_var
from app.state.settings_staff import StaffState

OF = Of(StaffState, "person")


def settings_staff() -> rx.Component:
    """Show the list and the open account."""
    empty = empty_state("users", t("Nobody yet"), t("Fill in the form: the first who signs in."))
    return settings_page(
        head(t("Users and roles"), t("Who signs in here, and what each may do at which location.")),
        rx.cond(
            StaffState.is_loaded,
            rx.el.div(
                entry_list(StaffState, label=t("Users and roles"), new=t("New account"), empty=empty),
                rx.el.div(
                    stale_note(StaffState, StaffState.load),
                    rx.cond(StaffState.is_new, _new(), _open()),
                    class_name="set-editor",
                ),
                class_name="set-split",
            ),
            loading_rows(8),
        ),
        route=routes.SETTINGS_USERS,
    )


def _new() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("New account"), class_name="set-subheading"),
        settings_form(
            OF,
            row(
                text(OF, "display_name", t("Name"), "", hint=t("As colleagues know the person.")),
                text(OF, "login", t("Login"), "", hint=t("3 to 64 letters, digits or . _ + @ -")),
            ),
            row(_password(t("First password")), _languages("en")),
            _role_fields(),
            save=t("Make the account"),
            on_submit=StaffState.create,
        ),
        class_name="set-card",
    )


def _open() -> rx.Component:
    form = StaffState.form
    return rx.fragment(
        rx.el.section(
            rx.el.h3(form["display_name"], class_name="set-subheading", dir="auto"),
            rx.cond(form["is_active"], rx.fragment(), notice(t("This account is closed: it cannot sign in."))),
            rx.cond(
                form["is_at_home"],
                _person(form),
                notice(t("This account belongs to another clinic too. Only its roles here can be changed.")),
            ),
            class_name="set-card",
        ),
        _roles(),
        rx.cond(form["is_at_home"], _reset(), rx.fragment()),
    )


def _person(form: Any) -> rx.Component:
    return settings_form(
        OF,
        row(text(OF, "display_name", t("Name"), form["display_name"]), _languages(form["language"])),
        rx.el.p(t("Login"), ": ", rx.el.code(form["login"]), class_name="muted"),
        save=t("Save"),
        on_submit=StaffState.save,
        more=[
            rx.cond(
                form["is_active"],
                rx.alert_dialog.root(
                    rx.alert_dialog.trigger(
                        rx.button(
                            rx.icon("user-x", size=16),
                            t("Close the account"),
                            variant="soft",
                            high_contrast=True,
                            color_scheme="gray",
                            size="2",
                            type="button",
                        )
                    ),
                    _end_question(),
                ),
                rx.button(
                    rx.icon("user-check", size=16),
                    t("Open it again"),
                    on_click=StaffState.reopen,
                    variant="soft",
                    high_contrast=True,
                    size="2",
                    type="button",
                ),
            )
        ],
    )


def _end_question() -> rx.Component:
    return rx.alert_dialog.content(
        rx.alert_dialog.title(t("Close the account of {name}?", name=StaffState.form["display_name"])),
        rx.alert_dialog.description(
            t("The person is signed out everywhere at once and cannot sign in. The roles stay for later.")
        ),
        rx.el.div(
            rx.alert_dialog.cancel(rx.button(t("Keep it"), variant="soft", color_scheme="gray")),
            rx.alert_dialog.action(rx.button(t("Close the account"), color_scheme="red", on_click=StaffState.end)),
            class_name="set-dialog-buttons",
        ),
        max_width="30rem",
    )


def _roles() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Roles"), class_name="set-subheading"),
        rx.el.ul(rx.foreach(StaffState.roles, _role), class_name="set-things"),
        rx.el.p(t("No role: this person can do nothing here."), class_name="set-hint-when-empty muted"),
        settings_form(OF, _role_fields(), save=t("Give this role"), on_submit=StaffState.give),
        class_name="set-card",
    )


def _role(role: Any) -> rx.Component:
    name = rx.match(role["role"], *((code, t_var(rx.Var.create(word))) for code, word in ROLES.items()), role["role"])
    return rx.el.li(
        rx.el.div(
            rx.el.span(name, class_name="set-line-title"),
            rx.el.span(rx.cond(role["place"] != "", role["place"], t("All locations")), class_name="muted", dir="auto"),
            rx.el.span(role["practitioner"], class_name="muted", dir="auto"),
            rx.icon_button(
                rx.icon("x", size=16),
                on_click=StaffState.take(role["id"]),
                variant="ghost",
                color_scheme="gray",
                aria_label=t("Take this role back"),
                title=t("Take this role back"),
                custom_attrs={"data-leaves": ""},
            ),
            class_name="set-thing set-thing-still",
        ),
        key=role["id"],
    )


def _role_fields() -> rx.Component:
    return row(
        choice(
            OF,
            "role",
            t("Role"),
            *(rx.el.option(t_var(rx.Var.create(word)), value=code) for code, word in ROLES.items()),
            value="receptionist",
        ),
        choice(
            OF,
            "location_id",
            t("Where"),
            rx.el.option(t("All locations"), value=""),
            rx.foreach(StaffState.places, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"])),
            value="",
        ),
        choice(
            OF,
            "practitioner_id",
            t("Is this practitioner"),
            rx.el.option(t("None"), value=""),
            rx.foreach(StaffState.practitioners, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"])),
            value="",
            hint=t("Only for the role of a practitioner: whose day it is."),
        ),
    )


def _reset() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("New password"), class_name="set-subheading"),
        settings_form(OF, _password(t("Password")), save=t("Set the password"), on_submit=StaffState.set_password),
        class_name="set-card",
    )


def _password(label: rx.Var[str]) -> rx.Component:
    hint = t("At least 15 characters. Tell it to the person; all their sessions end.")
    return text(OF, "password", label, "", type="password", hint=hint)


def _languages(value: Any) -> rx.Component:
    options = (rx.el.option(name, value=code, lang=code) for code, name in LANGUAGES.items())
    return choice(OF, "language", t("Language"), *options, value=value)
