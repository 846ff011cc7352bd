"""All that decides about the times of one stretch, read once, as many statements however many times are explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require, require_any
from app.services.availability.explain.facts import Offer, Site, Taken, offer_of, sites_of, taken_of
from app.services.availability.explain.planned_time import Other, PlannedTime
from app.services.availability.explain.timetables import timetables_of
from app.services.booking.read import read_row
from app.services.schedules.rules import SessionKind, Timetable
from models.principal import Principal

# What the longest visit takes with its buffers, to the end of its last slot.
LONGEST = timedelta(hours=13)
# Somewhere on earth a date begins 14 hours before UTC's, and nowhere more than 12 after it.
WIDEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about, all but the time."""

    service_id: UUID
    practitioner_id: UUID
    location_id: UUID | None = None
    patient_id: UUID | None = None
    moving_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What explanations are made from; `sites` are those asked about, `planned` is by schedule and session kind."""

    principal: Principal
    offer: Offer
    sites: Sequence[Site]
    planned: Mapping[tuple[UUID, SessionKind | None], PlannedTime]
    taken: Taken
    now: datetime


def know(
    session: Session, principal: Principal, question: Question, *, since: datetime, until: datetime, now: datetime
) -> Known:
    """Read what decides about starts from `since` to `until`, both included; raises as `explain` does."""
    require(principal, Permission.SLOTS_EXPLAIN, location_id=question.location_id)
    if question.patient_id is not None:
        require_any(principal, Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE)
    clinic_id, practitioner_id = principal.clinic_id, question.practitioner_id
    offer = offer_of(session, clinic_id, service_id=question.service_id, practitioner_id=practitioner_id)
    offer = _as_long(session, principal, offer, moving_id=question.moving_id)
    sites = sites_of(session, clinic_id, practitioner_id=practitioner_id)
    days = (since - WIDEST_ZONE).date(), (until + LONGEST + WIDEST_ZONE).date()
    timetables = timetables_of(session, clinic_id, practitioner_id=practitioner_id, sites=sites, days=days)
    asked = [site for site in sites if _is_asked(site, question, principal)]
    taken = taken_of(
        session,
        clinic_id,
        offer=offer,
        practitioner_id=practitioner_id,
        patient_id=question.patient_id,
        moving_id=question.moving_id,
        location_ids={site.location_id for site in asked},
        span=(since - timedelta(minutes=offer.rules.buffer_before_minutes), until + LONGEST),
        now=now,
    )
    planned = {
        (site.schedule_id, kind): PlannedTime(
            timetables[site.schedule_id], others=_others(site, sites, timetables), kind=kind, days=days
        )
        for site in asked
        for kind in _all_kinds(offer)
    }
    return Known(principal, offer, asked, planned, taken, now)


def _as_long(session: Session, principal: Principal, offer: Offer, *, moving_id: UUID | None) -> Offer:
    """Return the service as long as the appointment that is moved, which keeps its length outside sessions."""
    moved = read_row(session, principal, appointment_id=moving_id) if moving_id and offer.capacity == 1 else None
    return offer._replace(rules=replace(offer.rules, duration_minutes=moved.minutes)) if moved else offer


def kinds_of(known: Known, site: Site, starts_at: datetime) -> list[SessionKind | None]:
    """Return what a visit then could be put on: sessions only for a service with several places, else base slots,
    and a session of the service's own where there is one.
    """
    begins = starts_at - timedelta(minutes=known.offer.rules.buffer_before_minutes)
    own = [slot for slot in known.taken.slots if slot.service_id == known.offer.service_id]
    return [
        kind
        for kind in _all_kinds(known.offer)
        if kind is None
        or known.offer.capacity > 1
        or known.planned[site.schedule_id, kind].is_open_at(begins)
        or any(slot.starts_at == begins and slot.schedule_id == site.schedule_id for slot in own)
    ]


def _all_kinds(offer: Offer) -> list[SessionKind | None]:
    session = SessionKind(offer.service_id, offer.rules.total_minutes, offer.capacity)
    return [session] if offer.capacity > 1 else [None, session]


def _is_asked(site: Site, question: Question, principal: Principal) -> bool:
    if question.location_id is not None:
        return site.location_id == question.location_id
    return principal.location_ids is None or site.location_id in principal.location_ids


def _others(site: Site, sites: Sequence[Site], timetables: Mapping[UUID, Timetable]) -> list[Other]:
    return [
        Other(other.schedule_id < site.schedule_id, timetables[other.schedule_id])
        for other in sites
        if other.schedule_id != site.schedule_id and other.is_active and other.is_location_active
    ]
