"""The booking flow in its two sizes: at home and at the kiosk, from the same steps."""

import reflex as rx

from app.components.booking.clockwork import focus_follows, patience
from app.components.booking.confirm import confirm_step, done_step, held_bar
from app.components.booking.details import details_step
from app.components.booking.steps import place_step, service_step, welcome_step
from app.components.booking.times import time_step
from app.components.patient_frame import Kind
from app.components.states import loading_page, notice
from app.components.words import t
from app.state.book import STEPS, BookState
from app.state.book_times import BookTimesState
from app.state.book_walk import BookWalkState

COUNTED = STEPS[1:-1]


def booking_flow(*, kind: Kind) -> rx.Component:
    """Show the step at which the reader stands."""
    is_kiosk = kind == "kiosk"
    return rx.fragment(
        rx.cond(BookState.kind == kind, _step(is_kiosk=is_kiosk), loading_page()),
        focus_follows(target="step-title", on=BookState.step),
        focus_follows(target="times-title", on=rx.cond(BookState.step == "time", BookTimesState.day, "")),
        _patience() if is_kiosk else rx.fragment(),
    )


def _step(*, is_kiosk: bool) -> rx.Component:
    return rx.el.div(
        _progress(),
        held_bar(),
        _notice(),
        rx.match(
            BookState.step,
            ("start", welcome_step()),
            ("service", service_step()),
            ("place", place_step()),
            ("time", time_step()),
            ("details", details_step(is_kiosk=is_kiosk)),
            ("confirm", confirm_step()),
            ("done", done_step(is_kiosk=is_kiosk)),
            loading_page(),
        ),
        class_name="booking",
    )


def _progress() -> rx.Component:
    """Say how far it is, as bars for the eye and as a sentence."""
    numbers = ((step, rx.Var.create(n)) for n, step in enumerate(COUNTED, start=1))
    position = rx.match(BookState.step, *numbers, rx.Var.create(0)).to(int)
    bars = (
        rx.el.span(class_name="bar", custom_attrs={"data-reached": rx.cond(position >= n, "true", "false")})
        for n in range(1, len(COUNTED) + 1)
    )
    return rx.cond(
        position > 0,
        rx.el.div(
            rx.el.span(*bars, aria_hidden="true", class_name="bars"),
            rx.el.span(t("Step {n} of {of}", n=position, of=len(COUNTED)), class_name="muted figures"),
            class_name="progress",
        ),
        rx.fragment(),
    )


def _notice() -> rx.Component:
    """Say calmly why the reader has to choose again."""
    said = {
        "taken": t("Somebody was quicker: this time has just been taken. Please choose another."),
        "expired": t("The time we held for you has run out. It may still be free: please choose again."),
        "limit": t("You hold several times already. Book or give back one of them first, or wait a few minutes."),
    }
    shown = ((code, notice(words, tone="warning", icon="info", role="status")) for code, words in said.items())
    return rx.match(BookState.notice, *shown, rx.fragment())


def _patience() -> rx.Component:
    return patience(
        idle=BookWalkState.idle_seconds,
        countdown=BookWalkState.countdown_seconds,
        is_silent=(BookState.step == "start") | (BookState.step == ""),
        on_idle=BookWalkState.wipe,
    )
