"""Patients of a file: whoever is there already is matched and left as they are, the others are made, all or none.

Of a matched patient only a missing number is filled in. Many rows go into one statement; what is stored, findable
and audited of each is what `patients/write.py` stores of one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.imports.people import Known, People, Who, people_of
from app.services.imports.problems import Problem, Progress, Report, Wrong
from app.services.imports.read_patients import Person
from app.services.patients.fields import Habits
from app.services.patients.sealing import SEALED, sealed_columns
from app.services.patients.tokens import search_tokens
from app.services.patients.write import FOUND_BY, change
from app.words import N_
from models.base import new_id
from models.db import execute
from models.patients import Verification
from models.principal import Principal

BATCH = 250
SAME_PERSON = N_("The same patient stands in row {other} already.")
SAME_NUMBER = N_("The number {number} stands in row {other} already.")
SIMILAR = N_("Somebody of this birth date has nearly the same name. A file of its own is made; merge them if need be.")
TEXTS = tuple(name for name in SEALED if name != "medical_history")
INSERT: LiteralString = """
INSERT INTO patients (clinic_id, id, given_name_sealed, family_name_sealed, birth_date_sealed, phone_sealed,
                      email_sealed, address_sealed, alert_sealed, insurer_sealed, member_number_sealed,
                      external_number_sealed, needs_interpreter, language, verification, version, created_at,
                      updated_at)
SELECT %(clinic_id)s::uuid, n.*, %(verification)s::text, 1, %(now)s::timestamptz, %(now)s::timestamptz
  FROM unnest(%(id)s::uuid[], %(given_name)s::bytea[], %(family_name)s::bytea[], %(birth_date)s::bytea[],
              %(phone)s::bytea[], %(email)s::bytea[], %(address)s::bytea[], %(alert)s::bytea[], %(insurer)s::bytea[],
              %(member_number)s::bytea[], %(external_number)s::bytea[], %(needs_interpreter)s::boolean[],
              %(language)s::text[]) AS n
"""
TOKENS: LiteralString = """
INSERT INTO patient_search_tokens (clinic_id, token, patient_id)
SELECT %(clinic_id)s::uuid, n.* FROM unnest(%(tokens)s::bytea[], %(patients)s::uuid[]) AS n
"""
AUDIT: LiteralString = """
INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, detail, request_id)
SELECT %(clinic_id)s::uuid, n.audit_id, %(now)s::timestamptz, %(actor)s::text, 'create', 'patient', n.id,
       jsonb_build_object('fields', string_to_array(n.fields, ','), 'import_id', %(import_id)s::uuid),
       %(request_id)s::text
  FROM unnest(%(audit_id)s::uuid[], %(id)s::uuid[], %(fields)s::text[]) AS n (audit_id, id, fields)
