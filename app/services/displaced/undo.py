"""How a displaced patient comes back onto the worklist: a move, a cancellation or the word to keep is taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, Left, RequestKey, single_use_key
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_appointment
from app.services.booking.read import require_change
from app.services.booking.return_many import return_many
from app.services.schedules.displacing import ON_BLOCKED_SLOT
from app.words import N_
from models.db import rows
from models.displaced import Settlement
from models.principal import Principal

NOT_KEPT = N_("This visit fits its schedule again, or something else was done with it meanwhile.")

# The newest row of each; whose time the schedule has opened meanwhile is displaced no more.
LIST_AGAIN: LiteralString = (
    """
WITH newest AS (
  SELECT DISTINCT ON (appointment_id) id, appointment_id, settlement FROM displaced_appointments
   WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = ANY(%(appointment_ids)s::uuid[])
   ORDER BY appointment_id, since_at DESC, id DESC
), mine AS (
  SELECT d.id FROM displaced_appointments d
    JOIN newest n ON n.id = d.id AND n.settlement = ANY(%(settlements)s::text[])
    JOIN appointments a ON a.clinic_id = d.clinic_id AND a.id = d.appointment_id
   WHERE d.clinic_id = %(clinic_id)s::uuid AND """
    + ON_BLOCKED_SLOT
    + """
   ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE displaced_appointments d SET settled_at = NULL, settlement = NULL, called_at = NULL
  FROM mine WHERE d.clinic_id = %(clinic_id)s::uuid AND d.id = mine.id
RETURNING d.appointment_id
"""
)


def undo_reseat(
    session: Session,
    principal: Principal,
    *,
    left: Sequence[Left],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Put displaced appointments back to where they stood, all or none, and on the worklist; the answer is 200.

    `left` are the places that `reseat` or `cancel_displaced` answered with. Raises what `return_many` raises.
    `clearing` has no meaning here.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    require_new(session, principal.clinic_id, key)
    inner = single_use_key(principal, "reseat-undo-return")
    returned = return_many(session, principal, left=left, key=inner, now=now)
    ids = [place.appointment_id for place in left]
    _list_again(session, principal, ids, settlements=(Settlement.MOVED, Settlement.CANCELLED), now=now)
    if not keep(session, principal.clinic_id, key, status=200, body=returned.body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, returned.body, also=returned.also)


def undo_keep(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> None:
    """Put an appointment that was kept back onto the worklist.

    Raises AppointmentNotFound, NotPermitted, InvalidTransition when it is kept no more, or fits its schedule again.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    lock_appointment(session, principal.clinic_id, appointment_id)
    require_change(session, principal, appointment_id=appointment_id, version=None)
    if not _list_again(session, principal, [appointment_id], settlements=(Settlement.KEPT,), now=now):
        raise InvalidTransition(NOT_KEPT)


def _list_again(
    session: Session,
    principal: Principal,
    appointment_ids: Sequence[UUID],
    *,
    settlements: Sequence[Settlement],
    now: datetime,
) -> list[UUID]:
    """Open the newest rows that were settled in one of these ways, each with an audit row; return whose they are."""
    asked = {"clinic_id": principal.clinic_id, "appointment_ids": list(appointment_ids)}
    found = rows(session, LIST_AGAIN, {**asked, "settlements": [one.value for one in settlements]})
    listed = [appointment_id for (appointment_id,) in found]
    for appointment_id in listed:
        about = {"object_kind": "displaced-appointment", "object_id": appointment_id}
        record(session, principal, action="list-again", **about, now=now)
    return listed
