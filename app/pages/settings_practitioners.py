"""Settings: practitioners, and which services each offers."""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_form import Of, group, row, settings_form, suggestions, text, tick
from app.components.settings_frame import head, settings_page
from app.components.settings_list import (
    entry_card,
    entry_list,
    entry_page,
    once_made,
    retire_buttons,
    retire_question,
)
from app.components.states import empty_state
from app.components.words import t, t_var
from app.state.settings_practitioners import PractitionersState

OF = Of(PractitionersState, "practitioner")
SPECIALTIES = "specialties"


def settings_practitioners() -> rx.Component:
    """Show the list and the open practitioner."""
    form, new = PractitionersState.form, t("New practitioner")
    empty = empty_state("user-round-plus", t("No practitioner yet"), t("Fill in the form: the first who gives care."))
    return settings_page(
        head(t("Practitioners"), t("Who gives care, and what patients can book with them.")),
        entry_page(
            PractitionersState,
            entry_list(PractitionersState, label=t("Practitioners"), new=new, empty=empty),
            entry_card(PractitionersState, new=new, name=form["display_name"], form=_form(form)),
            once_made(PractitionersState, _next_step()),
        ),
        suggestions(SPECIALTIES, PractitionersState.specialties),
        retire_question(
            PractitionersState,
            retire=t("Retire the practitioner"),
            about=t("No time with them is offered any more. Who still has an appointment stands on the worklist."),
            on_yes=PractitionersState.retire,
            name=form["display_name"],
        ),
        route=routes.SETTINGS_PRACTITIONERS,
    )


def _form(form: Any) -> rx.Component:
    return settings_form(
        OF,
        row(
            text(OF, "display_name", t("Name"), form["display_name"], hint=t("As patients read it, with the title.")),
            text(OF, "specialty", t("Specialty"), form["specialty"], list=SPECIALTIES),
        ),
        row(
            text(OF, "license_number", t("License or staff number"), form["license_number"]),
            text(
                OF,
                "languages",
                t("Languages"),
                form["languages"],
                hint=t("Those spoken with patients, with commas between them: en, es."),
            ),
        ),
        group(
            t("Offers these services"),
            rx.el.div(
                rx.foreach(
                    PractitionersState.services,
                    lambda one: rx.el.div(tick(one["box"], one["name"], one["is_offered"]), key=one["id"]),
                ),
                class_name="set-ticks",
            ),
            rx.el.p(
                rx.cond(PractitionersState.wrong_field == "service_ids", t_var(PractitionersState.wrong_reason), ""),
                class_name="field-error",
                role="alert",
            ),
            rx.el.p(t("No service yet: make one on the page Services."), class_name="set-hint-when-empty muted"),
        ),
        save=t("Save"),
        on_submit=PractitionersState.save,
        more=[once_made(PractitionersState, retire_buttons(PractitionersState, is_active=form["is_active"]))],
    )


def _next_step() -> rx.Component:
    return rx.el.p(
        t("When they can be booked stands in their schedule:"),
        " ",
        rx.el.a(
            t("Open the schedule"),
            href=f"{routes.SETTINGS_SCHEDULES}?practitioner={PractitionersState.opened_id}",
            class_name="plain-link",
        ),
        class_name="set-next muted",
    )
