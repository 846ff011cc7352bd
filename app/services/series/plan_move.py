"""`plan_move`: what a move of a series would do, found by doing it and undoing it at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.availability import Start
from app.services.availability.occupied import Interval, Occupied
from app.services.series.members import Member
from app.services.series.move import Moving, conflicts_of, moving_of, tried
from app.services.series.nearby import starts_nearby
from app.services.series.occurrences import after_jump
from app.services.series.offers import patient_time
from app.services.series.takes import Conflict
from app.services.series.targets import Shift, Target
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """Where one appointment would go, or what stands in the way and which other starts are near."""

    target: Target
    conflict: Conflict | None
    alternatives: Sequence[Start] = ()


def plan_move(
    session: Session, principal: Principal, *, series_id: UUID, shift: Shift, now: datetime
) -> tuple[list[PlannedMove], Sequence[Member]]:
    """Return each appointment's move or conflict, and those that stay; nothing is kept. Raises as `move_series`.

    The very move is made in a savepoint and undone, so what is shown is what would happen, moves onto each other's
    places included. It takes the move's locks: call it through `retry.attempt`.
    """
    moving = moving_of(session, principal, series_id=series_id, shift=shift, now=now)
    going = [target for target in moving.targets if target.slot_id]
    undone = session.begin_nested()
    _, refused = tried(session, principal, targets=going, now=now)
    undone.rollback()
    conflicts = {one.occurrence.number: one for one in conflicts_of(moving.targets, refused)}
    busy = _busy(session, moving, conflicts.keys(), now=now)
    planned = [
        PlannedMove(target, conflict, _nearby(session, principal, moving, target, busy, now=now) if conflict else ())
        for target in moving.targets
        for conflict in [conflicts.get(target.member.number)]
    ]
    return planned, moving.left


def _busy(session: Session, moving: Moving, in_conflict: Collection[int], *, now: datetime) -> Occupied:
    """Return the patient's time as it would be: those that move are where they go, those in conflict nowhere yet."""
    wanted = [after_jump(one.occurrence.starts_local, zone=one.member.zone) for one in moving.targets]
    span = min(wanted), max(wanted)
    patient_id = moving.series.wish.patient_id
    leaving = {target.member.row.slot_id for target in moving.targets}
    of_patient = patient_time(session, moving.ground, patient_id=patient_id, span=span, now=now)
    stays: list[Interval] = [interval for interval in of_patient if interval[2] not in leaving]
    goes: list[Interval] = [
        (starts_at, starts_at + (target.member.row.ends_at - target.member.row.starts_at), slot_id)
        for target in moving.targets
        if target.member.number not in in_conflict
        and (starts_at := target.occurrence.starts_at)
        and (slot_id := target.slot_id)
    ]
    return Occupied([*stays, *goes])


def _nearby(
    session: Session, principal: Principal, moving: Moving, target: Target, busy: Occupied, *, now: datetime
) -> list[Start]:
    return starts_nearby(
        session,
        principal,
        service_id=moving.series.wish.service_id,
        practitioner_id=target.practitioner_id,
        location_id=target.member.row.location_id,
        wanted=after_jump(target.occurrence.starts_local, zone=target.member.zone),
        busy=busy,
        now=now,
    )
