"""`resize`: an appointment becomes longer or shorter where it stands: it claims slots, or gives some back."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, InvalidTransition
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.claim import utc_text
from app.services.booking.claim_again import Claim, claim_again
from app.services.booking.idempotency import keep, require_new
from app.services.booking.read import AppointmentRow, require_visit
from app.services.booking.reschedule import moved_row
from app.services.booking.step import Step, take_step
from app.services.booking.visiting import require_time_left
from app.words import N_
from models.appointments import AppointmentStatus as S
from models.db import first_row
from models.principal import Principal

SHORTEST, LONGEST, STEP_MINUTES = 5, 8 * 60, 5
RESIZABLE = frozenset({S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN})
LENGTH = N_("A visit lasts 5 minutes to 8 hours, in steps of 5 minutes.")
ENDED = N_("What is over keeps its length.")
IN_SESSION = N_("A place in a session is as long as the session.")
IS_SESSION: LiteralString = """
SELECT service_id IS NOT NULL FROM slots WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def resize(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    minutes: int,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Give an appointment another length from the start that it has; it keeps its room. The answer is the API's 200.

    The patient's time is `minutes` long; the service's buffers stay. The length is the appointment's own from then on:
    a reschedule keeps it. The start stays, so the patient is told nothing. Raises AppointmentNotFound, StaleVersion,
    NotPermitted, also for who may not overbook and adds to an overbooked one what is taken, InvalidField, HoldExpired,
    InvalidTransition for what is over or in a session, and what `hold` raises for the time added. `clearing` has no
    meaning here: holds that have run out are ended in the first look.
    """
    require_new(session, principal.clinic_id, key)
    row = require_visit(session, principal, appointment_id=appointment_id, version=version)
    _require_resizable(session, principal, row, minutes=minutes, now=now)
    changes: list[Change] = []
    if minutes != row.minutes:
        changes = _change(session, principal, row, minutes=minutes, key=key, now=now)
        row = moved_row(session, principal, row)
    body = row.body()
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, changes[-1] if changes else None, also=tuple(changes[:-1]))


def _require_resizable(
    session: Session, principal: Principal, row: AppointmentRow, *, minutes: int, now: datetime
) -> None:
    if not SHORTEST <= minutes <= LONGEST or minutes % STEP_MINUTES:
        raise InvalidField("minutes", LENGTH)
    require_time_left(row, now=now)
    if row.status not in RESIZABLE:
        raise InvalidTransition(ENDED, from_status=row.status.value)
    found = first_row(session, IS_SESSION, {"clinic_id": principal.clinic_id, "id": row.slot_id})
    if found is not None and found[0]:
        raise InvalidTransition(IN_SESSION, from_status=row.status.value)


def _change(
    session: Session, principal: Principal, row: AppointmentRow, *, minutes: int, key: RequestKey, now: datetime
) -> list[Change]:
    claim = Claim(
        row, row.slot_id, row.status, is_bound_by_window=False, overbook_reason=row.overbook_reason, minutes=minutes
    )
    expired = claim_again(session, principal, claims=[claim], key=key, now=now)
    after = moved_row(session, principal, row)
    lengths: dict[str, Any] = {"old_end": utc_text(row.ends_at), "new_end": utc_text(after.ends_at)}
    step = Step(
        action="resize", to_status=row.status, event="appointment.resized", detail=lengths, payload=dict(lengths)
    )
    take_step(session, principal, after, step, now=now)
    return [*expired, after.change(principal.clinic_id, version=after.version + 1)]
