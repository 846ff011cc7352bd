"""The controls of the page of arrivals in the app bar: location, practitioners, where to call, walk-in, display."""

from typing import Any

import reflex as rx

from app.components.queue.rows import VIEW
from app.components.words import t
from app.state.arrivals import PLANNED, RECEPTION, ArrivalsState
from app.state.arrivals_display import DisplayState
from app.state.arrivals_walk_in import WalkInState


def queue_tools() -> rx.Component:
    """Show what is followed, and what begins here."""
    return rx.el.div(
        _place(),
        rx.el.h1(t("Arrivals"), class_name="queue-title"),
        rx.el.div(class_name="board-gap"),
        _people(),
        _target(),
        rx.button(
            rx.icon("footprints", size=16, aria_hidden="true"),
            t("Walk-in"),
            on_click=WalkInState.begin,
            size="2",
            title=t("Somebody without an appointment (W)"),
            custom_attrs={"data-command": "walk-in"},
        ),
        rx.icon_button(
            rx.icon("monitor", size=18),
            on_click=DisplayState.begin,
            variant="ghost",
            color_scheme="gray",
            aria_label=t("The waiting room's display"),
            title=t("The waiting room's display"),
            custom_attrs={"data-command": "display"},
        ),
        class_name="board-tools",
    )


def _place() -> rx.Component:
    return rx.select.root(
        rx.select.trigger(aria_label=t("Location"), variant="soft", color_scheme="gray"),
        rx.select.content(
            rx.foreach(ArrivalsState.places, lambda place: rx.select.item(place["name"], value=place["id"])),
            position="popper",
        ),
        value=ArrivalsState.location_id,
        on_change=ArrivalsState.choose_place,
        size="2",
    )


def _target() -> rx.Component:
    return rx.el.div(
        rx.el.span(t("Call to"), class_name="muted board-wide", id="queue-target"),
        rx.select.root(
            rx.select.trigger(aria_label=t("Where patients are called to"), variant="soft", color_scheme="gray"),
            rx.select.content(
                rx.select.item(t("The planned room"), value=PLANNED),
                rx.select.item(t("Reception"), value=RECEPTION),
                rx.foreach(ArrivalsState.rooms, lambda room: rx.select.item(room["name"], value=room["id"])),
                position="popper",
            ),
            value=ArrivalsState.target,
            on_change=ArrivalsState.choose_target,
            size="2",
        ),
        class_name="queue-target",
    )


def _people() -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("users-round", size=16, aria_hidden="true"),
                rx.el.span(t("Practitioners"), class_name="board-wide"),
                rx.cond(VIEW["is_filtered"], rx.icon("list-filter", size=14, aria_hidden="true")),
                variant="soft",
                color_scheme="gray",
                size="2",
                aria_label=t("Whose patients are shown"),
            )
        ),
        rx.popover.content(
            rx.el.div(
                rx.foreach(VIEW["people"], _person),
                rx.button(
                    t("Show everybody"),
                    on_click=ArrivalsState.show_everybody,
                    variant="ghost",
                    high_contrast=True,
                    size="1",
                ),
                class_name="board-people",
            ),
            align="end",
            aria_label=t("Whose patients are shown"),
        ),
    )


def _person(person: rx.Var[Any]) -> rx.Component:
    chosen = ArrivalsState.only.contains(person["id"])
    return rx.el.label(
        rx.checkbox(checked=chosen, on_change=lambda _: ArrivalsState.filter_person(person["id"]), size="2"),
        rx.el.span(person["name"]),
        rx.cond(
            person["late"].to(int) > 0,
            rx.el.span(t("{n} min late", n=person["late"]), class_name="queue-flag warning"),
            rx.fragment(),
        ),
        key=person["id"],
    )
