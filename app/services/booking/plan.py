"""What a hold would take: the slots, a free room and a free device, read in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, SlotUnavailable
from app.services.booking.answer import RequestKey
from app.services.booking.visit import Visit, VisitRules, visit_from
from app.words import N_
from models.db import first_row, rows, rows_of_each

# One row for each slot of the visit; blocked slots of an earlier timetable may lie across them. Their OFFSET 0 keeps
# them a step of its own, for which the visit's end is a given value: in a join it would be a sum of two tables' values,
# which row security bars from the index, and every later slot of the practitioner was read. A range overlap is
# not an index condition under row security, so the search for a free room narrows by equality and start: no visit
# is longer than 8 hours, no buffer longer than 2. A session stays in the room that its first seat got, and first
# seats that are taken at once choose the same.
PLAN: LiteralString = """
SELECT s.id AS slot_id, s.starts_at, s.ends_at, s.status = 'open' AS is_open,
       s.current_bookings < s.max_capacity AS has_place,
       CASE WHEN s.current_bookings >= s.max_capacity THEN EXISTS (
         SELECT 1 FROM appointment_slots t JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
          WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id AND a.status = 'pending'
            AND a.hold_expires_at <= %(now)s::timestamptz AND a.pay_deadline_at IS NULL
       ) ELSE false END AS is_held_in_vain,
       f.practitioner_id, f.location_id, f.service_id IS NOT NULL AS is_session, l.timezone,
       CASE WHEN f.service_id IS NULL THEN v.capacity = 1 ELSE f.service_id = v.id END AS fits_service,
       v.is_active AND l.is_active AND EXISTS (
         SELECT 1 FROM practitioner_services o
           JOIN practitioners p ON p.clinic_id = o.clinic_id AND p.id = o.practitioner_id AND p.is_active
           JOIN schedules c ON c.clinic_id = o.clinic_id AND c.id = f.schedule_id AND c.is_active
          WHERE o.clinic_id = v.clinic_id AND o.service_id = v.id AND o.practitioner_id = f.practitioner_id
       ) AS is_offered,
       v.minutes, v.buffer_before_minutes, v.buffer_after_minutes, v.notice_minutes, v.horizon_days,
       v.hold_minutes, v.price_amount, v.currency, v.prepayment, v.room_kind, v.device_kind,
       CASE WHEN v.room_kind IS NOT NULL THEN (
         SELECT r.id FROM rooms r
          WHERE r.clinic_id = f.clinic_id AND r.location_id = f.location_id AND r.kind = v.room_kind AND r.is_active
            AND NOT EXISTS (
              SELECT 1 FROM appointments a
               WHERE a.clinic_id = r.clinic_id AND a.room_id = r.id AND a.live AND NOT a.overbook
                 AND a.slot_id <> f.id
                 AND a.starts_at > f.starts_at - interval '10 hours'
                 AND a.starts_at < f.starts_at + interval '14 hours'
                 AND a.occupies_until > f.starts_at
                 AND a.occupies_from < f.starts_at + make_interval(mins =>
                       v.buffer_before_minutes + v.minutes + v.buffer_after_minutes))
          ORDER BY r.id IS DISTINCT FROM %(room_id)s::uuid, CASE WHEN f.service_id IS NOT NULL THEN NOT EXISTS (
                     SELECT 1 FROM appointments a WHERE a.clinic_id = f.clinic_id AND a.slot_id = f.id
                        AND a.live AND a.room_id = r.id) END,
                   hashtextextended(r.id::text, CASE WHEN f.service_id IS NULL THEN %(spread)s::bigint
                     ELSE hashtextextended(f.id::text, 0) END) LIMIT 1) END AS room_id,
       CASE WHEN v.device_kind IS NOT NULL THEN (
         SELECT d.id FROM devices d
          WHERE d.clinic_id = f.clinic_id AND d.location_id = f.location_id AND d.kind = v.device_kind AND d.is_active
            AND NOT EXISTS (
              SELECT 1 FROM appointments a
               WHERE a.clinic_id = d.clinic_id AND a.device_id = d.id AND a.live AND NOT a.overbook
                 AND a.slot_id <> f.id
                 AND a.starts_at > f.starts_at - interval '10 hours'
                 AND a.starts_at < f.starts_at + interval '14 hours'
                 AND a.occupies_until > f.starts_at
                 AND a.occupies_from < f.starts_at + make_interval(mins =>
                       v.buffer_before_minutes + v.minutes + v.buffer_after_minutes))
          ORDER BY d.id IS DISTINCT FROM %(device_id)s::uuid, CASE WHEN f.service_id IS NOT NULL THEN NOT EXISTS (
                     SELECT 1 FROM appointments a WHERE a.clinic_id = f.clinic_id AND a.slot_id = f.id
                        AND a.live AND a.device_id = d.id) END,
                   hashtextextended(d.id::text, CASE WHEN f.service_id IS NULL THEN %(spread)s::bigint
                     ELSE hashtextextended(f.id::text, 0) END) LIMIT 1) END AS device_id,
       k.status AS answered_status, k.body AS answered_body, k.body_hash AS answered_hash
  FROM (SELECT o.*, CASE WHEN o.capacity = 1 THEN coalesce(%(minutes)s::int, o.duration_minutes)
                    ELSE o.duration_minutes END AS minutes
          FROM services o WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = %(service_id)s::uuid) v
  JOIN slots f ON f.clinic_id = v.clinic_id AND f.id = %(slot_id)s::uuid
  JOIN locations l ON l.clinic_id = f.clinic_id AND l.id = f.location_id
  CROSS JOIN LATERAL (
    SELECT s.* FROM slots s
     WHERE s.clinic_id = f.clinic_id AND s.practitioner_id = f.practitioner_id AND s.starts_at >= f.starts_at
       AND s.starts_at < f.starts_at + make_interval(mins =>
             v.buffer_before_minutes + v.minutes + v.buffer_after_minutes)
       AND s.schedule_id = f.schedule_id AND s.service_id IS NOT DISTINCT FROM f.service_id
       AND (s.status = 'open' OR s.id = f.id)
    OFFSET 0) s
  LEFT JOIN idempotency_keys k ON k.clinic_id = v.clinic_id AND k.principal = %(principal)s AND k.method = %(method)s
              AND k.path = %(path)s AND k.key = %(key)s
 ORDER BY s.starts_at
