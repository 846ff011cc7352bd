"""Utilisation: how much of the clinic's time is bookable, booked and attended."""

import reflex as rx

from app import routes
from app.components.shell import shell
from app.components.states import empty_state, error_state, notice
from app.components.utilisation.filters import PERIOD_PROBLEM, filters
from app.components.utilisation.report import loading, report
from app.components.words import format_date, t, t_var
from app.state.utilisation import EVERYWHERE, UtilisationState


def utilisation() -> rx.Component:
    """Show the report of the chosen period and location."""
    return shell(
        rx.el.div(
            rx.el.h1(t("Utilisation"), class_name="util-title"),
            rx.cond(UtilisationState.is_loaded & (UtilisationState.problem == ""), _what(), rx.fragment()),
            rx.cond(UtilisationState.period_problem != "", _wrong_days(), rx.fragment()),
            _content(),
            class_name="util",
        ),
        area=routes.REPORTS,
        tools=filters(),
    )


def _what() -> rx.Component:
    """Say in words what is shown, so that a printed or pointed-at page needs no menu."""
    place = rx.foreach(
        UtilisationState.places,
        lambda one: rx.cond(one["id"] == UtilisationState.shown_place, rx.el.span(one["name"]), rx.fragment()),
    )
    return rx.el.p(
        rx.el.span(
            t(
                "{first} to {last}",
                first=format_date(UtilisationState.shown_first, style="long"),
                last=format_date(UtilisationState.shown_last, style="long"),
            )
        ),
        rx.cond(
            UtilisationState.shown_place == EVERYWHERE,
            rx.el.span(t("All locations")),
            place,
        ),
        class_name="util-what muted",
        aria_live="polite",
    )


def _wrong_days() -> rx.Component:
    words = t_var(UtilisationState.period_problem)
    return notice(words, tone="error", icon="circle-alert", role="alert", id=PERIOD_PROBLEM)


def _content() -> rx.Component:
    again = rx.button(t("Try again"), on_click=UtilisationState.load, variant="soft")
    broken = t("The figures could not be read.")
    return rx.cond(
        UtilisationState.problem != "",
        error_state(broken, t_var(UtilisationState.problem), action=again),
        rx.cond(
            UtilisationState.is_loaded,
            _shown(),
            rx.cond(UtilisationState.is_loading, loading(), error_state(broken, action=again)),
        ),
    )


def _shown() -> rx.Component:
    """Show what was measured; the place of the first answer is not busy, or what is said there would not be told."""
    return rx.el.div(
        rx.cond(UtilisationState.is_empty, _nothing(), report()),
        class_name="util-shown",
        custom_attrs={"aria-busy": rx.cond(UtilisationState.is_loading, "true", "false")},
    )


def _nothing() -> rx.Component:
    return empty_state(
        "calendar-off",
        t("There is no bookable time in this period"),
        t("No practitioner has open hours then. Choose another period or location."),
    )
