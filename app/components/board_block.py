"""The form in the board's pane for a stretch of empty time: book it, or block it with a reason."""

import reflex as rx

from app.components.forms import field, pair
from app.components.pane import may_write, moment, pane_head, quiet_button
from app.components.states import notice
from app.components.words import format_time, t, t_var, tn
from app.state.board import BoardState
from app.state.board_block import BlockState
from app.state.board_pane import PaneState


def stretch_form() -> rx.Component:
    """Ask what the stretch is for."""
    state = BlockState
    when = rx.el.span(
        moment(state.starts_at, zone=BoardState.zone), " – ", format_time(state.ends_at, zone=BoardState.zone)
    )
    return rx.el.div(
        pane_head(rx.el.h2(t("This time"))),
        rx.el.dl(
            pair(t("Time"), when, figures=True), pair(t("Practitioner"), state.practitioner), class_name="pane-facts"
        ),
        rx.cond(may_write(), rx.button(rx.icon("calendar-plus", size=16), t("Book here"), on_click=state.book_here)),
        rx.cond(
            state.may_block,
            _block(),
            rx.el.p(t("You may not block this practitioner's time."), class_name="muted"),
        ),
        class_name="pane-body",
    )


def _block() -> rx.Component:
    state = BlockState
    count = state.displaced.length()
    met = rx.fragment(
        notice(
            tn(
                "{n} appointment lies in this time. It stays, and comes onto the displaced worklist.",
                "{n} appointments lie in this time. They stay, and come onto the displaced worklist.",
                n=count,
            ),
            tone="warning",
            icon="circle-alert",
        ),
        rx.el.ul(rx.foreach(state.displaced, _one), class_name="pane-list"),
    )
    wrong = rx.cond(state.wrong_reason != "", t_var(state.wrong_reason), "").to(str)
    return rx.el.form(
        rx.el.h3(t("Block this time")),
        rx.cond(count > 0, met),
        field("reason", label=t("Reason"), error=wrong, size="2", auto_complete="off"),
        rx.el.div(
            rx.button(rx.icon("lock", size=16), t("Block this time"), type="submit", size="2", variant="soft",
                      high_contrast=True),
            quiet_button(t("Leave it open"), PaneState.give_up),
            class_name="pane-actions",
        ),
        on_submit=state.block,
        class_name="pane-form",
        key=state.starts_at,
    )  # fmt: skip


def _one(one: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(rx.el.span(one["patient"]), " ", format_time(one["starts_at"], zone=BoardState.zone), key=one["id"])
