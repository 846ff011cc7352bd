"""Claim places for appointments that are there already, in one transaction: moved ones, and ended ones that return.

Everybody is lifted out of their place before anybody is put into one, so no appointment stands in its own way, and
several can take each other's places. All that may be claimed is locked before, so what is found free stays free.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, NotPermitted, RoomUnavailable
from app.services.accounts.permissions import Permission, require_at
from app.services.booking.answer import Change, Left, RequestKey
from app.services.booking.clear import holds_in_the_way
from app.services.booking.expire import expire_holds
from app.services.booking.fit import is_passed_over, plan_beyond, refusal_under_locks, room_is_taken
from app.services.booking.idempotency import require_new
from app.services.booking.left import plan_of_return
from app.services.booking.locks import Overtaken, lock_names, lock_visits, slots_of, start_names
from app.services.booking.place import lift, put
from app.services.booking.plan import Kept, Plan, make_plan
from app.services.booking.read import AppointmentRow, read_row
from app.services.booking.visit import require_in_window
from app.words import N_
from models.appointments import AppointmentStatus
from models.principal import Principal

ONLY_WHO_MAY = N_("This appointment is overbooked. Only who may overbook can lengthen it.")


@dataclass(frozen=True, slots=True)
class Claim:
    """An appointment as it was seen before the locks, the start that it shall take, and the status it has there.

    With a reason to overbook, a place beyond the capacity is taken if there is none within it. It is as long there as
    it was, unless `minutes` says how long it shall be: then it stays where it is, also in its room, whatever kind of
    room its service asks for; and only who may overbook adds slots to it beyond their capacity. Who goes `back_to` a
    place may stand there also where the schedule has closed it.
    """

    row: AppointmentRow
    slot_id: UUID
    status: AppointmentStatus
    is_bound_by_window: bool = True
    overbook_reason: str | None = None
    minutes: int | None = None
    back_to: Left | None = None

    @property
    def kept(self) -> Kept:
        """What of the appointment's present place the next one shall have."""
        if self.minutes is None:
            return Kept(minutes=self.row.minutes)
        return Kept(minutes=self.minutes, room_id=self.row.room_id, device_id=self.row.device_id)


@dataclass(frozen=True, slots=True)
class GivingWay:
    """Appointments that stand in the claims' way and end for their sake; `end` is called once all is locked."""

    appointment_ids: Sequence[UUID]
    end: Callable[[], list[Change]]


NOBODY = GivingWay((), list)


def claim_again(
    session: Session,
    principal: Principal,
    *,
    claims: Sequence[Claim],
    key: RequestKey,
    now: datetime,
    giving_way: GivingWay = NOBODY,
) -> list[Change]:
    """Put every appointment into its new place, or raise what a hold of the first impossible one would.

    The refusal's details name every impossible one (`refused`: appointment_id, slot_id, code). Returns the boards
    that ended holds changed. Raises Overtaken when an appointment changed before it could be locked.
    """
    plans = [_plan(session, principal, claim, key=key, now=now) for claim in claims]
    lock_names(session, _names(session, principal, claims))
    locked, run_out = _lock_slots(
        session, principal, claims=claims, plans=plans, also=giving_way.appointment_ids, now=now
    )
    require_new(session, principal.clinic_id, key)
    for claim in claims:
        _require_unchanged(session, principal, claim)
    expired = expire_holds(session, principal, appointment_ids=run_out, now=now) if run_out else []
    expired += giving_way.end()
    lift(session, principal.clinic_id, [claim.row.id for claim in claims])
    refused: list[tuple[Claim, ClinicError]] = []
    for claim in claims:
        plan = _plan(session, principal, claim, key=key, now=now)
        if not {slot.id for slot in plan.slots} <= locked:
            raise Overtaken
        refusal = _put(session, principal, claim, plan=plan)
        if refusal is not None:
            refused.append((claim, refusal))
    if refused:
        raise _naming(refused)
    return expired


def _plan(session: Session, principal: Principal, claim: Claim, *, key: RequestKey, now: datetime) -> Plan:
    asked = {"slot_id": claim.slot_id, "service_id": claim.row.service_id}
    try:
        plan = make_plan(session, principal.clinic_id, **asked, kept=claim.kept, key=key, now=now)
        if claim.back_to is not None:
            plan = plan_of_return(session, principal.clinic_id, plan, left=claim.back_to)
        require_at(principal, plan.location_id)
        if claim.is_bound_by_window:
            require_in_window(plan.visit, plan.rules, principal, now=now)
    except ClinicError as refusal:
        # Of several moves, which one it is.
        raise _naming([(claim, refusal)]) from None
    return plan


