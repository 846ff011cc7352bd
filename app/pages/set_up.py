"""The set-up guide: from an empty installation to the first time that a patient can book."""

import reflex as rx

from app import routes
from app.components.patient_frame import patient_frame
from app.components.set_up_forms import (
    account_form,
    already_made,
    clinic_form,
    person_form,
    place_form,
    ready,
    service_form,
)
from app.components.set_up_steps import STEPS, first_steps, guide_steps
from app.components.settings_form import stale_note
from app.components.shell import shell
from app.components.states import empty_state, loading_page
from app.components.words import Text, t, t_var
from app.services.setup.progress import Step
from app.state.base import PageState
from app.state.set_up import SetUpState


def set_up() -> rx.Component:
    """Show the guide to whoever sets the clinic up, and before there is an account the way to the first one."""
    inside = rx.match(SetUpState.phase, ("steps", _guide()), ("not-yours", _not_yours()), loading_page())
    outside = rx.match(
        SetUpState.phase,
        ("account", _account()),
        ("sign-in", _sign_in(t("This clinic has its first administrator"), t("Sign in to go on with the set-up."))),
        ("over", _sign_in(t("This clinic is set up"), t("What is still to change stands in the settings."))),
        loading_page(),
    )
    return rx.cond(
        PageState.is_signed_in,
        shell(inside, area=routes.SETTINGS),
        patient_frame(outside, kind="online", width="wide"),
    )


def _account() -> rx.Component:
    return rx.el.div(
        first_steps(),
        rx.el.section(
            rx.el.h1(t("Set up your clinic"), class_name="set-heading"),
            rx.el.p(
                t("A few minutes from here to the first time that patients can book. First: who are you?"),
                class_name="set-about muted",
            ),
            account_form(),
            class_name="set-card",
        ),
        class_name="guide",
    )


def _sign_in(title: Text, about: Text) -> rx.Component:
    go = rx.el.a(t("Sign in"), href=f"{routes.SIGN_IN}?next={routes.SET_UP}", class_name="guide-go")
    return empty_state("hospital", title, about, go)


def _not_yours() -> rx.Component:
    return empty_state(
        "lock-keyhole", t("The set-up is the administrator's"), t("Your own pages stand in the list at the side.")
    )


def _guide() -> rx.Component:
    steps = ((step.value, _step(step, word)) for step, word in STEPS.items())
    return rx.el.div(
        guide_steps(),
        rx.el.section(rx.match(SetUpState.step, *steps, loading_page()), class_name="set-card", key=SetUpState.step),
        class_name="guide",
    )


def _step(step: Step, title: str) -> rx.Component:
    about, form, settled = _steps()[step]
    is_made = SetUpState.done.contains(step.value) if settled is not None else False
    return rx.fragment(
        rx.el.h1(t_var(rx.Var.create(title)), class_name="set-heading"),
        rx.el.p(about, class_name="set-about muted"),
        stale_note(SetUpState, SetUpState.show(step.value)),
        rx.cond(is_made, settled or rx.fragment(), form),
    )


def _steps() -> dict[Step, tuple[Text, rx.Component, rx.Component | None]]:
    """Return of each step what it is about, its form, and what stands there once it is done (None: the form again)."""
    return {
        Step.CLINIC: (t("What patients read about it, and what holds for all of it."), clinic_form(), None),
        Step.PLACE: (
            t("Where patients come to. Further locations have their place in the settings."),
            place_form(),
            already_made(routes.SETTINGS_LOCATIONS),
        ),
        Step.SERVICE: (
            t("One kind of visit is enough to begin."),
            service_form(),
            already_made(routes.SETTINGS_SERVICES),
        ),
        Step.PEOPLE: (
            t("The first who gives care, with an ordinary week; it is drawn finer in the settings."),
            person_form(),
            already_made(routes.SETTINGS_SCHEDULES),
        ),
        Step.READY: (t("From here on the clinic works."), ready(), None),
    }
