"""`join`: put a patient on the waitlist of a service; asked twice, it is the same entry."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg
from sqlmodel import Session

from app.services.accounts.permissions import Permission, require_any
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_names
from app.services.booking.refusals import refusal_of
from app.services.patients.standing import require_standing
from app.services.waitlist.entries import COLUMNS, entry_of, read_entry
from app.services.waitlist.trail import step
from app.services.waitlist.wishes import Wish, require_later, require_wish
from models.base import new_id
from models.db import first_row
from models.principal import Principal

INSERT: LiteralString = (
    """
INSERT INTO waitlist_entries AS e (
  clinic_id, id, patient_id, service_id, practitioner_id, location_id, appointment_id, weekdays, part_of_day,
  earliest_on, latest_on, is_urgent, status, made_by, created_at, updated_at)
VALUES (%(clinic_id)s, %(id)s, %(patient_id)s, %(service_id)s, %(practitioner_id)s, %(location_id)s,
        %(appointment_id)s, %(weekdays)s, %(part_of_day)s, %(earliest_on)s, %(latest_on)s, %(is_urgent)s, 'waiting',
        %(made_by)s, %(now)s, %(now)s)
RETURNING """
    + COLUMNS
)
STANDING: LiteralString = """
SELECT id FROM waitlist_entries
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid AND service_id = %(service_id)s::uuid
   AND status IN ('waiting', 'offered')
"""


def join(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    service_id: UUID,
    wish: Wish,
    key: RequestKey,
    now: datetime,
    appointment_id: UUID | None = None,
    clearing: bool = False,
) -> Answer:
    """Keep a wish: 201 with the new entry, or 200 with the one that stands already, which stays as it is.

    With an appointment, only earlier times than its own are wanted. Raises InvalidField, PatientNotFound,
    NotPermitted. Call it through `retry.attempt`; `clearing` has no meaning here.
    """
    require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
    require_wish(session, principal, wish=wish, service_id=service_id, now=now)
    # Two requests for one wish at once: the second waits here and finds the first one's entry.
    lock_names(session, [f"patient:{patient_id}"])
    require_new(session, principal.clinic_id, key)
    require_standing(session, principal, patient_id=patient_id)
    standing = standing_entry(session, principal, patient_id=patient_id, service_id=service_id)
    if standing is not None:
        return _kept(session, principal, key, status=200, entry_id=standing, now=now)
    if appointment_id is not None:
        patient = {"patient_id": patient_id, "service_id": service_id}
        require_later(session, principal, appointment_id=appointment_id, **patient, now=now)
    ids = {"clinic_id": principal.clinic_id, "id": new_id(), "patient_id": patient_id, "service_id": service_id}
    more = {"appointment_id": appointment_id, "made_by": principal.actor, "now": now}
    try:
        made = first_row(session, INSERT, {**ids, **more, **wish.parameters()})
    except psycopg.IntegrityError as error:
        raise refusal_of(error) or error from error
    assert made is not None  # an insert returns its row
    entry = entry_of(made)
    step(session, principal, action="waitlist-join", entry_id=entry.id, after=entry.status, now=now)
    return _kept(session, principal, key, status=201, entry_id=entry.id, now=now)


def standing_entry(session: Session, principal: Principal, *, patient_id: UUID, service_id: UUID) -> UUID | None:
    """Return the entry by which a patient is in the queue of a service; the patient's name is locked before."""
    asked = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "service_id": service_id}
    found = first_row(session, STANDING, asked)
    return found[0] if found else None


def _kept(
    session: Session, principal: Principal, key: RequestKey, *, status: int, entry_id: UUID, now: datetime
) -> Answer:
    entry = read_entry(session, principal.clinic_id, entry_id)
    is_known = principal.may(Permission.APPOINTMENTS_WRITE) or entry.made_by == principal.actor
    # Who only left details is not told what somebody else keeps of the patient they matched.
    body = entry.body() if is_known else {"status": entry.status.value}
    keep(session, principal.clinic_id, key, status=status, body=body, now=now)
    return Answer(status, body)
