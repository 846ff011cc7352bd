"""The set-up of a new installation: who may take it, its steps, and the first time that a patient can book."""

from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotFound, NotPermitted, TooManyAttempts
from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.services.accounts.sessions import sign_in
from app.services.catalogue.clinic_settings import change_clinic, read_clinic
from app.services.catalogue.editing import change_settings
from app.services.catalogue.practitioners import PractitionerFields
from app.services.catalogue.services import create_service
from app.services.schedules.rule_rows import Hours
from app.services.setup import claim as claiming
from app.services.setup import first_clinic
from app.services.setup.claim import claim
from app.services.setup.countries import country_of, likely
from app.services.setup.progress import Step, conclude, first_time, steps_done
from app.services.setup.standing import standing_at
from app.services.setup.steps import MOST_ROOMS, open_place, take_on
from app.setup_errors import ClinicTaken
from models.accounts import Role
from models.base import new_id
from models.db import transaction
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from tests.builders import NOW, clerk_of, guest_of, make_patient
from tests.builders import building as owning
from tests.calls import hold
from tests.services.settings_world import BERLIN, CHECK_UP

pytestmark = pytest.mark.database
PASSWORD = "a-long-enough-password"


@pytest.fixture
def host(database: Any, valkey: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation of its own beside the other tests' clinics: its address."""
    name = f"{new_id()}.example"
    monkeypatch.setattr(first_clinic, "ANY_CLINIC", f"SELECT 1 FROM clinics WHERE host_name = '{name}'")
    assert first_clinic.make_first_clinic(now=NOW, host=name)
    return name


@pytest.fixture
def code(host: str) -> str:
    found = first_clinic.renew_code(host=host)
    assert found is not None
    return found


def take(host: str, code: str, **fields: Any) -> UUID:
    """Make the first administrator, with a login of its own."""
    account = {"login": f"founder-{new_id()}", "display_name": "Ines Ferro", "password": PASSWORD, "language": "de"}
    place = {"host": host, "code": code, "address": f"address of {host}", "now": NOW}
    return claim(**{**place, **account, **fields})


def admin_of(host: str, user_id: UUID) -> Principal:
    clinic_id = standing_at(host).clinic_id
    return Principal(clinic_id, ActorKind.USER, str(user_id), ROLE_PERMISSIONS[Role.ADMINISTRATOR])


class Guide:
    """The steps as the page takes them."""

    def __init__(self, host: str, code: str) -> None:
        self.admin = admin_of(host, take(host, code))

    def change(self, verb: Any, **values: Any) -> UUID:
        outcome = change_settings(self.admin, partial(verb, principal=self.admin, now=NOW, **values))
        assert outcome.entry_id is not None
        return outcome.entry_id

    def ask(self, read: Any, **values: Any) -> Any:
        with transaction(self.admin) as session:
            return read(session, self.admin, **values)

    def done(self) -> set[Step]:
        return set(self.ask(steps_done))

    def name(self) -> None:
        found = self.ask(read_clinic)
        fields = replace(found, name="Lark Clinic", country="DE", currency="EUR", timezone="Europe/Berlin")
        self.change(change_clinic, fields=fields, version=found.version)

    def place(self, **fields: Any) -> UUID:
        return self.change(open_place, **{"fields": BERLIN, "rooms": ("Room 1", "Room 2"), "kind": "exam", **fields})

    def person(self, place: UUID, service: UUID, **fields: Any) -> UUID:
        who = PractitionerFields("Dr. Ada Lark", "gp", "L-1", (), (service,))
        week = [Hours(day, time(9), time(12), NOW.date()) for day in range(7)]
        values = {"fields": who, "location_id": place, "week": week, "slot_minutes": 15, **fields}
        return self.change(take_on, **values)


@pytest.fixture
def guide(host: str, code: str) -> Guide:
    return Guide(host, code)


def test_the_code_makes_one_administrator_who_signs_in_and_no_second(host: str, code: str) -> None:
    assert not standing_at(host).has_people
    login = f"founder-{new_id()}"
    user_id = take(host, code, login=login)
    standing = standing_at(host)
    assert (standing.has_people, standing.is_being_set_up, standing.is_demonstration) == (True, True, False)
    signed_in = sign_in(login=login, password=PASSWORD, now=NOW, address="here", clinic_id=standing.clinic_id)
    assert (signed_in.user_id, signed_in.role, signed_in.language) == (user_id, Role.ADMINISTRATOR, "de")
    with pytest.raises(ClinicTaken):
        take(host, code)
    assert first_clinic.renew_code(host=host) is None, "and a start prints no further code"


def test_a_clinic_is_made_once(host: str) -> None:
    assert not first_clinic.make_first_clinic(now=NOW, host=host)
    assert first_clinic.has_clinic()


def test_a_wrong_code_makes_nobody_and_the_former_one_is_wrong(host: str, code: str) -> None:
    newer = first_clinic.renew_code(host=host)
    assert newer not in (None, code)
    for wrong in (code, "", "AAAA-AAAA-AAAA"):
        with pytest.raises(InvalidField) as refusal:
            take(host, wrong)
        assert refusal.value.field == "code"
    assert not standing_at(host).has_people


def test_without_asking_for_the_code_anybody_could_take_the_clinic(
    host: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "USE_CODE", claiming.USE_CODE.replace("c.set_up_code_hash = %(code_hash)s", "true"))
    monkeypatch.setattr(claiming, "USE_CODE", claiming.USE_CODE.replace("::bytea", ""))
    take(host, "guessed")
    assert standing_at(host).has_people


def test_a_code_is_read_as_people_type_it(host: str, code: str) -> None:
    take(host, f"  {code.lower().replace('-', ' ')} ")
    assert standing_at(host).has_people


@pytest.mark.parametrize(
    ("field", "value"), [("password", "short"), ("login", "!"), ("display_name", " "), ("password", "founderfounder1")]
)
def test_what_cannot_be_an_account_leaves_the_code_good(host: str, code: str, field: str, value: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        take(host, code, **{"login": "founder", field: value})
    assert refusal.value.field == field
    take(host, code)
    assert standing_at(host).has_people


def test_codes_are_not_guessed_for_long(host: str, code: str) -> None:
    for _ in range(claiming.AT_ADDRESS.times):
        with pytest.raises(InvalidField):
            take(host, "AAAA-AAAA-AAAA")
    with pytest.raises(TooManyAttempts):
        take(host, code)
    take(host, code, address="elsewhere")


def test_the_steps_lead_to_a_time_that_a_patient_can_hold(guide: Guide) -> None:
    assert guide.done() == set()
    guide.name()
    assert guide.done() == {Step.CLINIC}
    place = guide.place()
    assert guide.done() == {Step.CLINIC, Step.PLACE}
    service = guide.change(create_service, fields=replace(CHECK_UP, room_kind="exam"))
    assert guide.done() == {Step.CLINIC, Step.PLACE, Step.SERVICE}
    assert guide.ask(first_time, now=NOW) is None
    guide.person(place, service)
    assert guide.done() == {Step.CLINIC, Step.PLACE, Step.SERVICE, Step.PEOPLE}
    first = guide.ask(conclude, now=NOW)
    assert (first.service, first.practitioner, first.location) == ("Check-up", "Dr. Ada Lark", "Harbour")
    assert guide.done() == set(Step)
    with owning() as session:
        patient = make_patient(session, clinic=guide.admin.clinic_id)
    answer = hold(guest_of(guide.admin.clinic_id), first.start.id, service, patient.id, now=NOW)
    assert answer.body["status"] == "pending"


def test_the_set_up_ends_once_and_only_with_a_time_that_can_be_booked(guide: Guide) -> None:
    assert guide.ask(conclude, now=NOW) is None
    assert Step.READY not in guide.done()
    service = guide.change(create_service, fields=CHECK_UP)
    guide.person(guide.place(), service)
    assert guide.ask(conclude, now=NOW) == guide.ask(conclude, now=NOW)
    assert len(traces(guide.admin, action="clinic.set-up")) == 1


def test_a_place_is_opened_with_all_its_rooms_or_not_at_all(guide: Guide) -> None:
    for rooms, kind, field in ((("ok", "x" * 81), "exam", "rooms"), (("ok",), " ", "kind")):
        with pytest.raises(InvalidField) as refusal:
            guide.place(rooms=rooms, kind=kind)
        assert refusal.value.field == field
    with pytest.raises(InvalidField):
        guide.place(rooms=[f"Room {n}" for n in range(MOST_ROOMS + 1)])
    assert Step.PLACE not in guide.done()
    guide.place(rooms=("Room 1", " Room  1", ""))
    assert len(traces(guide.admin, action="room.create")) == 1


def test_somebody_is_taken_on_with_their_week_or_not_at_all(guide: Guide) -> None:
    place, service = guide.place(), guide.change(create_service, fields=CHECK_UP)
    backwards = [Hours(0, time(12), time(9), NOW.date())]
    for week, slot_minutes, field in (((), 15, "weekdays"), (backwards, 15, "ends_local")):
        with pytest.raises(InvalidField) as refusal:
            guide.person(place, service, week=week, slot_minutes=slot_minutes)
        assert refusal.value.field == field
    with pytest.raises(NotFound):
        guide.person(new_id(), service)
    assert traces(guide.admin, action="practitioner.create") == []


def test_only_who_may_change_the_settings_is_told_how_far_it_is(guide: Guide) -> None:
    clerk = clerk_of(guide.admin.clinic_id)
    for read in (steps_done, partial(conclude, now=NOW), partial(first_time, now=NOW)):
        with pytest.raises(NotPermitted), transaction(clerk) as session:
            read(session, clerk)


def test_a_country_brings_its_money_language_and_zone() -> None:
    assert tuple(vars_of(likely("DE"))) == ("EUR", "de", "Europe/Berlin")
    assert tuple(vars_of(likely("US", zone="America/Chicago"))) == ("USD", "en", "America/Chicago")
    assert tuple(vars_of(likely("US", zone="Europe/Berlin"))) == ("USD", "en", "America/New_York")
    assert tuple(vars_of(likely("nowhere"))) == ("", "", "")
    assert (country_of("Europe/Berlin"), country_of("Asia/Calcutta"), country_of("UTC")) == ("DE", "IN", "")


def traces(admin: Principal, *, action: str) -> list[AuditEvent]:
    """Return the audit rows of one action in this clinic."""
    asked = select(AuditEvent).where(AuditEvent.clinic_id == admin.clinic_id, AuditEvent.action == action)
    with owning() as session:
        return list(session.exec(asked))


def vars_of(found: Any) -> tuple[str, str, str]:
    return found.currency, found.language, found.timezone
