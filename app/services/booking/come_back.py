"""The way back into its place of an appointment that had given it up: late arrival, and undoing an end."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.claim_again import Claim, claim_again
from app.services.booking.read import AppointmentRow
from app.services.booking.step import Step, answer_step
from models.principal import Principal


def come_back(
    session: Session, principal: Principal, row: AppointmentRow, step: Step, *, key: RequestKey, now: datetime
) -> Answer:
    """Claim the place that an appointment had and take the step; raises what a hold of that place would.

    `row` is the appointment as it was seen before any lock. Who was overbooked before may be overbooked again.
    """
    claim = Claim(row, row.slot_id, step.to_status, is_bound_by_window=False, overbook_reason=row.overbook_reason)
    expired = claim_again(session, principal, claims=[claim], key=key, now=now)
    answer = answer_step(session, principal, row, step, key=key, now=now)
    return replace(answer, also=tuple(expired))
