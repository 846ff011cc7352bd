"""The demonstration's 2,000 patients: invented, in five languages, sealed like any other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.demo import names
from app.services.demo.bulk import copy_rows
from app.services.demo.ids import Kind, numbered
from app.services.patients.sealing import sealed_columns
from app.services.patients.tokens import search_tokens

COUNT = 2_000
CHILDREN_SHARE = 0.18
# Each area has a hundred numbers that are kept free for invented people: 555-0100 to 555-0199.
AREA_CODES = range(201, 231)
SEALED = ("given_name", "family_name", "birth_date", "phone", "email", "address", "medical_history")
COLUMNS = (
    "clinic_id",
    "id",
    *(f"{field}_sealed" for field in SEALED),
    "language",
    "verification",
    "version",
    "created_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class InventedPatient:
    """One person in plain text, before sealing."""

    id: UUID
    given_name: str
    family_name: str
    birth_date: date
    phone: str
    email: str | None
    address: str
    medical_history: str | None
    language: str
    is_verified: bool
    created_at: datetime

    def is_child(self, today: date) -> bool:
        """Tell whether the patient is seen by the children's doctors."""
        return (today - self.birth_date).days < 16 * 365


def invent(chance: Random, *, now: datetime, count: int = COUNT) -> list[InventedPatient]:
    """Return the patients; no two share name and birth date, phone number or e-mail address."""
    people: list[InventedPatient] = []
    known: set[tuple[str, str, date]] = set()
    while len(people) < count:
        person = _invent_one(chance, len(people) + 1, now=now)
        key = (person.given_name, person.family_name, person.birth_date)
        if key not in known:
            known.add(key)
            people.append(person)
    return people


def _invent_one(chance: Random, number: int, *, now: datetime) -> InventedPatient:
    language = names.language(chance)
    given, family = names.full_name(chance, of=language)
    is_child = chance.random() < CHILDREN_SHARE
    age_days = chance.randrange(60, 15 * 365) if is_child else int(chance.triangular(16, 95, 42) * 365.25)
    area, line = AREA_CODES[(number - 1) // 100], 100 + (number - 1) % 100
    return InventedPatient(
        id=numbered(Kind.PATIENT, number),
        given_name=given,
        family_name=family,
        birth_date=now.date() - timedelta(days=age_days),
        phone=f"+1{area}5550{line}",
        email=f"patient{number}@example.com" if chance.random() < 0.8 else None,
        address=f"{chance.randrange(1, 200)} {chance.choice(names.STREETS)}, {chance.choice(names.TOWNS)}",
        medical_history=chance.choice(names.HISTORIES) if chance.random() < 0.3 else None,
        language=language,
        is_verified=chance.random() < 0.85,
        created_at=now - timedelta(days=chance.randrange(150, 1_500), minutes=chance.randrange(600)),
    )


def load_patients(session: Session, clinic_id: UUID, people: list[InventedPatient], *, vault: Vault) -> None:
    """Seal the patients, each field bound to its row, and load them with their search tokens."""
    copy_rows(session, "patients", COLUMNS, (_row(clinic_id, person, vault) for person in people))
    token_columns = ("clinic_id", "token", "patient_id")
    copy_rows(session, "patient_search_tokens", token_columns, _token_rows(clinic_id, people, vault))


def _row(clinic_id: UUID, person: InventedPatient, vault: Vault) -> tuple[Any, ...]:
    plain = {field: getattr(person, field) for field in SEALED}
    plain["birth_date"] = person.birth_date.isoformat()
    sealed = sealed_columns(vault, person.id, fields=plain)
    return (
        clinic_id,
        person.id,
        *(sealed[f"{field}_sealed"] for field in SEALED),
        person.language,
        "verified" if person.is_verified else "unverified",
        1,
        person.created_at,
        person.created_at,
    )


def _token_rows(clinic_id: UUID, people: list[InventedPatient], vault: Vault) -> Iterator[tuple[Any, ...]]:
    for person in people:
        tokens = search_tokens(
            vault,
            given_name=person.given_name,
            family_name=person.family_name,
            birth_date=person.birth_date,
            phone=person.phone,
            email=person.email,
        )
        for token in sorted(tokens):
            yield clinic_id, token, person.id
