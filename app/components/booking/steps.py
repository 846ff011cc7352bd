"""The first steps of the booking flow: the kiosk's welcome, the kind of visit, where and with whom."""

from typing import Any

import reflex as rx

from app.components.booking.choices import actions, back_button, choice, choice_text, service_facts, title
from app.components.states import empty_state, loading_rows
from app.components.words import t
from app.state.book import BookState
from app.state.book_times import BookTimesState
from app.state.book_walk import BookWalkState


def welcome_step() -> rx.Component:
    """Greet at the kiosk; the languages stand open in the frame above."""
    return rx.el.section(
        title(
            t("Welcome to {clinic}", clinic=BookState.clinic),
            t("Choose your language above, then begin."),
        ),
        rx.el.button(
            rx.icon("calendar-plus", size=40, aria_hidden="true"),
            rx.el.span(t("Book a visit")),
            type="button",
            on_click=BookWalkState.begin,
            class_name="welcome-go",
        ),
        rx.el.p(t("You already have an appointment? Please go to reception."), class_name="welcome-else"),
        class_name="welcome",
    )


def service_step() -> rx.Component:
    """Choose the kind of visit."""
    return rx.el.section(
        title(t("What is the visit for?")),
        rx.cond(
            BookState.services.length() > 0,
            rx.el.ul(rx.foreach(BookState.services, _service), class_name="choices"),
            rx.cond(BookState.clinic != "", _nothing(), loading_rows(6)),
        ),
        rx.cond(BookState.kind == "kiosk", actions(back_button(BookWalkState.back)), rx.fragment()),
    )


def _nothing() -> rx.Component:
    return empty_state(
        "calendar-x", t("Nothing can be booked here at the moment"), t("Please call the clinic or ask at reception.")
    )


def _service(service: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        choice(
            choice_text(service["name"], *service_facts(service)),
            on_click=BookState.choose_service(service["id"]),
        ),
        key=service["id"],
    )


def place_step() -> rx.Component:
    """Choose the site and the practitioner; neither has to be chosen."""
    return rx.el.section(
        title(t("Where and with whom?")),
        rx.cond(
            BookState.service["location_ids"].length() > 1,
            rx.el.fieldset(
                rx.el.legend(t("Where"), class_name="group-title"),
                rx.el.div(
                    _place("", t("Anywhere"), ""),
                    rx.foreach(BookState.places, _known_place),
                    class_name="places",
                ),
                class_name="group",
            ),
            rx.fragment(),
        ),
        rx.el.h2(t("With whom"), class_name="group-title"),
        rx.el.ul(
            rx.el.li(
                choice(choice_text(t("Whoever is free first"), icon="clock"), on_click=BookTimesState.choose_person(""))
            ),
            rx.foreach(BookState.people, _person),
            class_name="choices people",
        ),
        actions(back_button(BookWalkState.back)),
    )


def _known_place(place: rx.Var[Any]) -> rx.Component:
    return rx.cond(_gives_service(place), _place(place["id"], place["name"], place["address"]), rx.fragment())


def _gives_service(place: rx.Var[Any]) -> rx.Var[bool]:
    return BookState.service["location_ids"].contains(place["id"])


def _place(place_id: Any, name: Any, address: Any) -> rx.Component:
    is_chosen = BookState.location_id == place_id
    return rx.el.button(
        rx.el.span(name, class_name="choice-name", dir="auto"),
        rx.el.span(address, class_name="choice-facts", dir="auto"),
        type="button",
        on_click=BookState.choose_place(place_id),
        class_name="choice place",
        custom_attrs={"aria-pressed": rx.cond(is_chosen, "true", "false")},
        key=place_id,
    )


def _person(person: rx.Var[Any]) -> rx.Component:
    is_here = (BookState.location_id == "") | person["location_ids"].contains(BookState.location_id)
    line = rx.el.li(
        choice(choice_text(person["name"], icon="user-round"), on_click=BookTimesState.choose_person(person["id"])),
        key=person["id"],
    )
    return rx.cond(person["service_ids"].contains(BookState.service["id"]) & is_here, line, rx.fragment())
