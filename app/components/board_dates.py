"""The dates of a series as a list: each is taken as planned, changed to another time, or left out."""

import reflex as rx

from app.components.pane import moment
from app.components.words import format_date, format_time, t, t_var, tn
from app.state.board import BoardState
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState

Row = rx.Var[dict[str, str]]


def date_list() -> rx.Component:
    """Show every date with its choice, and how many are still to be decided."""
    return rx.el.section(
        rx.el.p(
            rx.cond(
                SeriesState.open_dates > 0,
                tn("{n} date is not possible: decide it.", "{n} dates are not possible: decide them.",
                   n=SeriesState.open_dates),
                tn("{n} date is taken.", "{n} dates are taken.", n=SeriesState.taken_dates),
            ),
            role="status",
            class_name="field-hint",
        ),
        rx.el.ol(rx.foreach(SeriesState.dates, _date), class_name="pane-list date-list"),
        rx.cond(
            SeriesState.open_dates > 0,
            rx.button(
                t("Leave out all that are not possible"),
                on_click=SeriesState.leave_out_conflicts,
                variant="soft",
                high_contrast=True,
                size="1",
            ),
        ),
    )  # fmt: skip


def _date(one: Row) -> rx.Component:
    is_conflict = one["why"] != ""
    is_out = one["choice"] == "skip"
    return rx.el.li(
        rx.el.span(
            rx.cond(
                is_out,
                rx.icon("circle-slash", size=14),
                rx.cond(one["choice"] == "", rx.icon("circle-alert", size=14), rx.icon("circle-check", size=14)),
            ),
            class_name="date-mark",
            aria_hidden="true",
        ),
        rx.el.span(moment(one["starts_at"], zone=BoardState.zone), class_name="figures date-when"),
        rx.el.select(
            rx.cond(is_conflict | (one["choice"] == ""), rx.el.option(t("Decide"), value="", disabled=True)),
            rx.cond(~is_conflict, rx.el.option(t("Take it"), value="take")),
            rx.foreach(one["others"].to(list[dict[str, str]]), _other),
            rx.el.option(
                rx.cond(PaneState.pane == "series-move", t("Leave it where it is"), t("Leave it out")), value="skip"
            ),
            value=one["choice"],
            on_change=lambda choice: SeriesState.choose(one["number"].to(int), choice),
            aria_label=t("Choice for {date}", date=format_date(one["starts_at"], zone=BoardState.zone)),
            class_name="date-choice",
        ),
        rx.cond(is_conflict, rx.el.span(t_var(one["why"]), class_name="muted date-why")),
        data_state=rx.cond(is_out, "out", rx.cond(one["choice"] == "", "open", "taken")),
        key=one["number"],
    )


def _other(other: Row) -> rx.Component:
    return rx.el.option(
        format_date(other["starts_at"], zone=BoardState.zone)
        + ", "
        + format_time(other["starts_at"], zone=BoardState.zone)
        + ", "
        + other["practitioner"].to(str),
        value=other["id"],
        key=other["id"],
    )
