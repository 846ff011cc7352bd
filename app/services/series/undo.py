"""`undo_series`: take back at once what was done at once to appointments of a series, with one letter for all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound
from app.services.accounts.permissions import Permission
from app.services.audit.record import record
from app.services.booking.answer import Answer, Left, RequestKey, single_use_key
from app.services.booking.idempotency import keep, require_new
from app.services.booking.return_many import return_many
from app.services.series.letter import tell_together
from app.services.series.members import find_series, members_of, touch, version_of
from app.settings import settings
from models.appointments import AppointmentStatus
from models.principal import Principal


def undo_series(
    session: Session,
    principal: Principal,
    *,
    series_id: UUID,
    left: Sequence[Left],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Put appointments of a series that were cancelled or moved together back to where they stood, all or none.

    The answer is a 200 that lists them. The patient hears once of those of which they had heard that they were
    cancelled or moved, and nothing of the others. Raises SeriesNotFound, AppointmentNotFound for one that is not of
    the series, and what `return_many` raises. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    series = find_series(session, principal, series_id=series_id, permission=Permission.APPOINTMENTS_WRITE)
    ids = [place.appointment_id for place in left]
    before = {one.row.id: one.row.status for one in members_of(session, principal, series_id=series_id)}
    if not {*ids} <= before.keys():
        raise AppointmentNotFound()
    inner = single_use_key(principal, "series-undo-return")
    returned = return_many(session, principal, left=left, key=inner, now=now)
    series = touch(session, principal, series)
    moved = [one for one in ids if before[one] is AppointmentStatus.BOOKED]
    ended = [one for one in ids if before[one] is AppointmentStatus.CANCELLED]
    told_at = now + timedelta(minutes=settings().undo_minutes)
    tell_together(session, principal, series, event="appointment.rescheduled", ids=moved, at=told_at, now=now)
    tell_together(session, principal, series, event="appointment.confirmed", ids=ended, at=now, now=now)
    detail = {"appointment_ids": [str(one) for one in ids]}
    record(session, principal, action="undo", object_kind="series", object_id=series_id, detail=detail, now=now)
    members = members_of(session, principal, series_id=series_id)
    body = {
        "id": str(series_id),
        "version": version_of(series, members),
        "appointments": [member.body() for member in members if member.row.id in ids],
    }
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=returned.also)
