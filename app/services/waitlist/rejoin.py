"""`rejoin`: a wish that was taken off the waitlist waits again, at the place in the queue that it had."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import StaleVersion, WaitlistEntryEnded
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import Overtaken, lock_names
from app.services.patients.standing import require_standing
from app.services.waitlist.entries import get_entry, lock_entry, read_entry
from app.services.waitlist.join import standing_entry
from app.services.waitlist.trail import step
from app.words import N_
from models.db import execute
from models.principal import Principal
from models.waiting import EntryStatus

WISHED_AGAIN = N_("This patient waits for the same service again already.")
WAIT_AGAIN: LiteralString = """
UPDATE waitlist_entries SET status = 'waiting', version = version + 1, updated_at = %(now)s::timestamptz,
                            ended_at = NULL
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def rejoin(
    session: Session,
    principal: Principal,
    *,
    entry_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Put a withdrawn entry back; what was held for it stays given back.

    For staff. Raises WaitlistEntryNotFound, StaleVersion, WaitlistEntryEnded unless it was withdrawn and nothing else
    has come of the wish, PatientMerged, NotPermitted. Call it through `attempt`; `clearing` has no meaning here.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    seen = get_entry(session, principal, entry_id=entry_id)
    # As `join` does: of two that wish the same at once, the second waits here and sees the first.
    lock_names(session, [f"patient:{seen.patient_id}"])
    require_new(session, principal.clinic_id, key)
    lock_entry(session, principal.clinic_id, entry_id)
    entry = get_entry(session, principal, entry_id=entry_id)
    if entry.patient_id != seen.patient_id:
        # The file was merged while we waited: the name that is locked is not the patient's.
        raise Overtaken
    if version is not None and version != entry.version:
        raise StaleVersion(version=entry.version)
    if entry.status is not EntryStatus.WITHDRAWN:
        raise WaitlistEntryEnded
    if standing_entry(session, principal, patient_id=entry.patient_id, service_id=entry.service_id) is not None:
        raise WaitlistEntryEnded(WISHED_AGAIN)
    require_standing(session, principal, patient_id=entry.patient_id)
    execute(session, WAIT_AGAIN, {"clinic_id": principal.clinic_id, "id": entry_id, "now": now})
    step(
        session,
        principal,
        action="waitlist-rejoin",
        entry_id=entry_id,
        before=entry.status,
        after=EntryStatus.WAITING,
        now=now,
    )
    body = read_entry(session, principal.clinic_id, entry_id).body()
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body)
