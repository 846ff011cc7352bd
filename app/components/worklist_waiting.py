"""The waitlist: the fair order with its rule in words, the offers that run, and what became of earlier ones."""

import reflex as rx

from app.components.day_board import hold_countdown
from app.components.pane import moment
from app.components.states import empty_state, loading_rows, too_much
from app.components.words import format_date, format_time, t, t_var, tn
from app.components.worklist_displaced import phone_link, undo_button
from app.state.base import PageState
from app.state.worklists import WorklistsState
from app.state.worklists_waiting import WaitingState
from app.state.worklists_wish import WishState
from app.words import N_

WEEKDAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
}
PARTS = {
    "any": N_("Any time of day"),
    "morning": N_("In the morning"),
    "afternoon": N_("In the afternoon"),
    "evening": N_("In the evening"),
}
OUTCOMES = {
    "accepted": ("circle-check", N_("Accepted")),
    "declined": ("circle-x", N_("Declined or withdrawn")),
    "expired": ("timer-off", N_("Ran out")),
}


def waiting_list() -> rx.Component:
    """Show who waits, what is offered now and what was offered before."""
    return rx.el.div(
        _rules(),
        rx.cond(WaitingState.running.length() > 0, _running(), rx.fragment()),
        rx.cond(
            WorklistsState.is_loaded,
            rx.cond(WaitingState.wishes.length() > 0, _queue(), _nobody()),
            loading_rows(8),
        ),
        rx.cond(WaitingState.history.length() > 0, _history(), rx.fragment()),
        class_name="worklist",
    )


def may_write() -> rx.Var[bool]:
    """Tell whether the reader may change the waitlist; the service asks again."""
    return PageState.permissions.contains("appointments:write")


def _rules() -> rx.Component:
    return rx.el.div(
        rx.cond(
            may_write(),
            rx.button(
                rx.icon("list-plus", size=16),
                t("Add to the waitlist"),
                on_click=WishState.begin,
                size="2",
                custom_attrs={"data-command": "add-wish"},
            ),
            rx.fragment(),
        ),
        undo_button(),
        rx.el.p(
            rx.icon("scale", size=16, aria_hidden="true"),
            rx.el.span(
                t(
                    "Urgent wishes first, then who has waited longest. A free time is held for {minutes} min for "
                    "the first whom it suits. One person gets at most {limit} a day, and none between {from_time} "
                    "and {until_time}.",
                    minutes=WaitingState.offer_minutes,
                    limit=WaitingState.offers_a_day,
                    from_time=format_time(WaitingState.quiet_from, zone="UTC"),
                    until_time=format_time(WaitingState.quiet_until, zone="UTC"),
                )
            ),
            class_name="worklist-rule muted",
        ),
        class_name="worklist-bar",
    )


def _nobody() -> rx.Component:
    return empty_state(
        "list-checks",
        t("Nobody is waiting"),
        t("Add somebody who wants a time that is not free, or an earlier one."),
    )


def _queue() -> rx.Component:
    heads = (t("Place"), t("Patient"), t("Waits for"), t("When"), t("Why here"))
    return rx.fragment(
        rx.cond(
            WaitingState.total > WaitingState.wishes.length(),
            too_much(
                t("The first {n} of {all} are shown.", n=WaitingState.wishes.length(), all=WaitingState.total),
                t("Choose one location to see fewer."),
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col") for head in heads))),
                rx.el.tbody(rx.foreach(WaitingState.wishes, _wish)),
                class_name="worklist-table",
            ),
            class_name="worklist-scroll",
            tab_index=0,
            role="region",
            aria_label=t("Waitlist"),
        ),
    )


def _wish(wish: rx.Var) -> rx.Component:
    is_open = WaitingState.opened == wish["id"]
    return rx.el.tr(
        rx.el.td(wish["number"], class_name="figures worklist-number"),
        rx.el.td(
            rx.el.button(
                rx.el.span(wish["patient"], dir="auto"),
                type="button",
                on_click=[WishState.give_up, WaitingState.open(wish["id"])],
                class_name="row-button",
                custom_attrs={"aria-expanded": rx.cond(is_open, "true", "false")},
            ),
            rx.cond(
                wish["is_reached"].to(bool),
                rx.fragment(),
                rx.el.div(
                    rx.icon("phone", size=14, aria_hidden="true"),
                    rx.cond(wish["phone"] != "", phone_link(wish["phone"]), rx.el.span(t("no phone and no address"))),
                    class_name="worklist-reach warn",
                ),
            ),
        ),
        rx.el.td(rx.el.div(wish["service"], dir="auto"), rx.el.div(_whom(wish), class_name="muted")),
        rx.el.td(wish_when(wish)),
        rx.el.td(_why(wish)),
        key=wish["id"],
        data_open=rx.cond(is_open, "true", "false"),
    )


