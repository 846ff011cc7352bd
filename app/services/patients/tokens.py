"""The keyed hashes a patient is found by; the demonstration and the bulk loader use the same ones."""

from collections.abc import Iterable
from datetime import date
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.patients.normalise import (
    LONGEST_PREFIX,
    digits_of,
    name_words,
    normal_email,
    normal_number,
    prefixes,
)
from models.db import execute, rows

LAST_DIGITS = 4
MOST_CANDIDATES = 50
ADD: LiteralString = """
INSERT INTO patient_search_tokens (clinic_id, token, patient_id)
SELECT %(clinic_id)s, unnest(%(tokens)s::bytea[]), %(patient_id)s
"""
REMOVE: LiteralString = """
DELETE FROM patient_search_tokens WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s
"""
# The rarest token drives the index, each further one is a look into the same index by equality.
FIND: LiteralString = """
SELECT rarest.patient_id
FROM patient_search_tokens AS rarest
WHERE rarest.clinic_id = %(clinic_id)s AND rarest.token = %(rarest)s
  AND NOT EXISTS (
    SELECT 1 FROM unnest(%(further)s::bytea[]) AS wanted(token)
    WHERE NOT EXISTS (
        SELECT 1 FROM patient_search_tokens AS other
        WHERE other.clinic_id = %(clinic_id)s AND other.token = wanted.token
          AND other.patient_id = rarest.patient_id))
ORDER BY rarest.patient_id
LIMIT %(most)s
"""


def search_tokens(
    vault: Vault,
    *,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str | None = None,
    email: str | None = None,
    member_number: str | None = None,
    external_number: str | None = None,
) -> set[bytes]:
    """Return every token of one patient; `phone` in the form that `normal_phone` gives."""
    words = name_words(f"{given_name} {family_name}")
    tokens = {vault.token("name", prefix) for word in words for prefix in prefixes(word)}
    tokens.add(vault.token("birth-date", birth_date.isoformat()))
    if phone:
        tokens.add(vault.token("phone", phone))
        tokens.add(vault.token("phone-end", digits_of(phone)[-LAST_DIGITS:]))
    if email:
        tokens.add(vault.token("email", normal_email(email)))
    if member_number:
        tokens.add(vault.token("member-number", normal_number(member_number)))
    if external_number:
        tokens.add(vault.token("external-number", normal_number(external_number)))
    return tokens


def wanted_tokens(
    vault: Vault,
    *,
    words: Iterable[str] = (),
    birth_date: date | None = None,
    phone: str | None = None,
    phone_end: str | None = None,
    email: str | None = None,
    member_number: str | None = None,
    external_number: str | None = None,
) -> list[bytes]:
    """Return the tokens that a match must have, all of them, the rarest kind first."""
    tokens = []
    if member_number:
        tokens.append(vault.token("member-number", normal_number(member_number)))
    if external_number:
        tokens.append(vault.token("external-number", normal_number(external_number)))
    if email:
        tokens.append(vault.token("email", normal_email(email)))
    if phone:
        tokens.append(vault.token("phone", phone))
    if birth_date:
        tokens.append(vault.token("birth-date", birth_date.isoformat()))
    if phone_end:
        tokens.append(vault.token("phone-end", phone_end))
    longest_first = sorted(set(words), key=len, reverse=True)
    return tokens + [vault.token("name", word[:LONGEST_PREFIX]) for word in longest_first]


def find(session: Session, clinic_id: UUID, *, tokens: list[bytes], most: int = MOST_CANDIDATES) -> list[UUID]:
    """Return at most `most` patients of the clinic that have every token."""
    found = rows(
        session,
        FIND,
        {"clinic_id": clinic_id, "rarest": tokens[0], "further": tokens[1:], "most": most},
    )
    return [row[0] for row in found]


def replace_tokens(session: Session, clinic_id: UUID, *, patient_id: UUID, tokens: set[bytes]) -> None:
    """Make exactly these the patient's tokens."""
    place = {"clinic_id": clinic_id, "patient_id": patient_id}
    execute(session, REMOVE, place)
    execute(session, ADD, {**place, "tokens": sorted(tokens)})