"""
SERVICE: LiteralString = """
SELECT 1 FROM services WHERE clinic_id = %(clinic_id)s::uuid AND id = %(service_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One slot that the visit needs, as the plan saw it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    has_place: bool
    is_held_in_vain: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a claim needs, read before its locks; the claim's conditions and constraints decide."""

    slots: Sequence[PlannedSlot]
    visit: Visit
    rules: VisitRules
    practitioner_id: UUID
    location_id: UUID
    timezone: str
    is_bookable: bool
    hold_minutes: int
    price_amount: int
    currency: str
    is_prepaid: bool
    room_kind: str | None
    room_id: UUID | None
    device_kind: str | None
    device_id: UUID | None
    answered: tuple[int, dict[str, Any], bytes] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What an appointment that is there already keeps in its next place: its length, and its room and device if free.

    A place in a session is as long as the session's service says, whatever is kept.
    """

    minutes: int | None = None
    room_id: UUID | None = None
    device_id: UUID | None = None


NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Asked:
    """One visit of several that are planned together."""

    slot_id: UUID
    service_id: UUID
    key: RequestKey
    kept: Kept = NOTHING_KEPT


def make_plan(
    session: Session,
    clinic_id: UUID,
    *,
    slot_id: UUID,
    service_id: UUID,
    key: RequestKey,
    now: datetime,
    kept: Kept = NOTHING_KEPT,
) -> Plan:
    """Read what a visit that starts with this slot takes, as long as its service says unless it keeps a length.

    Raises InvalidField for an unknown service, and SlotUnavailable for a slot that is on no schedule, for it may have
    been on one a moment ago.
    """
    asked = Asked(slot_id, service_id, key, kept)
    found = rows(session, PLAN, _parameters(clinic_id, asked, now=now))
    if not found:
        service = first_row(session, SERVICE, {"clinic_id": clinic_id, "service_id": service_id})
        raise SlotUnavailable() if service else InvalidField("slot_id", N_("There is no such slot or service."))
    return _plan(found)


def make_plans(session: Session, clinic_id: UUID, *, asked: Sequence[Asked], now: datetime) -> list[Plan | None]:
    """Read several visits that do not stand in each other's way; None for a slot or a service that is not there."""
    found = rows_of_each(session, PLAN, [_parameters(clinic_id, one, now=now) for one in asked])
    return [_plan(one) if one else None for one in found]


def _parameters(clinic_id: UUID, asked: Asked, *, now: datetime) -> dict[str, Any]:
    key = asked.key
    return {
        "clinic_id": clinic_id,
        "slot_id": asked.slot_id,
        "service_id": asked.service_id,
        "now": now,
        "minutes": asked.kept.minutes,
        "room_id": asked.kept.room_id,
        "device_id": asked.kept.device_id,
        # Different callers prefer different rooms, so that they rarely collide.
        "spread": hash(key.key) % 1_000_000,
        "principal": key.principal,
        "method": key.method,
        "path": key.path,
        "key": key.key,
    }


def _plan(found: Sequence[Sequence[Any]]) -> Plan:
    (practitioner_id, location_id, _is_session, timezone, fits_service, is_offered, *rest) = found[0][6:]
    rules = VisitRules(*rest[:5])
    hold_minutes, price_amount, currency, prepayment, room_kind, device_kind, room_id, device_id = rest[5:13]
    status, body, body_hash = rest[13:16]
    return Plan(
        slots=[PlannedSlot(*row[:6]) for row in found],
        visit=visit_from(found[0][1], rules),
        rules=rules,
        practitioner_id=practitioner_id,
        location_id=location_id,
        timezone=timezone,
        is_bookable=fits_service and is_offered,
        hold_minutes=hold_minutes,
        price_amount=price_amount,
        currency=currency,
        is_prepaid=prepayment != "none",
        room_kind=room_kind,
        room_id=room_id,
        device_kind=device_kind,
        device_id=device_id,
        answered=None if status is None else (status, body, body_hash),
    )
