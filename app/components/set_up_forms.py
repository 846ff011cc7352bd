"""The guide's forms: of each thing only what is needed to begin; the settings ask for the rest."""

from typing import Any

import reflex as rx
from babel.numbers import list_currencies

from app import routes
from app.components.account_fields import account_fields, to_sign_in
from app.components.settings_form import Of, choice, group, number, row, settings_form, suggestions, text, tick
from app.components.settings_week import WEEKDAYS
from app.components.states import notice
from app.components.words import LANGUAGES, Text, format_country, format_date, format_time, format_zone, t, t_var
from app.services.catalogue.checks import SHOWN_ZONES, countries
from app.services.setup.progress import Step
from app.state.set_up import SetUpState
from app.state.set_up_forms import DAY

ACCOUNT, CLINIC, PLACE, SERVICE, PERSON = (
    Of(SetUpState, prefix) for prefix in ("account", "clinic", "place", "service", "person")
)
ZONES = "zones"
WORKDAYS = 5


def account_form() -> rx.Component:
    """Ask for the code and for who the first administrator is."""
    return settings_form(
        ACCOUNT,
        text(
            ACCOUNT,
            "code",
            t("Set-up code"),
            "",
            auto_focus=True,
            hint=t("Stands in the window in which Holdfast was started."),
        ),
        *account_fields(ACCOUNT),
        save=t("Begin"),
        on_submit=SetUpState.claim,
        **to_sign_in("account"),
    )


def clinic_form() -> rx.Component:
    """Ask for the clinic's name and place; its country fills in the rest."""
    form = SetUpState.clinic
    languages = (rx.el.option(name, value=code, lang=code) for code, name in LANGUAGES.items())
    nations = (rx.el.option(format_country(code), value=code) for code in countries())
    money = (rx.el.option(code, value=code) for code in sorted(list_currencies()))
    return _form(
        CLINIC,
        row(
            text(CLINIC, "name", t("Name"), form["name"], hint=t("As patients know the clinic.")),
            text(CLINIC, "phone", t("Phone"), form["phone"], hint=t("Stands in letters and on the booking page.")),
        ),
        row(
            choice(
                CLINIC,
                "country",
                t("Country"),
                *nations,
                value=form["country"],
                hint=t("Fills in the next three; change what does not fit."),
                on_change=SetUpState.choose_country,
            ),
            choice(CLINIC, "currency", t("Currency"), *money, value=form["currency"]),
        ),
        row(
            text(CLINIC, "timezone", t("Time zone"), form["timezone"], list=ZONES),
            choice(
                CLINIC,
                "language",
                t("Language"),
                *languages,
                value=form["language"],
                hint=t("For patients of whom nothing else is known."),
            ),
        ),
        suggestions(ZONES, SHOWN_ZONES),
        on_submit=SetUpState.save_clinic,
    )


def place_form() -> rx.Component:
    """Ask for the first location, and its rooms where visits need one."""
    return _form(
        PLACE,
        row(
            text(PLACE, "name", t("Name"), "", hint=t("For example the street, as patients would say it.")),
            text(PLACE, "phone", t("Phone"), SetUpState.clinic["phone"]),
        ),
        text(PLACE, "address", t("Address"), "", hint=t("Stands in the letters to patients.")),
        row(
            text(
                PLACE,
                "rooms",
                t("Rooms"),
                "",
                hint=t("Their names with commas between, for example 1, 2, 3. Leave it empty if visits need none."),
            ),
            text(PLACE, "kind", t("Kind of these rooms"), t("Consulting room"), hint=t("Services ask for a kind.")),
        ),
        on_submit=SetUpState.save_place,
    )


def service_form() -> rx.Component:
    """Ask for the first service."""
    none = rx.el.option(t("None"), value="")
    rooms = rx.foreach(SetUpState.room_kinds, lambda one: rx.el.option(one, value=one, key=one))
    return _form(
        SERVICE,
        row(
            text(SERVICE, "name", t("Name"), "", hint=t("As patients read it, for example check-up.")),
            text(SERVICE, "specialty", t("Specialty"), "", hint=t("For example family medicine.")),
        ),
        row(
            number(SERVICE, "duration_minutes", t("Length of the visit"), "20", unit=t("min")),
            number(
                SERVICE,
                "price_amount",
                t("Price"),
                "0",
                unit=SetUpState.clinic["currency"],
                hint=t("0 shows as free."),
            ),
            choice(SERVICE, "room_kind", t("Room"), none, rooms, value="", hint=t("One of this kind must be free.")),
        ),
        on_submit=SetUpState.save_service,
    )


