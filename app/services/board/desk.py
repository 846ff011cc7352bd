"""What the desk does from the board, each in one transaction: book, hold, confirm, cancel, move."""

from datetime import datetime
from functools import partial
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import require
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.cancel import cancel
from app.services.booking.confirm import confirm
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import require_new
from app.services.booking.once import once
from app.services.booking.reschedule import reschedule
from app.services.booking.retry import attempt
from models.appointments import CancelReason, Channel
from models.db import first_row
from models.principal import Principal

PLACE_OF_SLOT: LiteralString = """
SELECT practitioner_id, location_id FROM slots WHERE clinic_id = %(clinic_id)s AND id = %(id)s
"""


def book(
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient_id: UUID,
    now: datetime,
    overbook_reason: str | None = None,
) -> Answer:
    """Book a start for a patient at once, with a reason also one that is taken. Raises what `hold` raises."""
    wish = Wish(slot_id, service_id, patient_id, Channel.DESK, overbook_reason=overbook_reason)
    hold_key, key = single_use_key(principal, "desk-hold"), single_use_key(principal, "desk-book")

    def verb(session: Session, *, clearing: bool) -> Answer:
        _require_desk(session, principal, slot_id)
        require_new(session, principal.clinic_id, key)
        held = hold(session, principal, wish=wish, key=hold_key, now=now, clearing=clearing)
        return confirm(session, principal, appointment_id=_id_of(held), key=key, now=now)

    return attempt(principal, verb, key=key, now=now)


def hold_start(principal: Principal, *, slot_id: UUID, service_id: UUID, patient_id: UUID, now: datetime) -> Answer:
    """Keep a start for a patient for the service's hold time, while the desk still asks."""
    wish = Wish(slot_id, service_id, patient_id, Channel.DESK)
    key = single_use_key(principal, "desk-hold")

    def verb(session: Session, *, clearing: bool) -> Answer:
        _require_desk(session, principal, slot_id)
        return hold(session, principal, wish=wish, key=key, now=now, clearing=clearing)

    return attempt(principal, verb, key=key, now=now)


def confirm_held(principal: Principal, *, appointment_id: UUID, version: int, now: datetime) -> Answer:
    """Book what is held, if it is still what the desk saw."""
    verb = partial(confirm, appointment_id=appointment_id, version=version)
    return once(principal, verb, name="desk-confirm", now=now)


def cancel_at_desk(
    principal: Principal, *, appointment_id: UUID, version: int, now: datetime, tell: bool = True
) -> Answer:
    """End an appointment for the clinic, if it is still what the desk saw; without `tell` no letter is sent."""
    verb = partial(cancel, appointment_id=appointment_id, reason=CancelReason.CLINIC, version=version, tell=tell)
    return once(principal, verb, name="desk-cancel", now=now)


def move(
    principal: Principal,
    *,
    appointment_id: UUID,
    version: int,
    slot_id: UUID,
    now: datetime,
    overbook_reason: str | None = None,
    tell: bool = True,
    reason: str = "",
) -> Answer:
    """Give an appointment another start, if it is still what the desk saw. Raises what `reschedule` raises."""
    key = single_use_key(principal, "desk-move")

    def verb(session: Session, *, clearing: bool) -> Answer:
        _require_desk(session, principal, slot_id)
        return reschedule(
            session,
            principal,
            appointment_id=appointment_id,
            slot_id=slot_id,
            key=key,
            now=now,
            version=version,
            overbook_reason=overbook_reason,
            tell=tell,
            reason=reason,
            clearing=clearing,
        )

    return attempt(principal, verb, key=key, now=now)


def _require_desk(session: Session, principal: Principal, slot_id: UUID) -> None:
    """Refuse a slot of a location at which this actor has no desk."""
    _, location_id = _place_of(session, principal, slot_id)
    require(principal, "appointments:write", location_id=location_id)


def _place_of(session: Session, principal: Principal, slot_id: UUID) -> tuple[UUID | None, UUID | None]:
    found = first_row(session, PLACE_OF_SLOT, {"clinic_id": principal.clinic_id, "id": slot_id})
    # A slot that is not there is refused by the hold itself.
    return (found[0], found[1]) if found else (None, None)


def _id_of(answer: Answer) -> UUID:
    return UUID(str(answer.body["id"]))
