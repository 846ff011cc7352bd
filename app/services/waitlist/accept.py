"""`accept`: an offered place becomes the patient's: booked, or taken by the appointment to be moved earlier."""

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from app.errors import HoldExpired, InvalidTransition, OfferAnswered, OfferClashed, OfferExpired
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.claim_again import Claim, GivingWay
from app.services.booking.confirm import confirm
from app.services.booking.expire import change_of
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_visits
from app.services.booking.read import AppointmentRow, read_row
from app.services.booking.release import release
from app.services.booking.reschedule import move_all, moved_row
from app.services.waitlist.entries import lock_entry
from app.services.waitlist.offers import Offer, close, patient_of, read_offer, require_answer, require_open
from app.services.waitlist.trail import step
from models.appointments import AppointmentStatus, CancelReason
from models.principal import Principal
from models.waiting import EntryStatus, OfferStatus


def accept(
    session: Session,
    principal: Principal,
    *,
    offer_id: UUID,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Give the patient the place that is held for them; the answer is that of `confirm` or of `reschedule`.

    An appointment that was to be moved earlier takes the held place and stays the same one: its id, its series, what
    was said at its booking. Raises OfferNotFound, OfferAnswered, OfferExpired, OfferClashed, and what `reschedule`
    raises when the place was closed meanwhile. Call it through `retry.attempt`; `clearing` has no meaning here.
    """
    offer = read_offer(session, principal.clinic_id, offer_id)
    require_answer(principal, offer)
    # Whoever answers without being staff does it as the patient, for whom the place is held.
    by_staff = principal.may(Permission.APPOINTMENTS_WRITE)
    actor = principal if by_staff else patient_of(principal.clinic_id, offer.patient_id)
    old = _to_move(session, principal, offer)
    take = _booked if old is None else partial(_moved, old=old)
    answer: Answer = take(session, principal, actor=actor, offer=offer, key=key, now=now)
    close(
        session,
        principal.clinic_id,
        offer_id=offer.id,
        status=OfferStatus.ACCEPTED,
        entry=EntryStatus.BOOKED,
        now=now,
    )
    detail = {"offer_id": str(offer.id), "appointment_id": answer.body["id"]}
    step(
        session,
        principal,
        action="waitlist-accept",
        entry_id=offer.entry_id,
        before=EntryStatus.OFFERED,
        after=EntryStatus.BOOKED,
        detail=detail,
        now=now,
    )
    return answer


def _to_move(session: Session, principal: Principal, offer: Offer) -> AppointmentRow | None:
    """Return the appointment that shall take the offered place; None when there is none, or none any more."""
    if offer.replaces is None:
        return None
    old = read_row(session, principal, appointment_id=offer.replaces)
    return None if old is None or old.status is AppointmentStatus.CANCELLED else old


def _booked(
    session: Session, principal: Principal, *, actor: Principal, offer: Offer, key: RequestKey, now: datetime
) -> Answer:
    lock_visits(session, principal.clinic_id, [offer.appointment_id])
    lock_entry(session, principal.clinic_id, offer.entry_id)
    require_new(session, principal.clinic_id, key)
    require_open(read_offer(session, principal.clinic_id, offer.id), now=now)
    try:
        return confirm(session, actor, appointment_id=offer.appointment_id, key=key, now=now)
    except HoldExpired as expired:
        raise OfferExpired from expired
    except InvalidTransition as answered:
        # The desk booked or ended the hold itself.
        raise OfferAnswered from answered


def _moved(
    session: Session,
    principal: Principal,
    *,
    actor: Principal,
    offer: Offer,
    old: AppointmentRow,
    key: RequestKey,
    now: datetime,
) -> Answer:
    """Let the old appointment take the place of the hold, which ends in the same transaction."""
    held = read_row(session, principal, appointment_id=offer.appointment_id)
    if held is None:
        raise OfferExpired
    end = partial(_hold_ended, session, principal, offer=offer, old=old, now=now)
    changes = move_all(
        session,
        actor,
        # What was free to be offered is free to be taken, however soon it begins by now.
        claims=[Claim(old, held.slot_id, AppointmentStatus.BOOKED, is_bound_by_window=False)],
        key=key,
        now=now,
        giving_way=GivingWay([held.id], end),
    )
    body = moved_row(session, principal, old).body()
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, changes[-1], also=tuple(changes[:-1]))


def _hold_ended(
    session: Session, principal: Principal, *, offer: Offer, old: AppointmentRow, now: datetime
) -> list[Change]:
    """End the hold of an offer that is still open, under the locks; an appointment that is earlier stays: OfferClashed.

    Of a hold that was never booked nobody is written to: the patient hears of the move.
    """
    lock_entry(session, principal.clinic_id, offer.entry_id)
    require_open(read_offer(session, principal.clinic_id, offer.id), now=now)
    held = read_row(session, principal, appointment_id=offer.appointment_id)
    if held is None or not _is_held(held):
        # The desk booked or ended the hold itself, or the sweeper came first.
        raise OfferExpired if held and held.cancel_reason == CancelReason.HOLD_EXPIRED else OfferAnswered
    if old.status is not AppointmentStatus.BOOKED or old.starts_at <= held.starts_at:
        raise OfferClashed
    ended = release(
        session,
        principal,
        appointment_ids=[held.id],
        action="cancel",
        reason=CancelReason.MOVED,
        from_status=AppointmentStatus.PENDING,
        now=now,
    )
    return [change_of(principal.clinic_id, row) for row in ended]


def _is_held(held: AppointmentRow) -> bool:
    return held.status is AppointmentStatus.PENDING
