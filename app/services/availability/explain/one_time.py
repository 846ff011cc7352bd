"""`explain`: why a time is not offered, from the rules themselves and from what is booked at this moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.services.audit.record import record
from app.services.availability.explain.facts import Offer, Site
from app.services.availability.explain.known import Known, Question, kinds_of, know
from app.services.availability.explain.of_slots import reasons_of_slots, slots_at
from app.services.availability.explain.of_visits import reasons_of_visits
from app.services.availability.explain.reasons import Explanation, Reason, ReasonCode, in_order
from app.services.availability.explain.span import need_of
from app.services.booking.visit import booking_window
from app.services.schedules.rules import SessionKind
from models.principal import Principal


def explain(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID,
    starts_at: datetime,
    location_id: UUID | None = None,
    patient_id: UUID | None = None,
    moving: UUID | None = None,
    now: datetime,
) -> Explanation:
    """Return every rule that keeps a visit from starting for its patient at `starts_at`; offered means none.

    Judged as this actor's hold would be: staff are bound neither by notice nor by the service's horizon. With
    `moving`, as a reschedule of that appointment, which is not in its own way. Of several sites the one that comes
    nearest to offering it is explained. Raises InvalidField for an unknown service or
    practitioner, NotPermitted without `slots:explain` (it reveals leave), at the location, or when a patient is named
    without the permission to read or write appointments.
    """
    question = Question(service_id, practitioner_id, location_id, patient_id, moving)
    known = know(session, principal, question, since=starts_at, until=starts_at, now=now)
    record_view(session, principal, question, {"starts_at": starts_at.isoformat()}, now=now)
    return explained(known, starts_at)


def explained(known: Known, starts_at: datetime) -> Explanation:
    """Return the explanation of one time within what is known."""
    general = [*_of_offer(known.offer), *_of_window(known, starts_at)]
    ways = [(site, kind) for site in known.sites for kind in kinds_of(known, site, starts_at)]
    found = [(site.location_id, in_order([*general, *_of_site(known, site, kind, starts_at)])) for site, kind in ways]
    if not found:
        return Explanation(False, in_order([*general, Reason(ReasonCode.NO_SCHEDULE)]), None)
    location_id, reasons = min(found, key=lambda one: _distance(one[1]))
    return Explanation(not reasons, reasons, location_id)


def _distance(reasons: Sequence[Reason]) -> tuple[bool, int]:
    # Whoever asks about a Monday means the site at which the practitioner works on Mondays.
    return any(reason.code is ReasonCode.HOURS for reason in reasons), len(reasons)


def _of_site(known: Known, site: Site, kind: SessionKind | None, starts_at: datetime) -> Iterator[Reason]:
    planned = known.planned[site.schedule_id, kind]
    need = need_of(starts_at, known.offer.rules, slot_minutes=planned.slot_minutes)
    slots = slots_at(known.taken.slots, site, service_id=kind.service_id if kind else None)
    if not site.is_location_active:
        yield Reason(ReasonCode.LOCATION_INACTIVE)
    if not site.is_active:
        yield Reason(ReasonCode.SCHEDULE_INACTIVE)
    yield from reasons_of_slots(slots, planned, site, need)
    yield from reasons_of_visits(known.taken, slots, planned, need, offer=known.offer, location_id=site.location_id)


def _of_offer(offer: Offer) -> Iterator[Reason]:
    if not offer.is_offered:
        yield Reason(ReasonCode.NOT_OFFERED)
    if not offer.is_service_active:
        yield Reason(ReasonCode.SERVICE_INACTIVE)
    if not offer.is_practitioner_active:
        yield Reason(ReasonCode.PRACTITIONER_INACTIVE)


def _of_window(known: Known, starts_at: datetime) -> Iterator[Reason]:
    window = booking_window(known.offer.rules, known.principal, now=known.now)
    notice, horizon = window.opens_at - known.now, window.closes_at - known.now
    if starts_at < known.now:
        yield Reason(ReasonCode.PAST, known.now)
    if notice and starts_at < window.opens_at:
        yield Reason(ReasonCode.NOTICE, window.opens_at, {"minutes": notice // timedelta(minutes=1)})
    if starts_at > window.closes_at:
        yield Reason(ReasonCode.HORIZON, starts_at - horizon, {"days": horizon.days})


def record_view(
    session: Session, principal: Principal, question: Question, times: dict[str, str], *, now: datetime
) -> None:
    """Write who asked about whose time, and for which patient: the answer tells of leave and of appointments."""
    asked = {"service_id": question.service_id, "patient_id": question.patient_id}
    record(
        session,
        principal,
        action="view",
        object_kind="explanation",
        object_id=question.practitioner_id,
        detail={**times, **{name: str(value) for name, value in asked.items() if value}},
        now=now,
    )
