"""The pane beside the displaced worklist: one visit with other times for it, or else who is away."""

import reflex as rx

from app import routes
from app.components.forms import pair
from app.components.pane import moment, pane_top, quiet_button
from app.components.words import format_time, t, t_var
from app.components.worklist_absence import absence_form, who_is_away
from app.components.worklist_displaced import phone_link, place_day_field
from app.state.worklists_absence import AbsenceState
from app.state.worklists_displaced import DisplacedState


def displaced_pane() -> rx.Component:
    """Show the absence form, or the chosen visit, or who is away."""
    chosen = rx.foreach(
        DisplacedState.lines,
        lambda line: rx.cond(line["id"] == DisplacedState.opened, _visit(line), rx.fragment()),
    )
    return rx.cond(
        AbsenceState.is_open,
        absence_form(),
        rx.cond(DisplacedState.opened != "", rx.fragment(chosen), who_is_away()),
    )


def _visit(line: rx.Var) -> rx.Component:
    return rx.el.div(
        pane_top(line["patient"].to(str), DisplacedState.close),
        rx.el.dl(
            pair(t("Was"), moment(line["starts_at"], zone=line["zone"]), figures=True),
            pair(t("With"), line["practitioner"]),
            pair(t("Service"), line["service"]),
            pair(t("Where"), line["location"]),
            pair(t("Why"), t_var(line["why"])),
            rx.cond(line["phone"] != "", pair(t("Phone"), phone_link(line["phone"]), figures=True)),
            class_name="pane-facts",
        ),
        rx.cond(
            line["new_at"] != "",
            rx.el.dl(
                pair(t("To"), moment(line["new_at"], zone=line["new_zone"]), figures=True),
                pair(t("With"), line["new_practitioner"]),
                class_name="pane-facts pane-new",
            ),
        ),
        rx.cond(line["can_move"].to(bool), _other_times()),
        rx.el.div(
            rx.cond(DisplacedState.is_asking, _sure(), _ends()),
            rx.el.a(
                t("Open the file"),
                href=routes.PATIENTS + "?patient=" + line["patient_id"].to(str),
                class_name="plain-link",
            ),
            class_name="pane-actions",
        ),
        class_name="pane-body",
    )


def _other_times() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Choose by hand")),
        place_day_field(),
        rx.cond(
            DisplacedState.choices.length() > 0,
            rx.el.ul(rx.foreach(DisplacedState.choices, _choice), class_name="pane-list place-list"),
            rx.el.p(t("Nothing is free on this day. Choose another one."), class_name="muted", role="status"),
        ),
    )


def _choice(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(format_time(one["at"], zone=one["zone"]), class_name="figures"),
            rx.el.span(one["practitioner"], dir="auto"),
            rx.el.span(one["location"], class_name="muted", dir="auto"),
            type="button",
            on_click=DisplacedState.choose_place(one["slot_id"]),
            class_name="pane-row",
        ),
        key=one["slot_id"],
    )


def _ends() -> rx.Component:
    return rx.fragment(
        rx.button(
            rx.icon("pin", size=16),
            t("Keep"),
            on_click=DisplacedState.keep,
            variant="soft",
            high_contrast=True,
            size="2",
            title=t("Leave it where it is, outside the schedule"),
        ),
        rx.button(
            rx.icon("ban", size=16),
            t("Cancel the appointment"),
            on_click=DisplacedState.ask_to_cancel(True),
            variant="soft",
            color_scheme="red",
            high_contrast=True,
            size="2",
        ),
    )


def _sure() -> rx.Component:
    return rx.fragment(
        rx.button(t("Yes, cancel it"), on_click=DisplacedState.cancel, color_scheme="red", size="2", auto_focus=True),
        quiet_button(t("No, leave it"), DisplacedState.ask_to_cancel(False)),
    )
