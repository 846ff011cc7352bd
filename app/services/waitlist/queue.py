"""The queue as staff read it: urgent wishes first, then whoever has waited longest, each with its reason in words.

For a place it also says why somebody is passed over. Who is next here is who is offered the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.availability import Start
from app.services.booking.claim import utc_text
from app.services.waitlist.entries import COLUMNS, Entry, entry_of, is_reached
from app.services.waitlist.places import SENTENCES, Waiting, passed_over
from app.words import N_
from models.db import rows
from models.principal import Principal

# What a person was offered counts for all their wishes; a place that clashed was not offered.
WAITING: LiteralString = (
    "SELECT "
    + COLUMNS
    + """,
       (SELECT a.starts_at FROM appointments a
         WHERE a.clinic_id = e.clinic_id AND a.id = e.appointment_id AND a.status = 'booked'),
       ARRAY(SELECT o.slot_id FROM waitlist_offers o
              WHERE o.clinic_id = e.clinic_id AND o.entry_id = e.id AND o.status NOT IN ('clashed', 'expired')),
       ARRAY(SELECT o.slot_id FROM waitlist_offers o
              WHERE o.clinic_id = e.clinic_id AND o.entry_id = e.id AND o.status = 'expired' ORDER BY o.id),
       ARRAY(SELECT o.offered_at FROM waitlist_offers o
              WHERE o.clinic_id = e.clinic_id AND o.entry_id = e.id AND o.status = 'expired' ORDER BY o.id),
       ARRAY(SELECT o.slot_id FROM waitlist_offers o
              WHERE o.clinic_id = e.clinic_id AND o.entry_id = e.id AND o.status = 'clashed'),
       ARRAY(SELECT o.offered_at
               FROM waitlist_entries w
               JOIN waitlist_offers o ON o.clinic_id = w.clinic_id AND o.entry_id = w.id
              WHERE w.clinic_id = e.clinic_id AND w.patient_id = e.patient_id AND o.status <> 'clashed'
                AND o.offered_at > %(now)s::timestamptz - interval '2 days')
  FROM waitlist_entries e
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.status IN ('waiting', 'offered')
   AND (%(service_id)s::uuid IS NULL OR e.service_id = %(service_id)s::uuid)
 ORDER BY NOT e.is_urgent, e.created_at, e.id
"""
)
# The people's other appointments; a hold that has run out and is not being paid is in nobody's way.
BUSY: LiteralString = """
SELECT patient_id, starts_at, ends_at FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = ANY(%(patient_ids)s::uuid[]) AND live
   AND starts_at > %(now)s::timestamptz - interval '1 day'
   AND (status <> 'pending' OR hold_expires_at > %(now)s::timestamptz OR pay_deadline_at IS NOT NULL)
"""
URGENT, LONGEST = "urgent", "waiting"
ORDER = {URGENT: N_("Urgent, and waiting since {since}."), LONGEST: N_("Waiting since {since}.")}


@dataclass(frozen=True, slots=True)
class Position:
    """One entry in the order, from 1; the sentence and its values are apart, so that each reader has their language.

    In the order for a place, who is passed over has no number, and the reason says why.
    """

    entry: Entry
    number: int | None
    code: str
    sentence: str
    values: dict[str, str] = field(default_factory=dict)


def queue(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID | None = None,
    place: Start | None = None,
    now: datetime,
) -> list[Position]:
    """Return the order of everybody who waits for the service, or who is next for one place of it.

    Without a service the order of the whole clinic. Seen by staff only, of their sites, and written down as seen;
    who waits at another site keeps the number.
    """
    require(principal, Permission.APPOINTMENTS_READ)
    people = waiting(session, principal, service_id=service_id, now=now)
    everybody = in_order(people) if place is None else in_order_for(place, people, now=now)
    positions = [one for one in everybody if is_reached(principal, one.entry)]
    viewed(session, principal, object_kind="waitlist-entry", ids=[one.entry.id for one in positions], now=now)
    return positions


def waiting(session: Session, principal: Principal, *, service_id: UUID | None, now: datetime) -> list[Waiting]:
    """Return everybody in the queue in the fair order, with what decides who is next."""
    parameters = {"clinic_id": principal.clinic_id, "service_id": service_id, "now": now}
    found = [(entry_of(columns[:-6]), *columns[-6:]) for columns in rows(session, WAITING, parameters)]
    busy = _busy(session, principal.clinic_id, {entry.patient_id for entry, *_ in found}, now=now)
    return [
        Waiting(
            entry=entry,
            to_beat=to_beat,
            offered_slots=frozenset(offered),
            ran_out=tuple(zip(run_out_slots, run_out_at, strict=True)),
            clashed_slots=frozenset(clashed),
            offered_at=tuple(offered_at),
            busy=tuple(busy.get(entry.patient_id, ())),
        )
        for entry, to_beat, offered, run_out_slots, run_out_at, clashed, offered_at in found
    ]


def in_order(people: Sequence[Waiting]) -> list[Position]:
    """Return the order for any place of the service."""
    numbers: dict[UUID, int] = {}
    positions = []
    for one in people:
        number = numbers[one.entry.service_id] = numbers.get(one.entry.service_id, 0) + 1
        positions.append(_position(one.entry, number))
    return positions


def in_order_for(place: Start, people: Sequence[Waiting], *, now: datetime) -> list[Position]:
    """Return who is next for a place, then those who are passed over, each with the reason."""
    next_ones: list[Position] = []
    others: list[Position] = []
    for one in people:
        reason = passed_over(one, place, now=now)
        if reason is None:
            next_ones.append(_position(one.entry, len(next_ones) + 1))
        else:
            others.append(Position(one.entry, None, reason.value, SENTENCES[reason]))
    return [*next_ones, *others]


def _position(entry: Entry, number: int) -> Position:
    code = URGENT if entry.is_urgent else LONGEST
    return Position(entry, number, code, ORDER[code], {"since": str(utc_text(entry.created_at))})


def _busy(
    session: Session, clinic_id: UUID, patient_ids: set[UUID], *, now: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    busy: dict[UUID, list[tuple[datetime, datetime]]] = {}
    parameters: dict[str, Any] = {"clinic_id": clinic_id, "patient_ids": list(patient_ids), "now": now}
    for patient_id, begins, ends in rows(session, BUSY, parameters) if patient_ids else []:
        busy.setdefault(patient_id, []).append((begins, ends))
    return busy
