"""`offer`: hold a free place for one person of the queue, with the offer and its letter in the same transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError
from app.services.accounts.permissions import PATIENT_PERMISSIONS, Permission, require
from app.services.availability import Start
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.hold import Wish, hold
from app.services.waitlist.entries import Entry, lock_entry, read_entry
from app.services.waitlist.offers import patient_of
from app.services.waitlist.places import local_day
from app.services.waitlist.trail import step
from app.settings import settings
from models.appointments import Channel
from models.base import new_id
from models.db import execute, rows
from models.principal import Principal
from models.waiting import EntryStatus

# The place is the patient's from now on: who has the letter may book it and call it off.
OFFER: LiteralString = """
WITH entry AS (
  UPDATE waitlist_entries SET status = 'offered', version = version + 1, updated_at = %(now)s::timestamptz
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(entry_id)s::uuid
), held AS (
  UPDATE appointments SET made_by = %(made_by)s::text
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(appointment_id)s::uuid
), queued AS (
  INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                             created_at)
  VALUES (%(clinic_id)s::uuid, %(outbox_id)s::uuid, 'waitlist.offered', %(appointment_id)s::uuid, 1, '{}',
          'waitlist.offered/' || %(id)s::text, %(now)s::timestamptz, %(now)s::timestamptz)
)
INSERT INTO waitlist_offers (clinic_id, id, entry_id, appointment_id, slot_id, status, offered_at, expires_at)
VALUES (%(clinic_id)s::uuid, %(id)s::uuid, %(entry_id)s::uuid, %(appointment_id)s::uuid, %(slot_id)s::uuid, 'open',
        %(now)s::timestamptz, %(expires_at)s::timestamptz)
"""
OFFERED_AT: LiteralString = """
SELECT o.offered_at FROM waitlist_entries e
  JOIN waitlist_offers o ON o.clinic_id = e.clinic_id AND o.entry_id = e.id
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.patient_id = %(patient_id)s::uuid AND o.status <> 'clashed'
   AND o.offered_at > %(now)s::timestamptz - interval '2 days'
"""
CLASHED: LiteralString = """
INSERT INTO waitlist_offers (clinic_id, id, entry_id, slot_id, status, offered_at, expires_at, answered_at)
SELECT %(clinic_id)s::uuid, %(id)s::uuid, %(entry_id)s::uuid, %(slot_id)s::uuid, 'clashed', %(now)s::timestamptz,
       %(now)s::timestamptz, %(now)s::timestamptz
 WHERE NOT EXISTS (
   SELECT 1 FROM waitlist_offers WHERE clinic_id = %(clinic_id)s::uuid AND entry_id = %(entry_id)s::uuid
      AND slot_id = %(slot_id)s::uuid)
"""


class NotNext(ClinicError):
    """Somebody else was quicker: the entry is no longer as it was when the place was found for it."""

    status_code = 409
    code = "waitlist-not-next"
    message = "This entry is not waiting for this place any more."


def offer(
    session: Session,
    principal: Principal,
    *,
    entry: Entry,
    place: Start,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Offer a place to an entry as a real hold; the answer is the hold's.

    Raises what `hold` raises, PatientOverlap among it, and NotNext. Call it through `retry.attempt`.
    """
    require(principal, Permission.WAITLIST_OFFER)
    # With a patient's notice and horizon, and nothing more than a patient may take.
    seeker = replace(principal, permissions=PATIENT_PERMISSIONS)
    expires_at = min(now + timedelta(minutes=settings().waitlist_offer_minutes), place.starts_at)
    wish = Wish(place.id, entry.service_id, entry.patient_id, Channel.WAITLIST, until=expires_at)
    held = hold(session, seeker, wish=wish, key=key, now=now, clearing=clearing)
    _require_unchanged(session, principal, entry=entry)
    _require_within_limit(session, principal, patient_id=entry.patient_id, place=place, now=now)
    _keep_offer(session, principal, entry, place, held_id=UUID(held.body["id"]), expires_at=expires_at, now=now)
    return held


def keep_clash(session: Session, principal: Principal, *, entry: Entry, place: Start, now: datetime) -> bool:
    """Write once that a place passed an entry by, because its patient has another appointment then."""
    parameters = {"clinic_id": principal.clinic_id, "entry_id": entry.id, "slot_id": place.id}
    lock_entry(session, principal.clinic_id, entry.id)
    if not execute(session, CLASHED, parameters | {"id": new_id(), "now": now}):
        return False
    detail = {"slot_id": str(place.id)}
    step(session, principal, action="waitlist-clash", entry_id=entry.id, detail=detail, now=now)
    return True


def _keep_offer(
    session: Session,
    principal: Principal,
    entry: Entry,
    place: Start,
    *,
    held_id: UUID,
    expires_at: datetime,
    now: datetime,
) -> None:
    offer_id = new_id()
    parameters = {
        "clinic_id": principal.clinic_id,
        "id": offer_id,
        "entry_id": entry.id,
        "appointment_id": held_id,
        "slot_id": place.id,
        "made_by": patient_of(principal.clinic_id, entry.patient_id).actor,
        "outbox_id": new_id(),
        "expires_at": expires_at,
        "now": now,
    }
    execute(session, OFFER, parameters)
    detail = {"offer_id": str(offer_id), "appointment_id": str(held_id)}
    step(
        session,
        principal,
        action="waitlist-offer",
        entry_id=entry.id,
        before=EntryStatus.WAITING,
        after=EntryStatus.OFFERED,
        detail=detail,
        now=now,
    )


def _require_unchanged(session: Session, principal: Principal, *, entry: Entry) -> None:
    lock_entry(session, principal.clinic_id, entry.id)
    if read_entry(session, principal.clinic_id, entry.id) != entry:
        raise NotNext


def _require_within_limit(
    session: Session, principal: Principal, *, patient_id: UUID, place: Start, now: datetime
) -> None:
    # After the hold, whose lock on the patient lets nobody else count or offer for the same person.
    today = local_day(now, place.timezone)
    parameters = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "now": now}
    offered = [at for (at,) in rows(session, OFFERED_AT, parameters)]
    if sum(local_day(at, place.timezone) == today for at in offered) >= settings().waitlist_offers_a_day:
        raise NotNext
