"""Parts of a settings form: label, field, hint and what is wrong, tied together for eyes, keyboard and screen reader.

form = settings_form(text(Of(ServicesState, "service"), "name", t("Name"), ServicesState.form["name"]), ...)

The fields keep what is typed until the form is drawn anew (`form_key`); unsaved.js warns before it is lost.
"""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from app.components.words import Text, t, t_var


@dataclass(frozen=True, slots=True)
class Of:
    """Whose form it is: the state that says what is wrong, and a prefix that keeps ids apart."""

    state: Any
    prefix: str

    def id(self, name: str) -> str:
        """Return a field's id."""
        return f"{self.prefix}-{name}"

    def wrong(self, name: str) -> rx.Var[bool]:
        """Tell whether this field was refused."""
        return (self.state.wrong_form == self.prefix) & (self.state.wrong_field == name)

    def attributes(self, name: str) -> dict[str, Any]:
        """Return what ties a field to its hint and its error."""
        return {
            "aria-describedby": f"{self.id(name)}-hint {self.id(name)}-error",
            "aria-invalid": rx.cond(self.wrong(name), "true", "false"),
        }


def settings_form(
    of: Of, *fields: rx.Component, save: Text, on_submit: Any, more: Any = (), icon: str = "check", **props: Any
) -> rx.Component:
    """Frame a form with its button; `more` are further buttons, `props` the form's own."""
    return rx.el.form(
        *fields,
        rx.el.div(
            rx.button(rx.icon(icon, size=16), save, type="submit", size="2", loading=of.state.is_saving),
            *more,
            class_name="set-buttons",
        ),
        on_submit=on_submit,
        key=of.state.form_key,
        no_validate=True,
        class_name="set-form",
        custom_attrs={"data-guarded": ""},
        **props,
    )


def text(of: Of, name: str, label: Text, value: Any, *, hint: Text = "", **props: Any) -> rx.Component:
    """Show a text field."""
    entry = rx.el.input(
        id=of.id(name),
        name=name,
        default_value=value,
        auto_complete="new-password" if props.get("type") == "password" else "off",
        custom_attrs=of.attributes(name),
        class_name="set-input",
        **props,
    )
    return _tied(of, name, label, entry, hint)


def number(of: Of, name: str, label: Text, value: Any, *, unit: Text = "", hint: Text = "") -> rx.Component:
    """Show a field for a number, with its unit behind it."""
    entry = rx.el.input(
        id=of.id(name),
        name=name,
        default_value=value,
        input_mode="decimal",
        auto_complete="off",
        custom_attrs=of.attributes(name),
        class_name="set-input set-number figures",
    )
    return _tied(of, name, label, rx.el.span(entry, rx.el.span(unit, class_name="muted"), class_name="set-unit"), hint)


def choice(of: Of, name: str, label: Text, *options: Any, value: Any, hint: Text = "", **props: Any) -> rx.Component:
    """Show a choice of one."""
    entry = rx.el.select(
        *options,
        id=of.id(name),
        name=name,
        default_value=value,
        custom_attrs=of.attributes(name),
        class_name="set-input",
        **props,
    )
    return _tied(of, name, label, entry, hint)


def tick(name: str, label: Text, value: Any, *, hint: Text = "") -> rx.Component:
    """Show a box to tick."""
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=value),
        rx.el.span(rx.el.span(label), rx.el.span(hint, class_name="muted set-tick-hint")),
        class_name="set-tick",
    )


def row(*fields: rx.Component) -> rx.Component:
    """Put fields beside each other where there is room."""
    return rx.el.div(*fields, class_name="set-row")


def group(title: Text, *fields: rx.Component) -> rx.Component:
    """Put fields together under a heading."""
    return rx.el.fieldset(rx.el.legend(title, class_name="set-legend"), *fields, class_name="set-group")


def suggestions(list_id: str, options: Any) -> rx.Component:
    """Offer words for a text field whose `list` names them."""
    if isinstance(options, rx.Var):
        return rx.el.datalist(rx.foreach(options, lambda one: rx.el.option(value=one, key=one)), id=list_id)
    return rx.el.datalist(*(rx.el.option(value=one) for one in options), id=list_id)


def stale_note(state: Any, again: Any) -> rx.Component:
    """Say that somebody else changed the entry; what was typed stays until the reader loads it anew."""
    return rx.cond(
        state.is_stale,
        rx.el.div(
            rx.icon("users", size=18, aria_hidden="true"),
            rx.el.span(t("Somebody else changed this meanwhile. Nothing of yours was saved.")),
            rx.el.button(t("Show what it is now"), type="button", on_click=again, class_name="link-button"),
            class_name="notice warning",
            role="alert",
        ),
        rx.fragment(),
    )


def _tied(of: Of, name: str, label: Text, entry: rx.Component, hint: Text) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=of.id(name), class_name="field-label"),
        entry,
        rx.el.p(hint, id=f"{of.id(name)}-hint", class_name="field-hint"),
        rx.el.p(
            rx.cond(of.wrong(name), t_var(of.state.wrong_reason), ""),
            id=f"{of.id(name)}-error",
            class_name="field-error",
            role="alert",
        ),
        class_name="field",
    )
