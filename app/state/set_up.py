"""The set-up guide: the first administrator, then one step after the other, which can be left and resumed."""

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.infra.executor import run_password
from app.services.catalogue.clinic_settings import change_clinic, read_clinic
from app.services.catalogue.equipment import Equipment, kinds
from app.services.catalogue.locations import LocationEntry, list_locations
from app.services.catalogue.services import create_service, list_services
from app.services.clock import utc_now
from app.services.schedules.wall_clock import local_day
from app.services.setup.claim import claim
from app.services.setup.countries import country_of, likely
from app.services.setup.progress import Step, conclude, steps_done
from app.services.setup.steps import open_place, take_on
from app.state import reflex_names
from app.state.ask import ask
from app.state.base import PageState, policy, refused, visitor
from app.state.guest import standing
from app.state.parse import id_from, text_from
from app.state.set_up_forms import (
    NO_FIRST,
    FirstView,
    clinic_from,
    first_view,
    password_from,
    person_from,
    place_from,
    rooms_from,
    service_from,
    week_from,
)
from app.state.settings_clinic import NO_CLINIC, ClinicView
from app.state.settings_forms import WRITE, FormVars, change
from app.state.settings_schedules import ChoiceView
from app.words import N_

# The form of the first account, which the browser itself posts to the sign-in once the account is made.
ACCOUNT = "account"


