"""The claim: place, appointment, audit row, outbox row and kept answer in one data-modifying statement.

Never `ON CONFLICT DO NOTHING` on the appointment here: the place would stay taken. No row back means that a slot
was full or closed; the caller then leaves the transaction by an exception, so that nothing of it happened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from json import dumps
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlmodel import Session

from app.errors import SlotUnavailable
from app.file_errors import PatientMerged
from app.services.booking.refusals import LIFTABLE, Contended, refusal_of
from app.words import N_
from models.db import first_row, rows_of_each

# A place within the capacity, and one beyond it by overbooking: each has its own count and its own limit.
REGULAR: LiteralString = """
  UPDATE slots SET current_bookings = current_bookings + 1, version = version + 1
   WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(slot_ids)s::uuid[])
     AND status = 'open' AND current_bookings < max_capacity
  RETURNING id
"""
BEYOND: LiteralString = """
  UPDATE slots SET overbooked = overbooked + 1, version = version + 1
   WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(slot_ids)s::uuid[])
     AND status = 'open' AND overbooked < overbook_limit
  RETURNING id
"""
_CLAIM: LiteralString = """
), barred AS MATERIALIZED (
  SELECT merged_into_id FROM patients
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(patient_id)s::uuid AND merged_into_id IS NOT NULL
), made AS (
  INSERT INTO appointments (
    clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, room_id, device_id, status,
    starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, hold_expires_at,
    price_amount, currency, is_due_at_desk, channel, made_by, holder_browser, holder_address,
    created_at, updated_at, overbook, overbook_reason)
  SELECT %(clinic_id)s::uuid, %(id)s::uuid, %(patient_id)s::uuid, %(practitioner_id)s::uuid, %(location_id)s::uuid,
         %(service_id)s::uuid, %(slot_id)s::uuid, %(room_id)s::uuid, %(device_id)s::uuid, 'pending',
         %(starts_at)s::timestamptz, %(ends_at)s::timestamptz, %(occupies_from)s::timestamptz,
         %(occupies_until)s::timestamptz, %(starts_at)s::timestamptz AT TIME ZONE %(timezone)s::text,
         %(timezone)s::text, %(hold_expires_at)s::timestamptz, %(price_amount)s::int, %(currency)s::text,
         %(is_due_at_desk)s::boolean, %(channel)s::text, %(actor)s::text, %(holder_browser)s::bytea,
         %(holder_address)s::bytea, %(now)s::timestamptz, %(now)s::timestamptz,
         %(overbook_reason)s::text IS NOT NULL, %(overbook_reason)s::text
   WHERE (SELECT count(*) FROM place) = cardinality(%(slot_ids)s::uuid[])
"""
# Read after the patient's lock was given: who merges the file held it until the commit.
NOT_MERGED: LiteralString = " AND NOT EXISTS (SELECT 1 FROM barred)"
_MADE: LiteralString = """
  RETURNING id
), taken AS (
  INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id)
  SELECT %(clinic_id)s::uuid, made.id, place.id FROM made CROSS JOIN place
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, to_status, reason, request_id)
  SELECT %(clinic_id)s::uuid, %(audit_id)s::uuid, %(now)s::timestamptz, %(actor)s::text, 'hold', 'appointment',
         made.id, 'pending', %(overbook_reason)s::text, %(request_id)s::text FROM made
), queued AS (
  INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                             created_at)
  SELECT %(clinic_id)s::uuid, %(outbox_id)s::uuid, 'appointment.created', made.id, 1, '{}',
         'appointment.created/' || made.id || '/1', %(now)s::timestamptz, %(now)s::timestamptz FROM made
), kept AS (
  INSERT INTO idempotency_keys (clinic_id, principal, method, path, key, body_hash, status, body, created_at,
                                expires_at)
  SELECT %(clinic_id)s::uuid, %(principal)s::text, %(method)s::text, %(path)s::text, %(key)s::text,
         %(body_hash)s::bytea, 201, %(answer)s::jsonb, %(now)s::timestamptz,
         %(now)s::timestamptz + interval '24 hours' FROM made
)
SELECT id, NULL::uuid FROM made UNION ALL SELECT NULL::uuid, merged_into_id FROM barred
"""
CLAIM: LiteralString = "WITH place AS (" + REGULAR + _CLAIM + NOT_MERGED + _MADE
OVERBOOK: LiteralString = "WITH place AS (" + BEYOND + _CLAIM + NOT_MERGED + _MADE
NO_PLACE_BEYOND = N_("This time is full, and no more patients may be added to it. Please choose another.")


def claim(session: Session, parameters: dict[str, Any]) -> None:
    """Take the places, beyond the capacity when there is a reason for that; raises what `take` raises."""
    statement = OVERBOOK if parameters["overbook_reason"] is not None else CLAIM
    take(session, statement, parameters)


def claim_each(session: Session, many: Sequence[dict[str, Any]]) -> None:
    """Take the regular places of several in turn without waiting between two; raises what `take` raises."""
    with _refused():
        made = rows_of_each(session, CLAIM, many)
    for found, parameters in zip(made, many, strict=True):
        _require_made(found[0] if found else None, parameters)


def take(session: Session, statement: LiteralString, parameters: dict[str, Any]) -> None:
    """Run a claiming statement, or raise `Contended` with the refusal that the caller hears if nothing is free.

    A full limit of overbooking is final: whoever overbooks has ended the run-out holds before.
    """
    with _refused():
        made = first_row(session, statement, parameters)
    _require_made(made, parameters)


@contextmanager
def _refused() -> Iterator[None]:
    """Say what a violated constraint stands for."""
    try:
        yield
    except psycopg.IntegrityError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        if isinstance(refusal, LIFTABLE):
            raise Contended(refusal) from error
        raise refusal from error


def _require_made(made: Sequence[Any] | None, parameters: dict[str, Any]) -> None:
    if made is not None:
        _require_own_file(made)
        return
    if parameters["overbook_reason"] is not None:
        raise SlotUnavailable(NO_PLACE_BEYOND)
    raise Contended(SlotUnavailable())


def _require_own_file(made: Sequence[Any]) -> None:
    if made[0] is None:
        raise PatientMerged(patient_id=made[1])


def appointment_body(
    *,
    appointment_id: UUID,
    status: str,
    hold_expires_at: datetime | None,
    slot_id: UUID,
    patient_id: UUID,
    practitioner_id: UUID,
    location_id: UUID,
    service_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    price_amount: int,
    currency: str,
    is_due_at_desk: bool,
    version: int,
) -> dict[str, Any]:
    """Return one appointment as the API shows it: ids and times only, UTC with Z, money in minor units."""
    return {
        "id": str(appointment_id),
        "status": status,
        "hold_expires_at": utc_text(hold_expires_at),
        "slot_id": str(slot_id),
        "patient_id": str(patient_id),
        "practitioner_id": str(practitioner_id),
        "location_id": str(location_id),
        "service_id": str(service_id),
        "start": utc_text(starts_at),
        "end": utc_text(ends_at),
        "price": {"amount": price_amount, "currency": currency},
        "due_at_desk": is_due_at_desk,
        "version": version,
    }


def utc_text(instant: datetime | None) -> str | None:
    """Write an aware instant as RFC 3339 in UTC, with `Z`."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_json(body: dict[str, Any]) -> str:
    """Write a body for a jsonb column."""
    return dumps(body, separators=(",", ":"))
