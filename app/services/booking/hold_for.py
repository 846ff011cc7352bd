"""`hold_for`: hold a start for a known patient or for somebody who only left details, in one transaction."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.guest import Visitor
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import require_new
from app.services.patients.guests import match_or_create_guest
from models.appointments import Channel
from models.db import execute, first_row
from models.principal import Principal

LOCATION_OF_SLOT: LiteralString = """
SELECT location_id FROM slots WHERE clinic_id = %(clinic_id)s::uuid AND id = %(slot_id)s::uuid
"""
KEEP_COMMENT: LiteralString = """
UPDATE appointments SET comment_sealed = %(comment)s WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Person:
    """What is said of somebody who may be known already."""

    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    language: str | None = None


def hold_for(
    session: Session,
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient: UUID | Person,
    channel: Channel,
    key: RequestKey,
    now: datetime,
    comment: str | None = None,
    overbook_reason: str | None = None,
    visitor: Visitor | None = None,
    clearing: bool = False,
) -> Answer:
    """Hold a start; a person is matched silently or becomes an unverified patient, and only if the hold stands.

    With a visitor the live holds of the browser and the address are counted. Raises what `hold` and
    `match_or_create_guest` raise. Call it through `retry.attempt`.
    """
    _require_place(session, principal, slot_id)
    if isinstance(patient, Person):
        # Before anything is made: a repeated request makes no patient, not even one that is undone.
        require_new(session, principal.clinic_id, key)
        patient = _patient_id(session, principal, patient, now=now)
    holder = visitor.holder(vault_of(session, principal.clinic_id)) if visitor else None
    wish = Wish(slot_id, service_id, patient, channel, holder, overbook_reason=overbook_reason)
    answer = hold(session, principal, wish=wish, key=key, now=now, clearing=clearing)
    if comment:
        _keep_comment(session, principal, appointment_id=UUID(answer.body["id"]), comment=comment)
    return answer


def _patient_id(session: Session, principal: Principal, person: Person, *, now: datetime) -> UUID:
    return match_or_create_guest(
        session,
        principal,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        phone=person.phone,
        email=person.email,
        language=person.language,
        now=now,
    )


def _require_place(session: Session, principal: Principal, slot_id: UUID) -> None:
    """Refuse staff a slot of a site where they have no desk; a slot that is not there is the hold's to refuse."""
    if principal.location_ids is None:
        return
    found = first_row(session, LOCATION_OF_SLOT, {"clinic_id": principal.clinic_id, "slot_id": slot_id})
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=found[0] if found else None)


def _keep_comment(session: Session, principal: Principal, *, appointment_id: UUID, comment: str) -> None:
    sealed = vault_of(session, principal.clinic_id).seal("appointments", "comment", appointment_id, comment)
    execute(session, KEEP_COMMENT, {"clinic_id": principal.clinic_id, "id": appointment_id, "comment": sealed})
