"""The walk-in's dialog: who, for what, to whom; and what is left when nothing is free today."""

import reflex as rx

from app.components.forms import field
from app.components.patient_search import patient_search
from app.components.states import notice
from app.components.words import format_date, format_time, t, t_var
from app.state.arrivals import ArrivalsFeed
from app.state.arrivals_walk_in import ANYBODY, WalkInState


def walk_in_dialog() -> rx.Component:
    """Let somebody in who has no appointment."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("Somebody without an appointment")),
            rx.dialog.description(
                t("They get the next free time of today and a number at once."), class_name="muted", size="2"
            ),
            rx.el.div(_patient(), _what(), _next(), _ends(), class_name="queue-walk-in"),
            max_width="34rem",
        ),
        open=WalkInState.is_open,
        on_open_change=WalkInState.close,
    )


def _patient() -> rx.Component:
    patient = WalkInState.patient
    chosen = rx.el.div(
        rx.el.div(
            rx.el.strong(patient["name"], dir="auto"),
            rx.el.span(format_date(patient["birth_date"], style="short"), class_name="muted figures"),
            class_name="pane-who",
        ),
        rx.button(t("Change"), on_click=WalkInState.other_patient, variant="ghost", size="1", high_contrast=True),
        class_name="pane-chosen",
    )
    search = patient_search("walk-in", on_chosen=WalkInState.take_chosen)
    return rx.el.section(rx.el.h3(t("Patient")), rx.cond(patient["id"] != "", chosen, search))


def _what() -> rx.Component:
    return rx.el.div(
        _select(t("Service"), WalkInState.services, WalkInState.service_id, WalkInState.choose_service),
        _select(
            t("Practitioner"),
            WalkInState.practitioners,
            WalkInState.practitioner_id,
            WalkInState.choose_practitioner,
            first=rx.select.item(t("Whoever is free first"), value=ANYBODY),
        ),
        class_name="queue-what",
    )


def _select(
    label: rx.Var[str],
    found: rx.Var,
    value: rx.Var[str],
    on_change: rx.event.EventHandler,
    *,
    first: rx.Component | None = None,
) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        rx.select.root(
            rx.select.trigger(aria_label=label),
            rx.select.content(
                first or rx.fragment(),
                rx.foreach(found, lambda one: rx.select.item(one["name"], value=one["id"])),
                position="popper",
            ),
            value=value,
            on_change=on_change,
            size="2",
        ),
        class_name="field",
    )


def _next() -> rx.Component:
    return rx.el.div(
        rx.match(
            WalkInState.outlook,
            (
                "free",
                notice(
                    t(
                        "Next free: {time}, {practitioner}",
                        time=format_time(WalkInState.next_at, zone=ArrivalsFeed.view["zone"]),
                        practitioner=WalkInState.next_with,
                    ),
                    icon="calendar-check",
                ),
            ),
            ("full", notice(t("Nothing is free any more today."), tone="warning", icon="calendar-x")),
            rx.fragment(),
        ),
        role="status",
    )


def _ends() -> rx.Component:
    is_ready = (WalkInState.patient["id"] != "") & (WalkInState.service_id != "")
    let_in = rx.button(
        rx.icon("ticket", size=16, aria_hidden="true"),
        t("Let in and give a number"),
        on_click=WalkInState.let_in(WalkInState.press),
        disabled=~is_ready,
        size="3",
    )
    return rx.cond(WalkInState.outlook == "full", _beyond(is_ready), rx.el.div(let_in, class_name="pane-actions"))


def _beyond(is_ready: rx.Var[bool]) -> rx.Component:
    return rx.el.form(
        rx.cond(
            WalkInState.may_overbook,
            rx.fragment(
                field(
                    "overbook_reason",
                    label=t("Reason to overbook"),
                    error=rx.cond(WalkInState.wrong_reason != "", t_var(WalkInState.wrong_reason), "").to(str),
                    size="2",
                ),
                rx.button(t("Overbook and give a number"), type="submit", disabled=~is_ready, size="2"),
            ),
        ),
        rx.button(
            t("Put on the waitlist"),
            type="button",
            on_click=WalkInState.put_on_waitlist,
            disabled=~is_ready,
            variant="soft",
            high_contrast=True,
            size="2",
        ),
        on_submit=WalkInState.overbook,
        class_name="pane-form",
    )
