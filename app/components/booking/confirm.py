"""The end of the booking flow: everything once more with the hold's countdown in view, then done."""

import reflex as rx

from app.components.booking.choices import actions, back_button, title
from app.components.booking.clockwork import hold_clock
from app.components.forms import pair
from app.components.states import notice
from app.components.words import format_date, format_money, format_time, format_zone, t
from app.state.book import BookState
from app.state.book_guest import BookGuestState
from app.state.book_walk import BookWalkState


def confirm_step() -> rx.Component:
    """Show what will be booked."""
    who = BookGuestState.details
    person = t("{given} {family}", given=who["given_name"], family=who["family_name"])
    return rx.el.section(
        title(t("Is everything right?")),
        _summary(pair(t("Patient"), person)),
        _payment(),
        actions(
            rx.button(t("Book this visit"), type="button", size="3", on_click=BookGuestState.confirm),
            back_button(BookWalkState.back),
        ),
    )


def done_step(*, is_kiosk: bool) -> rx.Component:
    """Say that it is booked, when and where; at the kiosk the next thing is to wipe it all."""
    ending = (
        rx.button(t("Done"), type="button", size="3", on_click=BookWalkState.wipe)
        if is_kiosk
        else rx.fragment(
            rx.el.a(
                rx.icon("calendar-arrow-down", size=18, aria_hidden="true"),
                t("Add to my calendar"),
                href=BookGuestState.calendar,
                download="appointment.ics",
                class_name="calendar-link",
            ),
            rx.button(
                t("Book another visit"),
                type="button",
                variant="soft",
                color_scheme="gray",
                size="3",
                on_click=BookWalkState.again,
            ),
        )
    )
    return rx.el.section(
        rx.icon("circle-check-big", size=48, aria_hidden="true", class_name="done-mark"),
        title(t("Your visit is booked"), t("We look forward to seeing you.")),
        _summary(),
        _payment(),
        rx.el.p(t("To change or cancel it, please call {phone}.", phone=BookState.phone), class_name="muted"),
        actions(ending),
        class_name="done",
    )


def held_bar() -> rx.Component:
    """Keep the held time and its countdown in view on every step until it is booked."""
    time = BookState.held_time
    clock = format_time(time["starts_at"], zone=time["zone"])
    return rx.cond(
        BookState.held["id"] != "",
        rx.el.aside(
            rx.icon("hourglass", size=20, aria_hidden="true"),
            rx.el.span(
                t("Held for you: {day}, {time}", day=_day(time), time=clock),
                class_name="held-words",
            ),
            hold_clock(left=BookState.held["left_ms"], told=BookState.held["told"], on_end=BookWalkState.hold_ended),
            rx.el.span(
                rx.cond(
                    BookState.step != "confirm",
                    rx.button(t("Go on with it"), type="button", size="2", on_click=BookWalkState.keep_held),
                    rx.fragment(),
                ),
                rx.button(
                    t("Give it back"),
                    type="button",
                    size="2",
                    variant="soft",
                    color_scheme="gray",
                    on_click=BookWalkState.give_back,
                ),
                class_name="held-actions",
            ),
            aria_label=t("Held time"),
            class_name="held-bar",
        ),
        rx.fragment(),
    )


def _summary(*more: rx.Component) -> rx.Component:
    time = BookState.chosen
    clock = t(
        "{begin} to {end} ({zone})",
        begin=format_time(time["starts_at"], zone=time["zone"]),
        end=format_time(time["ends_at"], zone=time["zone"]),
        zone=format_zone(time["starts_at"], zone=time["zone"]),
    )
    price = rx.cond(
        BookState.service["price"] > 0,
        format_money(BookState.service["price"], currency=BookState.service["currency"]),
        t("Free of charge"),
    )
    where = rx.fragment(
        rx.el.span(time["location"], dir="auto", class_name="where"),
        rx.el.span(time["address"], dir="auto", class_name="where muted"),
    )
    return rx.el.dl(
        pair(t("Visit"), BookState.service["name"]),
        pair(t("Day"), _day(time)),
        pair(t("Time"), clock, figures=True),
        pair(t("With"), time["practitioner"]),
        pair(t("Where"), where),
        pair(t("Price"), price, figures=True),
        *more,
        class_name="summary panel",
    )


def _day(time: rx.Var[dict[str, str]]) -> rx.Var[str]:
    return format_date(time["starts_at"], zone=time["zone"], style="long")


def _payment() -> rx.Component:
    words = notice(t("Nothing is paid now. Please pay at the desk before your visit."), icon="wallet")
    return rx.cond(BookState.service["is_due_at_desk"], words, rx.fragment())
