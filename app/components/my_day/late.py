"""The button that says by how many minutes the practitioner is late, and its little form."""

from typing import Any

import reflex as rx

from app.components.forms import field
from app.components.my_day.visits import VIEW
from app.components.pane import key_hint
from app.components.words import t, t_var
from app.state.my_day_late import QUICK_MINUTES, OwnLateState
from app.state.my_day_views import SiteView

SITES = VIEW["sites"].to(list[SiteView])
HERE = SITES[0]["id"].to(str)


def late_button() -> rx.Component:
    """Say it, change it, take it back."""
    is_late = VIEW["late"].to(int) > 0
    words = rx.cond(is_late, t("{n} min late", n=VIEW["late"]), t("Running late")).to(str)
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("clock-alert", size=16, aria_hidden="true"),
                words,
                key_hint("L"),
                variant="soft",
                color_scheme=rx.cond(is_late, "amber", "gray"),
                high_contrast=True,
                size="2",
                disabled=SITES.length() == 0,
                custom_attrs={"data-command": "late"},
            )
        ),
        rx.popover.content(_form(), align="end", max_width="24rem", aria_label=t("How late are you?")),
        open=OwnLateState.is_open,
        on_open_change=OwnLateState.show,
    )


def _form() -> rx.Component:
    wrong = rx.cond(OwnLateState.wrong_minutes != "", t_var(OwnLateState.wrong_minutes), "").to(str)
    return rx.el.div(
        rx.el.h2(t("How late are you?"), class_name="own-form-title"),
        rx.cond(SITES.length() > 1, _places(), rx.fragment()),
        rx.el.div(
            *(_minutes(count) for count in QUICK_MINUTES),
            class_name="pane-actions",
            role="group",
            aria_label=t("How late are you?"),
        ),
        rx.el.form(
            field(
                "minutes", label=t("Other minutes"), error=wrong, type="number", min=0, max=600, size="2",
                auto_complete="off",
            ),
            rx.button(t("Say so"), type="submit", size="3", variant="soft", high_contrast=True),
            on_submit=lambda form: OwnLateState.say_typed(HERE, form),
            class_name="own-typed",
        ),
        rx.foreach(SITES, _on_time),
        rx.el.p(
            t("The board and the display show it at once. Patients of the next hours get a letter in a few minutes."),
            class_name="muted",
        ),
        class_name="pane-form",
    )  # fmt: skip


def _minutes(count: int) -> rx.Component:
    return rx.button(t("{n} min", n=count), on_click=OwnLateState.say_late(count, HERE), size="3")


def _on_time(site: rx.Var[Any]) -> rx.Component:
    """Take it back, at the one site where it was said or at each of several."""
    words = rx.cond(SITES.length() > 1, t("On time again at {place}", place=site["name"]), t("On time again")).to(str)
    again = rx.button(
        rx.icon("check", size=16, aria_hidden="true"),
        words,
        on_click=OwnLateState.on_time(site["id"]),
        size="3",
        key=site["id"],
    )
    return rx.cond(site["late"].to(int) > 0, again, rx.fragment())


def _places() -> rx.Component:
    return rx.el.label(
        rx.el.span(t("Location"), class_name="field-label"),
        rx.el.select(
            rx.foreach(SITES, _place),
            value=rx.cond(OwnLateState.location_id != "", OwnLateState.location_id, HERE),
            on_change=OwnLateState.choose_place,
            class_name="select",
        ),
        class_name="field",
    )


def _place(site: rx.Var[Any]) -> rx.Component:
    return rx.el.option(site["name"], value=site["id"], key=site["id"])
