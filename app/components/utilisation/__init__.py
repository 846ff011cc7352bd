"""The utilisation page's charts: Plotly's strict bundle (no eval), asked for when the first of them is drawn.

    minutes_chart(people=UtilisationState.people)      # a bar a practitioner
    week_chart(days=UtilisationState.days)             # weekday by hour

Each is an image with a name to a screen reader; its figures stand in the table twin.
"""

from typing import Any, ClassVar

import reflex as rx

from app.components.parts import link_parts

# The bundle is imported by charts.jsx at run time, so that it becomes a file of its own that no other page loads.
PLOTLY = "plotly.js-strict-dist-min@4.1.1"

_ENTRY = rx.asset("charts.jsx", shared=True)
link_parts("figures.js", "plot.jsx")


class MinutesChart(rx.Component):
    """Bookable, booked and attended minutes, a bar a practitioner."""

    library = _ENTRY.importable_path
    tag = "MinutesChart"
    lib_dependencies: ClassVar[list[str]] = [PLOTLY]

    people: rx.Var[list[dict[str, Any]]]


class WeekChart(rx.Component):
    """Booked as a share of bookable, weekday by hour."""

    library = _ENTRY.importable_path
    tag = "WeekChart"
    lib_dependencies: ClassVar[list[str]] = [PLOTLY]

    days: rx.Var[list[dict[str, Any]]]


minutes_chart = MinutesChart.create
week_chart = WeekChart.create
