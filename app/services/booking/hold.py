"""`hold`: claim a start for a patient until `hold_expires_at`, in one short READ COMMITTED transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField, PatientOverlap
from app.services.accounts.permissions import Permission, require_any, require_at
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.claim import appointment_body, as_json, claim, claim_each
from app.services.booking.clear import clear_expired_holds
from app.services.booking.fit import (
    NOT_OFFERED,
    is_passed_over,
    may_be_lifted,
    plan_beyond,
    refusal_of_plan,
    refusal_under_locks,
)
from app.services.booking.holders import Holder, require_holds_left
from app.services.booking.idempotency import require_unanswered
from app.services.booking.locks import lock_names, lock_slots
from app.services.booking.plan import Kept, Plan, make_plan
from app.services.booking.reasons import checked_overbooking
from app.services.booking.refusals import Contended
from app.services.booking.visit import require_in_window
from models.appointments import Channel
from models.base import new_id
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants: a start (its first slot), a service, a patient, and where the wish was made.

    `until` ends the hold at another time than the service's, `minutes` gives the visit another length than it. With a
    reason to overbook, a place beyond the capacity is taken if there is none within it.
    """

    slot_id: UUID
    service_id: UUID
    patient_id: UUID
    channel: Channel
    holder: Holder | None = None
    until: datetime | None = None
    overbook_reason: str | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One wish of several that are claimed together, with its plan."""

    plan: Plan
    wish: Wish
    key: RequestKey


def hold(
    session: Session,
    principal: Principal,
    *,
    wish: Wish,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Take the wished start until the service's hold time has passed; the answer is the API's 201.

    Raises SlotUnavailable, PatientOverlap, PractitionerOverlap, RoomUnavailable, DeviceUnavailable (409),
    OutsideBookingWindow (422), TooManyHolds (429), or `Contended` when a second transaction with `clearing`,
    which first expires the holds in the way whose time has run out, may succeed. Call it through `retry.attempt`.
    """
    require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
    wish = replace(wish, overbook_reason=checked_overbooking(principal, wish.overbook_reason))
    plan = _plan(session, principal, wish=wish, key=key, now=now)
    expired: list[Change] = []
    # Whether a place is regularly free is known only when no run-out hold stands in the way any more.
    has_all_locks = clearing or wish.overbook_reason is not None
    if has_all_locks:
        plan, expired = _cleared(session, principal, plan=plan, wish=wish, key=key, now=now)
    is_beyond = wish.overbook_reason is not None and _is_beyond(session, principal, plan=plan, wish=wish)
    refusal = None if is_beyond else refusal_of_plan(plan)
    if refusal is not None:
        raise Contended(refusal) if may_be_lifted(plan, refusal) else refusal
    if not has_all_locks:
        lock_names(session, _lock_names(plan, wish))
        if len(plan.slots) > 1:
            lock_slots(session, principal.clinic_id, (slot.id for slot in plan.slots))
    if wish.holder is not None:
        require_holds_left(session, principal.clinic_id, wish.holder, now=now)
    made = wish if is_beyond else replace(wish, overbook_reason=None)
    plan = plan_beyond(session, principal.clinic_id, plan) if is_beyond else plan
    answer = claimed(session, principal, plan=plan, wish=made, key=key, now=now)
    return replace(answer, also=tuple(expired))


def _cleared(
    session: Session, principal: Principal, *, plan: Plan, wish: Wish, key: RequestKey, now: datetime
) -> tuple[Plan, list[Change]]:
    expired = clear_expired_holds(
        session,
        principal,
        plan=plan,
        patient_id=wish.patient_id,
        service_id=wish.service_id,
        names=_lock_names(plan, wish),
        now=now,
    )
    return _plan(session, principal, wish=wish, key=key, now=now), expired


def _is_beyond(session: Session, principal: Principal, *, plan: Plan, wish: Wish) -> bool:
    """Tell whether only overbooking gets this place; raises PatientOverlap, over which nothing passes."""
    refusal = refusal_under_locks(session, principal.clinic_id, plan=plan, patient_id=wish.patient_id)
    if isinstance(refusal, PatientOverlap):
        raise refusal
    return refusal is not None and is_passed_over(plan, refusal)


