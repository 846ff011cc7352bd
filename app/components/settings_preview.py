"""The window that says what a change of schedules would do, before it is made."""

from typing import Any

import reflex as rx

from app import routes
from app.components.states import notice
from app.components.words import format_date, format_time, t, tn


def preview_window(state: Any, *then: Any) -> rx.Component:
    """Show the effect with Apply and the way back; `then` follows an Apply."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(t("What this changes")),
            rx.dialog.description(_sum(state)),
            rx.el.div(_displaced(state), _days(state), class_name="set-preview"),
            rx.el.div(
                rx.button(t("Back"), on_click=state.back, variant="soft", color_scheme="gray", size="2"),
                rx.button(
                    rx.icon("check", size=16),
                    t("Apply"),
                    on_click=[state.apply, *then],
                    size="2",
                    loading=state.is_applying,
                ),
                class_name="set-dialog-buttons",
            ),
            max_width="44rem",
            on_escape_key_down=state.back,
            on_interact_outside=state.back,
        ),
        open=state.is_previewing,
    )


def worklist_note(state: Any) -> rx.Component:
    """Lead to the worklist after a change that displaced somebody."""
    return rx.cond(
        state.on_worklist > 0,
        rx.el.div(
            rx.icon("triangle-alert", size=18, aria_hidden="true"),
            rx.el.span(
                tn(
                    "{n} appointment no longer fits.",
                    "{n} appointments no longer fit.",
                    n=state.on_worklist,
                )
            ),
            rx.el.a(t("Open the worklist"), href=routes.WORKLISTS, class_name="plain-link"),
            class_name="notice warning",
            role="status",
        ),
        rx.fragment(),
    )


def _sum(state: Any) -> rx.Component:
    nothing = t("No time that can be booked comes or goes.")
    some = rx.el.span(
        tn("{n} start appears,", "{n} starts appear,", n=state.added),
        " ",
        tn("{n} start goes.", "{n} starts go.", n=state.removed),
    )
    return rx.el.span(
        rx.cond((state.added == 0) & (state.removed == 0), nothing, some),
        rx.cond(
            state.fits_again > 0,
            rx.el.span(
                " ",
                tn(
                    "{n} displaced appointment fits again.",
                    "{n} displaced appointments fit again.",
                    n=state.fits_again,
                ),
            ),
            rx.fragment(),
        ),
    )


def _displaced(state: Any) -> rx.Component:
    some = rx.fragment(
        notice(
            tn(
                "{n} appointment no longer fits. It stays, and stands on the worklist until it is moved.",
                "{n} appointments no longer fit. They stay, and stand on the worklist until they are moved.",
                n=state.displaced.length(),
            ),
            tone="warning",
            icon="triangle-alert",
        ),
        rx.el.div(
            rx.el.ul(rx.foreach(state.displaced, _person)),
            tab_index=0,
            role="region",
            aria_label=t("Displaced"),
            class_name="set-displaced",
        ),
    )
    return rx.cond(
        state.displaced.length() > 0,
        some,
        notice(t("Every appointment keeps its time."), icon="circle-check"),
    )


def _person(one: Any) -> rx.Component:
    when = t(
        "{day}, {time}",
        day=format_date(one["starts_at"], zone=one["zone"]),
        time=format_time(one["starts_at"], zone=one["zone"]),
    )
    return rx.el.li(
        rx.el.span(when, class_name="figures"),
        rx.el.span(one["patient"], dir="auto", class_name="set-line-title"),
        rx.el.span(one["service"], ", ", one["practitioner"], dir="auto", class_name="muted"),
        key=one["id"],
    )


def _days(state: Any) -> rx.Component:
    table = rx.el.table(
        rx.el.caption(t("Starts by day"), class_name="visually-hidden"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(t("Day"), scope="col"), rx.el.th(t("Appear"), scope="col"), rx.el.th(t("Go"), scope="col")
            )
        ),
        rx.el.tbody(
            rx.foreach(
                state.days,
                lambda one: rx.el.tr(
                    rx.el.th(format_date(one["day"]), scope="row"),
                    rx.el.td(one["added"]),
                    rx.el.td(one["removed"]),
                    key=one["id"],
                ),
            )
        ),
        class_name="set-table figures",
    )
    return rx.cond(
        state.days.length() > 0,
        rx.fragment(
            rx.el.div(table, class_name="set-table-box", tab_index=0, role="region", aria_label=t("Starts by day")),
            rx.cond(
                state.has_more_days,
                rx.el.p(t("Only the first 60 days are shown; the weeks after them change alike."), class_name="muted"),
                rx.fragment(),
            ),
        ),
        rx.fragment(),
    )
