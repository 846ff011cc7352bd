"""Booking without an account: patient and hold in one transaction, and an own hold that is exchanged, never lost.

A guest sees and changes only what the same browser made (`made_by`). Which patient was matched, or whether that
patient has other appointments, is not told: where theirs are in the way, the start is refused as one that is taken.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session

from app.errors import NotSignedIn, PatientOverlap, SlotUnavailable
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import GUEST_PERMISSIONS, KIOSK_PERMISSIONS
from app.services.booking.announce import announce
from app.services.booking.answer import Answer, Change, RequestKey, single_use_key
from app.services.booking.cancel import cancel
from app.services.booking.confirm import confirm
from app.services.booking.hold import Wish, hold
from app.services.booking.holders import Holder
from app.services.booking.idempotency import require_new
from app.services.booking.locks import lock_start, lock_visits
from app.services.booking.once import once
from app.services.booking.plan import make_plan
from app.services.booking.read import AppointmentRow, require_change
from app.services.booking.retry import attempt
from app.services.patients.guests import match_or_create_guest
from app.words import N_
from models.appointments import AppointmentStatus, CancelReason, Channel
from models.principal import ActorKind, Principal


@dataclass(frozen=True, slots=True)
class Guest:
    """What somebody without an account says about themselves."""

    given_name: str
    family_name: str
    birth_date: date
    phone: str | None
    email: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a wish comes from: the browser's random id (its cookie) and the network address."""

    browser: str
    address: str

    def holder(self, vault: Vault) -> Holder:
        """Return the keyed hashes under which this visitor's live holds are counted."""
        return Holder(
            browser=vault.token("holder-browser", self.browser), address=vault.token("holder-address", self.address)
        )


def guest_principal(clinic_id: UUID, *, browser: str, is_kiosk: bool, request_id: str = "") -> Principal:
    """Return who acts for a browser without an account; raises NotSignedIn for one that keeps no cookie."""
    if not browser:
        # Otherwise all browsers without a cookie would be one guest and see each other's holds.
        raise NotSignedIn(N_("Your browser refuses the one cookie that booking needs. Please allow it and try again."))
    kind = ActorKind.KIOSK if is_kiosk else ActorKind.GUEST
    permissions = KIOSK_PERMISSIONS if is_kiosk else GUEST_PERMISSIONS
    # The cookie's value itself is a secret and stands in no row.
    actor_id = sha256(f"holdfast/guest/{browser}".encode()).hexdigest()[:32]
    return Principal(clinic_id, kind, actor_id, permissions, request_id=request_id)


def hold_for_guest(
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    guest: Guest,
    visitor: Visitor,
    instead_of: UUID | None = None,
    now: datetime,
) -> Answer:
    """Hold a start for a guest, giving up the guest's earlier hold in the same transaction.

    Either the new start is held and the old one free, or nothing has changed and the old hold still stands.
    Raises what `hold` raises, SlotUnavailable instead of PatientOverlap, and InvalidField for details that cannot be.
    """
    key, cancel_key = single_use_key(principal, "guest-hold"), single_use_key(principal, "guest-exchange")
    left: list[Change] = []

    def verb(session: Session, *, clearing: bool) -> Answer:
        require_new(session, principal.clinic_id, key)
        patient_id = _patient(session, principal, guest, now=now)
        channel = Channel.KIOSK if principal.kind is ActorKind.KIOSK else Channel.ONLINE
        holder = visitor.holder(vault_of(session, principal.clinic_id))
        wish = Wish(slot_id, service_id, patient_id, channel, holder)
        left[:] = []
        old = _own_hold(session, principal, appointment_id=instead_of, now=now)
        if old is not None:
            _lock_both(session, principal, wish=wish, holder=holder, old=old, key=key, now=now)
            left[:] = _give_up(session, principal, old=old, key=cancel_key, now=now)
        return hold(session, principal, wish=wish, key=key, now=now, clearing=clearing)

    try:
        answer = attempt(principal, verb, key=key, now=now)
    except PatientOverlap as overlap:
        raise SlotUnavailable from overlap
    announce(left)
    return answer


def confirm_own(principal: Principal, *, appointment_id: UUID, now: datetime) -> Answer:
    """Book what this browser holds; raises HoldExpired when its time has run out."""
    return once(principal, partial(confirm, appointment_id=appointment_id), name="guest-confirm", now=now)


def release_own(principal: Principal, *, appointment_id: UUID, now: datetime) -> bool:
    """Give back what this browser holds; False when it is not held any more. What is booked stays booked."""
    key = single_use_key(principal, "guest-release")
    is_held = False

    def verb(session: Session, *, clearing: bool) -> Answer:
        nonlocal is_held
        require_new(session, principal.clinic_id, key)
        old = _own_hold(session, principal, appointment_id=appointment_id, now=now)
        is_held = old is not None
        if old is None:
            return Answer(200, {})
        return cancel(
            session,
            principal,
            appointment_id=old.id,
            reason=CancelReason.PATIENT,
            key=key,
            now=now,
            version=old.version,
        )

    attempt(principal, verb, key=key, now=now)
    return is_held


def _patient(session: Session, principal: Principal, guest: Guest, *, now: datetime) -> UUID:
    return match_or_create_guest(
        session,
        principal,
        given_name=guest.given_name,
        family_name=guest.family_name,
        birth_date=guest.birth_date,
        phone=guest.phone,
        email=guest.email,
        language=guest.language,
        now=now,
    )


def _own_hold(
    session: Session, principal: Principal, *, appointment_id: UUID | None, now: datetime
) -> AppointmentRow | None:
    """Return the guest's own hold if its time has not run out; one that has is the sweeper's."""
    if appointment_id is None:
        return None
    row = require_change(session, principal, appointment_id=appointment_id, version=None)
    is_live = row.status is AppointmentStatus.PENDING and row.hold_expires_at is not None and row.hold_expires_at > now
    return row if is_live else None


def _lock_both(
    session: Session,
    principal: Principal,
    *,
    wish: Wish,
    holder: Holder,
    old: AppointmentRow,
    key: RequestKey,
    now: datetime,
) -> None:
    """Lock all that the old hold has and the new one wants, in the one order: names, slots, appointment."""
    slot_id, service_id = wish.slot_id, wish.service_id
    plan = make_plan(session, principal.clinic_id, slot_id=slot_id, service_id=service_id, key=key, now=now)
    names = [f"patient:{wish.patient_id}", f"practitioner:{old.practitioner_id}", *holder.lock_names]
    lock_start(session, principal.clinic_id, slot_id=slot_id, service_id=service_id, names=names)
    lock_visits(session, principal.clinic_id, [old.id], slot_ids=[slot.id for slot in plan.slots])


def _give_up(
    session: Session, principal: Principal, *, old: AppointmentRow, key: RequestKey, now: datetime
) -> list[Change]:
    reason = CancelReason.PATIENT
    answer = cancel(session, principal, appointment_id=old.id, reason=reason, key=key, now=now, version=old.version)
    return [answer.change] if answer.change else []