def _whom(wish: rx.Var) -> rx.Component:
    return rx.el.span(
        rx.cond(wish["practitioner"] != "", wish["practitioner"], t("anybody")),
        rx.cond(wish["location"] != "", rx.el.span(" · ", wish["location"]), rx.fragment()),
        dir="auto",
    )


def wish_when(wish: rx.Var) -> rx.Component:
    """Say in words when somebody can come, and what they have already."""
    day_words = {name: t_var(rx.Var.create(word)) for name, word in WEEKDAYS.items()}
    days = rx.foreach(
        wish["weekdays"].to(list[str]),
        lambda day: rx.el.span(rx.match(day, *day_words.items(), ""), class_name="worklist-day"),
    )
    return rx.el.div(
        rx.el.div(
            rx.cond(wish["is_any_day"].to(bool), t("Any day"), days),
            ", ",
            rx.match(wish["part_of_day"], *((name, t_var(rx.Var.create(word))) for name, word in PARTS.items()), ""),
            class_name="worklist-days",
        ),
        rx.cond(
            wish["earliest_on"] != "",
            rx.el.div(t("from {day}", day=format_date(wish["earliest_on"])), class_name="muted figures"),
        ),
        rx.cond(
            wish["latest_on"] != "",
            rx.el.div(t("until {day}", day=format_date(wish["latest_on"])), class_name="muted figures"),
        ),
        rx.cond(
            wish["earlier_than"] != "",
            rx.el.div(
                t(
                    "earlier than {day}, {time}",
                    day=format_date(wish["earlier_than"], zone=wish["zone"]),
                    time=format_time(wish["earlier_than"], zone=wish["zone"]),
                ),
                class_name="muted figures",
            ),
        ),
    )


def _why(wish: rx.Var) -> rx.Component:
    zone = rx.cond(wish["zone"] != "", wish["zone"], PageState.clinic_zone)
    since = t("{day}, {time}", day=format_date(wish["since"], zone=zone), time=format_time(wish["since"], zone=zone))
    return rx.el.div(
        rx.cond(
            wish["is_urgent"].to(bool),
            t("Urgent, and waiting since {since}.", since=since),
            t("Waiting since {since}.", since=since),
        ),
        rx.cond(
            wish["is_offered"].to(bool),
            rx.el.div(
                rx.icon("send", size=14, aria_hidden="true"), t("has an open offer"), class_name="worklist-reach warn"
            ),
        ),
        class_name="figures",
    )


def _running() -> rx.Component:
    return rx.el.section(
        rx.el.h2(tn("{n} offer is running", "{n} offers are running", n=WaitingState.running.length())),
        rx.el.ul(rx.foreach(WaitingState.running, _offer), class_name="offer-list"),
        class_name="worklist-running",
    )


def _offer(one: rx.Var) -> rx.Component:
    answers = rx.fragment(
        rx.button(
            t("Accept for the patient"),
            on_click=WaitingState.accept_for(one["id"]),
            variant="soft",
            high_contrast=True,
            size="1",
        ),
        rx.button(
            t("Decline for the patient"),
            on_click=WaitingState.decline_for(one["id"]),
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
            size="1",
        ),
    )
    return rx.el.li(
        rx.el.strong(one["patient"], dir="auto"),
        rx.el.span(moment(one["at"], zone=one["zone"]), class_name="figures"),
        rx.el.span(one["practitioner"], " · ", one["service"], class_name="muted", dir="auto"),
        rx.el.span(
            rx.icon("hourglass", size=14, aria_hidden="true"),
            hold_countdown(until=one["until"].to(int)),
            class_name="worklist-countdown figures",
        ),
        rx.cond(may_write(), rx.el.span(answers, class_name="pane-actions"), rx.fragment()),
        key=one["id"],
    )


def _history() -> rx.Component:
    heads = (t("Offered"), t("Patient"), t("Time"), t("Became"))
    return rx.el.details(
        rx.el.summary(tn("{n} earlier offer", "{n} earlier offers", n=WaitingState.history.length())),
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col") for head in heads))),
            rx.el.tbody(rx.foreach(WaitingState.history, _past)),
            class_name="worklist-table",
        ),
        class_name="worklist-history",
    )


def _past(one: rx.Var) -> rx.Component:
    became = (
        (
            name,
            rx.el.span(
                rx.icon(icon, size=14, aria_hidden="true"), t_var(rx.Var.create(word)), class_name="worklist-reach"
            ),
        )
        for name, (icon, word) in OUTCOMES.items()
    )
    return rx.el.tr(
        rx.el.td(moment(one["offered_at"], zone=one["zone"]), class_name="figures"),
        rx.el.td(one["patient"], dir="auto"),
        rx.el.td(
            rx.el.span(moment(one["at"], zone=one["zone"]), class_name="figures"),
            rx.el.div(one["practitioner"], " · ", one["service"], class_name="muted", dir="auto"),
        ),
        rx.el.td(rx.match(one["status"], *became, rx.fragment())),
        key=one["id"],
    )