class SetUpState(FormVars, PageState):
    """Who may go on here, the step that is open, the steps that are done, and what their forms begin with."""

    # "" until it is known; account, sign-in, steps, not-yours or over.
    phase: str = ""
    step: str = ""
    done: list[str] = []
    clinic: ClinicView = NO_CLINIC
    places: list[ChoiceView] = []
    room_kinds: list[str] = []
    specialty: str = ""
    first: FirstView = NO_FIRST

    @rx.event
    @policy(public=True)
    async def load(self) -> EventSpec | None:
        """Ask how far the clinic is, and open what comes next for whoever is here."""
        try:
            found = await standing(self)
            self.phase = _phase(found.has_people, is_being_set_up=found.is_being_set_up)
            if self.phase != "steps":
                return None
            await self._open(Step.READY, is_anew=False)
        except ClinicError as error:
            return refused(error)
        return _ask_zone() if self.step == Step.CLINIC and not self.clinic["name"] else None

    @rx.event
    @policy(public=True)
    async def claim(self, form: dict[str, Any]) -> EventSpec | None:
        """Make the first administrator; the browser then signs in with what is still in its form."""
        names = ("code", "login", "display_name", "language")
        words = {name: text_from(form.get(name)) for name in names}
        host = reflex_names.headers_of(self).get("host", "")
        where = {"host": host, "address": visitor().address}
        try:
            await run_password(claim, password=password_from(form), **words, **where, now=utc_now())
        except ClinicError as error:
            return self._refuse(error, prefix=ACCOUNT)
        return sign_in_with(ACCOUNT)

    @rx.event
    @policy(permission=WRITE)
    async def look(self) -> EventSpec | None:
        """Read which steps are done, for the list on the settings' pages."""
        try:
            self.done = await _done()
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    async def show(self, step: str) -> EventSpec | None:
        """Open a step."""
        try:
            await self._open(_step(step))
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    def guess(self, zone: str) -> None:
        """Begin the clinic's form with what fits the zone of this browser."""
        country = country_of(text_from(zone))
        if country and not self.clinic["name"]:
            fitting = {name: word for name, word in asdict(likely(country, zone=zone)).items() if word}
            self.clinic = cast(ClinicView, {**self.clinic, **fitting, "country": country})
            self._draw(version=self._version)

    @rx.event
    @policy(permission=WRITE)
    def choose_country(self, country: str) -> list[EventSpec]:
        """Fill in what fits the country; whoever knows better changes it."""
        fitting = asdict(likely(text_from(country)))
        return [rx.set_value(f"clinic-{name}", word) for name, word in fitting.items() if word]

    @rx.event
    @policy(permission=WRITE)
    async def save_clinic(self, form: dict[str, Any]) -> EventSpec | None:
        """Name the clinic, and say where it is."""
        try:
            fields = clinic_from(form, lock_minutes=self.clinic["lock_minutes"])
            await change(change_clinic, fields=fields, version=self._version)
        except ClinicError as error:
            return self._refuse(error, prefix="clinic")
        return await self._go_on()

    @rx.event
    @policy(permission=WRITE)
    async def save_place(self, form: dict[str, Any]) -> EventSpec | None:
        """Open a location with its rooms."""
        try:
            fields = place_from(form, country=self.clinic["country"], zone=self.clinic["timezone"])
            await change(open_place, fields=fields, rooms=rooms_from(form), kind=text_from(form.get("kind")))
        except ClinicError as error:
            return self._refuse(error, prefix="place")
        return await self._go_on()

    @rx.event
    @policy(permission=WRITE)
    async def save_service(self, form: dict[str, Any]) -> EventSpec | None:
        """Make a service."""
        try:
            await change(create_service, fields=service_from(form, currency=self.clinic["currency"]))
        except ClinicError as error:
            return self._refuse(error, prefix="service")
        return await self._go_on()

    @rx.event
    @policy(permission=WRITE)
    async def save_person(self, form: dict[str, Any]) -> EventSpec | None:
        """Take somebody on, for every service that there is, with their week."""
        try:
            place = await _place(form.get("place"))
            today = local_day(utc_now(), ZoneInfo(place.fields.timezone))
            await change(
                take_on,
                fields=person_from(form, service_ids=await _offered()),
                location_id=place.id,
                week=week_from(form, since=today),
                slot_minutes=15,
            )
        except ClinicError as error:
            return self._refuse(error, prefix="person")
        return await self._go_on()

    async def _go_on(self) -> EventSpec | None:
        """Open the next step that is not done."""
        try:
            await self._open(Step.READY)
        except ClinicError as error:
            return refused(error)
        return self._said()

    async def _open(self, wanted: Step, *, is_anew: bool = True) -> None:
        """Open a step, or the first before it that is not done; unless anew, what is typed in it already stays."""
        drawn = self.step, self._version
        self.done = await _done()
        order = list(Step)
        before = order[: order.index(wanted)]
        step = next((one for one in before if one.value not in self.done), wanted)
        await self._read()
        if step is Step.READY:
            await self._conclude()
        self.step = step.value
        if is_anew or drawn != (self.step, self._version):
            self._draw(version=self._version)

    async def _read(self) -> None:
        found = await ask(read_clinic)
        self.clinic, self._version = cast(ClinicView, asdict(found)), found.version
        places = [one for one in await ask(list_locations) if one.is_active]
        self.places = [ChoiceView(id=str(one.id), name=one.fields.name) for one in places]
        self.room_kinds = await ask(kinds, what=Equipment.ROOM)
        services = [one for one in await ask(list_services) if one.is_active]
        self.specialty = services[0].fields.specialty if services else ""

    async def _conclude(self) -> None:
        found = await ask(conclude, now=utc_now())
        day = local_day(found.start.starts_at, ZoneInfo(found.start.timezone)) if found else None
        self.first = first_view(found, day=day)
        self.done = await _done()


def sign_in_with(form: str) -> EventSpec:
    """Let the browser post a form that it still holds to the sign-in, which sets the cookie."""
    return rx.call_script(f"document.getElementById('{form}-form').submit()")


def _phase(has_people: bool, *, is_being_set_up: bool) -> str:
    if visitor().signed_in is not None:
        return "steps" if visitor().may(WRITE) else "not-yours"
    if not is_being_set_up:
        return "over"
    return "sign-in" if has_people else "account"


def _ask_zone() -> EventSpec:
    return rx.call_script("Intl.DateTimeFormat().resolvedOptions().timeZone", callback=SetUpState.guess)


def _step(word: str) -> Step:
    return Step(word) if word in set(Step) else Step.READY


async def _done() -> list[str]:
    return [step.value for step in await ask(steps_done)]


async def _place(value: object) -> LocationEntry:
    """Return one of the clinic's locations; raises InvalidField."""
    wanted = id_from("place", value)
    found = next((one for one in await ask(list_locations) if one.id == wanted), None)
    if found is None:
        raise InvalidField("place", N_("This does not exist."))
    return found


async def _offered() -> tuple[UUID, ...]:
    return tuple(one.id for one in await ask(list_services) if one.is_active)
