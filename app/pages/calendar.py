"""Week, month and list: many days of one or all locations, with the board's pane beside them."""

import reflex as rx

from app import routes
from app.components.board_pane import board_pane
from app.components.calendar_keys import ACTIONS, KEYS
from app.components.calendar_tools import calendar_tools
from app.components.calendar_views import calendar_views
from app.components.queue.keys import queue_keys
from app.components.shell import shell
from app.components.states import empty_state
from app.components.words import t
from app.state.base import PageState
from app.state.board_pane import PaneState
from app.state.calendar import EVERYWHERE, CalendarFeed, CalendarState
from app.state.calendar_keys import CalendarKeyState
from app.state.calendar_move import CalendarMoveState


def calendar() -> rx.Component:
    """Show the days with the pane of what was chosen in them."""
    return shell(
        rx.cond(
            CalendarState.is_denied,
            empty_state("building-2", t("No location is open to you"), t("Ask an administrator to give you one.")),
            rx.el.div(_days(), board_pane(), _keys(), class_name="board-page calendar-page"),
        ),
        area=routes.CALENDAR,
        tools=calendar_tools(),
        keys=KEYS,
        keys_about=t("They work on the card that has the keyboard's focus, or else on the one that is open."),
        zone=CalendarState.zone,
    )


def _days() -> rx.Component:
    return rx.el.div(
        rx.cond(CalendarState.is_filtered, _filtered()),
        rx.cond(CalendarState.view == "list", _list_form()),
        calendar_views(
            feed=CalendarFeed.message,
            label=rx.match(
                CalendarState.view, ("month", t("Month")), ("list", t("List of appointments")), t("Week")
            ),
            everywhere=CalendarState.location_id == EVERYWHERE,
            as_table=CalendarState.is_table,
            selected=PaneState.selected,
            moving=PaneState.moving["id"],
            targets=CalendarMoveState.targets,
            people=CalendarState.people,
            may_move=PageState.permissions.contains("appointments:write"),
            on_card=PaneState.open_card,
            on_day=CalendarState.open_day,
            on_drop=CalendarMoveState.drop,
            on_aim=CalendarMoveState.aim,
            on_person=CalendarState.only_person,
            on_lost=CalendarState.resend,
            on_changed=PaneState.card_changed,
        ),
        class_name="calendar-main",
    )  # fmt: skip


def _keys() -> rx.Component:
    return queue_keys(actions=ACTIONS, on_key=CalendarKeyState.press_key)


def _filtered() -> rx.Component:
    return rx.el.p(
        rx.icon("list-filter", size=14, aria_hidden="true"),
        t("Filters are set: some appointments are not shown."),
        rx.el.button(
            t("Show everything"), type="button", on_click=CalendarState.show_everything, class_name="link-button"
        ),
        class_name="calendar-form",
    )


def _list_form() -> rx.Component:
    return rx.el.label(
        rx.switch(checked=CalendarState.is_table, on_change=CalendarState.show_table, size="1"),
        t("As a table"),
        class_name="calendar-form",
    )
