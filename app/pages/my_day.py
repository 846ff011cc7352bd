"""My day: a practitioner's own patients between two visits: now, next, who waits, and the one who is before them."""

import reflex as rx

from app import routes
from app.components.my_day.keys import ACTIONS, KEYS
from app.components.my_day.lists import own_lists
from app.components.my_day.patient import own_patient
from app.components.my_day.time import time_dialog
from app.components.my_day.tools import own_tools
from app.components.my_day.visits import VIEW, at_hand
from app.components.queue.keys import queue_keys
from app.components.shell import shell
from app.components.states import empty_state, error_state
from app.components.words import t
from app.state.my_day import MyDayState
from app.state.my_day_acts import MyDayActs


def my_day() -> rx.Component:
    """Show the reader's own day."""
    return shell(
        rx.cond(MyDayState.has_failed, _failed(), rx.cond(MyDayState.standing == "nobody", _nobody(), _day())),
        area=routes.MY_DAY,
        tools=own_tools(),
        keys=KEYS,
        here={"day": VIEW["day"]},
        heard=rx.cond(VIEW["is_read"], VIEW, {}),
        zone=VIEW["zone"],
    )


def _day() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.section(own_lists(), aria_label=t("My patients of today"), class_name="own-list"),
            rx.el.section(own_patient(), aria_label=t("The patient"), class_name="own-patient"),
            class_name="own-day",
        ),
        time_dialog(),
        at_hand(),
        queue_keys(actions=ACTIONS, on_key=MyDayActs.press_key),
    )


def _nobody() -> rx.Component:
    return empty_state(
        "user-round-x",
        t("Your account is not linked to a practitioner"),
        t("An administrator can say under Settings, Staff, which practitioner you are. Until then, use the day board."),
        rx.el.a(t("To the day board"), href=routes.BOARD, class_name="plain-link"),
    )


def _failed() -> rx.Component:
    again = rx.button(t("Try again"), on_click=MyDayState.load, variant="soft", high_contrast=True)
    return error_state(t("Your day could not be read."), t("Nothing was changed."), again)
