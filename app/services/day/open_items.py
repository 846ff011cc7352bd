"""What of a location's day is not closed yet, each with what closes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.sealing import name_of
from app.services.places import Place
from app.settings import settings
from models.db import rows
from models.principal import Principal

VISITS: LiteralString = """
SELECT a.id, a.version, a.status, a.starts_at, a.roomed_at IS NOT NULL, x.id IS NOT NULL, d.display_name, s.name, p.id,
       p.given_name_sealed, p.family_name_sealed
  FROM appointments a
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  LEFT JOIN displaced_appointments x ON x.clinic_id = a.clinic_id AND x.appointment_id = a.id AND x.settled_at IS NULL
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.location_id = %(location_id)s::uuid
   AND a.starts_at >= %(begin)s AND a.starts_at < %(until)s
   AND (a.status IN ('booked', 'arrived', 'checked-in')
        OR a.status = 'pending' AND (a.hold_expires_at > %(now)s OR a.pay_deadline_at IS NOT NULL))
 ORDER BY a.starts_at, a.id
"""
# A dead row waits for a person; what is still on its way is no matter of the desk's.
UNSENT: LiteralString = """
SELECT o.id, 1, 'unsent', a.starts_at, false, false, d.display_name, s.name, p.id, p.given_name_sealed,
       p.family_name_sealed
  FROM outbox_events o
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.aggregate_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.state = 'dead' AND a.location_id = %(location_id)s::uuid
   AND o.created_at < %(until)s
 ORDER BY a.starts_at, o.id LIMIT 200
"""
COUNT_UNSENT: LiteralString = """
SELECT count(*) FROM outbox_events WHERE clinic_id = %(clinic_id)s::uuid AND state = 'dead'
"""


class Kind(StrEnum):
    """Why something is open, in the order of the day's end."""

    IN_ROOM = "in-room"
    ARRIVED = "arrived"
    NO_OUTCOME = "no-outcome"
    TO_COME = "to-come"
    HELD = "held"
    DISPLACED = "displaced"
    UNSENT = "unsent"


# What is left behind when the day is closed; who is still to come today was not forgotten, but is not closed either.
ORDER = tuple(Kind)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that is open; `id` is the appointment's, or the message's when it was not sent."""

    id: UUID
    kind: Kind
    version: int
    starts_at: datetime
    practitioner: str
    service: str
    patient_id: UUID
    patient: str = field(repr=False)


def open_items(session: Session, principal: Principal, *, place: Place, day: date, now: datetime) -> list[OpenItem]:
    """Return what is open on a location's day, by kind and time; raises NotPermitted."""
    require(principal, Permission.DAY_CLOSE, location_id=place.id)
    begin, until = place.span(day)
    asked = {"clinic_id": principal.clinic_id, "location_id": place.id, "begin": begin, "until": until, "now": now}
    vault = vault_of(session, principal.clinic_id)
    found = [_item(vault, row, now=now) for row in (*rows(session, VISITS, asked), *rows(session, UNSENT, asked))]
    if found:
        viewed(session, principal, object_kind="patient", ids=sorted({one.patient_id for one in found}), now=now)
    return sorted(found, key=lambda one: (ORDER.index(one.kind), one.starts_at, one.id))


def count_unsent(session: Session, principal: Principal) -> int:
    """Return how many messages of the clinic were given up; raises NotPermitted."""
    require(principal, Permission.MESSAGES_READ)
    return int(rows(session, COUNT_UNSENT, {"clinic_id": principal.clinic_id})[0][0])


def overdue_at(now: datetime) -> datetime:
    """Return the latest start of which nobody who has not come is still waited for."""
    return now - timedelta(minutes=settings().no_show_grace_minutes)


def _item(vault: Vault, row: Sequence[Any], *, now: datetime) -> OpenItem:
    (item_id, version, status, starts_at, is_roomed, is_displaced, practitioner, service,
     patient_id, given, family) = row  # fmt: skip
    return OpenItem(
        id=item_id,
        kind=_kind(status, starts_at, is_roomed=is_roomed, is_displaced=is_displaced, now=now),
        version=version,
        starts_at=starts_at,
        practitioner=practitioner,
        service=service,
        patient_id=patient_id,
        patient=name_of(vault, patient_id, given, family),
    )


def _kind(status: str, starts_at: datetime, *, is_roomed: bool, is_displaced: bool, now: datetime) -> Kind:
    if status == "unsent":
        return Kind.UNSENT
    if status == "pending":
        return Kind.HELD
    if status == "booked" and is_displaced:
        return Kind.DISPLACED
    if status == "booked":
        return Kind.NO_OUTCOME if starts_at <= overdue_at(now) else Kind.TO_COME
    return Kind.IN_ROOM if is_roomed else Kind.ARRIVED
