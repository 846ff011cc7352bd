"""An offered time, behind the link of a letter: to take it or to leave it, on any screen."""

import reflex as rx

from app import routes
from app.components.booking.clockwork import hold_clock
from app.components.forms import pair
from app.components.patient_frame import patient_frame
from app.components.states import is_cut_off, loading_page, notice
from app.components.words import Text, format_date, format_time, format_zone, t
from app.state.offer import UNKNOWN, OfferState

OFFER = OfferState.offer


def offer() -> rx.Component:
    """Show the offer, or what became of it."""
    return patient_frame(
        rx.el.div(
            rx.match(
                OfferState.status,
                ("open", _open()),
                ("accepted", _accepted()),
                ("declined", _declined()),
                ("expired", _expired()),
                (UNKNOWN, _unknown()),
                loading_page(),
            ),
            class_name="offer",
        ),
        kind="online",
        clinic=OFFER["clinic"],
    )


def _open() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("A time has become free"), class_name="page-title"),
        _card(
            rx.el.p(
                rx.icon("hourglass", size=18, aria_hidden="true"),
                rx.el.span(t("Kept for you for")),
                hold_clock(left=OfferState.left_ms, told=OfferState.told, on_end=OfferState.time_is_over),
                class_name="offer-clock",
            )
        ),
        rx.cond(
            OFFER["replaces_at"] != "",
            notice(
                t(
                    "If you take it, your appointment on {day} at {time} moves to this time. "
                    "Otherwise it stays as it is.",
                    day=format_date(OFFER["replaces_at"], zone=OFFER["zone"], style="long"),
                    time=format_time(OFFER["replaces_at"], zone=OFFER["zone"]),
                ),
                icon="calendar-sync",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.button(
                rx.icon("check", size=22),
                t("Take this time"),
                on_click=OfferState.accept,
                disabled=is_cut_off(),
                size="4",
            ),
            rx.button(
                rx.icon("x", size=22),
                t("Leave it to somebody else"),
                on_click=OfferState.decline,
                disabled=is_cut_off(),
                size="4",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            ),
            class_name="offer-answers",
        ),
    )


def _card(*more: rx.Component) -> rx.Component:
    at, zone = OFFER["starts_at"], OFFER["zone"]
    return rx.el.section(
        rx.el.p(
            format_date(at, zone=zone, style="long"),
            rx.el.br(),
            rx.el.span(format_time(at, zone=zone), " – ", format_time(OFFER["ends_at"], zone=zone)),
            " ",
            rx.el.span(format_zone(at, zone=zone), class_name="muted"),
            class_name="offer-when figures",
        ),
        rx.el.dl(
            pair(t("With"), OFFER["practitioner"]),
            pair(t("Where"), OFFER["location"]),
            pair(t("Service"), OFFER["service"]),
            class_name="pane-facts",
        ),
        *more,
        class_name="offer-card",
    )


def _accepted() -> rx.Component:
    return _end(
        "circle-check",
        t("The time is yours"),
        t("Your appointment is booked. A letter confirms it. There is nothing more to do here."),
        _card(),
        tone="good",
    )


def _declined() -> rx.Component:
    return _end(
        "circle-x",
        t("This time is not kept for you any more"),
        t(
            "It was declined or withdrawn, and passes on to the next. "
            "You stay on the waitlist unless we tell you otherwise."
        ),
    )


def _expired() -> rx.Component:
    return _end(
        "timer-off",
        t("The time has run out"),
        t("It was passed on to somebody else. You are still on the waitlist, and we write again when a time is free."),
    )


def _unknown() -> rx.Component:
    return _end(
        "link-2-off",
        t("This link is not complete"),
        t("Open the link in your letter once more, all of it. If that does not help, call the clinic."),
        rx.el.a(t("Book another time"), href=routes.BOOK, class_name="plain-link"),
    )


def _end(icon: str, title: Text, words: Text, *more: rx.Component, tone: str = "") -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.icon(icon, size=32, aria_hidden="true"),
            rx.el.div(rx.el.h1(title, class_name="page-title"), rx.el.p(words, class_name="muted")),
            class_name="offer-end",
            role="status",
            data_tone=tone,
        ),
        *more,
    )
