"""The steps of the set-up as a list: beside the guide, and on the settings' pages until all of them are done."""

import reflex as rx

from app import routes
from app.components.words import N_, t, t_var
from app.services.setup.progress import Step
from app.state.set_up import SetUpState

STEPS = {
    Step.CLINIC: N_("Your clinic"),
    Step.PLACE: N_("A location and its rooms"),
    Step.SERVICE: N_("What can be booked"),
    Step.PEOPLE: N_("Who gives care, and when"),
    Step.READY: N_("Ready"),
}


def guide_steps() -> rx.Component:
    """Show how far the guide is; every step can be opened, and one that needs an earlier one leads there."""
    return rx.el.ol(
        _line(0, t("You"), is_done=True),
        *(_step(at, step, word) for at, (step, word) in enumerate(STEPS.items(), start=1)),
        aria_label=t("Steps"),
        class_name="guide-steps",
    )


def first_steps() -> rx.Component:
    """Show the same steps before anybody is signed in: the account is the first."""
    later = [_line(at, t_var(rx.Var.create(word))) for at, word in enumerate(STEPS.values(), start=1)]
    return rx.el.ol(_line(0, t("You"), is_here=True), *later, aria_label=t("Steps"), class_name="guide-steps")


def set_up_checklist() -> rx.Component:
    """Say on the settings' pages what is still to do before patients can book, and lead back to the guide."""
    ticks = [_tick(step, word) for step, word in STEPS.items() if step is not Step.READY]
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Before patients can book"), class_name="set-subheading"),
            rx.el.a(
                t("Go on with the guide"),
                rx.icon("arrow-right", size=16, aria_hidden="true", class_name="turn"),
                href=routes.SET_UP,
                class_name="guide-go",
            ),
            class_name="set-card-head",
        ),
        rx.el.ul(*ticks, class_name="guide-ticks"),
        on_mount=SetUpState.look,
        aria_label=t("Before patients can book"),
        class_name="set-card guide-list",
    )


def _step(at: int, step: Step, word: str) -> rx.Component:
    is_here, is_done = SetUpState.step == step.value, SetUpState.done.contains(step.value)
    mark = rx.cond(is_done, rx.icon("check", size=16, aria_hidden="true"), rx.el.span(str(at + 1)))
    return rx.el.li(
        rx.el.button(
            rx.el.span(mark, class_name="guide-mark figures"),
            rx.el.span(t_var(rx.Var.create(word))),
            rx.cond(is_done, rx.el.span(t("done"), class_name="visually-hidden"), rx.fragment()),
            type="button",
            on_click=SetUpState.show(step.value),
            class_name="guide-step",
            custom_attrs={
                "data-leaves": "",
                "data-done": rx.cond(is_done, "true", "false"),
                "aria-current": rx.cond(is_here, "step", "false"),
            },
        )
    )


def _line(at: int, word: rx.Var[str], *, is_done: bool = False, is_here: bool = False) -> rx.Component:
    mark = rx.icon("check", size=16, aria_hidden="true") if is_done else rx.el.span(str(at + 1))
    return rx.el.li(
        rx.el.span(
            rx.el.span(mark, class_name="guide-mark figures"),
            rx.el.span(word),
            rx.el.span(t("done"), class_name="visually-hidden") if is_done else rx.fragment(),
            class_name="guide-step",
            custom_attrs={"data-done": "true" if is_done else "false", "aria-current": "step" if is_here else "false"},
        )
    )


def _tick(step: Step, word: str) -> rx.Component:
    is_done = SetUpState.done.contains(step.value)
    return rx.el.li(
        rx.cond(is_done, rx.icon("circle-check", size=16), rx.icon("circle-dashed", size=16)),
        rx.el.span(t_var(rx.Var.create(word))),
        rx.el.span(rx.cond(is_done, t("done"), t("still to do")), class_name="visually-hidden"),
        class_name="guide-tick",
        custom_attrs={"data-done": rx.cond(is_done, "true", "false")},
    )
