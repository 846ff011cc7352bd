"""What was done to the open appointment: who, when, why, and moves with the old and the new time."""

import reflex as rx

from app.components.pane import moment
from app.components.theme import status_badge
from app.components.words import N_, t, t_var
from app.state.board_pane import PaneState

# By the action that the audit names; a step back is told by where it led.
ACTIONS = {
    "hold": N_("Held"),
    "confirm": N_("Booked"),
    "cancel": N_("Cancelled"),
    "expire": N_("The hold ran out"),
    "reschedule": N_("Moved"),
    "arrive": N_("Arrived"),
    "check-in": N_("Checked in"),
    "enter-room": N_("Brought to a room"),
    "complete": N_("Done"),
    "no-show": N_("Marked as a no-show"),
    "resize": N_("Made longer or shorter"),
    "assign-room": N_("Given a room"),
    "referral": N_("Referral noted"),
    "undo": N_("Undone"),
    "entered-in-error": N_("Marked as entered in error"),
}
# Who it was when no name is known; a staff's or a program's name says more.
KINDS = {
    "user": N_("Staff"),
    "patient": N_("The patient"),
    "guest": N_("The patient, online"),
    "kiosk": N_("At the kiosk"),
    "api-client": N_("Another system"),
    "system": N_("By itself"),
}
# Why an appointment ended, as it is kept; other reasons are what somebody wrote.
REASONS = {
    "hold-expired": N_("The hold ran out"),
    "patient": N_("The patient cancelled"),
    "clinic": N_("The clinic cancelled"),
    "payment-failed": N_("The payment failed"),
    "left": N_("The patient left"),
}


def visit_history() -> rx.Component:
    """Show the history, or the button that brings it."""
    opened = PaneState.is_history_open
    return rx.el.section(
        rx.button(
            rx.icon("history", size=16, aria_hidden="true"),
            t("History"),
            rx.cond(opened, rx.icon("chevron-up", size=16), rx.icon("chevron-down", size=16)),
            on_click=PaneState.show_history(~opened),
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
            size="2",
            aria_expanded=rx.cond(opened, "true", "false"),
        ),
        rx.cond(opened, rx.el.ol(rx.foreach(PaneState.entries, _entry), class_name="history", aria_label=t("History"))),
    )


def _entry(one: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.span(moment(one["at"], zone=one["zone"]), class_name="muted figures"),
        rx.el.strong(rx.match(one["action"], *_words(ACTIONS), one["action"])),
        rx.cond(
            one["new_at"] != "",
            rx.el.span(
                moment(one["old_at"], zone=one["zone"]),
                rx.icon("arrow-right", size=12, class_name="turn", aria_label=t("To")),
                moment(one["new_at"], zone=one["zone"]),
                class_name="figures history-move",
            ),
        ),
        rx.cond(one["action"] == "undo", status_badge(one["status"])),
        rx.el.span(
            rx.cond(one["who"] != "", one["who"], rx.match(one["kind"], *_words(KINDS), "")), class_name="muted"
        ),
        rx.cond(one["reason"] != "", rx.el.q(rx.match(one["reason"], *_words(REASONS), one["reason"]))),
        key=one["id"],
    )


def _words(words: dict[str, str]) -> list[tuple[str, rx.Var[str]]]:
    return [(name, t_var(rx.Var.create(word))) for name, word in words.items()]
