"""The page's controls in the app bar: which day it is, running late, one's own time."""

import reflex as rx

from app.components.my_day.late import late_button
from app.components.my_day.visits import VIEW
from app.components.words import format_date, t
from app.state.base import PageState
from app.state.my_day import MyDayState
from app.state.my_day_time import MyTimeState


def own_tools() -> rx.Component:
    """Show the day and what concerns all of it."""
    day = rx.el.span(format_date(VIEW["day"], style="long"), class_name="muted own-date")
    mine = rx.cond(MyDayState.standing == "own", rx.fragment(late_button(), _time_button()), rx.fragment())
    return rx.el.div(
        rx.el.h1(t("My day"), class_name="queue-title"),
        rx.cond(VIEW["day"] != "", day, rx.fragment()),
        rx.el.div(class_name="board-gap"),
        mine,
        class_name="board-tools",
    )


def _time_button() -> rx.Component:
    return rx.cond(
        PageState.permissions.contains("schedules:own"),
        rx.button(
            rx.icon("calendar-off", size=16, aria_hidden="true"),
            t("My time"),
            on_click=MyTimeState.begin,
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
            size="2",
            title=t("Block hours, or be away"),
            custom_attrs={"data-command": "my-time"},
        ),
        rx.fragment(),
    )
