"""The visits of the day as every part of the page reads them, and the buttons that take a step with one."""

from typing import Any

import reflex as rx

from app.components.words import Text, t
from app.state.my_day import MyDayFeed
from app.state.my_day_acts import MyDayActs
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_views import OwnVisitView

VIEW = MyDayFeed.view
VISITS = VIEW["visits"].to(dict[str, OwnVisitView])
OPEN = MyDayPatient.summary["id"].to(str)
NEXT = VIEW["next"].to(str)
NOT_BEGUN = ("booked", "noshow", "arrived", "checked-in")

Row = rx.Var[Any]


def is_known(visit_id: rx.Var[str]) -> rx.Var[bool]:
    """Tell whether a visit stands in the day as it is shown."""
    return VISITS.contains(visit_id)


def can_start(row: Row) -> rx.Var[bool]:
    """Tell whether a visit has yet to begin; the service asks again."""
    return rx.Var.create(list(NOT_BEGUN)).contains(row["status"])


def start_button(row: Row, *, size: str = "2") -> rx.Component:
    """Begin a visit: whoever the desk has not noted yet arrives with it, and so it does not stand out."""
    is_here = row["state"] != ""
    return rx.button(
        rx.icon("play", size=16, aria_hidden="true", class_name="turn"),
        t("Start now"),
        on_click=MyDayActs.act("start", row["id"], row["version"], MyDayActs.press),
        variant=rx.cond(is_here, "solid", "soft"),
        high_contrast=~is_here,
        size=size,
        aria_label=t("Start now with {patient}", patient=row["patient"]),
    )


def done_button(row: Row, *, size: str = "2") -> rx.Component:
    """End a visit."""
    return rx.button(
        rx.icon("check", size=16, aria_hidden="true"),
        t("Done"),
        on_click=MyDayActs.act("finish", row["id"], row["version"], MyDayActs.press),
        size=size,
        aria_label=t("Done with {patient}", patient=row["patient"]),
    )


def back_button(row: Row, words: Text, *, action: str = "back") -> rx.Component:
    """Take the last step of a visit back."""
    return rx.button(
        rx.icon("undo-2", size=16, aria_hidden="true"),
        words,
        on_click=MyDayActs.act(action, row["id"], row["version"], MyDayActs.press),
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
        size="3",
    )


def at_hand() -> rx.Component:
    """Name whom a key means while no row is under the keyboard: for Start the open visit or who is next."""
    starts = rx.cond(is_known(OPEN) & can_start(VISITS[OPEN]), OPEN, NEXT)
    ends = rx.cond(is_known(OPEN) & (VISITS[OPEN]["status"] == "in-room"), OPEN, VIEW["now"].to(list[str])[0])
    return rx.fragment(
        _hand("start", starts.to(str)),
        _hand("finish", ends.to(str)),
        _hand("notes prescriptions follow-up", OPEN),
    )


def _hand(actions: str, visit_id: rx.Var[str]) -> rx.Component:
    version = rx.cond(is_known(visit_id), VISITS[visit_id]["version"], 0)
    return rx.el.span(hidden=True, custom_attrs={"data-at-hand": actions, "data-of": visit_id, "data-version": version})
