"""What the report is asked for, in the app bar: the period, its two days, the location, and the definitions."""

from typing import Any

import reflex as rx

from app.components.words import N_, Text, t, t_var
from app.services.reports.periods import PeriodChoice
from app.state.utilisation import EVERYWHERE, UtilisationState

PERIODS = {
    PeriodChoice.THIS_WEEK: N_("This week"),
    PeriodChoice.LAST_WEEK: N_("Last week"),
    PeriodChoice.LAST_4_WEEKS: N_("Last 4 weeks"),
    PeriodChoice.NEXT_4_WEEKS: N_("Next 4 weeks"),
    PeriodChoice.CUSTOM: N_("From day to day"),
}
DEFINITIONS = {
    N_("Bookable minutes"): N_("Open time in the practitioners' schedules. A session counts once, not once a place."),
    N_("Booked minutes"): N_(
        "What visits took of the schedules, buffers included, whether or not the patient came. Held and cancelled "
        "times are not booked. A patient in a session takes a share of it."
    ),
    N_("Attended minutes"): N_("The part of the booked minutes whose patient was checked in or seen."),
    N_("Utilisation"): N_(
        "Booked as a share of bookable. Overbooking, a place taken again after a no-show, and visits on time that was "
        "closed later can bring it over 100 %."
    ),
    N_("Attendance"): N_("Attended as a share of the booked minutes that have begun."),
    N_("Days and hours"): N_("Weeks begin on Monday. Each location counts by its own clock."),
}
# The page says there what is wrong with the two days.
PERIOD_PROBLEM = "period-problem"


def filters() -> rx.Component:
    """Show the choices."""
    return rx.el.div(
        _choice(
            t("Period"),
            *(rx.select.item(t_var(rx.Var.create(word)), value=choice.value) for choice, word in PERIODS.items()),
            value=UtilisationState.choice,
            on_change=UtilisationState.choose_period,
        ),
        rx.cond(UtilisationState.choice == PeriodChoice.CUSTOM.value, _days(), rx.fragment()),
        _choice(
            t("Location"),
            rx.select.item(t("All locations"), value=EVERYWHERE),
            rx.foreach(UtilisationState.places, lambda place: rx.select.item(place["name"], value=place["id"])),
            value=UtilisationState.location_id,
            on_change=UtilisationState.choose_location,
        ),
        rx.el.div(class_name="util-gap"),
        _definitions(),
        class_name="util-tools",
    )


def _choice(label: rx.Var[str], *items: rx.Component, **props: Any) -> rx.Component:
    return rx.select.root(
        rx.select.trigger(aria_label=label, variant="soft", color_scheme="gray"),
        rx.select.content(*items, position="popper"),
        size="2",
        **props,
    )


def _days() -> rx.Component:
    return rx.el.div(
        _day(t("First day"), value=UtilisationState.first_on, on_change=UtilisationState.choose_first),
        rx.el.span("–", aria_hidden="true"),
        _day(t("Last day"), value=UtilisationState.last_on, on_change=UtilisationState.choose_last),
        class_name="util-days",
    )


def _day(label: Text, **props: Any) -> rx.Component:
    is_wrong = rx.cond(UtilisationState.period_problem != "", "true", "false")
    return rx.el.input(
        type="date",
        aria_label=label,
        custom_attrs={"aria-invalid": is_wrong, "aria-describedby": PERIOD_PROBLEM},
        class_name="util-day figures",
        **props,
    )


def _definitions() -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("book-open-text", size=16, aria_hidden="true"),
                t("Definitions"),
                variant="ghost",
                color_scheme="gray",
            )
        ),
        rx.popover.content(
            rx.el.h2(t("What is counted"), class_name="util-heading"),
            rx.el.dl(
                *(
                    rx.el.div(rx.el.dt(t_var(rx.Var.create(word))), rx.el.dd(t_var(rx.Var.create(meaning))))
                    for word, meaning in DEFINITIONS.items()
                ),
                class_name="util-definitions",
            ),
            align="end",
            aria_label=t("What is counted"),
            max_width="min(30rem, calc(100vw - var(--space-6)))",
        ),
    )
