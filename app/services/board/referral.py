"""The tick that the referral which a service needs has come."""

from datetime import datetime
from functools import partial
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.once import once
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit
from models.db import execute
from models.principal import Principal

MARK: LiteralString = """
UPDATE appointments SET has_referral = %(has_referral)s::boolean
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def set_referral_at_desk(
    principal: Principal, *, appointment_id: UUID, version: int, has_referral: bool, now: datetime
) -> Answer:
    """Keep whether the referral is there, if the appointment is still what the desk saw; audited as any change."""
    verb = partial(set_referral, appointment_id=appointment_id, version=version, has_referral=has_referral)
    return once(principal, verb, name="desk-referral", now=now)


def set_referral(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    has_referral: bool,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Mark an appointment's referral as there or missing. Raises AppointmentNotFound, StaleVersion, NotPermitted."""
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version)
    execute(session, MARK, {"clinic_id": principal.clinic_id, "id": row.id, "has_referral": has_referral})
    detail = {"has_referral": has_referral}
    step = Step(action="referral", to_status=row.status, detail=detail)
    return answer_step(session, principal, row, step, key=key, now=now)
