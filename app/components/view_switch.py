"""Day, week, month, list: the same choice in the app bar of the day board and of the other calendars."""

import reflex as rx

from app import routes
from app.components.words import N_, t, t_var

VIEWS = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "list": N_("List")}
ICONS = {"day": "columns-3", "week": "calendar-range", "month": "calendar-days", "list": "list"}


def view_switch(
    current: str | rx.Var[str],
    *,
    day: rx.Var[str],
    location: rx.Var[str],
    board_location: rx.Var[str],
    more: rx.Var[str] | None = None,
) -> rx.Component:
    """Show the links; each keeps the day and the location (a board has one); the filters are kept anyway.

    `more` is what else the address of a calendar says, beginning with "&".
    """
    to_calendar = location if more is None else location + more
    to = {view: board_location if view == "day" else to_calendar for view in VIEWS}
    links = (_link(view, current, day=day, location=to[view]) for view in VIEWS)
    return rx.el.nav(*links, aria_label=t("Views"), class_name="view-switch")


def _link(view: str, current: str | rx.Var[str], *, day: rx.Var[str], location: rx.Var[str]) -> rx.Component:
    address = f"{routes.BOARD}?" if view == "day" else f"{routes.CALENDAR}?view={view}&"
    is_current = rx.Var.create(current) == view
    return rx.el.a(
        rx.icon(ICONS[view], size=16, aria_hidden="true"),
        rx.el.span(t_var(rx.Var.create(VIEWS[view])), class_name="view-word"),
        href=rx.Var.create(f"{address}day=") + day + "&location=" + location,
        title=t_var(rx.Var.create(VIEWS[view])),
        custom_attrs={"aria-current": rx.cond(is_current, "page", "false")},
        class_name="view-link",
    )
