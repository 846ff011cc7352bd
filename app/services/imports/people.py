"""Who is meant by a row: an existing file by its number, or by birth date and the very same name in any order.

A similar name of the same birth date is only remarked upon: twins have one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.imports.problems import Wrong
from app.services.patients.duplicates import is_similar
from app.services.patients.normalise import name_words, normal_number
from app.services.patients.sealing import name_of, opened
from app.services.patients.tokens import wanted_tokens
from app.words import N_
from models.db import rows
from models.principal import Principal

BATCH = 1_000
# With more people of one birth date it stands for "not known", and likeness by name says nothing.
MOST_COMPARED = 50
OTHERS_NUMBER = N_("The number {number} belongs to a patient with another birth date.")
SEVERAL = N_("Several patients have this name and birth date. Give the number, or merge their files first.")
NOT_HERE = N_("There is no such patient. Import the patients first.")
NO_NUMBER_HERE = N_("No patient has the number {number}. Import the patients first, with their numbers.")
NAME_NEEDED = N_("Give the patient’s name and birth date, or the number.")
# Whoever was merged is found by the old name, and stands for the file that was kept. One look into each index for
# each token (OFFSET 0): compared with a list, every token of the clinic would be compared with all of it.
KNOWN: LiteralString = """
SELECT DISTINCT p.id, coalesce(p.merged_into_id, p.id), p.given_name_sealed, p.family_name_sealed, p.birth_date_sealed,
       p.external_number_sealed
  FROM unnest(%(tokens)s::bytea[]) AS w (token)
  CROSS JOIN LATERAL (
    SELECT t.patient_id FROM patient_search_tokens t
     WHERE t.clinic_id = %(clinic_id)s::uuid AND t.token = w.token OFFSET 0) t
  CROSS JOIN LATERAL (
    SELECT p.* FROM patients p WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = t.patient_id OFFSET 0) p
"""


@dataclass(frozen=True, slots=True)
class Who:
    """What a row says of a patient."""

    words: frozenset[str] = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """A patient who is there: the file that stands for them."""

    id: UUID
    words: frozenset[str] = field(repr=False)
    birth_date: date = field(repr=False)
    number: str = field(repr=False)


class People:
    """The patients that a file may mean."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.by_number: dict[str, Known] = {}
        self.by_date: dict[date, list[Known]] = defaultdict(list)
        self.by_name: dict[tuple[date, frozenset[str]], dict[UUID, Known]] = defaultdict(dict)
        for one in known:
            self.by_date[one.birth_date].append(one)
            self.by_name[one.birth_date, one.words][one.id] = one
            if one.number:
                self.by_number[one.number] = one

    def match(self, who: Who) -> Known | None:
        """Return the patient who is meant, if there is one; raises Wrong when that cannot be told."""
        by_number = self.by_number.get(who.number) if who.number else None
        if by_number is not None and who.birth_date not in (None, by_number.birth_date):
            raise Wrong("external_number", OTHERS_NUMBER, number=who.number)
        if by_number is not None or who.birth_date is None:
            return by_number
        same = self.by_name.get((who.birth_date, who.words), {})
        # Two people of one name and birth date have two numbers.
        same = {key: one for key, one in same.items() if not (who.number and one.number)}
        if len(same) > 1:
            raise Wrong("family_name", SEVERAL)
        return next(iter(same.values()), None)

    def required(self, who: Who) -> Known:
        """Return the patient who is meant; raises Wrong when there is none or that cannot be told."""
        if not who.number and (who.birth_date is None or not who.words):
            raise Wrong("birth_date", NAME_NEEDED)
        found = self.match(who)
        if found is None and who.number and who.birth_date is None:
            raise Wrong("external_number", NO_NUMBER_HERE, number=who.number)
        if found is None:
            raise Wrong("family_name", NOT_HERE)
        return found

    def has_similar(self, who: Who) -> bool:
        """Tell whether somebody of the same birth date has nearly this name."""
        others = self.by_date.get(who.birth_date, []) if who.birth_date else []
        if len(others) > MOST_COMPARED:
            return False
        return any(is_similar(sorted(who.words), sorted(one.words)) for one in others)


def people_of(session: Session, principal: Principal, *, wanted: Collection[Who]) -> People:
    """Read all whom these rows may mean, by number and by birth date."""
    vault = vault_of(session, principal.clinic_id)
    tokens = {
        token
        for who in wanted
        for token in (
            *(wanted_tokens(vault, external_number=who.number) if who.number else ()),
            *(wanted_tokens(vault, birth_date=who.birth_date) if who.birth_date else ()),
        )
    }
    ordered = sorted(tokens)
    found: dict[UUID, Known] = {}
    for start in range(0, len(ordered), BATCH):
        asked = {"clinic_id": principal.clinic_id, "tokens": ordered[start : start + BATCH]}
        for patient_id, standing_id, given, family, born, number in rows(session, KNOWN, asked):
            birth_date = opened(vault, patient_id, field="birth_date", sealed=born) or ""
            external = opened(vault, patient_id, field="external_number", sealed=number) or ""
            found[patient_id] = Known(
                standing_id,
                frozenset(name_words(name_of(vault, patient_id, given, family))),
                date.fromisoformat(birth_date),
                normal_number(external),
            )
    return People(found.values())
