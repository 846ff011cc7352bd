"""The figures above, and the two charts, each with its table twin."""

from typing import Any

import reflex as rx

from app.components.states import late_note, notice
from app.components.utilisation import minutes_chart, week_chart
from app.components.utilisation.tables import people_table, share, week_table
from app.components.words import format_number, reader_language, t
from app.state.utilisation import UtilisationState


def report() -> rx.Component:
    """Show everything that was measured."""
    total = UtilisationState.total
    return rx.el.div(
        _figures(),
        rx.cond(
            total["due"] == 0,
            notice(t("Nothing of this period has begun yet, so nobody can have attended."), icon="calendar-clock"),
            rx.fragment(),
        ),
        rx.el.div(
            _panel(
                t("By practitioner"), legend=_minutes_legend(), chart=minutes_chart(people=UtilisationState.people),
                table=people_table(),
            ),
            _panel(
                t("By weekday and hour"), legend=_week_legend(), chart=week_chart(days=UtilisationState.days),
                table=week_table(),
            ),
            class_name="util-panels",
        ),
        class_name="util-report",
    )  # fmt: skip


def loading() -> rx.Component:
    """Hold the place of figures and charts."""
    return rx.el.div(
        rx.el.span(t("Loading"), class_name="visually-hidden", role="status"),
        rx.skeleton(height="var(--space-9)", width="100%"),
        rx.el.div(
            *(rx.skeleton(height="calc(6 * var(--space-9))", width="100%") for _ in range(2)), class_name="util-panels"
        ),
        late_note(),
        class_name="util-report",
    )


def _figures() -> rx.Component:
    total = UtilisationState.total
    return rx.el.dl(
        _figure(t("Utilisation"), share(total["utilisation"]), t("booked of bookable")),
        _figure(t("Attendance"), share(total["attendance"]), t("attended of what has begun")),
        _figure(t("Bookable minutes"), format_number(total["bookable"])),
        _figure(t("Booked minutes"), format_number(total["booked"])),
        _figure(t("Attended minutes"), format_number(total["attended"])),
        class_name="util-figures",
    )


def _figure(name: rx.Var[str], value: rx.Var[str], meaning: rx.Var[str] | None = None) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name),
        rx.el.dd(
            rx.el.span(value, class_name="util-value figures"),
            rx.fragment() if meaning is None else rx.el.span(meaning, class_name="muted util-unit"),
        ),
        class_name="util-figure" if meaning is None else "util-figure main",
    )


def _panel(
    title: rx.Var[str], *, legend: rx.Component, chart: rx.Component, table: rx.Component
) -> rx.Component:  # fmt: skip
    """Show a chart and its table twin, one at a time."""
    return rx.el.section(
        rx.tabs.root(
            rx.el.header(
                rx.el.h2(title, class_name="util-heading"),
                rx.tabs.list(
                    _tab("chart-no-axes-column", t("Chart"), value="chart"),
                    _tab("table-2", t("Table"), value="table"),
                    aria_label=title,
                    size="1",
                ),
                class_name="util-panel-head",
            ),
            rx.tabs.content(legend, chart, value="chart", class_name="util-chart"),
            rx.tabs.content(table, value="table", class_name="util-table-frame"),
            default_value="chart",
            # Radix would lay its part out from left to right for every reader.
            custom_attrs={"dir": rx.cond(reader_language() == "ar", "rtl", "ltr")},
        ),
        class_name="util-panel",
    )


def _tab(icon: str, word: rx.Var[str], *, value: str) -> rx.Component:
    return rx.tabs.trigger(rx.icon(icon, size=14, aria_hidden="true", class_name="util-tab-icon"), word, value=value)


def _minutes_legend() -> rx.Component:
    return rx.el.ul(
        _key(t("Bookable minutes"), kind="bookable"),
        _key(t("Booked minutes"), kind="booked"),
        _key(t("Attended minutes"), kind="attended"),
        rx.el.li(t("The percentage is utilisation."), class_name="muted"),
        class_name="util-legend",
    )


def _week_legend() -> rx.Component:
    return rx.el.ul(
        rx.el.li(
            rx.el.span(t("Utilisation")),
            rx.el.span(share(rx.Var.create(0.0)), class_name="figures muted"),
            rx.el.span(class_name="util-scale", aria_hidden="true"),
            rx.el.span(share(rx.Var.create(1.0)), class_name="figures muted"),
        ),
        _key(t("No open time"), kind="closed"),
        class_name="util-legend",
    )


def _key(word: Any, *, kind: str) -> rx.Component:
    return rx.el.li(rx.el.span(class_name=f"util-key {kind}", aria_hidden="true"), word)