def _names(session: Session, principal: Principal, claims: Sequence[Claim]) -> set[str]:
    names: set[str] = set()
    for claim in claims:
        row = claim.row
        names |= {f"patient:{row.patient_id}", f"practitioner:{row.practitioner_id}"}
        if claim.kept.room_id is not None:
            names.add(f"room:{claim.kept.room_id}")
        names |= set(start_names(session, principal.clinic_id, slot_id=claim.slot_id, service_id=row.service_id))
    return names


def _lock_slots(
    session: Session,
    principal: Principal,
    *,
    claims: Sequence[Claim],
    plans: Sequence[Plan],
    also: Sequence[UUID],
    now: datetime,
) -> tuple[frozenset[UUID], list[UUID]]:
    """Lock the slots left, those wanted and those of run-out holds in the way, and the appointments after them."""
    wanted = {slot.id for plan in plans for slot in plan.slots}
    run_out: set[UUID] = set()
    for claim, plan in zip(claims, plans, strict=True):
        patient_id = claim.row.patient_id
        in_the_way = holds_in_the_way(session, principal.clinic_id, plan=plan, patient_id=patient_id, now=now)
        run_out |= in_the_way.keys()
        wanted = wanted.union(*in_the_way.values())
    ids = [*(claim.row.id for claim in claims), *also]
    return lock_visits(session, principal.clinic_id, ids, slot_ids=wanted), list(run_out)


def _require_unchanged(session: Session, principal: Principal, claim: Claim) -> None:
    row = read_row(session, principal, appointment_id=claim.row.id)
    if row is None or row.version != claim.row.version:
        raise Overtaken


def _put(session: Session, principal: Principal, claim: Claim, *, plan: Plan) -> ClinicError | None:
    plan = _in_its_room(claim, plan)
    refusal = refusal_under_locks(session, principal.clinic_id, plan=plan, patient_id=claim.row.patient_id)
    if refusal is None and claim.kept.room_id is not None and room_is_taken(session, principal.clinic_id, plan=plan):
        refusal = RoomUnavailable()
    is_beyond = refusal is not None and claim.overbook_reason is not None and is_passed_over(plan, refusal)
    if refusal is not None and not is_beyond:
        return refusal
    if is_beyond and not _may_go_beyond(session, principal, claim, plan=plan):
        return NotPermitted(ONLY_WHO_MAY, permission=Permission.APPOINTMENTS_OVERBOOK)
    reason = claim.overbook_reason if is_beyond else None
    plan = _in_its_room(claim, plan_beyond(session, principal.clinic_id, plan)) if is_beyond else plan
    closed_ids = claim.back_to.closed_ids if claim.back_to else ()
    put(
        session,
        principal.clinic_id,
        claim.row.id,
        plan=plan,
        status=claim.status,
        overbook_reason=reason,
        closed_ids=closed_ids,
    )
    return None


def _in_its_room(claim: Claim, plan: Plan) -> Plan:
    """Return the plan in the room that the visit keeps, of whatever kind and whether or not it is free."""
    return plan if claim.kept.room_id is None else replace(plan, room_id=claim.kept.room_id)


def _may_go_beyond(session: Session, principal: Principal, claim: Claim, *, plan: Plan) -> bool:
    """Tell whether a visit may stay overbooked with another length: in the slots that it has, or with permission."""
    if claim.minutes is None or principal.may(Permission.APPOINTMENTS_OVERBOOK):
        return True
    return {slot.id for slot in plan.slots} <= slots_of(session, principal.clinic_id, [claim.row.id])


def _naming(refused: Sequence[tuple[Claim, ClinicError]]) -> ClinicError:
    (first, refusal), *_ = refused
    named = [
        {"appointment_id": str(claim.row.id), "slot_id": str(claim.slot_id), "code": said.code}
        for claim, said in refused
    ]
    refusal.details = {**refusal.details, "appointment_id": str(first.row.id), "refused": named}
    return refusal
