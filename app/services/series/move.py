"""`move_series`: give this, the following or all appointments of a series that are still to come another time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound, ClinicError, InvalidField, InvalidTransition, SeriesConflicts
from app.services.accounts.permissions import Permission
from app.services.audit.record import record
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import Overtaken
from app.services.booking.reschedule_many import Move, reschedule_many
from app.services.series.letter import tell_together
from app.services.series.members import (
    Member,
    Scope,
    SeriesRow,
    concerned,
    find_series,
    members_of,
    require_version,
    touch,
    version_of,
)
from app.services.series.takes import Choices, Conflict, refusal_named
from app.services.series.targets import Shift, Target, require_shift, targets_of
from app.services.series.wish import Ground, ground_of
from app.settings import settings
from models.principal import Principal

NOTHING_DONE = Answer(200, {})


@dataclass(frozen=True, slots=True)
class Moving:
    """A move that is worked out: where each appointment shall go, and those that stay because they have begun."""

    series: SeriesRow
    members: Sequence[Member]
    ground: Ground
    targets: Sequence[Target]
    left: Sequence[Member]


def move_series(
    session: Session,
    principal: Principal,
    *,
    series_id: UUID,
    shift: Shift,
    choices: Choices,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Move what is still to come of a series in one transaction; the answer is a 200 that lists it.

    A choice gives an appointment another start by its number, or leaves it where it is. Raises SeriesConflicts (409)
    with all that is not possible, unless it may stay where it is; then nothing was done. Also SeriesNotFound,
    AppointmentNotFound, InvalidField, InvalidTransition, StaleVersion. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    moving = moving_of(session, principal, series_id=series_id, shift=shift, now=now)
    require_version(moving.series, moving.members, version=version)
    targets = _chosen(moving.targets, choices)
    moved, conflicts, made = _moved(session, principal, targets=targets, skip=choices.skip_conflicts, now=now)
    require_new(session, principal.clinic_id, key)
    series = touch(session, principal, moving.series)
    ids = [target.member.row.id for target in moved]
    _tell(session, principal, series, ids=ids, scope=shift.reach.scope, now=now)
    members = members_of(session, principal, series_id=series_id)
    body = {
        "id": str(series_id),
        "version": version_of(series, members),
        "appointments": [member.body() for member in members if member.row.id in ids],
        "skipped": [conflict.body() for conflict in conflicts],
        "left": [member.left_body() for member in moving.left],
    }
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=made.also, left=made.left)


def moving_of(session: Session, principal: Principal, *, series_id: UUID, shift: Shift, now: datetime) -> Moving:
    """Work out where a move would put each appointment of its reach; raises what `move_series` does."""
    require_shift(shift)
    series = find_series(session, principal, series_id=series_id, permission=Permission.APPOINTMENTS_WRITE)
    members = members_of(session, principal, series_id=series_id)
    going, left = concerned(members, shift.reach, now=now)
    wish = replace(series.wish, practitioner_id=shift.practitioner_id or series.wish.practitioner_id)
    ground = ground_of(session, principal, wish=wish, now=now)
    return Moving(series, members, ground, targets_of(session, principal, ground, members=going, shift=shift), left)


def tried(
    session: Session, principal: Principal, *, targets: Sequence[Target], now: datetime
) -> tuple[Answer, dict[UUID, str]]:
    """Move all of these or none; return what the moves answer, or each refusal's code by its appointment.

    Raises Overtaken when one of them is not any more what was read.
    """
    moves = [Move(target.member.row.id, target.slot_id) for target in targets if target.slot_id]
    key = single_use_key(principal, "series-move")
    try:
        with session.begin_nested():
            return reschedule_many(session, principal, moves=moves, key=key, now=now), {}
    except (InvalidTransition, AppointmentNotFound) as overtaken:
        # Somebody arrived or was cancelled since the series was read.
        raise Overtaken from overtaken
    except ClinicError as refusal:
        if "refused" not in refusal.details:
            raise
        return NOTHING_DONE, {UUID(one["appointment_id"]): one["code"] for one in refusal.details["refused"]}


def conflicts_of(targets: Sequence[Target], refused: dict[UUID, str]) -> list[Conflict]:
    """Return the conflict of each target that has no slot or was refused it."""
    said = {target.member.row.id: target.refusal for target in targets if target.refusal is not None}
    said |= {appointment_id: refusal_named(code) for appointment_id, code in refused.items()}
    return [Conflict(one.occurrence, said[one.member.row.id]) for one in targets if one.member.row.id in said]


def _moved(
    session: Session, principal: Principal, *, targets: Sequence[Target], skip: bool, now: datetime
) -> tuple[list[Target], list[Conflict], Answer]:
    """Move what can be moved; who stays may stand in another's way, so the others are tried anew."""
    refused: dict[UUID, str] = {}
    while True:
        going = [target for target in targets if target.slot_id and target.member.row.id not in refused]
        made, more = tried(session, principal, targets=going, now=now)
        refused |= more
        conflicts = conflicts_of(targets, refused)
        if not going or (conflicts and not skip):
            raise SeriesConflicts(conflicts=[conflict.body() for conflict in conflicts])
        if not more:
            return [one for one in going if one.slot_id != one.member.row.slot_id], conflicts, made


def _tell(
    session: Session,
    principal: Principal,
    series: SeriesRow,
    *,
    ids: Sequence[UUID],
    scope: Scope,
    now: datetime,
) -> None:
    told_at = now + timedelta(minutes=settings().undo_minutes)
    tell_together(session, principal, series, event="appointment.rescheduled", ids=ids, at=told_at, now=now)
    detail = {"scope": scope.value, "appointment_ids": [str(one) for one in ids]}
    record(session, principal, action="move", object_kind="series", object_id=series.id, detail=detail, now=now)


def _chosen(targets: Sequence[Target], choices: Choices) -> list[Target]:
    unknown = choices.by_number.keys() - {target.member.number for target in targets}
    if unknown:
        raise InvalidField("choices", f"There is nothing with the number {min(unknown)} to be moved.")
    chosen = [
        replace(target, slot_id=choices.by_number[target.member.number], refusal=None)
        if target.member.number in choices.by_number
        else target
        for target in targets
    ]
    return [target for target in chosen if target.slot_id is not None or target.refusal is not None]