def person_form() -> rx.Component:
    """Ask for the first practitioner and the hours of their week."""
    places = rx.foreach(SetUpState.places, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"]))
    return _form(
        PERSON,
        row(
            text(PERSON, "display_name", t("Name"), "", hint=t("As patients read it, with the title.")),
            text(PERSON, "license_number", t("License or staff number"), ""),
        ),
        row(
            text(PERSON, "specialty", t("Specialty"), SetUpState.specialty),
            choice(PERSON, "place", t("Location"), places, value=SetUpState.places[0]["id"]),
        ),
        _days(),
        rx.el.div(
            text(PERSON, "starts", t("From"), "09:00", type="time"),
            text(PERSON, "ends", t("To"), "17:00", type="time"),
            text(PERSON, "break_starts", t("Break from"), "12:00", type="time", hint=t("Empty: no break.")),
            text(PERSON, "break_ends", t("Break to"), "13:00", type="time"),
            class_name="guide-times",
        ),
        on_submit=SetUpState.save_person,
    )


def already_made(route: str) -> rx.Component:
    """Say that a step is done, and where to change it or to add more."""
    return rx.fragment(
        notice(t("This step is done. Change it, or add more, in the settings."), icon="circle-check"),
        rx.el.div(
            rx.button(
                t("Go on"),
                rx.icon("arrow-right", size=16, class_name="turn"),
                on_click=SetUpState.show(Step.READY.value),
                size="2",
            ),
            rx.el.a(t("Open the settings"), href=route, class_name="plain-link"),
            class_name="set-buttons",
        ),
    )


def ready() -> rx.Component:
    """Show the first time that a patient can book and where to go from here, or what is still in the way."""
    return rx.cond(SetUpState.first["id"] != "", _first(), _nothing())


def _first() -> rx.Component:
    first = SetUpState.first
    zone = first["zone"]
    at = t(
        "{day}, {time}",
        day=format_date(first["starts_at"], zone=zone, style="long"),
        time=format_time(first["starts_at"], zone=zone),
    )
    board = f"{routes.BOARD}?day={first['day']}&location={first['location_id']}"
    return rx.fragment(
        rx.el.p(t("The first time that patients can book:"), class_name="muted set-about"),
        rx.el.div(
            rx.el.p(at, " ", rx.el.span(format_zone(first["starts_at"], zone=zone), class_name="muted")),
            rx.el.p(
                t(
                    "{service} with {practitioner}, {location}",
                    service=first["service"],
                    practitioner=first["practitioner"],
                    location=first["location"],
                ),
                dir="auto",
            ),
            class_name="guide-first figures",
        ),
        rx.el.ul(
            _way(board, "columns-3", t("Open the day board"), t("Where the desk works all day.")),
            _way(routes.BOOK, "calendar-plus", t("Book as a patient"), t("The page that your patients will see.")),
            _way(routes.SETTINGS, "settings", t("More settings"), t("Further people, services, rooms, holidays.")),
            class_name="guide-ways",
        ),
    )


def _way(route: Text, icon: str, title: Text, about: Text) -> rx.Component:
    words = rx.el.span(rx.el.span(title, class_name="set-line-title"), rx.el.span(about, class_name="muted"))
    return rx.el.li(
        rx.el.a(rx.icon(icon, size=20, aria_hidden="true"), words, href=route, class_name="guide-way"),
    )


def _nothing() -> rx.Component:
    return rx.fragment(
        notice(t("No time can be booked in the next two months."), tone="warning", icon="calendar-x"),
        rx.el.p(
            t("Look whether the week has hours long enough for the service, and whether a room of its kind is there."),
            class_name="set-about",
        ),
        rx.el.div(
            rx.button(
                rx.icon("refresh-cw", size=16), t("Look again"), on_click=SetUpState.show(Step.READY.value), size="2"
            ),
            rx.el.a(t("Open the schedule"), href=routes.SETTINGS_SCHEDULES, class_name="plain-link"),
            class_name="set-buttons",
        ),
    )


def _days() -> rx.Component:
    """Tick the weekdays: one may not leave out all of them."""
    ticks = (tick(f"{DAY}{at}", format_date(iso, style="weekday"), at < WORKDAYS) for at, iso in enumerate(WEEKDAYS))
    wrong = rx.el.p(
        rx.cond(PERSON.wrong("weekdays"), t_var(SetUpState.wrong_reason), ""),
        class_name="field-error",
        role="alert",
    )
    days = rx.el.div(*ticks, id=PERSON.id("weekdays"), tab_index=-1, class_name="guide-days")
    return group(t("Days"), days, wrong)


def _form(of: Of, *fields: rx.Component, on_submit: Any) -> rx.Component:
    return settings_form(of, *fields, save=t("Save and go on"), on_submit=on_submit)
