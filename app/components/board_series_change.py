"""Changing a series from one of its cards: cancel or move this one, the following or all that are to come."""

import reflex as rx

from app.components.board_dates import date_list
from app.components.forms import field
from app.components.pane import moment, pane_head, quiet_button
from app.components.states import notice
from app.components.words import t, t_var, tn
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState
from app.state.board_series_change import SeriesChangeState


def cancel_in_series() -> rx.Component:
    """Ask how much of the series shall end, show what that is, and do it."""
    state = SeriesChangeState
    one = rx.button(t("Cancel the appointment"), on_click=BookingState.cancel, color_scheme="red", size="2")
    many = rx.button(
        tn("Cancel {n} appointment", "Cancel {n} appointments", n=state.ending.length()),
        on_click=state.cancel,
        disabled=state.ending.length() == 0,
        color_scheme="red",
        size="2",
    )
    return rx.fragment(
        notice(t("This appointment belongs to a series. How much of it shall end?"), tone="warning", icon="repeat"),
        _scopes(state.look_at_cancel),
        rx.cond(
            state.scope != "this",
            rx.fragment(
                rx.el.ul(rx.foreach(state.ending, _ending), class_name="pane-list"),
                rx.cond(
                    state.staying > 0,
                    rx.el.p(
                        tn("{n} stays: it is over or has begun.", "{n} stay: they are over or have begun.",
                           n=state.staying),
                        class_name="muted",
                    ),
                ),
            ),
        ),
        rx.el.div(
            rx.cond(state.scope == "this", one, many),
            quiet_button(t("Keep it"), PaneState.ask_to_cancel(False)),
            class_name="pane-actions",
        ),
    )  # fmt: skip


def series_move_form() -> rx.Component:
    """Move what is to come of the series to another time, day or practitioner."""
    state = SeriesChangeState
    return rx.el.div(
        pane_head(rx.el.h2(t("Move the series"))),
        _scopes(state.choose_scope, with_this=False),
        rx.el.form(
            rx.el.div(
                field("time", label=t("New time"), error=_wrong("time"), type="time", size="2"),
                field("days", label=t("Days later"), hint=t("Minus moves earlier"), error=_wrong("days"), type="number",
                      size="2"),
                class_name="pane-two",
            ),
            rx.el.div(
                rx.button(t("Show the dates"), type="submit", size="2", variant="soft", high_contrast=True),
                quiet_button(t("Leave it where it is"), PaneState.back_to_card),
                class_name="pane-actions",
            ),
            on_submit=state.plan_move,
            class_name="pane-form",
        ),
        rx.cond(SeriesState.dates.length() > 0, _move()),
        class_name="pane-body",
    )  # fmt: skip


def _move() -> rx.Component:
    is_ready = (SeriesState.open_dates == 0) & (SeriesState.taken_dates > 0)
    words = tn("Move {n} appointment", "Move {n} appointments", n=SeriesState.taken_dates)
    return rx.fragment(
        date_list(),
        rx.el.div(
            rx.button(words, on_click=SeriesChangeState.move, disabled=~is_ready, size="2"),
            class_name="pane-actions",
        ),
    )


def _scopes(on_choose: rx.event.EventHandler, *, with_this: bool = True) -> rx.Component:
    words = {"this": t("This one"), "following": t("This and the following"), "all": t("All that are to come")}
    shown = words if with_this else {name: word for name, word in words.items() if name != "this"}
    return rx.el.div(
        *(_scope(name, word, on_choose) for name, word in shown.items()),
        role="radiogroup",
        aria_label=t("How much of the series"),
        class_name="pane-offers",
    )


def _scope(name: str, word: rx.Var[str], on_choose: rx.event.EventHandler) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="scope",
            value=name,
            checked=SeriesChangeState.scope == name,
            on_change=lambda _: on_choose(name),
        ),
        word,
        class_name="pane-choice",
    )


def _ending(one: rx.Var[str]) -> rx.Component:
    return rx.el.li(moment(one, zone=BoardState.zone), class_name="figures", key=one)


def _wrong(name: str) -> rx.Var[str]:
    return rx.cond(SeriesState.wrong_field == name, t_var(SeriesState.wrong_reason), "").to(str)
