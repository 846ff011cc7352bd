"""`return_many`: appointments that were moved or cancelled together go back to the places they had, all or none."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from app.errors import ClinicError
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, Change, Left, RequestKey
from app.services.booking.claim_again import Claim, claim_again
from app.services.booking.idempotency import keep, require_new
from app.services.booking.news import TOLD
from app.services.booking.read import require_visit
from app.services.booking.reschedule import moved_row, tell_of_move
from app.services.booking.status import require_status
from app.services.booking.step import take_step
from app.services.booking.undo import step_back_to_booked
from models.appointments import AppointmentStatus as S
from models.principal import Principal


def return_many(
    session: Session,
    principal: Principal,
    *,
    left: Sequence[Left],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Put every appointment back to where it stood; the answer is 200 with one body for each, in `items`.

    Raises the refusal of the first that cannot return, with every one of them in its details (`refused`:
    appointment_id, slot_id, code): AppointmentNotFound, StaleVersion for one that was changed since, InvalidTransition,
    and what a hold of its place would. Places that were closed to it already are open to it. `clearing` has no meaning
    here.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    require_new(session, principal.clinic_id, key)
    claims, refusals = _claims(session, principal, left, now=now)
    expired = _claimed(session, principal, claims, refusals, key=key, now=now)
    leaving = [claim.row.change(principal.clinic_id, version=claim.row.version + 1) for claim in claims]
    reached = [_told(session, principal, claim, now=now) for claim in claims]
    body = {"items": [moved_row(session, principal, claim.row).body() for claim in claims]}
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=(*expired, *leaving, *reached))


def _claims(
    session: Session, principal: Principal, left: Sequence[Left], *, now: datetime
) -> tuple[list[Claim], list[ClinicError]]:
    """Return the way back of each, and the refusals of those that have none; each names its appointment."""
    claims: list[Claim] = []
    refusals: list[ClinicError] = []
    for place in left:
        try:
            claims.append(_claim(session, principal, place, now=now))
        except ClinicError as refusal:
            named = {"appointment_id": str(place.appointment_id), "slot_id": str(place.slot_id), "code": refusal.code}
            refusal.details |= {"appointment_id": str(place.appointment_id), "refused": [named]}
            refusals.append(refusal)
    return claims, refusals


def _claim(session: Session, principal: Principal, place: Left, *, now: datetime) -> Claim:
    row = require_visit(session, principal, appointment_id=place.appointment_id, version=place.version)
    if row.status is S.CANCELLED:
        step_back_to_booked(session, principal, row, now=now)
    else:
        require_status(row.status, wanted=S.BOOKED)
    reason = place.overbook_reason
    return Claim(row, place.slot_id, S.BOOKED, is_bound_by_window=False, overbook_reason=reason, back_to=place)


def _claimed(
    session: Session,
    principal: Principal,
    claims: Sequence[Claim],
    refusals: Sequence[ClinicError],
    *,
    key: RequestKey,
    now: datetime,
) -> list[Change]:
    """Claim all places, or raise for all that cannot be had, whatever the reason of each."""
    found = list(refusals)
    expired: list[Change] = []
    try:
        expired = claim_again(session, principal, claims=claims, key=key, now=now) if claims else []
    except ClinicError as refusal:
        if "refused" not in refusal.details:
            raise
        found.append(refusal)
    if not found:
        return expired
    found[0].details["refused"] = [one for refusal in found for one in refusal.details["refused"]]
    raise found[0]


def _told(session: Session, principal: Principal, claim: Claim, *, now: datetime) -> Change:
    if claim.row.status is S.BOOKED:
        return tell_of_move(session, principal, claim, news=TOLD, now=now)
    step = step_back_to_booked(session, principal, claim.row, now=now)
    take_step(session, principal, claim.row, step, now=now)
    return claim.row.change(principal.clinic_id, version=claim.row.version + 1)
