"""The search field for patients, the list it brings, and the form of a new patient: the same on every page.

    patient_search("board", on_chosen=BookingState.take_chosen)

`on_chosen` runs after a patient was chosen or made and reads `PatientFinder.chosen`, which is empty when nothing was.
"""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.states import notice
from app.components.words import Text, format_date, t, t_var, tn
from app.state.base import PageState
from app.state.patient_finder import PatientFinder

# They come up below the form, where a low window does not reach.
TO_TWINS = rx.call_script("document.querySelector('[data-finder=twins]')?.scrollIntoView({ block: 'nearest' })")


class FinderKeys(rx.Component):
    """Let the arrow keys go from a search field into its list and back."""

    library = "$/public/patients.js"
    tag = "FinderKeys"


def patient_search(
    purpose: str, *, on_chosen: rx.event.EventHandler, label: Text | None = None, can_add: bool = True, **props: Any
) -> rx.Component:
    """Find a patient as one types, or make a new one in place."""
    is_here = PatientFinder.purpose == purpose
    search = rx.el.div(
        FinderKeys.create(),
        _field(purpose, on_chosen=on_chosen, label=label, **props),
        _hint(is_here=is_here),
        _new_button(purpose) if can_add else rx.fragment(),
        rx.cond(is_here, _matches(PatientFinder.matches, on_chosen=on_chosen), rx.fragment()),
        class_name="pane-search",
        data_finder=purpose,
    )
    form = new_patient_form(purpose, on_chosen=on_chosen)
    return rx.cond(is_here & PatientFinder.is_new, form, search) if can_add else search


def new_patient_form(purpose: str, *, on_chosen: rx.event.EventHandler) -> rx.Component:
    """Make a patient of name, birth date and phone, and show first who may be meant."""
    return rx.el.div(
        rx.el.form(
            field("given_name", label=t("Given name"), error=_wrong("given_name"), size="2", auto_focus=True),
            field("family_name", label=t("Family name"), error=_wrong("family_name"), size="2"),
            field("birth_date", label=t("Birth date"), error=_wrong("birth_date"), type="date", size="2"),
            field("phone", label=t("Phone"), error=_wrong("phone"), type="tel", size="2"),
            rx.el.div(
                rx.button(t("Add the patient"), type="submit", size="2"),
                rx.button(
                    t("Back to the search"),
                    type="button",
                    on_click=PatientFinder.begin_new(purpose, False),
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                    size="2",
                ),
                class_name="pane-actions",
            ),
            on_submit=[PatientFinder.make, on_chosen],
            auto_complete="off",
            class_name="pane-form",
        ),
        rx.el.div(
            rx.cond(PatientFinder.twins.length() > 0, _twins(on_chosen=on_chosen), rx.fragment()), aria_live="polite"
        ),
        class_name="pane-search",
    )


def match_row(one: rx.Var[Any], on_click: Any, *, words: Text | None = None) -> rx.Component:
    """Show one patient as a line that can be chosen: name, birth date, phone, number, and the alert first of all."""
    return rx.el.li(
        rx.el.button(
            rx.el.span(one["name"], dir="auto"),
            rx.el.span(format_date(one["birth_date"], style="short"), class_name="muted figures"),
            rx.el.span(
                rx.cond(one["alert"] != "", _alert_mark(one), rx.fragment()),
                rx.el.span(one["phone"], dir="ltr"),
                rx.cond(one["number"] != "", rx.el.span(" · ", rx.el.span(one["number"], dir="ltr")), rx.fragment()),
                class_name="muted figures",
            ),
            rx.fragment() if words is None else rx.el.span(words, class_name="use-this"),
            type="button",
            on_click=on_click,
            class_name="pane-row",
        ),
        key=one["id"],
    )


def _field(purpose: str, *, on_chosen: rx.event.EventHandler, label: Text | None, **props: Any) -> rx.Component:
    return rx.el.form(
        rx.input(
            rx.input.slot(rx.icon("search", size=16)),
            **{
                "id": f"patient-search-{purpose}",
                "size": "3",
                "placeholder": t("Name, birth date, phone or number"),
                "aria_label": t("Find a patient") if label is None else label,
                "name": "query",
                "auto_complete": "off",
                "type": "search",
                "on_change": lambda text: PatientFinder.search(purpose, text).debounce(150),
                **props,
            },
        ),
        on_submit=[PatientFinder.choose_first, on_chosen],
        role="search",
    )


def _hint(*, is_here: rx.Var[bool]) -> rx.Component:
    found = PatientFinder.matches.length()
    counted = rx.cond(
        PatientFinder.has_more,
        t("The first {n} are shown. Type more to narrow the search.", n=found),
        tn("{n} patient found", "{n} patients found", n=found),
    )
    how = t("Type at least three letters, a date, the phone's last four digits or a number.")
    return rx.el.p(rx.cond(is_here & PatientFinder.is_searched, counted, how), class_name="field-hint", role="status")


def _new_button(purpose: str) -> rx.Component:
    return rx.cond(
        PageState.permissions.contains("patients:write"),
        rx.button(
            rx.icon("user-plus", size=16),
            t("New patient"),
            type="button",
            on_click=PatientFinder.begin_new(purpose, True),
            variant="soft",
            high_contrast=True,
            size="2",
            custom_attrs={"data-command": "new-patient"},
        ),
        rx.fragment(),
    )


def _matches(people: rx.Var[Any], *, on_chosen: rx.event.EventHandler) -> rx.Component:
    return rx.el.ul(
        rx.foreach(people, lambda one: match_row(one, [PatientFinder.choose(one["id"]), on_chosen])),
        class_name="pane-list",
        aria_label=t("Patients found"),
    )


def _twins(*, on_chosen: rx.event.EventHandler) -> rx.Component:
    return rx.el.section(
        notice(t("This may be somebody who has a file already. Nothing was added yet."), tone="warning", icon="users"),
        rx.el.ul(
            rx.foreach(
                PatientFinder.twins,
                lambda one: match_row(one, [PatientFinder.choose(one["id"]), on_chosen], words=t("Use this one")),
            ),
            class_name="pane-list",
            aria_label=t("Patients who may be meant"),
        ),
        rx.button(
            t("Add as another person"),
            type="button",
            on_click=[PatientFinder.make_anyway, on_chosen],
            variant="soft",
            high_contrast=True,
            size="2",
        ),
        on_mount=TO_TWINS,
        class_name="pane-search",
        data_finder="twins",
    )


def _alert_mark(one: rx.Var[Any]) -> rx.Component:
    return rx.el.span(
        rx.icon("triangle-alert", size=14, aria_hidden="true"), rx.el.span(one["alert"], dir="auto"),
        class_name="alert-mark",
    )  # fmt: skip


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(PatientFinder.wrong_field == name, t_var(PatientFinder.wrong_reason), "").to(str)