def _plan(session: Session, principal: Principal, *, wish: Wish, key: RequestKey, now: datetime) -> Plan:
    asked = {"slot_id": wish.slot_id, "service_id": wish.service_id}
    plan = make_plan(session, principal.clinic_id, **asked, kept=Kept(minutes=wish.minutes), key=key, now=now)
    require_unanswered(plan.answered, key)
    require_at(principal, plan.location_id)
    if not plan.is_bookable:
        raise InvalidField("service_id", NOT_OFFERED)
    require_in_window(plan.visit, plan.rules, principal, now=now)
    return plan


def _lock_names(plan: Plan, wish: Wish) -> list[str]:
    names = [f"patient:{wish.patient_id}", f"practitioner:{plan.practitioner_id}"]
    if plan.room_id is not None:
        names.append(f"room:{plan.room_id}")
    if plan.device_id is not None:
        names.append(f"device:{plan.device_id}")
    if wish.holder is not None:
        names.extend(wish.holder.lock_names)
    return names


def claimed(
    session: Session, principal: Principal, *, plan: Plan, wish: Wish, key: RequestKey, now: datetime
) -> Answer:
    """Claim what was planned, for a caller who has locked it and asked whether it fits; raises what `claim` raises."""
    parameters, answer = _prepared(principal, Planned(plan, wish, key), now=now)
    claim(session, parameters)
    return answer


def claimed_each(session: Session, principal: Principal, *, planned: Sequence[Planned], now: datetime) -> list[Answer]:
    """Claim several regular places that do not stand in each other's way; raises what `claim` raises."""
    prepared = [_prepared(principal, one, now=now) for one in planned]
    claim_each(session, [parameters for parameters, _ in prepared])
    return [answer for _, answer in prepared]


def _prepared(principal: Principal, planned: Planned, *, now: datetime) -> tuple[dict[str, Any], Answer]:
    """Return the claim's parameters, and what is answered when it succeeds."""
    plan, wish, key = planned.plan, planned.wish, planned.key
    appointment_id = new_id()
    hold_expires_at = wish.until or now + timedelta(minutes=plan.hold_minutes)
    body = appointment_body(
        appointment_id=appointment_id,
        status="pending",
        hold_expires_at=hold_expires_at,
        slot_id=wish.slot_id,
        patient_id=wish.patient_id,
        practitioner_id=plan.practitioner_id,
        location_id=plan.location_id,
        service_id=wish.service_id,
        starts_at=plan.visit.starts_at,
        ends_at=plan.visit.ends_at,
        price_amount=plan.price_amount,
        currency=plan.currency,
        is_due_at_desk=plan.is_prepaid,
        version=1,
    )
    parameters = {
        **_claim_parameters(principal, plan=plan, wish=wish, key=key),
        "id": appointment_id,
        "hold_expires_at": hold_expires_at,
        "answer": as_json(body),
        "now": now,
    }
    change = Change(
        clinic_id=principal.clinic_id,
        location_id=plan.location_id,
        practitioner_id=plan.practitioner_id,
        patient_id=wish.patient_id,
        day=plan.visit.starts_at.astimezone(ZoneInfo(plan.timezone)).date(),
        version=1,
    )
    return parameters, Answer(201, body, change)


def _claim_parameters(principal: Principal, *, plan: Plan, wish: Wish, key: RequestKey) -> dict[str, Any]:
    return {
        "clinic_id": principal.clinic_id,
        "slot_ids": [slot.id for slot in plan.slots],
        "slot_id": wish.slot_id,
        "service_id": wish.service_id,
        "patient_id": wish.patient_id,
        "practitioner_id": plan.practitioner_id,
        "location_id": plan.location_id,
        "room_id": plan.room_id,
        "device_id": plan.device_id,
        "starts_at": plan.visit.starts_at,
        "ends_at": plan.visit.ends_at,
        "occupies_from": plan.visit.occupies_from,
        "occupies_until": plan.visit.occupies_until,
        "timezone": plan.timezone,
        "price_amount": plan.price_amount,
        "currency": plan.currency,
        "is_due_at_desk": plan.is_prepaid,
        "channel": wish.channel.value,
        "actor": principal.actor,
        "request_id": principal.request_id,
        "overbook_reason": wish.overbook_reason,
        "holder_browser": wish.holder.browser if wish.holder else None,
        "holder_address": wish.holder.address if wish.holder else None,
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "principal": key.principal,
        "method": key.method,
        "path": key.path,
        "key": key.key,
        "body_hash": key.body_hash,
    }
