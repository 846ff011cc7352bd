"""The form in the board's pane that moves an appointment: where it is, where it would go, and the yes to both."""

import reflex as rx

from app.components.forms import pair
from app.components.pane import moment, pane_head, quiet_button
from app.components.states import notice
from app.components.words import t
from app.state.board_move import MovingState
from app.state.board_pane import PaneState


def move_form() -> rx.Component:
    """Choose the new time on the board, then say yes to old and new."""
    moving = PaneState.moving
    is_chosen = MovingState.starts_at != ""
    return rx.el.div(
        pane_head(rx.el.h2(t("Move {patient}", patient=moving["patient"]))),
        rx.el.dl(
            pair(t("Service"), moving["service"]),
            pair(t("From"), moment(moving["starts_at"], zone=moving["zone"]), figures=True),
            pair(t("With"), moving["practitioner"]),
            class_name="pane-facts",
        ),
        # Heard as well as seen: who moves by keyboard is told what was chosen.
        rx.el.div(
            rx.cond(
                is_chosen,
                rx.el.dl(
                    pair(t("To"), moment(MovingState.starts_at, zone=moving["zone"]), figures=True),
                    pair(t("With"), MovingState.practitioner),
                    class_name="pane-facts pane-new",
                ),
                notice(
                    t("Choose the new time on the board; it may be on another day. What is dim cannot take it."),
                    icon="mouse-pointer-click",
                ),
            ),
            role="status",
        ),
        rx.cond(is_chosen & (moving["status"] != "pending"), _letter()),
        rx.el.div(
            rx.cond(is_chosen, _move_here()),
            quiet_button(t("Leave it where it is"), PaneState.give_up),
            class_name="pane-actions",
        ),
        class_name="pane-body",
    )


def _letter() -> rx.Component:
    """Ask for the reason, and whether a letter is sent."""
    return rx.el.div(
        rx.el.label(
            t("Reason (not needed)"),
            rx.el.input(
                value=MovingState.reason,
                on_change=MovingState.say_why.debounce(300),
                max_length=200,
                class_name="select",
                auto_complete="off",
            ),
            class_name="pane-field",
        ),
        tell_patient(MovingState.is_telling, MovingState.tell_patient),
        class_name="pane-form",
    )


def tell_patient(is_telling: rx.Var[bool], on_change: rx.event.EventHandler) -> rx.Component:
    """Ask whether the patient gets a letter; yes unless the desk says it itself."""
    return rx.el.label(
        rx.checkbox(checked=is_telling, on_change=on_change, size="2", aria_label=t("Tell the patient")),
        rx.el.span(t("Tell the patient")),
        rx.el.span(
            rx.cond(is_telling, t("A letter goes out after the minutes for Undo."), t("No letter is sent.")),
            class_name="muted",
        ),
        class_name="pane-tell",
    )


def _move_here() -> rx.Component:
    """Show the yes to what was chosen; each choice is a new button, so that the keyboard stands on it."""
    return rx.button(t("Move here"), on_click=MovingState.move, auto_focus=True, size="2", key=MovingState.starts_at)
