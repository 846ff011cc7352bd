"""Patients: find one as you type, make a new one in place, and the file of whoever is open."""

import reflex as rx

from app import routes
from app.components.patient_file import patient_file
from app.components.patient_search import patient_search
from app.components.queue.keys import queue_keys
from app.components.shell import shell
from app.components.states import empty_state, error_state, loading_rows
from app.components.words import N_, t
from app.state.patient_details import PatientDetailsState
from app.state.patients import PatientsState

KEYS = {"Z": N_("Undo what was done last")}


def patients() -> rx.Component:
    """Show the search, and the open file beside it."""
    return shell(
        rx.el.div(
            rx.el.section(
                _title(),
                patient_search("list", on_chosen=PatientsState.open_chosen, auto_focus=True),
                aria_label=t("Find a patient"),
                class_name="patients-find",
                custom_attrs={"data-replaces": ""},
            ),
            rx.el.section(_file(), aria_label=t("The patient's file"), class_name="patients-file"),
            queue_keys(actions={"z": "undo"}, on_key=lambda *_: PatientDetailsState.undo),
            class_name="patients",
        ),
        area=routes.PATIENTS,
        keys=KEYS,
    )


def _title() -> rx.Component:
    """Name the page, below the name of whoever's file is open."""
    heading = rx.cond(PatientsState.status == "open", rx.el.h2(t("Patients")), rx.el.h1(t("Patients")))
    return rx.el.div(heading, class_name="patients-title")


def _file() -> rx.Component:
    again = rx.button(t("Try again"), on_click=PatientsState.load, variant="soft")
    nobody = empty_state("user-round-search", t("No file is open"), t("Find a patient, or add a new one."))
    return rx.match(
        PatientsState.status,
        ("open", patient_file()),
        ("loading", loading_rows(8)),
        ("missing", empty_state("user-round-x", t("There is no such patient"), t("Find the patient by name."))),
        ("failed", error_state(t("The file could not be opened."), t("Nothing was changed."), again)),
        nobody,
    )
