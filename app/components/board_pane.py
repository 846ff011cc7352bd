"""The pane at the end of the board: an appointment, a session, a free start, a move. It never covers the board."""

import reflex as rx

from app.components.board_block import stretch_form
from app.components.board_booking import join_form, start_form
from app.components.board_move import move_form
from app.components.board_series import series_form
from app.components.board_series_change import series_move_form
from app.components.board_visit import visit
from app.components.board_why import why
from app.components.forms import pair
from app.components.pane import may_write, pane_head, time_of
from app.components.states import empty_state, notice
from app.components.theme import status_badge
from app.components.words import t, tn
from app.state.base import PageState
from app.state.board_booking import BookingState
from app.state.board_pane import PaneState
from app.state.patient_booking import PatientBookingState


def board_pane() -> rx.Component:
    """Show what was chosen on the board."""
    return rx.el.aside(
        rx.match(
            PaneState.pane,
            ("visit", visit()),
            ("session", _session()),
            ("start", start_form()),
            ("join", join_form()),
            ("move", move_form()),
            ("stretch", stretch_form()),
            ("series", series_form()),
            ("why", why()),
            ("series-move", series_move_form()),
            _nothing(),
        ),
        aria_label=t("Details"),
        class_name="board-pane",
        data_open=rx.cond((PaneState.pane == "") & (PatientBookingState.patient_name == ""), "false", "true"),
    )


def _nothing() -> rx.Component:
    nothing = empty_state(
        "mouse-pointer-click",
        t("Nothing is chosen"),
        t("Choose a free time to book it, or an appointment to see its details."),
    )
    return rx.cond(PatientBookingState.patient_name != "", _wanted(), nothing)


def _wanted() -> rx.Component:
    """Say for whom a time is being chosen, on whichever day; closing it books nobody."""
    return rx.el.div(
        pane_head(rx.el.h2(t("New appointment"))),
        notice(
            t("Choose a free time for {patient}.", patient=PatientBookingState.patient_name), icon="mouse-pointer-click"
        ),
        class_name="pane-body",
    )


def _session() -> rx.Component:
    session = PaneState.session
    taken = session["attendees"].to(list[dict[str, str]])
    return rx.el.div(
        pane_head(
            rx.el.h2(session["service"]),
            rx.el.span(t("{taken} of {places}", taken=taken.length(), places=session["places"])),
        ),
        rx.el.dl(
            pair(t("Time"), time_of(session), figures=True),
            pair(t("Practitioner"), session["practitioner"]),
            class_name="pane-facts",
        ),
        rx.cond(~session["has_begun"] & may_write(), _join()),
        rx.el.h3(tn("{n} attendee", "{n} attendees", n=taken.length())),
        rx.cond(
            taken.length() > 0,
            rx.el.ul(rx.foreach(taken, _attendee), class_name="pane-list"),
            rx.el.p(t("Nobody has a place yet."), class_name="muted"),
        ),
        class_name="pane-body",
    )


def _join() -> rx.Component:
    book = rx.button(rx.icon("user-plus", size=16), t("Book a place"), on_click=BookingState.join_session, size="2")
    overbook = rx.button(
        rx.icon("layers-2", size=16),
        t("Overbook a place"),
        on_click=BookingState.join_session,
        size="2",
        variant="soft",
    )
    may_overbook = PageState.permissions.contains("appointments:overbook")
    return rx.el.div(
        rx.cond(PaneState.session["is_full"], rx.cond(may_overbook, overbook), book), class_name="pane-actions"
    )


def _attendee(one: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(one["name"]),
            status_badge(one["status"]),
            type="button",
            on_click=PaneState.open_card(one["id"], "visit"),
            class_name="pane-row",
        ),
        key=one["id"],
    )
