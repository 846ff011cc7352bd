"""The forms in the board's pane that book: a start, free or overbooked with a reason, or a place in a session."""

import reflex as rx

from app import routes
from app.components.forms import field, pair
from app.components.pane import moment, pane_head
from app.components.patient_search import patient_search
from app.components.states import notice
from app.components.words import Text, format_date, format_money, t, t_var
from app.state.base import PageState
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState
from app.state.board_why import WhyState


def start_form() -> rx.Component:
    """Book the chosen start: who, which service, then at once or held."""
    return rx.el.div(
        _head(t("New appointment")),
        _when(BookingState.starts_at, BookingState.practitioner),
        _patient(),
        _services(),
        _book_or_overbook(is_ready=(BookingState.patient["id"] != "") & (BookingState.service_id != ""), repeat=True),
        class_name="pane-body",
    )


def join_form() -> rx.Component:
    """Book a place in a session for a patient."""
    return rx.el.div(
        _head(PaneState.session["service"]),
        _when(BookingState.starts_at, BookingState.practitioner),
        _patient(),
        _book_or_overbook(is_ready=BookingState.patient["id"] != "", repeat=False),
        class_name="pane-body",
    )


def _head(title: rx.Var[str]) -> rx.Component:
    return pane_head(rx.el.h2(title))


def _when(starts_at: rx.Var[str], practitioner: rx.Var[str]) -> rx.Component:
    return rx.el.dl(
        pair(t("Time"), moment(starts_at, zone=BoardState.zone), figures=True),
        pair(t("Practitioner"), practitioner),
        class_name="pane-facts",
    )


def _patient() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Patient")),
        rx.cond(
            BookingState.patient["id"] != "",
            _chosen(),
            patient_search("board", on_chosen=BookingState.take_chosen, auto_focus=True, key=BookingState.starts_at),
        ),
    )


def _chosen() -> rx.Component:
    patient = BookingState.patient
    return rx.el.div(
        rx.el.div(
            rx.cond(
                patient["alert"] != "", notice(patient["alert"], tone="warning", icon="triangle-alert", role="alert")
            ),
            rx.el.strong(patient["name"], dir="auto"),
            rx.el.span(
                format_date(patient["birth_date"], style="short"), " ", patient["phone"], class_name="muted figures"
            ),
            class_name="pane-who",
        ),
        rx.button(t("Change"), on_click=BookingState.other_patient, variant="ghost", size="1", high_contrast=True),
        class_name="pane-chosen",
    )


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(BookingState.wrong_field == name, t_var(BookingState.wrong_reason), "").to(str)


def _services() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Service")),
        rx.cond(
            BookingState.offers.length() > 0,
            rx.el.div(
                rx.foreach(BookingState.offers, _offer),
                role="radiogroup",
                aria_label=t("Service"),
                class_name="pane-offers",
            ),
            notice(t("This practitioner offers no service here."), icon="info"),
        ),
        rx.cond(
            (BookingState.offers.length() > 0)
            & ~BookingState.offers[-1]["fits"].to(bool)
            & PageState.permissions.contains("slots:explain"),
            rx.button(
                t("Why are some not possible?"),
                on_click=WhyState.ask_start,
                type="button",
                variant="ghost",
                size="1",
                high_contrast=True,
            ),
            rx.fragment(),
        ),
        rx.cond(BookingState.patient["id"] != "", _waitlist(), rx.fragment()),
    )


def _waitlist() -> rx.Component:
    """Lead to the waitlist when nothing fits: with ids only in the address."""
    wish = routes.WORKLISTS + "?patient=" + BookingState.patient["id"] + "&service=" + BookingState.service_id
    return rx.el.a(t("Put on the waitlist"), href=wish, class_name="plain-link")


def _offer(offer: rx.Var[dict[str, str]]) -> rx.Component:
    price = offer["price"].to(int)
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="service",
            value=offer["id"],
            checked=BookingState.service_id == offer["id"],
            disabled=~(offer["fits"].to(bool) | offer["may_overbook"].to(bool)),
            on_change=lambda _: BookingState.choose_service(offer["id"]),
        ),
        rx.el.span(offer["name"], class_name="offer-name"),
        rx.el.span(
            rx.cond(
                offer["fits"].to(bool),
                t("{n} min", n=offer["minutes"]),
                rx.cond(offer["may_overbook"].to(bool), t("only overbooked"), t("not possible at this time")),
            ),
            class_name="muted figures",
        ),
        rx.el.span(
            rx.cond(price > 0, format_money(price, currency=offer["currency"]), t("free")), class_name="muted figures"
        ),
        key=offer["id"],
        class_name="pane-offer",
    )


def _book_or_overbook(*, is_ready: rx.Var[bool], repeat: bool) -> rx.Component:
    return rx.cond(BookingState.is_beyond, _overbook(is_ready=is_ready), _book(is_ready=is_ready, repeat=repeat))


def _book(*, is_ready: rx.Var[bool], repeat: bool) -> rx.Component:
    # A new button for each patient: with whoever was found by Enter the keyboard stands on it, and books by Enter.
    chosen = BookingState.patient["id"]
    buttons = [
        rx.button(t("Book"), on_click=BookingState.book, disabled=~is_ready, size="2", auto_focus=True, key=chosen),
        _soft(
            "hourglass", t("Hold"), BookingState.hold, is_ready=is_ready, title=t("Keep the time while you still ask")
        ),
    ]
    if repeat:
        title = t("Book it again and again, every so many days, weeks or months")
        buttons.append(_soft("repeat", t("Repeat"), SeriesState.begin, is_ready=is_ready, title=title))
    return rx.el.div(*buttons, class_name="pane-actions")


def _soft(
    icon: str, words: Text, on_click: rx.event.EventHandler, *, is_ready: rx.Var[bool], title: Text
) -> rx.Component:
    return rx.button(
        rx.icon(icon, size=16),
        words,
        on_click=on_click,
        disabled=~is_ready,
        variant="soft",
        high_contrast=True,
        size="2",
        title=title,
    )


def _overbook(*, is_ready: rx.Var[bool]) -> rx.Component:
    """Ask for the reason without which nothing is overbooked."""
    return rx.el.form(
        notice(
            t("This time is taken. The appointment will stand beside the other one."), tone="warning", icon="layers-2"
        ),
        field(
            "overbook_reason",
            label=t("Why is it overbooked?"),
            error=_wrong("overbook_reason"),
            required=True,
            max_length=200,
            size="2",
            auto_complete="off",
        ),
        rx.el.div(
            rx.button(rx.icon("layers-2", size=16), t("Overbook"), type="submit", disabled=~is_ready, size="2"),
            class_name="pane-actions",
        ),
        on_submit=BookingState.overbook,
        class_name="pane-form",
    )
