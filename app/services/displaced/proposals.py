"""Proposals for the displaced: for each the nearest free place that leaves the others theirs, tried out before shown.

What is proposed is what `reseat` accepts at that moment: the moves are made in a savepoint and undone, because rooms
and devices are shared in ways that no single start tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import itemgetter
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, InvalidField
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.availability import Start
from app.services.booking.answer import single_use_key
from app.services.booking.reschedule_many import MOST, Move, reschedule_many
from app.services.displaced.matching import Chosen, Place, Seeker, best_places
from app.services.displaced.nearness import FARTHEST_DAYS, distance
from app.services.displaced.starts_for import starts_for
from app.services.displaced.worklist import DisplacedVisit, open_visits
from models.appointments import AppointmentStatus
from models.db import first_row
from models.principal import Principal

DAYS_AROUND = 14
# How many starts of each visit are weighed, beside two for every rival.
NEAREST = 60
# How often refused moves are matched anew; each time at least one place leaves the game.
TRIES = 20
BUFFERS: LiteralString = """
SELECT buffer_before_minutes, buffer_after_minutes FROM services
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(service_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A displaced visit and the start that it can be moved to; None when there is none within the days looked at."""

    visit: DisplacedVisit
    start: Start | None


def propose(
    session: Session,
    principal: Principal,
    *,
    appointment_ids: Sequence[UUID],
    days_around: int = DAYS_AROUND,
    now: datetime,
) -> list[Proposal]:
    """Return the best new place for each of some displaced, booked appointments, no two of them on one.

    With anybody who offers the service, up to `days_around` days from the old time; at most 200 at once. Raises
    NotPermitted, InvalidField.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    if len(appointment_ids) > MOST or not 1 <= days_around <= FARTHEST_DAYS:
        raise InvalidField("appointment_ids", "Ask for at most 200 appointments and 31 days around.")
    visits = [
        visit
        for visit in open_visits(session, principal, appointment_ids=list(appointment_ids), now=now)
        if visit.status is AppointmentStatus.BOOKED
    ]
    seen = [visit.appointment_id for visit in visits]
    viewed(session, principal, object_kind="displaced-proposals", ids=seen, now=now)
    starts = starts_for(session, principal, visits, around=timedelta(days=days_around), now=now)
    most = NEAREST + 2 * len(visits)
    seekers = [_seeker(session, principal, visit, starts[visit.appointment_id], most=most) for visit in visits]
    chosen = _tried(session, principal, seekers, now=now)
    return [Proposal(visit, _start(starts[visit.appointment_id], chosen.get(visit.appointment_id))) for visit in visits]


def _seeker(
    session: Session, principal: Principal, visit: DisplacedVisit, starts: Sequence[Start], *, most: int
) -> Seeker:
    """Return a visit with the cost of its nearest starts: of so many, no rival can take all."""
    found = first_row(session, BUFFERS, {"clinic_id": principal.clinic_id, "service_id": visit.service_id})
    before, after = found or (0, 0)
    costs = ((distance(visit, start), start.starts_at, start.id, start) for start in starts)
    return Seeker(
        visit.appointment_id,
        visit.patient_id,
        {
            Place(
                slot_id=start.id,
                practitioner_id=start.practitioner_id,
                occupies_from=start.starts_at - timedelta(minutes=before),
                occupies_until=start.ends_at + timedelta(minutes=after),
                seats=start.free,
            ): cost
            for cost, _, _, start in nsmallest(most, costs, key=itemgetter(0, 1, 2))
        },
    )


def _tried(session: Session, principal: Principal, seekers: Sequence[Seeker], *, now: datetime) -> Chosen:
    """Match until all moves together are accepted; a refused place is no longer one for whom it was refused."""
    chosen = best_places(seekers)
    for _ in range(TRIES):
        refused = _refused(session, principal, chosen, now=now)
        if not refused:
            return chosen
        seekers = [
            Seeker(
                s.appointment_id,
                s.patient_id,
                {p: c for p, c in s.costs.items() if (s.appointment_id, p.slot_id) not in refused},
            )
            for s in seekers
        ]
        chosen = best_places(seekers)
    # So much is contended now that only what is sure is shown.
    return {key: place for key, place in chosen.items() if (key, place.slot_id) not in refused}


def _refused(session: Session, principal: Principal, chosen: Chosen, *, now: datetime) -> set[tuple[UUID, UUID]]:
    """Make the moves in a savepoint and undo them; return those that were refused."""
    moves = [Move(appointment_id, place.slot_id) for appointment_id, place in chosen.items()]
    if not moves:
        return set()
    savepoint = session.begin_nested()
    try:
        reschedule_many(session, principal, moves=moves, key=single_use_key(principal, "try-moves"), now=now)
    except ClinicError as refusal:
        if "refused" not in refusal.details:
            raise
        return {(UUID(one["appointment_id"]), UUID(one["slot_id"])) for one in refusal.details["refused"]}
    finally:
        savepoint.rollback()
    return set()


def _start(starts: Sequence[Start], place: Place | None) -> Start | None:
    return next((start for start in starts if place is not None and start.id == place.slot_id), None)
