"""Offers as those see them who answer: the time, whom and where, until when; and the one who holds the letter."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import OfferAnswered, OfferExpired, OfferNotFound
from app.services.accounts.permissions import PATIENT_PERMISSIONS, Permission, require_any, require_at
from app.words import N_
from models.db import execute, first_row
from models.principal import ActorKind, Principal
from models.waiting import EntryStatus, OfferStatus

ONE: LiteralString = """
SELECT o.id, o.entry_id, o.appointment_id, o.status, o.expires_at, a.location_id, e.patient_id, e.appointment_id,
       e.made_by
  FROM waitlist_offers o
  JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = %(id)s::uuid
"""
OPEN_OF_ENTRY: LiteralString = """
SELECT id FROM waitlist_offers
 WHERE clinic_id = %(clinic_id)s::uuid AND entry_id = %(entry_id)s::uuid AND status = 'open'
"""
NEWEST_OF_ENTRY: LiteralString = """
SELECT id FROM waitlist_offers
 WHERE clinic_id = %(clinic_id)s::uuid AND entry_id = %(entry_id)s::uuid AND status <> 'clashed'
 ORDER BY offered_at DESC LIMIT 1
"""
CLOSE: LiteralString = """
WITH closed AS (
  UPDATE waitlist_offers SET status = %(status)s::text, answered_at = %(now)s::timestamptz
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND status = 'open'
  RETURNING entry_id
)
UPDATE waitlist_entries e
   SET status = %(entry_status)s::text, version = version + 1, updated_at = %(now)s::timestamptz,
       ended_at = CASE WHEN %(entry_status)s::text <> 'waiting' THEN %(now)s::timestamptz END
  FROM closed WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = closed.entry_id
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer that has a hold; `replaces` is the appointment that would be given back for it."""

    id: UUID
    entry_id: UUID
    appointment_id: UUID
    status: OfferStatus
    expires_at: datetime
    location_id: UUID
    patient_id: UUID
    replaces: UUID | None
    made_by: str


def read_offer(session: Session, clinic_id: UUID, offer_id: UUID) -> Offer:
    """Return one offer, whoever asks; raises OfferNotFound."""
    found = first_row(session, ONE, {"clinic_id": clinic_id, "id": offer_id})
    if found is None:
        raise OfferNotFound
    offer_id, entry_id, appointment_id, status, *rest = found
    return Offer(offer_id, entry_id, appointment_id, OfferStatus(status), *rest)


def open_offer_of(session: Session, clinic_id: UUID, entry_id: UUID) -> UUID | None:
    """Return the offer of an entry that waits for an answer."""
    found = first_row(session, OPEN_OF_ENTRY, {"clinic_id": clinic_id, "entry_id": entry_id})
    return found[0] if found else None


def newest_offer_of(session: Session, clinic_id: UUID, entry_id: UUID) -> UUID:
    """Return the offer that staff answer for a patient on the telephone; raises OfferNotFound."""
    found = first_row(session, NEWEST_OF_ENTRY, {"clinic_id": clinic_id, "entry_id": entry_id})
    if found is None:
        raise OfferNotFound(N_("Nothing has been offered to this entry yet."))
    offer_id: UUID = found[0]
    return offer_id


def require_answer(principal: Principal, offer: Offer) -> None:
    """Refuse whoever is neither the patient nor staff at the place; raises OfferNotFound."""
    require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
    if principal.may(Permission.APPOINTMENTS_WRITE):
        require_at(principal, offer.location_id)
    elif principal.actor not in (patient_of(principal.clinic_id, offer.patient_id).actor, offer.made_by):
        raise OfferNotFound


def require_open(offer: Offer, *, now: datetime) -> None:
    """Refuse an offer that was answered or has run out."""
    if offer.status is OfferStatus.EXPIRED or (offer.status is OfferStatus.OPEN and offer.expires_at <= now):
        raise OfferExpired
    if offer.status is OfferStatus.ACCEPTED:
        raise OfferAnswered(N_("This offer has been accepted already, and the appointment is booked."))
    if offer.status is not OfferStatus.OPEN:
        raise OfferAnswered


def patient_of(clinic_id: UUID, patient_id: UUID, *, request_id: str = "") -> Principal:
    """Return who acts with an offer's token: the patient, for what was held for them and nothing else."""
    return Principal(clinic_id, ActorKind.PATIENT, str(patient_id), PATIENT_PERMISSIONS, request_id=request_id)


def close(
    session: Session, clinic_id: UUID, *, offer_id: UUID, status: OfferStatus, entry: EntryStatus, now: datetime
) -> bool:
    """End an open offer and say where its entry stands; lock the entry before. False when it was not open."""
    parameters = {"clinic_id": clinic_id, "id": offer_id, "status": status.value, "entry_status": entry.value}
    return execute(session, CLOSE, parameters | {"now": now}) == 1
