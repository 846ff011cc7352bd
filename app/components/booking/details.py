"""Who the visit is for: names, birth date in three digit fields, and how the clinic reaches the person."""

import reflex as rx

from app.components.booking.choices import actions, back_button, title
from app.components.forms import field
from app.components.words import LANGUAGES, Text, reader_language, t, t_var
from app.state.book_guest import BookGuestState
from app.state.book_walk import BookWalkState

DIGITS = {"inputMode": "numeric", "pattern": "[0-9٠-٩]*"}


def details_step(*, is_kiosk: bool) -> rx.Component:
    """Ask for the person; what was typed is still there after going back."""
    return rx.el.section(
        title(t("Who is the visit for?")),
        rx.el.form(
            rx.el.div(
                _text("given_name", t("Given name"), "given-name", is_kiosk=is_kiosk),
                _text("family_name", t("Family name"), "family-name", is_kiosk=is_kiosk),
                class_name="pair-of-fields",
            ),
            _birth_date(is_kiosk=is_kiosk),
            rx.el.fieldset(
                rx.el.legend(t("How can the clinic reach you?"), class_name="field-label"),
                rx.el.p(t("A phone number or an e-mail address is enough."), class_name="field-hint"),
                rx.el.div(
                    _text("phone", t("Phone"), "tel", is_kiosk=is_kiosk, type="tel"),
                    _text("email", t("E-mail"), "email", is_kiosk=is_kiosk, type="email"),
                    class_name="pair-of-fields",
                ),
                class_name="group reach",
            ),
            _language(),
            actions(
                rx.button(t("Hold this time"), type="submit", size="3"),
                back_button(BookWalkState.back),
            ),
            on_submit=BookGuestState.submit,
            no_validate=True,
            # A kiosk's next reader must not be offered what this one typed.
            auto_complete="off" if is_kiosk else "on",
            class_name="details",
        ),
    )


def _text(
    name: str, label: Text, complete: str, *, is_kiosk: bool, hint: Text | None = None, type: str = "text"
) -> rx.Component:
    return field(
        name,
        label=label,
        hint=hint,
        error=_problem(name),
        type=type,
        default_value=BookGuestState.details[name],
        auto_complete="off" if is_kiosk else complete,
        max_length=200,
        dir="ltr" if type in ("tel", "email") else "auto",
    )


def _birth_date(*, is_kiosk: bool) -> rx.Component:
    parts = (
        ("birth_day", t("Day"), "bday-day", 2),
        ("birth_month", t("Month"), "bday-month", 2),
        ("birth_year", t("Year"), "bday-year", 4),
    )
    return rx.el.fieldset(
        rx.el.legend(t("Birth date"), class_name="field-label"),
        rx.el.div(
            *(_part(name, label, "off" if is_kiosk else complete, digits) for name, label, complete, digits in parts),
            class_name="birth-date",
        ),
        rx.el.p(_problem("birth_date"), id="birth-date-error", class_name="field-error", role="alert"),
        class_name="group",
        custom_attrs={"aria-describedby": "birth-date-error"},
    )


def _part(name: str, label: Text, complete: str, digits: int) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="field-hint"),
        rx.input(
            id=name,
            name=name,
            default_value=BookGuestState.details[name],
            auto_complete=complete,
            max_length=digits,
            size="3",
            custom_attrs=DIGITS,
            class_name=f"digits-{digits}",
        ),
        class_name="field",
    )


def _language() -> rx.Component:
    known = BookGuestState.details["language"]
    return rx.el.div(
        rx.el.label(t("Language of messages"), html_for="language", class_name="field-label"),
        rx.el.select(
            *(rx.el.option(name, value=code, lang=code) for code, name in LANGUAGES.items()),
            id="language",
            name="language",
            default_value=rx.cond(known != "", known, reader_language()),
            class_name="native-select",
        ),
        class_name="field",
    )


def _problem(name: str) -> rx.Var[str]:
    found = BookGuestState.problems.get(name, "")
    return rx.cond(found != "", t_var(found), "")
