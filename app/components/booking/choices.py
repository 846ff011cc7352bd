"""Large buttons to choose from, and the pieces that all steps of the booking flow share."""

from typing import Any

import reflex as rx

from app.components.words import Text, format_money, t, tn


def title(words: Text, lead: Text | None = None) -> rx.Component:
    """Show a step's heading, which takes the focus when the step opens."""
    return rx.fragment(
        rx.el.h1(words, id="step-title", tab_index=-1, class_name="page-title"),
        rx.fragment() if lead is None else rx.el.p(lead, class_name="page-lead"),
    )


def choice(*content: rx.Component, on_click: Any, is_chosen: Any = None, **props: Any) -> rx.Component:
    """Show one thing to choose as a button that fills its row or its cell."""
    attributes = {} if is_chosen is None else {"aria-pressed": rx.cond(is_chosen, "true", "false")}
    props |= {"type": "button", "class_name": "choice", "custom_attrs": attributes}
    return rx.el.button(*content, on_click=on_click, **props)


def choice_text(name: Text, *facts: rx.Component, icon: str = "") -> rx.Component:
    """Show a choice's name over its facts."""
    return rx.fragment(
        rx.icon(icon, size=22, aria_hidden="true", class_name="choice-icon") if icon else rx.fragment(),
        rx.el.span(
            rx.el.span(name, class_name="choice-name", dir="auto"),
            rx.el.span(*facts, class_name="choice-facts") if facts else rx.fragment(),
            class_name="choice-text",
        ),
        rx.icon("chevron-right", size=20, aria_hidden="true", class_name="choice-turn turn"),
    )


def service_facts(service: rx.Var[Any]) -> list[rx.Component]:
    """Return what is said about a kind of visit: length, price and when it is paid."""
    price = rx.cond(
        service["price"] > 0, format_money(service["price"], currency=service["currency"]), t("Free of charge")
    )
    return [
        rx.el.span(tn("{n} minute", "{n} minutes", n=service["minutes"])),
        rx.el.span(price, class_name="figures"),
        rx.cond(service["is_due_at_desk"], rx.el.span(t("to be paid at the desk")), rx.fragment()),
        rx.cond(service["is_group"], rx.el.span(t("in a group")), rx.fragment()),
        rx.cond(service["is_video"], rx.el.span(t("by video")), rx.fragment()),
    ]


def actions(*buttons: rx.Component) -> rx.Component:
    """Set a step's buttons at its end: the way on first for the eye, the way back beside it."""
    return rx.el.div(*buttons, class_name="step-actions")


def back_button(on_click: Any) -> rx.Component:
    """Show the way back."""
    return rx.button(
        rx.icon("arrow-left", size=18, aria_hidden="true", class_name="turn"),
        t("Back"),
        type="button",
        variant="soft",
        color_scheme="gray",
        size="3",
        on_click=on_click,
    )
