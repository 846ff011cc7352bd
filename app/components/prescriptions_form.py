"""The form in which a practitioner prescribes: own drugs as they are typed, frequency and duration at a press."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.words import N_, Text, t, t_var
from app.state.prescriptions import FORM_NAME, LONGEST, LONGEST_ADVICE
from app.state.prescriptions import PrescriptionsState as Prescriptions

FREQUENCIES = (
    *(N_("Once a day"), N_("Twice a day"), N_("Three times a day"), N_("Every 8 hours")),
    *(N_("At bedtime"), N_("When needed")),
)
DURATIONS = (
    *(N_("3 days"), N_("5 days"), N_("7 days"), N_("10 days"), N_("14 days")),
    *(N_("1 month"), N_("3 months"), N_("Until the next visit")),
)
DRUGS = "recent-drugs"


def prescription_form(patient_id: rx.Var[Any]) -> rx.Component:
    """Show the form; a press on a quick choice writes its words into the field above, where they can be changed."""
    return rx.el.form(
        rx.el.div(
            _text("drug", t("Drug"), patient_id, auto_focus=Prescriptions.form_number > 0, list=DRUGS),
            _text("dosage", t("Dosage"), patient_id, placeholder=t("1 tablet of 200 mg")),
            class_name="order-row",
        ),
        rx.el.datalist(
            rx.foreach(Prescriptions.recent_drugs, lambda drug: rx.el.option(value=drug, key=drug)), id=DRUGS
        ),
        rx.el.div(
            _quick("frequency", t("Frequency"), patient_id, FREQUENCIES),
            _quick("duration", t("Duration"), patient_id, DURATIONS),
            class_name="order-row",
        ),
        _advice(patient_id),
        rx.el.div(
            rx.button(rx.icon("pill", size=16, aria_hidden="true"), t("Prescribe"), type="submit", size="2"),
            class_name="file-sheet-foot",
        ),
        on_submit=lambda form: Prescriptions.prescribe(patient_id, form),
        key=patient_id.to(str) + "/" + Prescriptions.form_number.to(str),
        class_name="file-entry",
        custom_attrs={"data-guarded": ""},
        auto_complete="off",
    )


def _text(name: str, label: Text, patient_id: rx.Var[Any], **props: Any) -> rx.Component:
    draft = Prescriptions.draft[name].to(str)
    return field(
        FORM_NAME + name,
        label=label,
        error=_wrong(name),
        default_value=draft,
        data_draft=draft,
        on_blur=lambda text: Prescriptions.keep_draft(patient_id, name, text),
        size="2",
        max_length=LONGEST,
        dir="auto",
        **props,
    )


def _quick(name: str, label: Text, patient_id: rx.Var[Any], words: tuple[str, ...]) -> rx.Component:
    def choice(word: str) -> rx.Component:
        shown = t_var(rx.Var.create(word))
        return rx.el.button(
            shown,
            type="button",
            on_click=[rx.set_value(FORM_NAME + name, shown), Prescriptions.keep_draft(patient_id, name, shown)],
            class_name="order-quick",
        )

    return rx.el.div(
        _text(name, label, patient_id),
        rx.el.div(*(choice(word) for word in words), role="group", aria_label=label, class_name="order-choices"),
        class_name="order-field",
    )


def _advice(patient_id: rx.Var[Any]) -> rx.Component:
    draft = Prescriptions.draft["advice"].to(str)
    attributes = {"aria-describedby": f"{FORM_NAME}advice-error", "data-draft": draft}
    return rx.el.div(
        rx.el.label(t("Advice, if any"), html_for=FORM_NAME + "advice", class_name="field-label"),
        rx.text_area(
            id=FORM_NAME + "advice",
            name=FORM_NAME + "advice",
            rows="2",
            resize="vertical",
            max_length=LONGEST_ADVICE,
            dir="auto",
            default_value=draft,
            on_blur=lambda text: Prescriptions.keep_draft(patient_id, "advice", text),
            custom_attrs=attributes,
        ),
        rx.el.p(_wrong("advice"), id=f"{FORM_NAME}advice-error", class_name="field-error", role="alert"),
        class_name="field",
    )


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(Prescriptions.wrong_field == name, t_var(Prescriptions.wrong_reason), "").to(str)
