"""`reschedule_many`: several booked appointments take other starts, each other's too, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, InvalidField
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.claim_again import Claim
from app.services.booking.idempotency import keep, require_new
from app.services.booking.left import places_of
from app.services.booking.reschedule import move_all, moved_row, require_movable
from app.words import N_
from models.appointments import AppointmentStatus
from models.principal import Principal

MOST = 200
EACH_ONCE = N_("Name each appointment once, and at most 200 of them.")


@dataclass(frozen=True, slots=True)
class Move:
    """That an appointment shall take the visit which starts with this slot."""

    appointment_id: UUID
    slot_id: UUID


def reschedule_many(
    session: Session,
    principal: Principal,
    *,
    moves: Sequence[Move],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Make every move in one transaction; the answer is 200 with one body for each move, in `items`.

    Raises what `reschedule` raises, for the first impossible move, with every one of them in the refusal's details
    (`refused`: appointment_id, slot_id, code). `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    if len({move.appointment_id for move in moves}) != len(moves) or len(moves) > MOST:
        raise InvalidField("moves", EACH_ONCE)
    claims = [_claim(session, principal, move, now=now) for move in moves]
    moving = [claim for claim in claims if claim.slot_id != claim.row.slot_id]
    changes: list[Change] = []
    left = places_of(session, principal.clinic_id, [claim.row for claim in moving])
    if moving:
        changes = move_all(session, principal, claims=moving, key=key, now=now)
    items = [moved_row(session, principal, claim.row).body() for claim in claims]
    body = {"items": items}
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=tuple(changes), left=left)


def _claim(session: Session, principal: Principal, move: Move, *, now: datetime) -> Claim:
    try:
        row = require_movable(session, principal, appointment_id=move.appointment_id, version=None, now=now)
    except ClinicError as refusal:
        refused = {"appointment_id": str(move.appointment_id), "slot_id": str(move.slot_id), "code": refusal.code}
        refusal.details |= {"appointment_id": str(move.appointment_id), "refused": [refused]}
        raise
    return Claim(row, move.slot_id, AppointmentStatus.BOOKED)
