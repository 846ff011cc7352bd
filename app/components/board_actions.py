"""What can be done with the appointment that is open: the next step, its room, move, undo, cancel, and the menu."""

from dataclasses import dataclass

import reflex as rx

from app.components.board_move import tell_patient
from app.components.board_series_change import cancel_in_series
from app.components.day_board import is_past
from app.components.forms import field
from app.components.pane import key_hint, quiet_button
from app.components.states import notice
from app.components.words import Text, t, t_var
from app.state.base import PageState
from app.state.board_booking import BookingState
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_place import PlaceState
from app.state.board_series_change import SeriesChangeState
from app.state.board_visit import VisitState
from app.words import N_


@dataclass(frozen=True, slots=True)
class StepLook:
    """How a step is offered: its icon, its word, and its key when it has one."""

    icon: str
    word: str
    key: str = ""


STEPS = {
    "arrive": StepLook("user-check", N_("Arrived"), "A"),
    "check-in": StepLook("clipboard-check", N_("Check in")),
    "enter-room": StepLook("door-open", N_("To the room"), "R"),
    "complete": StepLook("circle-check", N_("Done")),
    "no-show": StepLook("user-x", N_("No-show")),
    "undo": StepLook("undo-2", N_("Undo"), "Z"),
}
# How many clicks came one upon the other, as the browser counts them; a key is none.
CLICKS = rx.Var("_e.detail").to(int)
LATE = StepLook("user-check", N_("Late arrival"), "A")
# What was pressed is about to go: the keyboard goes on with the next step, or on the board.
TO_NEXT = rx.call_script(
    "(document.querySelector('.pane-next') ?? document.querySelector('.db [data-key][tabindex=\"0\"]'))?.focus()"
)
OVER = ("fulfilled", "noshow", "cancelled")
OTHER_ROOM = StepLook("door-open", N_("Another room"), "R")


def visit_actions() -> rx.Component:
    """Show the next step first and largest, then everything else; while it asks, only the question."""
    is_choosing_room = (VisitState.room_for != "") & (VisitState.room_for == PaneState.visit["id"])
    is_correcting = (PlaceState.correcting != "") & (PlaceState.correcting == PaneState.visit["id"])
    return rx.cond(
        PaneState.is_asking,
        _really_cancel(),
        rx.el.div(
            _next(),
            rx.cond(is_choosing_room, _rooms()),
            rx.cond(PaneState.visit["steps"].contains("no-show"), _missed()),
            rx.el.div(_move(), _undo(), _again(), _status(), _more(), _end(), class_name="pane-actions"),
            rx.cond(is_correcting, _correct()),
            class_name="pane-steps",
        ),
    )


def _next() -> rx.Component:
    """Show the next step, first and largest: one button through all of them, so that the keyboard stays on it."""
    seen = PaneState.visit
    arrive = rx.cond(seen["status"] == "noshow", _face(LATE), _face(STEPS["arrive"]))
    faces = [("arrive", arrive), *((name, _face(STEPS[name])) for name in ("check-in", "enter-room", "complete"))]
    lead = rx.button(
        rx.match(seen["next"], *faces, rx.fragment()),
        on_click=VisitState.lead(seen["next"], seen["version"], CLICKS),
        size="3",
        class_name="pane-next",
    )
    confirm = rx.button(
        rx.icon("check", size=18, aria_hidden="true"),
        t("Confirm"),
        on_click=BookingState.confirm,
        size="3",
        class_name="pane-next",
    )
    return rx.fragment(rx.cond(seen["status"] == "pending", confirm), rx.cond(seen["next"] != "", lead))


def _face(look: StepLook) -> rx.Component:
    return rx.fragment(
        rx.icon(look.icon, size=18, aria_hidden="true"), t_var(rx.Var.create(look.word)), key_hint(look.key)
    )


