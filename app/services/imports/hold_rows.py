"""Rows of a file held by the engine's own plan, look and claim, many at a time; each refusal is said at its row.

Nothing is overbooked and nothing is passed over: what a hold would be refused for is the fault of its row.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, InvalidField, SlotUnavailable
from app.file_errors import PatientMerged
from app.services.accounts.permissions import require_at
from app.services.booking.answer import Answer, Change, single_use_key
from app.services.booking.fit import refusals_under_locks
from app.services.booking.hold import Planned, Wish, claimed_each
from app.services.booking.locks import Overtaken
from app.services.booking.plan import Asked, Kept, Plan, make_plans
from app.services.booking.refusals import Contended
from app.services.booking.visit import require_in_window
from app.services.imports.ground import first_slots, lock_ground
from app.services.imports.problems import Problem
from app.services.imports.read_appointments import Order
from app.services.imports.waves import waves_of
from app.words import N_
from models.appointments import Channel
from models.principal import Principal

NO_SLOT = N_("The practitioner has no bookable time then: see the schedule, its breaks, holidays and closures.")
NOT_FREE = N_("This time is taken, or too short for the visit, or a row above takes it.")
NOT_OFFERED = N_("The practitioner does not offer this service then.")
BATCH = 250
# The sweeper must not come before the last row is booked.
HELD = timedelta(hours=1)

Held = list[tuple[Order, Answer]]


def hold_rows(
    session: Session,
    principal: Principal,
    *,
    orders: Sequence[Order],
    problems: list[Problem],
    step: Callable[[int], None],
    now: datetime,
) -> tuple[Held, list[Change]]:
    """Hold every row that can be held, and say of the others why not.

    Returns what is held, and the boards that run-out holds in the way have left. Raises Overtaken.
    """
    slots = first_slots(session, principal, orders=orders)
    problems += [_problem(order, SlotUnavailable(NO_SLOT)) for n, order in enumerate(orders) if n not in slots]
    step(len(orders) - len(slots))
    locked, ended = lock_ground(session, principal, orders=orders, slots=slots, now=now)
    found = [(order, slots[number]) for number, order in enumerate(orders) if number in slots]
    held: Held = []
    for wave in waves_of([order for order, _ in found]):
        for start in range(0, len(wave), BATCH):
            batch = [found[number] for number in wave[start : start + BATCH]]
            held += _held(session, principal, batch, locked=locked, problems=problems, now=now)
            step(len(batch))
    return held, ended


def _held(
    session: Session,
    principal: Principal,
    batch: Sequence[tuple[Order, UUID]],
    *,
    locked: frozenset[UUID],
    problems: list[Problem],
    now: datetime,
) -> Held:
    """Hold rows that cannot meet."""
    fitting: list[tuple[Order, Planned]] = []
    planned = _planned(session, principal, batch, now=now)
    looks = [(one.plan, one.wish.patient_id) for one in planned]
    refusals = refusals_under_locks(session, principal.clinic_id, wanted=looks)
    for (order, _), one, refusal in zip(batch, planned, refusals, strict=True):
        if not {slot.id for slot in one.plan.slots} <= locked:
            raise Overtaken
        refused = _refusal(principal, one.plan, now=now) or refusal
        if refused is None:
            fitting.append((order, one))
        else:
            problems.append(_problem(order, refused))
    try:
        answers = claimed_each(session, principal, planned=[one for _, one in fitting], now=now)
    except (Contended, PatientMerged) as passed:
        # Somebody booked one of these patients elsewhere, or merged a file, in this moment: look at all of it again.
        raise Overtaken from passed
    return [(order, answer) for (order, _), answer in zip(fitting, answers, strict=True)]


def _planned(
    session: Session, principal: Principal, batch: Sequence[tuple[Order, UUID]], *, now: datetime
) -> list[Planned]:
    keys = [single_use_key(principal, "import-hold") for _ in batch]
    asked = [
        Asked(slot_id, order.wanted.kind.id, key, Kept(minutes=order.wanted.minutes))
        for (order, slot_id), key in zip(batch, keys, strict=True)
    ]
    plans = make_plans(session, principal.clinic_id, asked=asked, now=now)
    return [
        Planned(_there(plan), _wish(order, slot_id, now=now), key)
        for (order, slot_id), plan, key in zip(batch, plans, keys, strict=True)
    ]


def _there(plan: Plan | None) -> Plan:
    if plan is None:
        raise Overtaken
    return plan


def _wish(order: Order, slot_id: UUID, *, now: datetime) -> Wish:
    wanted = order.wanted
    return Wish(slot_id, wanted.kind.id, order.patient_id, Channel.IMPORT, until=now + HELD, minutes=wanted.minutes)


def _refusal(principal: Principal, plan: Plan, *, now: datetime) -> ClinicError | None:
    """Return why this actor may not have this place, free or not."""
    try:
        require_at(principal, plan.location_id)
        require_in_window(plan.visit, plan.rules, principal, now=now)
    except ClinicError as refusal:
        return refusal
    return None


def _problem(order: Order, refusal: ClinicError) -> Problem:
    """Say what is wrong with a row, without advice that only fits a form."""
    sentence = str(refusal)
    if isinstance(refusal, InvalidField):
        sentence = NOT_OFFERED
    elif isinstance(refusal, SlotUnavailable) and sentence != NO_SLOT:
        sentence = NOT_FREE
    return Problem(order.wanted.row.number, "", sentence)
