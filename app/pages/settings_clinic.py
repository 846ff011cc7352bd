"""Settings: the clinic itself."""

import reflex as rx
from babel.numbers import list_currencies

from app import routes
from app.components.settings_form import Of, choice, number, row, settings_form, stale_note, suggestions, text
from app.components.settings_frame import head, settings_page
from app.components.shell import shell
from app.components.states import loading_page, loading_rows
from app.components.words import LANGUAGES, format_country, t
from app.services.catalogue.checks import SHOWN_ZONES, countries
from app.state.settings_clinic import ClinicSettingsState

OF = Of(ClinicSettingsState, "clinic")
ZONES = "zones"


def settings() -> rx.Component:
    """Hold the place until the reader is led to the first page that they may change."""
    return shell(loading_page(), area=routes.SETTINGS)


def settings_clinic() -> rx.Component:
    """Show the clinic's form."""
    return settings_page(
        head(t("Clinic"), t("What patients read about the clinic, and what holds for all its locations.")),
        stale_note(ClinicSettingsState, ClinicSettingsState.load),
        rx.cond(ClinicSettingsState.is_loaded, _form(), loading_rows(6)),
        suggestions(ZONES, SHOWN_ZONES),
        route=routes.SETTINGS_CLINIC,
    )


def country_choice(of: Of, value: rx.Var[str], *, hint: rx.Var[str] | str = "") -> rx.Component:
    """Show the countries by name, in the reader's language."""
    options = [rx.el.option(format_country(code), value=code) for code in countries()]
    return choice(of, "country", t("Country"), *options, value=value, hint=hint)


def _form() -> rx.Component:
    form = ClinicSettingsState.form
    return settings_form(
        OF,
        row(
            text(OF, "name", t("Name"), form["name"], hint=t("As patients know the clinic.")),
            text(OF, "phone", t("Phone"), form["phone"], hint=t("Stands in letters and on the booking page.")),
        ),
        row(
            choice(
                OF,
                "language",
                t("Language"),
                *(rx.el.option(name, value=code, lang=code) for code, name in LANGUAGES.items()),
                value=form["language"],
                hint=t("For patients of whom nothing else is known."),
            ),
            text(OF, "timezone", t("Time zone"), form["timezone"], list=ZONES, hint=t("For example Europe/Berlin.")),
        ),
        row(
            country_choice(OF, form["country"]),
            choice(
                OF,
                "currency",
                t("Currency"),
                *(rx.el.option(code, value=code) for code in sorted(list_currencies())),
                value=form["currency"],
                hint=t("Prices keep their figures when it changes."),
            ),
        ),
        number(
            OF,
            "lock_minutes",
            t("Lock a shared computer after"),
            form["lock_minutes"],
            unit=t("minutes without use"),
            hint=t("Names are hidden until a PIN is given. 0 is never."),
        ),
        save=t("Save"),
        on_submit=ClinicSettingsState.save,
    )