def _missed() -> rx.Component:
    """Suggest a no-show some time after the start; nothing is ever set by itself."""
    words = t("The start was more than 15 minutes ago. If nobody comes, mark it as a no-show.")
    return rx.cond(is_past(PaneState.visit["is_missed_at"]), notice(words, tone="warning", icon="user-x"))


def _rooms() -> rx.Component:
    seen = PaneState.visit
    return rx.el.div(
        rx.el.h3(t("Which room?")),
        rx.foreach(seen["rooms"].to(list[dict[str, str]]), _room),
        rx.cond(seen["rooms"].length() == 0, rx.el.p(t("No room of this location is free now."), class_name="muted")),
        rx.el.div(
            rx.button(
                t("Without naming a room"), on_click=[VisitState.enter_room(""), TO_NEXT], variant="soft", size="2",
                high_contrast=True,
            ),
            quiet_button(t("Not yet"), VisitState.choose_room(False)),
            class_name="pane-actions",
        ),
        role="group",
        aria_label=t("Which room?"),
    )  # fmt: skip


def _room(room: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.button(
        rx.icon("door-open", size=16, aria_hidden="true"),
        room["name"],
        rx.cond(room["is_planned"].to(bool), rx.el.span(t("planned"), class_name="muted")),
        on_click=[VisitState.enter_room(room["id"]), TO_NEXT],
        variant=rx.cond(room["is_planned"].to(bool), "solid", "outline"),
        size="2",
        key=room["id"],
    )


def _move() -> rx.Component:
    return rx.cond(
        PaneState.visit["can_move"],
        rx.button(
            rx.icon("move", size=16),
            t("Move"),
            key_hint("M"),
            on_click=MovingState.start,
            variant="soft",
            high_contrast=True,
            size="2",
        ),
    )


def _undo() -> rx.Component:
    return rx.cond(
        PaneState.visit["steps"].contains("undo"),
        rx.button(
            rx.icon("undo-2", size=16),
            t("Undo"),
            on_click=[VisitState.step("undo"), TO_NEXT],
            variant="soft",
            high_contrast=True,
            size="2",
        ),
    )


def _again() -> rx.Component:
    """Offer the next visit where this one is over; before that it is one of the menu's."""
    return rx.cond(
        _is_over(),
        rx.button(
            rx.icon("calendar-plus", size=16),
            t("Book again"),
            on_click=BookingState.book_again,
            variant="soft",
            high_contrast=True,
            size="2",
        ),
    )


def _is_over() -> rx.Var[bool]:
    """Tell whether the open appointment has come to its end, whichever."""
    return rx.Var.create(list(OVER)).contains(PaneState.visit["status"])


def _status() -> rx.Component:
    """Show the menu with every step that is possible now."""
    seen = PaneState.visit
    steps = seen["steps"]
    late = rx.cond(seen["status"] == "noshow", _step_item("arrive", LATE), _step_item("arrive", STEPS["arrive"]))
    missed = steps.contains("no-show") & is_past(seen["begins_at"])
    room = rx.cond(seen["status"] == "in-room", OTHER_ROOM.word, STEPS["enter-room"].word)
    menu = _menu(
        t("Status"),
        rx.cond(steps.contains("arrive"), late),
        rx.cond(steps.contains("check-in"), _step_item("check-in", STEPS["check-in"])),
        rx.cond(steps.contains("enter-room"), _item("door-open", t_var(room), VisitState.choose_room(True), key="R")),
        rx.cond(steps.contains("complete"), _step_item("complete", STEPS["complete"])),
        rx.cond(missed, _step_item("no-show", STEPS["no-show"])),
        rx.cond(steps.contains("undo"), _step_item("undo", STEPS["undo"])),
    )
    return rx.cond(missed | steps.contains("undo") | (seen["next"] != ""), menu)


def _more() -> rx.Component:
    """Show the menu of what concerns more than this appointment: its time for another patient, its series."""
    seen = PaneState.visit
    overbooking = PageState.permissions.contains("appointments:overbook") & ~seen["is_in_session"]
    series = (seen["series_id"] != "") & seen["can_change"]
    may_correct = PageState.permissions.contains("appointments:correct") & (seen["status"] != "entered-in-error")
    menu = _menu(
        t("More"),
        rx.cond(~_is_over(), _item("calendar-plus", t("Book again"), BookingState.book_again)),
        rx.cond(seen["can_move"], _item("square-parking", t("Park"), VisitState.press("park", seen["id"]), key="P")),
        rx.cond(seen["can_resize"], _item("plus", t("A quarter of an hour longer"), PlaceState.lengthen(1))),
        rx.cond(seen["can_resize"], _item("minus", t("A quarter of an hour shorter"), PlaceState.lengthen(-1))),
        rx.cond(overbooking, _item("layers-2", t("Overbook this time"), BookingState.overbook_here)),
        rx.cond(series, _item("repeat", t("Move the series"), SeriesChangeState.begin_move)),
        rx.cond(may_correct, _item("eraser", t("Entered in error"), PlaceState.ask_to_correct(True))),
    )
    return rx.cond(~_is_over() | overbooking | may_correct, menu)


def _correct() -> rx.Component:
    """Ask why the entry is a mistake; it leaves the book for good."""
    return rx.el.form(
        notice(t("This takes the entry out of the book for good. It cannot be undone."), tone="warning", icon="eraser"),
        field("reason", label=t("What is the mistake?"), size="2", auto_focus=True),
        rx.el.div(
            rx.button(t("Mark as entered in error"), type="submit", color_scheme="red", size="2"),
            quiet_button(t("Keep it"), PlaceState.ask_to_correct(False)),
            class_name="pane-actions",
        ),
        on_submit=PlaceState.correct,
        key=PlaceState.correcting,
        class_name="pane-form",
    )


def _menu(words: Text, *items: rx.Component) -> rx.Component:
    button = rx.button(
        words, rx.icon("chevron-down", size=16), variant="soft", color_scheme="gray", size="2", high_contrast=True
    )
    return rx.dropdown_menu.root(rx.dropdown_menu.trigger(button), rx.dropdown_menu.content(*items))


def _step_item(name: str, look: StepLook) -> rx.Component:
    return _item(look.icon, t_var(rx.Var.create(look.word)), VisitState.step(name), key=look.key)


def _item(
    icon: str, words: Text, on_select: rx.event.EventSpec | rx.event.EventHandler, *, key: str = ""
) -> rx.Component:
    shortcut = {"shortcut": key} if key else {}
    return rx.dropdown_menu.item(rx.icon(icon, size=16, aria_hidden="true"), words, on_select=on_select, **shortcut)


def _end() -> rx.Component:
    seen = PaneState.visit
    is_held = seen["status"] == "pending"
    return rx.cond(
        seen["can_change"],
        rx.button(
            rx.icon("ban", size=16),
            rx.cond(is_held, t("Release"), t("Cancel")),
            on_click=rx.cond(is_held, BookingState.cancel(), PaneState.ask_to_cancel(True)),
            variant="soft",
            color_scheme="gray",
            size="2",
        ),
    )


def _really_cancel() -> rx.Component:
    alone = rx.fragment(
        notice(t("Cancel this appointment? Its time is free again at once."), tone="warning", icon="circle-alert"),
        rx.cond(PaneState.visit["status"] == "booked", tell_patient(PaneState.is_telling, PaneState.tell_patient)),
        rx.el.div(
            rx.button(t("Cancel the appointment"), on_click=BookingState.cancel, color_scheme="red", size="2"),
            quiet_button(t("Keep it"), PaneState.ask_to_cancel(False)),
            class_name="pane-actions",
        ),
    )
    return rx.el.div(
        rx.cond(PaneState.visit["series_id"] != "", cancel_in_series(), alone),
        role="group",
        aria_label=t("Cancel this appointment?"),
    )
