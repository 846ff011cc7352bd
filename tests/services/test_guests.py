"""Guests: matched without a word to whom the clinic knows, or made unverified; the caller never learns which."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.patients import guests
from app.services.patients.guests import match_or_create_guest
from app.services.patients.read import get
from app.services.patients.write import create
from models.db import transaction
from models.patients import Patient, Verification
from models.principal import ActorKind, Principal
from tests.builders import NOW, building, clerk_of, guest_of, make_clinic

pytestmark = pytest.mark.database
ANA = {"given_name": "Ana", "family_name": "Muñoz", "birth_date": date(1980, 2, 3)}


@pytest.fixture
def clerk(database: DatabaseUrls) -> Principal:
    with building() as session:
        return clerk_of(make_clinic(session))


def come(clerk: Principal, **fields: Any) -> UUID:
    guest = guest_of(clerk.clinic_id)
    with transaction(guest) as session:
        return match_or_create_guest(session, guest, **{**ANA, **fields}, now=NOW)


def known(clerk: Principal, **fields: Any) -> UUID:
    with transaction(clerk) as session:
        return create(session, clerk, **{**ANA, **fields}, now=NOW).id


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "0049 30 1234567"},
        {"email": "ANA@example.org"},
        {"phone": "030 1234567", "email": "other@example.org"},
        {"phone": "030 7777777", "email": "ana@example.org"},
        {"given_name": "ANA", "family_name": "Munoz", "phone": "030 1234567"},
    ],
)
def test_name_birth_date_and_one_contact_match(clerk: Principal, fields: dict[str, Any]) -> None:
    patient_id = known(clerk, phone="030 1234567", email="ana@example.org")
    assert come(clerk, **fields) == patient_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"phone": "030 7777777"},
        {"email": "other@example.org"},
        {"birth_date": date(1980, 2, 4), "phone": "030 1234567"},
        {"given_name": "Anastasia", "phone": "030 1234567"},
        {"given_name": "Muñoz", "family_name": "Ana", "phone": "030 1234567"},
    ],
)
def test_anything_less_makes_an_unverified_patient(clerk: Principal, fields: dict[str, Any]) -> None:
    patient_id = known(clerk, phone="030 1234567", email="ana@example.org")
    made = come(clerk, **fields)
    assert made != patient_id
    with transaction(clerk) as session:
        assert get(session, clerk, patient_id=made, now=NOW).verification is Verification.UNVERIFIED


def test_a_match_changes_nothing_of_the_patient(clerk: Principal) -> None:
    patient_id = known(clerk, phone="030 1234567", language="es")
    with transaction(clerk) as session:
        before = get(session, clerk, patient_id=patient_id, now=NOW)
    come(clerk, phone="030 1234567", email="new@example.org", language="de")
    with transaction(clerk) as session:
        assert get(session, clerk, patient_id=patient_id, now=NOW) == before


def test_whom_staff_have_seen_comes_before_an_earlier_guest(clerk: Principal) -> None:
    come(clerk, phone="030 1234567")
    patient_id = known(clerk, phone="030 1234567")
    assert come(clerk, phone="030 1234567") == patient_id


def test_a_returning_guest_is_the_same_patient(clerk: Principal) -> None:
    assert come(clerk, email="ana@example.org") == come(clerk, email="ana@example.org")


def run_at_once(clerk: Principal) -> int:
    both = threading.Barrier(6)

    def work() -> None:
        both.wait(10)
        come(clerk, phone="030 1234567", email="ana@example.org")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with building() as session:
        return len(session.exec(select(Patient.id).where(Patient.clinic_id == clerk.clinic_id)).all())


def test_one_guest_six_times_at_once_is_one_patient(clerk: Principal) -> None:
    assert run_at_once(clerk) == 1


def test_without_the_lock_the_guest_would_be_several(clerk: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    find, together = guests.find, threading.Barrier(6)

    def find_together(*args: Any, **fields: Any) -> list[UUID]:
        found = find(*args, **fields)
        together.wait(10)
        return found

    come(clerk, given_name="The keys are made")
    monkeypatch.setattr(guests, "lock_names", lambda *_: None)
    monkeypatch.setattr(guests, "find", find_together)
    assert run_at_once(clerk) == 1 + 6


def test_a_guests_impossible_values_name_their_field(clerk: Principal) -> None:
    with pytest.raises(InvalidField, match="not a phone number"):
        come(clerk, phone="none")


def test_a_stranger_without_any_right_cannot_make_patients(clerk: Principal) -> None:
    nobody = Principal(clerk.clinic_id, ActorKind.API_CLIENT, "x", frozenset({"slots:read"}))
    with transaction(nobody) as session, pytest.raises(NotPermitted):
        match_or_create_guest(session, nobody, **ANA, now=NOW)