"""


def sort_out(
    session: Session, principal: Principal, *, people: Sequence[Person], report: Report
) -> tuple[list[Person], list[tuple[Known, Person]]]:
    """Return who is new, and who is there but lacks the number that the file gives; faults go into the report."""
    known = people_of(session, principal, wanted=[one.who for one in people])
    new: list[Person] = []
    unnumbered: list[tuple[Known, Person]] = []
    for person, found in _told_apart(people, known, report):
        if found is None:
            new.append(person)
            if known.has_similar(person.who):
                report.remarks.append(Problem(person.row, "", SIMILAR))
            continue
        report.matched += 1
        if person.who.number and not found.number:
            unnumbered.append((found, person))
    report.new, report.numbered = len(new), len(unnumbered)
    return new, unnumbered


def add_patients(
    session: Session,
    principal: Principal,
    *,
    new: Sequence[Person],
    import_id: UUID,
    habits: Habits,
    progress: Progress,
    now: datetime,
) -> None:
    """Make the new patients, verified as those whom staff enter."""
    vault = vault_of(session, principal.clinic_id)
    ids = ids_apart(len(new), now=now)
    for start in range(0, len(new), BATCH):
        batch = list(zip(ids[start : start + BATCH], new[start : start + BATCH], strict=False))
        _insert(session, principal, vault, batch, import_id=import_id, language=habits.language, now=now)
        progress.step(len(batch))


def number_patients(
    session: Session,
    principal: Principal,
    *,
    unnumbered: Iterable[tuple[Known, Person]],
    step: Callable[[], None],
    now: datetime,
) -> None:
    """Fill in the number of those who are there without one."""
    for known, person in unnumbered:
        changes = {"external_number": person.values["external_number"]}
        change(session, principal, patient_id=known.id, changes=changes, now=now)
        step()


def ids_apart(count: int, *, now: datetime) -> list[UUID]:
    """Return ascending UUIDv7, each with a millisecond of its own up to now (docs/growth.md says why)."""
    last = int(now.timestamp() * 1000)
    return [UUID(int=(last - count + 1 + number) << 80 | _rest()) for number in range(count)]


def _rest() -> int:
    # Version 7 and the variant over 74 random bits.
    return uuid4().int & ((1 << 76) - 1) | 0x7 << 76


def _told_apart(people: Sequence[Person], known: People, report: Report) -> Iterable[tuple[Person, Known | None]]:
    """Yield each person once with the file that they have; a second row of one person is a fault."""
    seen: dict[object, int] = {}
    for person in people:
        try:
            found = known.match(person.who)
            for mark, fault in _marks(person.who, found):
                if mark in seen:
                    raise Wrong(fault.name, fault.message, **fault.values, other=seen[mark])
                seen[mark] = person.row
        except Wrong as fault:
            report.problems.append(Problem(person.row, "", fault.message, fault.values))
        else:
            yield person, found


def _marks(who: Who, found: Known | None) -> Iterable[tuple[object, Wrong]]:
    """Yield what two rows of different people never share."""
    if who.number:
        yield ("number", who.number), Wrong("external_number", SAME_NUMBER, number=who.number)
    else:
        yield ("name", who.birth_date, who.words), Wrong("family_name", SAME_PERSON)
    if found is not None:
        yield ("file", found.id), Wrong("family_name", SAME_PERSON)


def _insert(
    session: Session,
    principal: Principal,
    vault: Vault,
    batch: Sequence[tuple[UUID, Person]],
    *,
    import_id: UUID,
    language: str,
    now: datetime,
) -> None:
    place = {"clinic_id": principal.clinic_id, "now": now}
    lines = [_columns(vault, patient_id, person, language=language) for patient_id, person in batch]
    columns = {name: [line[name] for line in lines] for name in lines[0]}
    execute(session, INSERT, {**place, **columns, "verification": Verification.VERIFIED.value})
    tokens = [(token, patient_id) for patient_id, person in batch for token in _tokens(vault, person)]
    pairs = {"tokens": [token for token, _ in tokens], "patients": [patient_id for _, patient_id in tokens]}
    execute(session, TOKENS, {**place, **pairs})
    who = {"actor": principal.actor, "request_id": principal.request_id, "import_id": import_id}
    fields = [",".join(sorted(name for name, value in person.values.items() if value)) for _, person in batch]
    audit = {"audit_id": [new_id() for _ in batch], "id": columns["id"], "fields": fields}
    execute(session, AUDIT, {**place, **who, **audit})


def _columns(vault: Vault, patient_id: UUID, person: Person, *, language: str) -> dict[str, Any]:
    texts = {name: person.values.get(name) for name in TEXTS} | {"birth_date": person.values["birth_date"].isoformat()}
    sealed = sealed_columns(vault, patient_id, fields=texts)
    return {
        "id": patient_id,
        **{name: sealed[f"{name}_sealed"] for name in TEXTS},
        "needs_interpreter": person.values.get("needs_interpreter", False),
        "language": person.values.get("language") or language,
    }


def _tokens(vault: Vault, person: Person) -> set[bytes]:
    return search_tokens(vault, **{name: person.values.get(name) for name in FOUND_BY})  # type: ignore[arg-type]
