"""`decline` and `withdraw`: an offered place is given back, for the next in the queue."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.expire import change_of
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import Overtaken, lock_visits
from app.services.booking.release import release
from app.services.waitlist.entries import lock_entry, read_entry, require_entry
from app.services.waitlist.offers import Offer, close, open_offer_of, read_offer, require_answer, require_open
from app.services.waitlist.trail import step
from models.appointments import AppointmentStatus, CancelReason
from models.db import execute
from models.principal import Principal
from models.waiting import EntryStatus, OfferStatus

WITHDRAW: LiteralString = """
UPDATE waitlist_entries SET status = 'withdrawn', version = version + 1, updated_at = %(now)s::timestamptz,
                            ended_at = %(now)s::timestamptz
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def decline(
    session: Session,
    principal: Principal,
    *,
    offer_id: UUID,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Give an offered place back; the entry waits for another one.

    Raises OfferNotFound, OfferAnswered, OfferExpired. Call it through `retry.attempt`; `clearing` has no meaning.
    """
    clinic_id = principal.clinic_id
    offer = read_offer(session, clinic_id, offer_id)
    require_answer(principal, offer)
    lock_visits(session, clinic_id, [offer.appointment_id])
    lock_entry(session, clinic_id, offer.entry_id)
    require_new(session, clinic_id, key)
    require_open(read_offer(session, clinic_id, offer_id), now=now)
    left = _give_back(session, principal, offer=offer, entry=EntryStatus.WAITING, now=now)
    body = {"status": OfferStatus.DECLINED.value}
    keep(session, clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, also=tuple(left))


def withdraw(
    session: Session,
    principal: Principal,
    *,
    entry_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Take an entry off the waitlist, and give back what is held for it.

    Raises WaitlistEntryNotFound, StaleVersion, WaitlistEntryEnded. `clearing` has no meaning here.
    """
    clinic_id = principal.clinic_id
    offer_id = open_offer_of(session, clinic_id, entry_id)
    offer = read_offer(session, clinic_id, offer_id) if offer_id else None
    lock_visits(session, clinic_id, [offer.appointment_id] if offer else [])
    lock_entry(session, clinic_id, entry_id)
    require_new(session, clinic_id, key)
    entry = require_entry(session, principal, entry_id=entry_id, version=version)
    left: list[Change] = []
    if open_offer_of(session, clinic_id, entry_id) != offer_id:
        # A place was offered while we waited for the locks: its slots would be locked out of order.
        raise Overtaken
    if offer is not None:
        left = _give_back(session, principal, offer=offer, entry=EntryStatus.WITHDRAWN, now=now)
    else:
        execute(session, WITHDRAW, {"clinic_id": clinic_id, "id": entry_id, "now": now})
    step(
        session,
        principal,
        action="waitlist-withdraw",
        entry_id=entry_id,
        before=entry.status,
        after=EntryStatus.WITHDRAWN,
        now=now,
    )
    body = read_entry(session, clinic_id, entry_id).body()
    keep(session, clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, also=tuple(left))


def _give_back(
    session: Session, principal: Principal, *, offer: Offer, entry: EntryStatus, now: datetime
) -> list[Change]:
    by_staff = principal.may(Permission.APPOINTMENTS_WRITE)
    ended = release(
        session,
        principal,
        appointment_ids=[offer.appointment_id],
        action="cancel",
        reason=CancelReason.CLINIC if by_staff else CancelReason.PATIENT,
        from_status=AppointmentStatus.PENDING,
        now=now,
    )
    close(session, principal.clinic_id, offer_id=offer.id, status=OfferStatus.DECLINED, entry=entry, now=now)
    detail = {"offer_id": str(offer.id), "appointment_id": str(offer.appointment_id)}
    step(
        session,
        principal,
        action="waitlist-decline",
        entry_id=offer.entry_id,
        before=EntryStatus.OFFERED,
        after=entry,
        detail=detail,
        now=now,
    )
    return [change_of(principal.clinic_id, row) for row in ended]
