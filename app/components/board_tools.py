"""The board's own controls in the app bar: location, day, practitioners, zoom."""

import reflex as rx

from app.components.mini_month import date_picker
from app.components.view_switch import view_switch
from app.components.words import format_date, t
from app.state.board import BoardState


def board_tools() -> rx.Component:
    """Show what is looked at and how to look elsewhere."""
    return rx.el.div(_place(), _days(), _date(), rx.el.div(class_name="board-gap"), _people(), _zoom(), _views(),
                     class_name="board-tools")  # fmt: skip


def _place() -> rx.Component:
    return rx.select.root(
        rx.select.trigger(aria_label=t("Location"), variant="soft", color_scheme="gray"),
        rx.select.content(
            rx.foreach(BoardState.places, lambda place: rx.select.item(place["name"], value=place["id"])),
            position="popper",
        ),
        value=BoardState.location_id,
        on_change=BoardState.choose_place,
        size="2",
    )


def _days() -> rx.Component:
    return rx.el.div(
        _icon_button("chevron-left", t("Previous day (PgUp)"), BoardState.turn("previous"), turn=True),
        rx.button(
            t("Today"),
            on_click=BoardState.turn("today"),
            variant=rx.cond(BoardState.is_today, "soft", "outline"),
            color_scheme="gray",
            size="2",
            title=t("Today (T)"),
        ),
        _icon_button("chevron-right", t("Next day (PgDn)"), BoardState.turn("next"), turn=True),
        class_name="board-days",
    )


def _date() -> rx.Component:
    return rx.el.div(
        rx.el.h1(format_date(BoardState.day, style="bar"), class_name="board-date", aria_live="polite"),
        date_picker(day=BoardState.day, location=BoardState.location_id, on_day=BoardState.choose_day),
        class_name="board-when",
    )


def _views() -> rx.Component:
    location = BoardState.location_id
    return view_switch("day", day=BoardState.day, location=location, board_location=location)


def _people() -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("users-round", size=16, aria_hidden="true"),
                rx.el.span(t("Practitioners"), class_name="board-wide"),
                rx.cond(BoardState.hidden.length() > 0, rx.icon("list-filter", size=14, aria_hidden="true")),
                variant="soft",
                color_scheme="gray",
                size="2",
                aria_label=t("Practitioners on the board"),
            )
        ),
        rx.popover.content(
            rx.el.div(
                rx.foreach(BoardState.people, _person),
                rx.button(
                    t("Show everybody"),
                    on_click=BoardState.show_everybody,
                    variant="ghost",
                    high_contrast=True,
                    size="1",
                ),
                class_name="board-people",
            ),
            align="end",
            aria_label=t("Practitioners on the board"),
        ),
    )


def _person(person: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.checkbox(
            checked=person["is_shown"].to(bool), on_change=lambda _: BoardState.filter_person(person["id"]), size="2"
        ),
        rx.el.span(person["name"]),
        rx.el.span(person["specialty"], class_name="muted"),
        key=person["id"],
    )


def _zoom() -> rx.Component:
    is_rooms, is_table = BoardState.mode == "rooms", BoardState.is_table
    return rx.el.div(
        rx.icon_button(
            rx.icon("door-open", size=18),
            on_click=BoardState.choose_mode(rx.cond(is_rooms, "people", "rooms")),
            variant=rx.cond(is_rooms, "soft", "ghost"),
            color_scheme="gray",
            aria_label=t("Rooms as columns"),
            aria_pressed=rx.cond(is_rooms, "true", "false"),
            title=t("Rooms as columns"),
            custom_attrs={"data-command": "rooms"},
        ),
        rx.icon_button(
            rx.icon("table", size=18),
            on_click=BoardState.show_table,
            variant=rx.cond(is_table, "soft", "ghost"),
            color_scheme="gray",
            aria_label=t("As a table"),
            aria_pressed=rx.cond(is_table, "true", "false"),
            title=t("As a table"),
            custom_attrs={"data-command": "table"},
        ),
        _icon_button("zoom-out", t("Show more hours"), BoardState.zoom("out")),
        _icon_button("zoom-in", t("Show larger"), BoardState.zoom("in")),
        class_name="board-zoom",
    )


def _icon_button(icon: str, label: rx.Var[str], on_click: rx.event.EventSpec, *, turn: bool = False) -> rx.Component:
    return rx.icon_button(
        rx.icon(icon, size=18, class_name="turn" if turn else ""),
        on_click=on_click,
        variant="ghost",
        color_scheme="gray",
        aria_label=label,
        title=label,
    )
