"""A patient's prescriptions: the form of whoever prescribes, and the list; a part of the file and of my day.

Whoever shows it calls `PrescriptionsState.open_for(patient, appointment)`, and names the patient that is on the
screen, so that nothing of another one is seen until the answer is there: prescriptions_part(PatientsState.file["id"])
"""

from typing import Any

import reflex as rx

from app.components.prescriptions_form import prescription_form
from app.components.prescriptions_revoke import REASONS, revoke_dialog
from app.components.states import empty_state, loading_rows
from app.components.words import Text, format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.prescriptions import PrescriptionsState as Prescriptions


def prescriptions_part(patient_id: Text = Prescriptions.patient_id) -> rx.Component:
    """Show the form to whoever prescribes, and the prescriptions of the patient."""
    patient: rx.Var[Any] = rx.Var.create(patient_id)
    nothing = empty_state("pill", t("No prescriptions yet"), t("What practitioners prescribe appears here."))
    lines = rx.el.ol(rx.foreach(Prescriptions.prescriptions, _line), class_name="orders", aria_label=t("Prescriptions"))
    older = rx.button(
        t("Show older prescriptions"), on_click=Prescriptions.read_more, variant="soft", size="2", high_contrast=True
    )
    shown = rx.fragment(
        rx.cond(Prescriptions.can_prescribe, prescription_form(patient), rx.fragment()),
        rx.cond(Prescriptions.prescriptions.length() > 0, rx.fragment(_print(), lines), nothing),
        rx.cond(Prescriptions.has_more, older, rx.fragment()),
        revoke_dialog(),
    )
    is_here = Prescriptions.is_read & (Prescriptions.patient_id == patient)
    return rx.el.div(rx.cond(is_here, shown, loading_rows(4)), class_name="file-sheet")


def _print() -> rx.Component:
    chosen = Prescriptions.chosen.length()
    together = rx.link(
        rx.icon("printer", size=15, aria_hidden="true"),
        t("Print ({n})", n=chosen),
        href=Prescriptions.print_address,
        class_name="orders-print",
    )
    hint = rx.el.p(t("Choose what to print together."), class_name="field-hint")
    return rx.el.div(rx.cond(chosen > 0, together, hint), class_name="orders-tools")


def _line(one: rx.Var[Any]) -> rx.Component:
    is_revoked = one["revoked_at"] != ""
    return rx.el.li(
        rx.cond(is_revoked, rx.icon("ban", size=16, aria_hidden="true", class_name="muted"), _tick(one)),
        rx.el.div(
            rx.el.p(
                rx.el.strong(rx.el.bdi(one["drug"])),
                *(rx.el.span(rx.el.bdi(one[name])) for name in ("dosage", "frequency", "duration")),
                class_name="order-what",
            ),
            rx.cond(one["advice"] != "", rx.el.p(rx.el.bdi(one["advice"]), class_name="note-text"), rx.fragment()),
            rx.el.p(
                _moment(one["at"]), rx.el.span(one["practitioner"], dir="auto"), class_name="order-who muted figures"
            ),
            rx.cond(is_revoked, _revoked(one), rx.fragment()),
            class_name="order-body",
        ),
        rx.cond(is_revoked, rx.fragment(), _acts(one)),
        key=one["id"],
        class_name=rx.cond(is_revoked, "order revoked", "order"),
    )


def _tick(one: rx.Var[Any]) -> rx.Component:
    return rx.el.input(
        type="checkbox",
        checked=Prescriptions.chosen.contains(one["id"]),
        on_change=lambda is_chosen: Prescriptions.choose(one["id"], is_chosen),
        aria_label=t("Print {drug}", drug=one["drug"]),
        class_name="order-tick",
    )


def _revoked(one: rx.Var[Any]) -> rx.Component:
    why = rx.match(one["reason"], *((code, t_var(rx.Var.create(word))) for code, word in REASONS.items()), "")
    return rx.el.p(
        rx.el.strong(t("Revoked")),
        rx.el.span(_moment(one["revoked_at"]), class_name="figures"),
        rx.el.span(why),
        rx.cond(one["words"] != "", rx.el.span(one["words"], dir="auto"), rx.fragment()),
        class_name="order-who",
    )


def _acts(one: rx.Var[Any]) -> rx.Component:
    def act(icon: str, word: rx.Var[str], about: rx.Var[str], event: rx.event.EventSpec) -> rx.Component:
        return rx.button(
            rx.icon(icon, size=14, aria_hidden="true"), word, on_click=event, variant="ghost", size="1",
            high_contrast=True, aria_label=about,
        )  # fmt: skip

    again = act(
        "rotate-cw", t("Again"), t("Prescribe {drug} again", drug=one["drug"]), Prescriptions.order_again(one["id"])
    )
    revoke = act("ban", t("Revoke"), t("Revoke {drug}", drug=one["drug"]), Prescriptions.ask_why(one["id"]))
    return rx.cond(Prescriptions.can_prescribe, rx.el.div(again, revoke, class_name="file-acts"), rx.fragment())


def _moment(instant: rx.Var[Any]) -> rx.Component:
    zone = PageState.clinic_zone
    return rx.el.span(format_date(instant, zone=zone, style="short"), ", ", format_time(instant, zone=zone))
