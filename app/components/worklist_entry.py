"""The pane beside the waitlist: one entry with what can be done for it, or the form of a wish."""

import reflex as rx

from app import routes
from app.components.forms import pair
from app.components.pane import moment, pane_top, quiet_button
from app.components.states import empty_state, notice
from app.components.words import t, t_var, tn
from app.components.worklist_displaced import phone_link
from app.components.worklist_waiting import may_write, wish_when
from app.components.worklist_wish import wish_form
from app.state.base import PageState
from app.state.worklists_waiting import WaitingState
from app.state.worklists_wish import WishState


def waiting_pane() -> rx.Component:
    """Show the form of a wish, or the chosen entry."""
    chosen = rx.foreach(
        WaitingState.wishes,
        lambda wish: rx.cond(wish["id"] == WaitingState.opened, _entry(wish), rx.fragment()),
    )
    nothing = empty_state(
        "mouse-pointer-click", t("Nobody is chosen"), t("Choose somebody to offer a time, change or remove the wish.")
    )
    return rx.cond(WishState.is_open, wish_form(), rx.cond(WaitingState.opened != "", rx.fragment(chosen), nothing))


def _entry(wish: rx.Var) -> rx.Component:
    return rx.el.div(
        pane_top(wish["patient"].to(str), WaitingState.close),
        rx.el.dl(
            pair(t("Waits for"), wish["service"]),
            pair(t("With"), rx.cond(wish["practitioner"] != "", wish["practitioner"], t("anybody"))),
            rx.cond(wish["location"] != "", pair(t("Where"), wish["location"])),
            rx.cond(wish["phone"] != "", pair(t("Phone"), phone_link(wish["phone"]), figures=True)),
            class_name="pane-facts",
        ),
        wish_when(wish),
        rx.cond(may_write(), _acts(wish), rx.fragment()),
        rx.el.a(
            t("Open the file"), href=routes.PATIENTS + "?patient=" + wish["patient_id"].to(str), class_name="plain-link"
        ),
        class_name="pane-body",
    )


def _acts(wish: rx.Var) -> rx.Component:
    may_offer = PageState.permissions.contains("waitlist:offer") & ~wish["is_offered"].to(bool)
    return rx.fragment(
        rx.cond(may_offer, _offers(), rx.fragment()),
        rx.el.div(rx.cond(WaitingState.is_asking, _sure(), _change(wish)), class_name="pane-actions"),
    )


def _offers() -> rx.Component:
    look = rx.button(
        rx.icon("send", size=16),
        t("Offer a time now"),
        on_click=WaitingState.look,
        variant="soft",
        high_contrast=True,
        size="2",
    )
    why = rx.cond(
        WaitingState.suited_reason != "",
        t_var(WaitingState.suited_reason),
        t("No free time suits this wish now."),
    )
    return rx.el.section(
        rx.cond(
            WaitingState.is_looked,
            rx.cond(
                WaitingState.suited.length() > 0,
                rx.el.ul(rx.foreach(WaitingState.suited, _suited), class_name="pane-list place-list"),
                notice(why, icon="info"),
            ),
            look,
        ),
        aria_live="polite",
    )


def _suited(one: rx.Var) -> rx.Component:
    before = one["before"].to(int)
    return rx.el.li(
        rx.el.button(
            rx.el.span(moment(one["at"], zone=one["zone"]), class_name="figures"),
            rx.el.span(t("Offer"), class_name="use-this"),
            rx.el.span(
                one["practitioner"],
                rx.cond(
                    before > 0,
                    rx.el.span(
                        " · ",
                        tn("passes over {n} before in the queue", "passes over {n} before in the queue", n=before),
                    ),
                    rx.fragment(),
                ),
                class_name="muted",
                dir="auto",
            ),
            type="button",
            on_click=WaitingState.offer(one["slot_id"]),
            class_name="pane-row",
        ),
        key=one["slot_id"],
    )


def _change(wish: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.button(
            rx.icon("pencil", size=16),
            t("Change"),
            on_click=WishState.begin_change(wish["id"]),
            variant="soft",
            high_contrast=True,
            size="2",
        ),
        rx.button(
            rx.icon("list-x", size=16),
            t("Remove"),
            on_click=WaitingState.ask_to_remove(True),
            variant="soft",
            color_scheme="red",
            high_contrast=True,
            size="2",
        ),
    )


def _sure() -> rx.Component:
    return rx.fragment(
        rx.button(t("Yes, remove"), on_click=WaitingState.remove, color_scheme="red", size="2", auto_focus=True),
        quiet_button(t("No, leave it"), WaitingState.ask_to_remove(False)),
    )
