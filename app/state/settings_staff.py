"""The people who sign in: a list, the account that is open, its roles."""

from functools import partial
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.infra.executor import run_password
from app.services.accounts import users
from app.services.accounts.roles import give_role, take_role
from app.services.accounts.staff import (
    StaffView,
    change_person,
    end_account,
    list_staff,
    open_account,
    set_new_password,
)
from app.services.catalogue.locations import list_locations
from app.services.catalogue.practitioners import list_practitioners
from app.services.clock import utc_now
from app.state.ask import ask
from app.state.base import PageState, acting, policy, refused
from app.state.guard import forget_user
from app.state.parse import id_from, text_from
from app.state.settings_forms import SAVED, FormVars, LineView
from app.words import N_
from models.accounts import Role
from models.db import transaction

USERS = "users:write"


class PersonView(TypedDict):
    """The form's values."""

    login: str
    display_name: str
    language: str
    is_active: bool
    is_at_home: bool


class RoleLine(TypedDict):
    """One role of the open account; an empty place is every location."""

    id: str
    role: str
    place: str
    practitioner: str


class NamedView(TypedDict):
    """Something to choose."""

    id: str
    name: str


NOBODY = PersonView(login="", display_name="", language="en", is_active=True, is_at_home=True)


class StaffState(FormVars, PageState):
    """The list and the open account."""

    form: PersonView = NOBODY
    roles: list[RoleLine] = []
    places: list[NamedView] = []
    practitioners: list[NamedView] = []

    @rx.event
    @policy(permission=USERS)
    async def load(self) -> EventSpec | None:
        """Read the accounts anew."""
        return await self._read_anew(partial(self._show, self.opened_id))

    @rx.event
    @policy(permission=USERS)
    def search(self, text: str) -> None:
        """Narrow the list."""
        self.query = text_from(text)

    @rx.event
    @policy(permission=USERS)
    async def open_entry(self, user_id: str) -> EventSpec | None:
        """Open one account."""
        return await self._show(user_id)

    @rx.event
    @policy(permission=USERS)
    def begin(self) -> None:
        """Open an empty form."""
        self.form, self.roles = NOBODY, []
        self._draw(is_new=True)

    @rx.event
    @policy(permission=USERS)
    async def create(self, form: dict[str, Any]) -> EventSpec | None:
        """Make an account with its first role and its first password."""
        values = {name: text_from(form.get(name)) for name in ("login", "display_name", "language")}
        try:
            made = await self._hashing(users.create, password=_password(form), **values, **_role(form), now=utc_now())
        except ClinicError as error:
            return self._refuse(error, prefix="person")
        return await self._show(str(made)) or self._said()

    @rx.event
    @policy(permission=USERS)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Store the name and the language."""
        values = {name: text_from(form.get(name)) for name in ("display_name", "language")}
        seen = (self.form["display_name"], self.form["language"])
        return await self._do(change_person, SAVED, seen=seen, **values)

    @rx.event
    @policy(permission=USERS)
    async def set_password(self, form: dict[str, Any]) -> EventSpec | None:
        """Give the open account another password."""
        try:
            values = {"user_id": self._id(), "password": _password(form), "now": utc_now()}
            await self._hashing(set_new_password, **values)
        except ClinicError as error:
            return self._refuse(error, prefix="person")
        forget_user(self.opened_id)
        message = N_("The new password holds. Whoever was signed in with the old one is not any more.")
        return await self._show(self.opened_id) or self._said(message)

    @rx.event
    @policy(permission=USERS)
    async def end(self) -> EventSpec | None:
        """End the open account and its sessions."""
        return await self._do(end_account, N_("The account is closed and signed out everywhere."))

    @rx.event
    @policy(permission=USERS)
    async def reopen(self) -> EventSpec | None:
        """Let the open account sign in again."""
        return await self._do(open_account, N_("The account can sign in again."))

    @rx.event
    @policy(permission=USERS)
    async def give(self, form: dict[str, Any]) -> EventSpec | None:
        """Give the open account one more role."""
        try:
            values = _role(form)
        except ClinicError as error:
            return self._refuse(error, prefix="person")
        return await self._do(give_role, N_("The role is given."), **values)

    @rx.event
    @policy(permission=USERS)
    async def take(self, role_id: str) -> EventSpec | None:
        """Take a role of the open account back."""
        try:
            wanted = id_from("role_id", role_id)
        except ClinicError as error:
            return refused(error)
        return await self._do(take_role, N_("The role is taken back."), role_id=wanted)

    async def _do(self, verb: Any, message: str, **values: Any) -> EventSpec | None:
        try:
            await ask(verb, user_id=self._id(), now=utc_now(), **values)
        except ClinicError as error:
            return self._refuse(error, prefix="person")
        forget_user(self.opened_id)
        return await self._show(self.opened_id) or self._said(message)

    async def _hashing(self, verb: Any, **values: Any) -> Any:
        """Run a verb that hashes a password where passwords are hashed."""
        principal = acting()

        def work() -> Any:
            with transaction(principal) as session:
                return verb(session, principal, **values)

        return await run_password(work)

    async def _show(self, user_id: str) -> EventSpec | None:
        try:
            found = await ask(list_staff)
            self.places = [NamedView(id=str(one.id), name=one.fields.name) for one in await ask(list_locations)]
            people = await ask(list_practitioners)
        except ClinicError as error:
            return refused(error)
        self.practitioners = [NamedView(id=str(one.id), name=one.fields.display_name) for one in people]
        self.lines = [
            LineView(id=str(one.id), title=one.display_name, detail=one.login, is_active=one.is_active) for one in found
        ]
        self.is_loaded = True
        opened = next((one for one in found if str(one.id) == user_id), found[0] if found else None)
        if opened is None:
            self.form, self.roles = NOBODY, []
            self._draw(is_new=True)
            return None
        self.form, self.roles = _view(opened), self._roles(opened)
        self._draw(opened_id=str(opened.id))
        return None

    def _roles(self, person: StaffView) -> list[RoleLine]:
        places = {one["id"]: one["name"] for one in self.places}
        names = {one["id"]: one["name"] for one in self.practitioners}
        return [
            RoleLine(
                id=str(one.id),
                role=one.role.value,
                place=places.get(str(one.location_id), ""),
                practitioner=names.get(str(one.practitioner_id), ""),
            )
            for one in person.roles
        ]

    def _id(self) -> UUID:
        return id_from("user_id", self.opened_id)


def _view(person: StaffView) -> PersonView:
    return PersonView(
        login=person.login,
        display_name=person.display_name,
        language=person.language,
        is_active=person.is_active,
        is_at_home=person.is_at_home,
    )


def _password(form: dict[str, Any]) -> str:
    password = form.get("password")
    return password if isinstance(password, str) else ""


def _role(form: dict[str, Any]) -> dict[str, Any]:
    """Return which role is to be given, and where; raises InvalidField."""
    try:
        role = Role(text_from(form.get("role")))
    except ValueError:
        raise InvalidField("role", N_("Choose a role from the list.")) from None
    place, person = text_from(form.get("location_id")), text_from(form.get("practitioner_id"))
    if role is Role.PRACTITIONER and not person:
        raise InvalidField("practitioner_id", N_("Say which practitioner this person is."))
    return {
        "role": role,
        "location_id": id_from("location_id", place) if place else None,
        "practitioner_id": id_from("practitioner_id", person) if person and role is Role.PRACTITIONER else None,
    }
