"""The worklists: who has lost their time, and who waits for one."""

import reflex as rx

from app import routes
from app.components.queue.keys import queue_keys
from app.components.shell import shell
from app.components.states import error_state
from app.components.words import N_, t
from app.components.worklist_absence import may_enter
from app.components.worklist_displaced import displaced_list
from app.components.worklist_entry import waiting_pane
from app.components.worklist_panes import displaced_pane
from app.components.worklist_waiting import waiting_list
from app.state.worklists import DISPLACED, EVERYWHERE, WAITING, WorklistsState
from app.state.worklists_absence import AbsenceState
from app.state.worklists_displaced import DisplacedState
from app.state.worklists_waiting import WaitingState

KEYS = {"Z": N_("Undo what was done last")}
# What others change here too; what the reader ticks is their own.
FOLLOWED = {
    "displaced": DisplacedState.total,
    "calls": DisplacedState.calls,
    "away": AbsenceState.away,
    "waiting": WaitingState.wishes,
    "offers": WaitingState.running,
}


def worklists() -> rx.Component:
    """Show one of the two lists with its pane."""
    is_displaced = WorklistsState.list_name == DISPLACED
    return shell(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("Worklists"), class_name="visually-hidden"),
                rx.cond(
                    WorklistsState.has_failed & ~WorklistsState.is_loaded,
                    _failed(),
                    rx.cond(is_displaced, displaced_list(), waiting_list()),
                ),
                class_name="worklist-main",
            ),
            rx.el.aside(
                rx.cond(is_displaced, displaced_pane(), waiting_pane()),
                aria_label=t("Details"),
                class_name="board-pane worklist-pane",
            ),
            queue_keys(actions={"z": "undo"}, on_key=lambda *_: DisplacedState.undo),
            class_name="board-page worklists",
        ),
        area=routes.WORKLISTS,
        tools=_tools(),
        keys=KEYS,
        heard=rx.cond(WorklistsState.is_loaded, FOLLOWED, {}),
    )


def _failed() -> rx.Component:
    again = rx.button(t("Try again"), on_click=WorklistsState.load, variant="soft", high_contrast=True)
    return error_state(t("The lists could not be read."), t("Nothing was changed."), again)


def _tools() -> rx.Component:
    places = rx.foreach(WorklistsState.sites, lambda one: rx.select.item(one["name"], value=one["id"]))
    return rx.el.div(
        rx.el.div(
            _choice(DISPLACED, t("Displaced"), DisplacedState.total),
            _choice(WAITING, t("Waitlist"), WaitingState.total),
            role="group",
            aria_label=t("Lists"),
            class_name="worklist-choices",
        ),
        rx.select.root(
            rx.select.trigger(aria_label=t("Location"), variant="soft", color_scheme="gray"),
            rx.select.content(rx.select.item(t("All locations"), value=EVERYWHERE), places, position="popper"),
            value=WorklistsState.location_id,
            on_change=WorklistsState.choose_location,
        ),
        rx.cond(
            may_enter() & (WorklistsState.list_name == DISPLACED),
            rx.button(
                rx.icon("user-round-x", size=16),
                t("Somebody is away"),
                on_click=AbsenceState.begin,
                variant="soft",
                high_contrast=True,
                custom_attrs={"data-command": "away"},
            ),
            rx.fragment(),
        ),
        class_name="worklist-tools",
    )


def _choice(name: str, words: rx.Var[str], count: rx.Var[int]) -> rx.Component:
    return rx.el.button(
        words,
        rx.el.span(count, class_name="worklist-count figures"),
        type="button",
        on_click=WorklistsState.open_list(name),
        custom_attrs={
            "aria-pressed": rx.cond(WorklistsState.list_name == name, "true", "false"),
            "data-command": name,
        },
        class_name="worklist-choice",
    )
