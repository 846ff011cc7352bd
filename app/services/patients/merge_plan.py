"""What merging two files would do, shown before anything is done: what moves, which values stay, what forbids it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, NotPermitted
from app.file_errors import MergeRefused, PatientMerged
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.views import PatientView, view_of
from app.services.patients.write import load
from app.words import N_
from models.db import first_row, rows
from models.principal import Principal

# Those of which one value stays; alert and medical history keep both, for nothing of them may be lost.
CHOICES = (
    "given_name",
    "family_name",
    "birth_date",
    "phone",
    "email",
    "address",
    "insurer",
    "member_number",
    "external_number",
    "language",
)
MOVED = ("appointments", "waitlist_entries", "series", "messages", "documents", "prescriptions", "notes")
COUNTS: LiteralString = """
SELECT (SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM waitlist_entries WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM series WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM messages WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM documents WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM prescriptions WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid),
       (SELECT count(*) FROM notes WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid)
"""
CLASHES: LiteralString = """
SELECT greatest(a.starts_at, b.starts_at), l.timezone
  FROM appointments a
  JOIN appointments b ON b.clinic_id = a.clinic_id AND b.patient_id = %(lose)s::uuid AND b.live
                     AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(keep)s::uuid AND a.live
 ORDER BY 1 LIMIT 10
"""
PLACES: LiteralString = """
SELECT DISTINCT location_id FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id IN (%(keep)s::uuid, %(lose)s::uuid)
"""
# Both files of one wish: the place that is offered already is the one to keep, so two offers cannot become one.
TWO_OFFERS: LiteralString = """
SELECT 1 FROM waitlist_entries a JOIN waitlist_entries b
    ON b.clinic_id = a.clinic_id AND b.service_id = a.service_id AND b.patient_id = %(lose)s::uuid
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(keep)s::uuid
   AND a.status = 'offered' AND b.status = 'offered'
"""
WARDS: LiteralString = """
SELECT 1 FROM patients WHERE clinic_id = %(clinic_id)s::uuid AND merged_into_id IS NULL
   AND guardian_id IN (%(keep)s::uuid, %(lose)s::uuid) AND id NOT IN (%(keep)s::uuid, %(lose)s::uuid) LIMIT 1
"""
SAME = N_("Choose another file: this one cannot be merged with itself.")
OVERLAP = N_("Both files have an appointment at the same time. Cancel or move one of them first.")
OFFERS = N_("Both files have an open offer for the same service. Settle one of them first.")
FAMILY = N_("One file is a guardian's, the other has a guardian. Take the guardian out first.")
ELSEWHERE = N_("These files have appointments at a location that you do not work at. Ask somebody who does.")


@dataclass(frozen=True, slots=True)
class Clash:
    """A time at which both files have a live appointment."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Both files, the number of entries that would move by their table, and the sentence that forbids it, if any.

    `taken` are the fields whose value would come from the file that is given up, as the other has none.
    """

    keep: PatientView
    lose: PatientView
    moved: dict[str, int]
    clashes: list[Clash]
    taken: frozenset[str]
    refusal: str


def preview(session: Session, principal: Principal, *, keep_id: UUID, lose_id: UUID, now: datetime) -> MergePreview:
    """Return what a merge would do; the look at both files is audited. Raises InvalidField, PatientMerged."""
    require(principal, Permission.PATIENTS_MERGE)
    keep, lose = pair(session, principal, keep_id=keep_id, lose_id=lose_id)
    place = {"clinic_id": principal.clinic_id, "keep": keep_id, "lose": lose_id}
    counts = first_row(session, COUNTS, place) or (0,) * len(MOVED)
    clashes = [Clash(*row) for row in rows(session, CLASHES, place)]
    try:
        require_possible(session, principal, keep=keep, lose=lose)
        refusal = ""
    except (MergeRefused, NotPermitted) as error:
        refusal = str(error)
    viewed(session, principal, object_kind="patient", ids=[keep_id, lose_id], now=now)
    moved = dict(zip(MOVED, counts, strict=True))
    return MergePreview(keep, lose, moved, clashes, default_choice(keep, lose), refusal)


def pair(session: Session, principal: Principal, *, keep_id: UUID, lose_id: UUID) -> tuple[PatientView, PatientView]:
    """Return both files as they stand; raises InvalidField for one and the same, PatientMerged, PatientNotFound."""
    if keep_id == lose_id:
        raise InvalidField("lose_id", SAME)
    vault = vault_of(session, principal.clinic_id)
    keep, lose = (view_of(vault, load(session, principal, patient_id=one)) for one in (keep_id, lose_id))
    for one in (keep, lose):
        if one.merged_into_id is not None:
            raise PatientMerged(patient_id=one.merged_into_id)
    return keep, lose


def require_possible(session: Session, principal: Principal, *, keep: PatientView, lose: PatientView) -> None:
    """Raise MergeRefused, with what to settle first, or NotPermitted for appointments elsewhere."""
    place = {"clinic_id": principal.clinic_id, "keep": keep.id, "lose": lose.id}
    if principal.location_ids is not None:
        places = {location_id for (location_id,) in rows(session, PLACES, place)}
        if not places <= principal.location_ids:
            raise NotPermitted(ELSEWHERE)
    if first_row(session, CLASHES, place) is not None:
        raise MergeRefused(OVERLAP)
    if first_row(session, TWO_OFFERS, place) is not None:
        raise MergeRefused(OFFERS)
    if guardian_of(keep, lose) is not None and first_row(session, WARDS, place) is not None:
        raise MergeRefused(FAMILY)


def guardian_of(keep: PatientView, lose: PatientView) -> UUID | None:
    """Return who answers for the one person: never that person."""
    possible = [one.guardian_id for one in (keep, lose) if one.guardian_id not in (None, keep.id, lose.id)]
    return possible[0] if possible else None


def default_choice(keep: PatientView, lose: PatientView) -> frozenset[str]:
    """Return the fields that only the file that is given up has."""
    return frozenset(name for name in CHOICES if not getattr(keep, name) and getattr(lose, name))


def chosen_values(keep: PatientView, lose: PatientView, *, taken: frozenset[str]) -> Mapping[str, Any]:
    """Return the values that the one file has afterwards; raises InvalidField for a field that is no choice."""
    unknown = sorted(taken - set(CHOICES))
    if unknown:
        raise InvalidField(unknown[0], N_("This does not exist."))
    values = {name: getattr(lose if name in taken else keep, name) for name in CHOICES}
    return {
        **values,
        "alert": joined([keep.alert, lose.alert], by=" · "),
        "needs_interpreter": keep.needs_interpreter or lose.needs_interpreter,
        "guardian_id": guardian_of(keep, lose),
    }


def joined(texts: Sequence[str | None], *, by: str) -> str | None:
    """Return both texts as one, once when they are the same."""
    kept = list(dict.fromkeys(text for text in texts if text))
    return by.join(kept) or None
