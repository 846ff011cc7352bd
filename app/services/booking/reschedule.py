"""`reschedule`: a booked appointment takes another start and gives its old one back, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound, OutsideBookingWindow
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.claim import utc_text
from app.services.booking.claim_again import NOBODY, Claim, GivingWay, claim_again
from app.services.booking.idempotency import keep, require_new
from app.services.booking.news import TOLD, News
from app.services.booking.read import AppointmentRow, read_row, require_change
from app.services.booking.reasons import checked_overbooking, optional_reason
from app.services.booking.status import require_status
from app.services.booking.step import Step, take_step
from app.settings import settings
from app.words import N_
from models.appointments import AppointmentStatus
from models.principal import Principal

BEGUN = N_("This appointment has begun and can no longer be moved here. Please call the clinic.")


def reschedule(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    slot_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    overbook_reason: str | None = None,
    tell: bool = True,
    reason: str = "",
    clearing: bool = False,
) -> Answer:
    """Move an appointment to the visit that starts with this slot; it keeps its id and its length. The answer is 200.

    To its own slot nothing changes. Without `tell`, which is the staff's choice, no letter is sent; `reason` is kept
    with the move. The patient hears of a move by staff after the minutes in which it can be undone,
    of their own at once. Raises AppointmentNotFound, StaleVersion, InvalidTransition unless booked, and what `hold`
    raises. `clearing` has no meaning here: holds that have run out are ended in the first look.
    """
    require_new(session, principal.clinic_id, key)
    beyond = checked_overbooking(principal, overbook_reason)
    news = News(tell=tell or not principal.may(Permission.APPOINTMENTS_WRITE), reason=optional_reason(reason))
    row = require_movable(session, principal, appointment_id=appointment_id, version=version, now=now)
    changes: list[Change] = []
    if row.slot_id != slot_id:
        claim = Claim(row, slot_id, AppointmentStatus.BOOKED, overbook_reason=beyond)
        changes = move_all(session, principal, claims=[claim], key=key, now=now, news=news)
        row = moved_row(session, principal, row)
    body = row.body()
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, changes[-1] if changes else None, also=tuple(changes[:-1]))


def require_movable(
    session: Session, principal: Principal, *, appointment_id: UUID, version: int | None, now: datetime
) -> AppointmentRow:
    """Return a booked appointment that the caller may move; whoever is not staff may not once it has begun."""
    row = require_change(session, principal, appointment_id=appointment_id, version=version)
    require_status(row.status, wanted=AppointmentStatus.BOOKED)
    if not principal.may(Permission.APPOINTMENTS_WRITE) and row.starts_at <= now:
        raise OutsideBookingWindow(BEGUN, field="appointment_id")
    return row


def move_all(
    session: Session,
    principal: Principal,
    *,
    claims: Sequence[Claim],
    key: RequestKey,
    now: datetime,
    giving_way: GivingWay = NOBODY,
    news: News = TOLD,
) -> list[Change]:
    """Move every appointment or none, each with its audit row and event; return the changed boards, new ones last."""
    left = [claim.row.change(principal.clinic_id, version=claim.row.version + 1) for claim in claims]
    expired = claim_again(session, principal, claims=claims, key=key, now=now, giving_way=giving_way)
    reached = [tell_of_move(session, principal, claim, news=news, now=now) for claim in claims]
    return [*expired, *left, *reached]


def moved_row(session: Session, principal: Principal, row: AppointmentRow) -> AppointmentRow:
    """Return an appointment as it stands after its move."""
    after = read_row(session, principal, appointment_id=row.id)
    if after is None:
        raise AppointmentNotFound()
    return after


def tell_of_move(session: Session, principal: Principal, claim: Claim, *, news: News, now: datetime) -> Change:
    """Write what follows from a move that was made, its audit row and its event; return the board that it reached."""
    before, after = claim.row, moved_row(session, principal, claim.row)
    wait = timedelta(minutes=settings().undo_minutes) if principal.may(Permission.APPOINTMENTS_WRITE) else timedelta()
    step = Step(
        action="reschedule",
        to_status=claim.status,
        event="appointment.rescheduled",
        not_before=now + wait,
        reason=after.overbook_reason or news.reason,
        detail={"old": _place(before), "new": _place(after)},
        payload={"old": {**_place(before), "timezone": before.timezone}, **news.payload},
    )
    take_step(session, principal, after, step, now=now)
    return after.change(principal.clinic_id, version=after.version + 1)


def _place(row: AppointmentRow) -> dict[str, Any]:
    return {
        "slot_id": str(row.slot_id),
        "start": utc_text(row.starts_at),
        "practitioner_id": str(row.practitioner_id),
        "location_id": str(row.location_id),
    }
