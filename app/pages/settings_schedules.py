"""Settings: a practitioner's week at a location, drawn, with a preview before it is applied."""

import reflex as rx

from app import routes
from app.components.settings_departures import departures
from app.components.settings_form import stale_note
from app.components.settings_frame import head, settings_page
from app.components.settings_preview import preview_window, worklist_note
from app.components.settings_week import week, whose
from app.components.states import empty_state, loading_rows
from app.components.words import t
from app.state.settings_departures import DeparturesState
from app.state.settings_schedules import SchedulesState


def settings_schedules() -> rx.Component:
    """Show the week, or the next step towards one."""
    return settings_page(
        head(t("Schedules"), t("When each practitioner can be booked at each location.")),
        rx.cond(SchedulesState.is_loaded, _content(), loading_rows(8)),
        preview_window(SchedulesState),
        preview_window(DeparturesState, SchedulesState.reread_departures),
        route=routes.SETTINGS_SCHEDULES,
    )


def _content() -> rx.Component:
    nobody = empty_state(
        "calendar-range",
        t("There is nobody to have a schedule yet"),
        t("A schedule is of one practitioner at one location: make both first."),
    )
    ready = (SchedulesState.practitioners.length() > 0) & (SchedulesState.places.length() > 0)
    return rx.cond(
        ready,
        rx.fragment(
            whose(),
            worklist_note(SchedulesState),
            worklist_note(DeparturesState),
            stale_note(SchedulesState, SchedulesState.discard),
            rx.cond(SchedulesState.has_schedule, rx.fragment(week(), departures()), _none()),
        ),
        nobody,
    )


def _none() -> rx.Component:
    return empty_state(
        "calendar-plus",
        t("No schedule here yet"),
        t("Open one, then draw the hours in which this practitioner can be booked."),
        rx.button(t("Open a schedule"), on_click=SchedulesState.open_schedule, size="2"),
    )
