"""One appointment in the pane beside the board: who and when, what can be done, and what was done."""

import reflex as rx

from app import routes
from app.components.board_actions import visit_actions
from app.components.board_history import visit_history
from app.components.day_board import hold_countdown
from app.components.forms import pair
from app.components.pane import may_write, pane_head, quiet_button, time_of
from app.components.phone import phone_link
from app.components.states import notice
from app.components.theme import status_badge
from app.components.words import format_date, format_money, t, t_var
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_place import PlaceState
from app.words import N_

CHANNELS = {
    "desk": N_("At the desk"),
    "kiosk": N_("At the kiosk"),
    "online": N_("Online"),
    "api": N_("Another system"),
    "waitlist": N_("From the waitlist"),
    "walk-in": N_("Walked in"),
    "import": N_("From the former system"),
}


def visit() -> rx.Component:
    """Show the open appointment."""
    seen = PaneState.visit
    return rx.el.div(
        rx.cond((PaneState.moving["id"] != "") & (PaneState.moving["id"] != seen["id"]), _still_moving()),
        pane_head(rx.el.h2(_name()), _badge()),
        rx.cond(seen["alert"] != "", notice(seen["alert"], tone="warning", icon="triangle-alert")),
        _flags(),
        rx.cond(may_write(), visit_actions()),
        rx.el.dl(
            pair(t("Time"), time_of(seen), figures=True),
            pair(t("Practitioner"), seen["practitioner"]),
            pair(t("Service"), seen["service"]),
            rx.cond(seen["room"] != "", pair(t("Room"), seen["room"])),
            rx.cond(seen["series_count"] > 0, pair(t("Series"), _number_in_series(), figures=True)),
            rx.cond(seen["overbook_reason"] != "", pair(t("Overbooked because"), seen["overbook_reason"])),
            pair(t("Price"), _price(), figures=True),
            class_name="pane-facts",
        ),
        rx.el.dl(
            pair(t("Born"), format_date(seen["birth_date"], style="short"), figures=True),
            rx.cond(seen["phone"] != "", pair(t("Phone"), phone_link(seen["phone"]), figures=True)),
            rx.cond(seen["guardian"] != "", pair(t("Guardian"), seen["guardian"])),
            rx.cond(seen["insurer"] != "", pair(t("Insurer"), seen["insurer"])),
            rx.cond(seen["member_number"] != "", pair(t("Member number"), seen["member_number"], figures=True)),
            pair(t("Booked through"), rx.match(seen["channel"], *_channels(), "")),
            class_name="pane-facts",
        ),
        rx.cond(seen["needs_referral"] & may_write(), _referral()),
        rx.cond(seen["comment"] != "", notice(seen["comment"], icon="message-square-text")),
        visit_history(),
        class_name="pane-body",
    )


def _name() -> rx.Component:
    """Show whose visit it is, and lead to their file."""
    seen = PaneState.visit
    return rx.el.a(
        seen["patient"],
        href=routes.PATIENTS + "?patient=" + seen["patient_id"],
        dir="auto",
        title=t("Open the file"),
        class_name="pane-file",
    )


def _badge() -> rx.Component:
    seen = PaneState.visit
    countdown = rx.el.span(hold_countdown(until=seen["held_until"]), class_name="pane-countdown figures")
    return rx.el.div(status_badge(seen["status"]), rx.cond(seen["held_until"] > 0, countdown), class_name="pane-badge")


def _flags() -> rx.Component:
    seen = PaneState.visit
    return rx.el.ul(
        rx.cond(seen["is_first_visit"], _flag("sparkles", t("First visit"))),
        rx.cond(seen["needs_interpreter"], _flag("languages", t("Interpreter needed"))),
        rx.cond(seen["needs_referral"] & ~seen["has_referral"], _flag("file-warning", t("Referral missing"))),
        rx.cond(seen["guardian"] != "", _flag("users-round", t("Has a guardian"))),
        rx.cond(~seen["is_verified"], _flag("shield-question", t("Identity not checked"))),
        rx.cond(seen["is_due_at_desk"], _flag("wallet", t("Payment due at the desk"))),
        rx.cond(seen["overbook_reason"] != "", _flag("layers-2", t("Overbooked"))),
        class_name="pane-flags",
    )


def _referral() -> rx.Component:
    return rx.el.label(
        rx.checkbox(
            checked=PaneState.visit["has_referral"],
            on_change=PlaceState.mark_referral,
            size="2",
            aria_label=t("The referral is here"),
        ),
        rx.el.span(t("The referral is here")),
        class_name="pane-tell",
    )


def _flag(icon: str, words: rx.Var[str]) -> rx.Component:
    return rx.el.li(rx.icon(icon, size=14, aria_hidden="true"), words)


def _still_moving() -> rx.Component:
    return rx.el.div(
        notice(t("You are moving {patient}.", patient=PaneState.moving["patient"]), icon="move"),
        quiet_button(t("Back to the move"), MovingState.back_to_move),
        class_name="pane-search",
    )


def _number_in_series() -> rx.Var[str]:
    seen = PaneState.visit
    return t("{taken} of {places}", taken=seen["series_number"], places=seen["series_count"])


def _price() -> rx.Component:
    seen = PaneState.visit
    return rx.cond(seen["price"] > 0, format_money(seen["price"], currency=seen["currency"]), t("Free of charge"))


def _channels() -> list[tuple[str, rx.Var[str]]]:
    return [(name, t_var(rx.Var.create(word))) for name, word in CHANNELS.items()]
