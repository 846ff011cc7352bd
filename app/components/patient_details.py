"""The form with what a file says of its patient."""

import reflex as rx

from app.components.forms import field
from app.components.patient_search import patient_search
from app.components.states import notice
from app.components.words import Text, format_date, t, t_var
from app.state.base import PageState
from app.state.patient_details import PatientDetailsState as Details
from app.state.patients import PatientsState
from app.words import LANGUAGES

FILE = PatientsState.file


def details_part() -> rx.Component:
    """Show the details, to be changed by whoever may."""
    return rx.fragment(
        rx.cond(Details.is_stale, _stale(), rx.fragment()),
        rx.el.form(
            rx.el.fieldset(
                _group(
                    t("Who"),
                    _text("given_name", t("Given name")),
                    _text("family_name", t("Family name")),
                    _text("birth_date", t("Birth date"), type="date"),
                    _tick("is_verified", t("Identity checked"), is_ticked=FILE["is_verified"].to(bool)),
                ),
                _group(
                    t("How to reach them"),
                    _text("phone", t("Phone"), type="tel"),
                    _text("email", t("E-mail"), type="email"),
                    _text("address", t("Address")),
                    _language(),
                    _tick("needs_interpreter", t("Needs an interpreter"), is_ticked=FILE["needs_interpreter"].to(bool)),
                ),
                _group(
                    t("What to know"),
                    _text("alert", t("Alert, shown before anything else")),
                    _text("insurer", t("Insurer")),
                    _text("member_number", t("Member number")),
                ),
                disabled=~PageState.permissions.contains("patients:write"),
                class_name="file-form",
            ),
            rx.cond(
                PageState.permissions.contains("patients:write"),
                rx.el.div(rx.button(t("Keep the changes"), type="submit", size="2"), class_name="pane-actions"),
                rx.fragment(),
            ),
            on_submit=Details.save,
            # Another version is another form: what is typed belongs to what was seen.
            key=FILE["id"].to(str) + "/" + FILE["version"].to(str),
            class_name="file-form-whole",
            custom_attrs={"data-guarded": ""},
            auto_complete="off",
        ),
        rx.cond(PageState.permissions.contains("patients:write"), _guardian(), rx.fragment()),
    )


def _guardian() -> rx.Component:
    """Stand beside the form, as a form cannot hold the search's own."""
    chosen = rx.el.div(
        rx.el.div(
            rx.el.strong(Details.guardian["name"], dir="auto"),
            rx.el.span(
                format_date(Details.guardian["birth_date"], style="short"), " ",
                rx.el.span(Details.guardian["phone"], dir="ltr"), class_name="muted figures",
            ),
            class_name="pane-who",
        ),
        rx.button(t("Take out"), on_click=Details.drop_guardian, variant="ghost", size="1", high_contrast=True),
        class_name="pane-chosen",
    )  # fmt: skip
    # Whose guardian was chosen: until the form has begun, the one before.
    changed = (Details.patient_id == FILE["id"]) & (Details.guardian["id"] != FILE["guardian"]["id"])
    return rx.el.section(
        rx.el.h2(t("Guardian")),
        rx.el.p(t("Who answers for a child or a person in care. They may share a phone."), class_name="field-hint"),
        rx.cond(
            Details.guardian["id"] != "",
            chosen,
            patient_search("guardian", on_chosen=Details.take_guardian, label=t("Find the guardian"), can_add=False),
        ),
        rx.cond(Details.wrong_field == "guardian_id", _wrong_guardian(), rx.fragment()),
        rx.cond(changed, notice(t("This counts once the changes are kept."), icon="info"), rx.fragment()),
        class_name="file-guardian",
        custom_attrs={"data-unsaved": rx.cond(changed, "true", "false")},
    )


def _wrong_guardian() -> rx.Component:
    return rx.el.p(t_var(Details.wrong_reason), class_name="field-error", role="alert")


def _stale() -> rx.Component:
    return rx.el.div(
        notice(t("Somebody else changed this file in the meantime. Nothing of yours was kept."), tone="warning"),
        rx.button(
            t("Read it again"), on_click=[PatientsState.again, Details.begin], variant="soft", size="2",
            high_contrast=True,
        ),
        class_name="pane-search",
        role="alert",
    )  # fmt: skip


def _group(title: Text, *fields: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *fields, class_name="file-group")


def _text(name: str, label: Text, **props: str) -> rx.Component:
    wrong = rx.cond(Details.wrong_field == name, t_var(Details.wrong_reason), "").to(str)
    return field(name, label=label, error=wrong, default_value=FILE[name].to(str), size="2", max_length=400, **props)


def _tick(name: str, label: Text, *, is_ticked: rx.Var[bool]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=is_ticked), rx.el.span(label), class_name="pane-choice"
    )


def _language() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("Language"), html_for="language", class_name="field-label"),
        rx.el.select(
            *(rx.el.option(name, value=code, lang=code) for code, name in LANGUAGES.items()),
            name="language",
            id="language",
            default_value=FILE["language"].to(str),
            class_name="plain-select",
        ),
        class_name="field",
    )
