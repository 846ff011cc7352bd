"""Settings: services, with all that decides when and how they can be booked."""

from typing import Any

import reflex as rx

from app import routes
from app.components.settings_form import (
    Of,
    choice,
    group,
    number,
    row,
    settings_form,
    suggestions,
    text,
    tick,
)
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
from app.components.words import t
from app.state.settings_services import ServicesState

OF = Of(ServicesState, "service")
SPECIALTIES = "specialties"


def settings_services() -> rx.Component:
    """Show the list and the open service."""
    form, new = ServicesState.form, t("New service")
    empty = empty_state("stethoscope", t("No service yet"), t("Fill in the form: a kind of visit that can be booked."))
    return settings_page(
        head(t("Services"), t("What can be booked: how long it takes, what it costs, what it needs.")),
        entry_page(
            ServicesState,
            entry_list(ServicesState, label=t("Services"), new=new, empty=empty),
            entry_card(ServicesState, new=new, name=form["name"], form=_form(form)),
        ),
        suggestions(SPECIALTIES, ServicesState.specialties),
        retire_question(
            ServicesState,
            retire=t("Retire the service"),
            about=t("Nobody can book it any more."),
            on_yes=ServicesState.retire,
            name=form["name"],
        ),
        route=routes.SETTINGS_SERVICES,
    )


def _form(form: Any) -> rx.Component:
    return settings_form(
        OF,
        row(
            text(OF, "name", t("Name"), form["name"], hint=t("As patients read it.")),
            text(OF, "specialty", t("Specialty"), form["specialty"], list=SPECIALTIES),
        ),
        group(t("Time"), _time(form)),
        group(t("Booking"), _booking(form)),
        group(t("What it needs"), _needs(form)),
        save=t("Save"),
        on_submit=ServicesState.save,
        more=[once_made(ServicesState, retire_buttons(ServicesState, is_active=form["is_active"]))],
    )


def _time(form: Any) -> rx.Component:
    minutes = t("min")
    return row(
        number(OF, "duration_minutes", t("Length of the visit"), form["duration_minutes"], unit=minutes),
        number(
            OF,
            "buffer_before_minutes",
            t("Kept free before"),
            form["buffer_before_minutes"],
            unit=minutes,
            hint=t("To prepare. Patients do not see it."),
        ),
        number(
            OF,
            "buffer_after_minutes",
            t("Kept free after"),
            form["buffer_after_minutes"],
            unit=minutes,
            hint=t("To tidy up or write. Patients do not see it."),
        ),
        number(
            OF,
            "capacity",
            t("Patients at a time"),
            form["capacity"],
            hint=t("More than one makes it a session, such as a vaccination hour."),
        ),
    )


def _booking(form: Any) -> rx.Component:
    return rx.fragment(
        row(
            number(OF, "price_amount", t("Price"), form["price"], unit=form["currency"], hint=t("0 shows as free.")),
            number(
                OF,
                "notice_minutes",
                t("Notice"),
                form["notice_minutes"],
                unit=t("min"),
                hint=t("So long before the visit it can still be booked online."),
            ),
            number(
                OF,
                "horizon_days",
                t("Bookable ahead"),
                form["horizon_days"],
                unit=t("days"),
                hint=t("So far ahead it can be booked online."),
            ),
            number(
                OF,
                "hold_minutes",
                t("Held for"),
                form["hold_minutes"],
                unit=t("min"),
                hint=t("So long a chosen time waits to be confirmed."),
            ),
        ),
        row(
            tick("is_video", t("By video"), form["is_video"]),
            tick("needs_referral", t("Needs a referral"), form["needs_referral"]),
        ),
    )


def _needs(form: Any) -> rx.Component:
    return row(
        _kind("room_kind", t("Room"), ServicesState.room_kinds, form["room_kind"]),
        _kind("device_kind", t("Device"), ServicesState.device_kinds, form["device_kind"]),
    )


def _kind(name: str, label: rx.Var[str], kinds: Any, value: Any) -> rx.Component:
    nothing = rx.el.option(t("None"), value="")
    some = rx.foreach(kinds, lambda one: rx.el.option(one, value=one, key=one))
    hint = t("A kind of which one must be free. Kinds come from the locations.")
    return choice(OF, name, label, nothing, some, value=value, hint=hint)
