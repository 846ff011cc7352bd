"""The waitlist as the desk reads it: the fair order with names, the offers that run, and what became of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.sealing import name_of, opened
from app.services.waitlist.queue import Position, queue
from models.db import rows
from models.principal import Principal
from models.waiting import OfferStatus

MOST = 300
HISTORY_DAYS = 30
MOST_OFFERS = 100
NAMED: LiteralString = """
SELECT e.id, p.given_name_sealed, p.family_name_sealed, p.phone_sealed, p.email_sealed IS NOT NULL, v.name,
       coalesce(d.display_name, ''), coalesce(l.name, ''), a.starts_at, a.timezone
  FROM waitlist_entries e
  JOIN patients p ON p.clinic_id = e.clinic_id AND p.id = e.patient_id
  JOIN services v ON v.clinic_id = e.clinic_id AND v.id = e.service_id
  LEFT JOIN practitioners d ON d.clinic_id = e.clinic_id AND d.id = e.practitioner_id
  LEFT JOIN locations l ON l.clinic_id = e.clinic_id AND l.id = e.location_id
  LEFT JOIN appointments a ON a.clinic_id = e.clinic_id AND a.id = e.appointment_id
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = ANY(%(ids)s::uuid[])
"""
# An offer that clashed was never made: nobody was written to.
OFFERS: LiteralString = """
SELECT o.id, o.entry_id, e.patient_id, p.given_name_sealed, p.family_name_sealed, v.name, d.display_name, l.name,
       s.starts_at + make_interval(mins => v.buffer_before_minutes), l.timezone, o.status, o.offered_at, o.expires_at,
       o.answered_at
  FROM waitlist_offers o
  JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
  JOIN patients p ON p.clinic_id = e.clinic_id AND p.id = e.patient_id
  JOIN services v ON v.clinic_id = e.clinic_id AND v.id = e.service_id
  JOIN slots s ON s.clinic_id = o.clinic_id AND s.id = o.slot_id
  JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.status <> 'clashed' AND o.offered_at > %(since)s::timestamptz
   AND (%(location_ids)s::uuid[] IS NULL OR s.location_id = ANY(%(location_ids)s::uuid[]))
 ORDER BY o.offered_at DESC, o.id DESC LIMIT %(most)s::int
"""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One entry in the order with names; empty names mean anybody and anywhere.

    `earlier_than` is the start of the appointment that is to be moved earlier, on the clock of `timezone`.
    """

    position: Position
    patient: str
    phone: str
    is_reached: bool
    service: str
    practitioner: str
    location: str
    earlier_than: datetime | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer: which time, to whom, and what became of it; one whose time is over counts as expired."""

    id: UUID
    entry_id: UUID
    patient_id: UUID
    patient: str
    service: str
    practitioner: str
    location: str
    starts_at: datetime
    timezone: str
    status: OfferStatus
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The first lines in the fair order, and how many wait in all."""

    lines: list[WaitingLine]
    total: int


def waiting_lines(
    session: Session, principal: Principal, *, location_id: UUID | None = None, now: datetime
) -> WaitingList:
    """Return who waits for a place at one location, or at any that the actor reaches; raises NotPermitted."""
    require(principal, Permission.APPOINTMENTS_READ, location_id=location_id)
    positions = [
        one
        for one in queue(session, principal, now=now)
        if location_id is None or one.entry.location_id in (None, location_id)
    ]
    return WaitingList(_named(session, principal, positions[:MOST]), len(positions))


def offer_lines(
    session: Session, principal: Principal, *, location_id: UUID | None = None, now: datetime
) -> list[OfferLine]:
    """Return the offers of the last month, the newest first; raises NotPermitted."""
    require(principal, Permission.APPOINTMENTS_READ, location_id=location_id)
    reached = principal.location_ids if location_id is None else frozenset({location_id})
    parameters = {
        "clinic_id": principal.clinic_id,
        "location_ids": None if reached is None else list(reached),
        "since": now - timedelta(days=HISTORY_DAYS),
        "most": MOST_OFFERS,
    }
    vault = vault_of(session, principal.clinic_id)
    found = []
    for offer_id, entry_id, patient_id, given, family, *names, status, offered_at, expires_at, answered_at in rows(
        session, OFFERS, parameters
    ):
        is_over = status == OfferStatus.OPEN and expires_at <= now
        known = OfferStatus.EXPIRED if is_over else OfferStatus(status)
        whose = (offer_id, entry_id, patient_id, name_of(vault, patient_id, given, family))
        found.append(OfferLine(*(*whose, *names, known, offered_at, expires_at, answered_at)))
    if found:
        viewed(session, principal, object_kind="waitlist-offer", ids=[one.id for one in found], now=now)
    return found


def _named(session: Session, principal: Principal, positions: Sequence[Position]) -> list[WaitingLine]:
    if not positions:
        return []
    vault = vault_of(session, principal.clinic_id)
    asked = {"clinic_id": principal.clinic_id, "ids": [one.entry.id for one in positions]}
    named = {row[0]: row[1:] for row in rows(session, NAMED, asked)}
    lines = []
    for one in positions:
        given, family, phone, is_reached, *names = named[one.entry.id]
        patient_id = one.entry.patient_id
        number = opened(vault, patient_id, field="phone", sealed=phone) or ""
        lines.append(WaitingLine(one, name_of(vault, patient_id, given, family), number, is_reached, *names))
    return lines
