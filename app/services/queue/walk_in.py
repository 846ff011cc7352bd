"""`walk_in`: somebody comes without an appointment: the next start of today is booked and they are here at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.errors import NothingFreeToday, SlotUnavailable
from app.services.accounts.permissions import Permission, require
from app.services.availability.starts import open_starts
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.arrive import arrive
from app.services.booking.confirm import confirm
from app.services.booking.fit import is_passed_over
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import require_new
from app.services.booking.locks import Overtaken
from app.services.booking.plan import make_plan
from app.services.booking.reasons import checked_overbooking
from app.services.queue.places import queue_place
from models.appointments import Channel
from models.db import first_row, rows
from models.principal import Principal

# Stands for whoever is not known yet: nothing is booked for them anywhere.
NOBODY = UUID(int=0)
# So many starts are looked at: the patient's own other appointments may lie in the way of the first ones.
MOST_STARTS = 40
OWN_TIMES: LiteralString = """
SELECT starts_at, ends_at FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid AND live
   AND starts_at > %(now)s::timestamptz - interval '1 day' AND starts_at < %(until)s::timestamptz
"""
WITH: LiteralString = """
SELECT p.display_name FROM slots s JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = %(slot_id)s::uuid
"""
# Where one more is bearable: the fewest overbooked first, then the earliest.
BEYOND: LiteralString = """
SELECT s.id FROM slots s
  JOIN services v ON v.clinic_id = s.clinic_id AND v.id = %(service_id)s::uuid
  JOIN practitioner_services o ON o.clinic_id = s.clinic_id AND o.service_id = v.id
       AND o.practitioner_id = s.practitioner_id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.location_id = %(location_id)s::uuid AND s.status = 'open'
   AND s.starts_at >= %(now)s::timestamptz AND s.starts_at < %(until)s::timestamptz
   AND s.overbooked < s.overbook_limit
   AND (s.service_id = v.id OR s.service_id IS NULL AND v.capacity = 1)
   AND (%(practitioner_id)s::uuid IS NULL OR s.practitioner_id = %(practitioner_id)s::uuid)
 ORDER BY s.overbooked, s.starts_at, s.id LIMIT %(most)s
"""


class Visitor(NamedTuple):
    """Who came, for what, where, and to whom: None is whoever is free first."""

    patient_id: UUID
    service_id: UUID
    location_id: UUID
    practitioner_id: UUID | None = None


class Spot(NamedTuple):
    """A start that would do: its first slot and the patient's time."""

    slot_id: UUID
    starts_at: datetime
    ends_at: datetime


def walk_in(
    session: Session,
    principal: Principal,
    *,
    visitor: Visitor,
    key: RequestKey,
    now: datetime,
    overbook_reason: str | None = None,
    clearing: bool = False,
) -> Answer:
    """Book the next start of today that the rules accept and let the patient arrive there; the answer is arrive's.

    With a reason, a start beyond the capacity when none is free. Raises NotPermitted, NothingFreeToday, InvalidField
    and what `hold` raises. Call it through `retry.attempt`.
    """
    require(principal, Permission.QUEUE_WRITE, location_id=visitor.location_id)
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=visitor.location_id)
    require_new(session, principal.clinic_id, key)
    reason = checked_overbooking(principal, overbook_reason)
    spot = next(_free(session, principal, visitor, now=now), None)
    is_beyond = spot is None and reason is not None
    if is_beyond:
        spot = next(_beyond(session, principal, visitor, key=key, now=now), None)
    if spot is None:
        raise NothingFreeToday()
    who = (visitor.service_id, visitor.patient_id, Channel.WALK_IN)
    wish = Wish(spot.slot_id, *who, overbook_reason=reason if is_beyond else None)
    held = single_use_key(principal, "walk-in-hold")
    try:
        made = hold(session, principal, wish=wish, key=held, now=now, clearing=clearing)
    except SlotUnavailable as taken:
        # Somebody was quicker: there may be a next one.
        raise Overtaken from taken
    appointment_id = UUID(str(made.body["id"]))
    # Who stands here needs no letter: at the start's time there is nothing left to tell.
    confirmed = single_use_key(principal, "walk-in-confirm")
    confirm(
        session, principal, appointment_id=appointment_id, key=confirmed, now=now, not_before=max(now, spot.starts_at)
    )
    return arrive(session, principal, appointment_id=appointment_id, key=key, now=now)


