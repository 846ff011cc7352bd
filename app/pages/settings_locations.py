"""Settings: locations, with the rooms and devices of each."""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_form import Of, row, settings_form, stale_note, suggestions, text
from app.components.settings_frame import head, settings_page
from app.components.settings_list import (
    entry_card,
    entry_list,
    entry_page,
    once_made,
    retire_buttons,
    retire_question,
)
from app.components.states import empty_state
from app.components.words import Text, t
from app.pages.settings_clinic import ZONES, country_choice
from app.services.catalogue.checks import SHOWN_ZONES
from app.state.settings_equipment import EquipmentState
from app.state.settings_locations import LocationsState

OF = Of(LocationsState, "location")
EQUIPMENT = Of(EquipmentState, "equipment")
KINDS = "kinds"


def settings_locations() -> rx.Component:
    """Show the list and the open location."""
    new = t("New location")
    return settings_page(
        head(t("Locations"), t("Where the clinic works, and what there is at each place.")),
        entry_page(
            LocationsState,
            entry_list(LocationsState, label=t("Locations"), new=new, empty=_empty()),
            entry_card(LocationsState, new=new, name=LocationsState.form["name"], form=_form()),
            once_made(LocationsState, _equipment("room"), _equipment("device")),
        ),
        suggestions(ZONES, SHOWN_ZONES),
        suggestions(KINDS, EquipmentState.kinds),
        retire_question(
            LocationsState,
            retire=t("Retire the location"),
            about=t("Nothing new is offered there. Who still has an appointment stands on the worklist."),
            on_yes=LocationsState.retire,
            name=LocationsState.form["name"],
        ),
        retire_question(
            EquipmentState,
            retire=t("Retire it"),
            about=t("Nothing new is planned with it."),
            on_yes=EquipmentState.retire,
            name=EquipmentState.form["name"],
        ),
        route=routes.SETTINGS_LOCATIONS,
    )


def _empty() -> rx.Component:
    return empty_state("map-pin-plus", t("No location yet"), t("Fill in the form: the first place where you work."))


def _form() -> rx.Component:
    form = LocationsState.form
    return settings_form(
        OF,
        row(
            text(OF, "name", t("Name"), form["name"]),
            text(OF, "phone", t("Phone"), form["phone"]),
        ),
        text(OF, "address", t("Address"), form["address"], hint=t("Stands in the letters to patients.")),
        row(
            country_choice(OF, form["country"], hint=t("Decides which public holidays there are.")),
            text(
                OF,
                "timezone",
                t("Time zone"),
                form["timezone"],
                list=ZONES,
                hint=t("Its clocks: schedules follow when it changes."),
            ),
        ),
        save=t("Save"),
        on_submit=LocationsState.save,
        more=[once_made(LocationsState, retire_buttons(LocationsState, is_active=form["is_active"]))],
    )


def _equipment(what: str) -> rx.Component:
    """Show the rooms, or the devices."""
    title = t("Rooms") if what == "room" else t("Devices")
    begin = EquipmentState.begin_room if what == "room" else EquipmentState.begin_device
    new = t("Add a room") if what == "room" else t("Add a device")
    nothing = t("No room yet. A service asks for a kind of room.")
    if what == "device":
        nothing = t("No device yet. Add one when a service needs it.")
    return rx.el.section(
        rx.el.div(
            rx.el.h3(title, class_name="set-subheading"),
            rx.button(
                rx.icon("plus", size=16),
                new,
                on_click=begin,
                variant="soft",
                high_contrast=True,
                size="2",
                custom_attrs={"data-leaves": ""},
            ),
            class_name="set-card-head",
        ),
        rx.el.ul(
            rx.foreach(EquipmentState.entries, lambda one: rx.cond(one["what"] == what, _thing(one), rx.fragment())),
            class_name="set-things",
        ),
        rx.el.p(nothing, class_name="set-hint-when-empty muted"),
        rx.cond(EquipmentState.is_new & (EquipmentState.form["what"] == what), _thing_form(what), rx.fragment()),
        class_name="set-card",
    )


def _thing(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(one["name"], dir="auto", class_name="set-line-title"),
            rx.el.span(one["kind"], dir="auto", class_name="muted"),
            rx.cond(one["is_active"], rx.fragment(), rx.el.span(t("Retired"), class_name="set-badge")),
            type="button",
            on_click=EquipmentState.open_entry(one["id"]),
            class_name="set-thing",
            custom_attrs={"data-leaves": ""},
        ),
        key=one["id"],
    )


def _thing_form(what: str) -> rx.Component:
    form = EquipmentState.form
    hint = t("For example examination or theatre: services ask for a kind.")
    if what == "device":
        hint = t("For example ultrasound: services ask for a kind.")
    return rx.el.div(
        stale_note(EquipmentState, EquipmentState.close),
        settings_form(
            EQUIPMENT,
            row(
                text(EQUIPMENT, "name", _label(what), form["name"], auto_focus=True),
                text(EQUIPMENT, "kind", t("Kind"), form["kind"], list=KINDS, hint=hint),
            ),
            save=t("Save"),
            on_submit=EquipmentState.save,
            more=[
                rx.button(
                    t("Cancel"),
                    on_click=EquipmentState.close,
                    variant="soft",
                    high_contrast=True,
                    color_scheme="gray",
                    size="2",
                    type="button",
                    custom_attrs={"data-leaves": ""},
                ),
                rx.cond(form["id"] != "", retire_buttons(EquipmentState, is_active=form["is_active"]), rx.fragment()),
            ],
        ),
        class_name="set-inline",
    )


def _label(what: str) -> Text:
    return t("Name or number of the room") if what == "room" else t("Name of the device")
