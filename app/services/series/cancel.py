"""`cancel_series`: end this, the following or all appointments of a series that are still to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.audit.record import record
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.expire import change_of
from app.services.booking.idempotency import keep, require_new
from app.services.booking.left import places_of
from app.services.booking.locks import lock_visits
from app.services.booking.release import release
from app.services.series.letter import tell_together
from app.services.series.members import (
    Member,
    Reach,
    SeriesRow,
    concerned,
    find_series,
    members_of,
    require_version,
    touch,
    version_of,
)
from app.settings import settings
from models.appointments import AppointmentStatus, CancelReason
from models.principal import Principal


def plan_cancel(
    session: Session, principal: Principal, *, series_id: UUID, reach: Reach, now: datetime
) -> tuple[list[Member], list[Member]]:
    """Return which appointments would end and which would stay; nothing is written."""
    find_series(session, principal, series_id=series_id, permission=Permission.APPOINTMENTS_WRITE)
    return concerned(members_of(session, principal, series_id=series_id), reach, now=now)


def cancel_series(
    session: Session,
    principal: Principal,
    *,
    series_id: UUID,
    reach: Reach,
    reason: CancelReason,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """End what is still to come of a series and give its places back; the answer is a 200 that lists it.

    The patient hears of it once, after the minutes in which it can be undone. Raises SeriesNotFound,
    AppointmentNotFound, InvalidField, InvalidTransition, StaleVersion. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    series = find_series(session, principal, series_id=series_id, permission=Permission.APPOINTMENTS_WRITE)
    members = members_of(session, principal, series_id=series_id)
    lock_visits(session, principal.clinic_id, [member.row.id for member in members if member.row.starts_at > now])
    require_new(session, principal.clinic_id, key)
    # Read again under the locks: who arrived meanwhile stays.
    members = members_of(session, principal, series_id=series_id)
    require_version(series, members, version=version)
    ending, left = concerned(members, reach, now=now)
    series = touch(session, principal, series)
    ids = [member.row.id for member in ending]
    places = places_of(session, principal.clinic_id, [member.row for member in ending])
    changes = _ended(session, principal, series=series, ids=ids, reason=reason, now=now)
    detail = {"scope": reach.scope.value, "appointment_ids": [str(one) for one in ids]}
    record(session, principal, action="cancel", object_kind="series", object_id=series_id, detail=detail, now=now)
    body = _body(series, members_of(session, principal, series_id=series_id), ids, left)
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=tuple(changes), left=places)


def _ended(
    session: Session,
    principal: Principal,
    *,
    series: SeriesRow,
    ids: Sequence[UUID],
    reason: CancelReason,
    now: datetime,
) -> list[Change]:
    told_at = now + timedelta(minutes=settings().undo_minutes)
    ended = release(
        session,
        principal,
        appointment_ids=ids,
        action="cancel",
        reason=reason,
        from_status=AppointmentStatus.BOOKED,
        not_before=told_at,
        now=now,
    )
    tell_together(session, principal, series, event="appointment.cancelled", ids=ids, at=told_at, now=now)
    return [change_of(principal.clinic_id, row) for row in ended]


def _body(
    series: SeriesRow, members: Sequence[Member], ended: Sequence[UUID], left: Sequence[Member]
) -> dict[str, Any]:
    return {
        "id": str(series.id),
        "version": version_of(series, members),
        "appointments": [member.body() for member in members if member.row.id in ended],
        "left": [member.left_body() for member in left],
    }