def next_start(
    session: Session, principal: Principal, *, visitor: Visitor, now: datetime
) -> tuple[datetime, str] | None:
    """Return when and with whom a walk-in of now would be seen, None when nothing is free any more today."""
    require(principal, Permission.QUEUE_WRITE, location_id=visitor.location_id)
    spot = next(_free(session, principal, visitor, now=now), None)
    if spot is None:
        return None
    found = first_row(session, WITH, {"clinic_id": principal.clinic_id, "slot_id": spot.slot_id})
    return spot.starts_at, found[0] if found else ""


def soonest(
    session: Session, principal: Principal, *, location_id: UUID, service_ids: Sequence[UUID], now: datetime
) -> UUID | None:
    """Return the service with which a walk-in of now would be seen first, None when nothing is free any more today."""
    found = []
    for place, service_id in enumerate(service_ids):
        start = next_start(session, principal, visitor=Visitor(NOBODY, service_id, location_id, None), now=now)
        if start is not None:
            found.append((start[0], place, service_id))
    return min(found)[2] if found else None


def _free(session: Session, principal: Principal, visitor: Visitor, *, now: datetime) -> Iterator[Spot]:
    """Give the starts of the rest of the day that a hold accepts and at which the patient is nowhere else."""
    until = _midnight(session, principal, visitor, now=now)
    own = _own_times(session, principal, visitor, now=now, until=until)
    starts = open_starts(
        session,
        principal,
        service_id=visitor.service_id,
        practitioner_id=visitor.practitioner_id,
        location_id=visitor.location_id,
        since=now,
        until=until,
        now=now,
        limit=MOST_STARTS,
    )
    for start in starts:
        spot = Spot(start.id, start.starts_at, start.ends_at)
        if not _clashes(spot, own):
            yield spot


def _beyond(
    session: Session, principal: Principal, visitor: Visitor, *, key: RequestKey, now: datetime
) -> Iterator[Spot]:
    """Give the starts at which this patient could be overbooked, where one more is most bearable first."""
    until = _midnight(session, principal, visitor, now=now)
    own = _own_times(session, principal, visitor, now=now, until=until)
    asked = {**visitor._asdict(), "clinic_id": principal.clinic_id, "now": now, "until": until, "most": MOST_STARTS}
    for (slot_id,) in rows(session, BEYOND, asked):
        service_id = visitor.service_id
        plan = make_plan(session, principal.clinic_id, slot_id=slot_id, service_id=service_id, key=key, now=now)
        spot = Spot(slot_id, plan.visit.starts_at, plan.visit.ends_at)
        if plan.is_bookable and is_passed_over(plan, SlotUnavailable()) and not _clashes(spot, own):
            yield spot


def _midnight(session: Session, principal: Principal, visitor: Visitor, *, now: datetime) -> datetime:
    place = queue_place(session, principal, location_id=visitor.location_id)
    return place.span(place.today(now))[1]


def _own_times(
    session: Session, principal: Principal, visitor: Visitor, *, now: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    asked = {"clinic_id": principal.clinic_id, "patient_id": visitor.patient_id, "now": now, "until": until}
    return [(starts_at, ends_at) for starts_at, ends_at in rows(session, OWN_TIMES, asked)]


def _clashes(spot: Spot, own: list[tuple[datetime, datetime]]) -> bool:
    return any(starts_at < spot.ends_at and spot.starts_at < ends_at for starts_at, ends_at in own)
