"""What is asked for: whose series, of what, with whom, where and when; and the times that this makes."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField, OutsideBookingWindow, PatientNotFound
from app.services.availability.terms import LONGEST_RANGE, Terms, Wanted, terms_of
from app.services.booking.visit import BookingWindow, booking_window
from app.services.series.occurrences import MOST, Occurrence, Recurrence, dates_of, occurrence_of
from app.words import N_
from models.db import first_row
from models.principal import Principal

GROUND: LiteralString = """
SELECT l.timezone,
       EXISTS (SELECT 1 FROM patients p WHERE p.clinic_id = l.clinic_id AND p.id = %(patient_id)s::uuid),
       EXISTS (SELECT 1 FROM practitioner_services o
                WHERE o.clinic_id = l.clinic_id AND o.service_id = %(service_id)s::uuid
                  AND o.practitioner_id = %(practitioner_id)s::uuid)
  FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid AND l.id = %(location_id)s::uuid
"""
MOST_EVERY = 366
BEYOND = N_("The series reaches beyond the last date that can be booked yet.")


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """One patient, one service, one practitioner at one location, again and again."""

    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID
    location_id: UUID
    rule: Recurrence


@dataclass(frozen=True, slots=True)
class Ground:
    """What a series is planned on: the location's zone, the service's terms, and when this actor may book."""

    zone: ZoneInfo
    terms: Terms
    window: BookingWindow


def ground_of(session: Session, principal: Principal, *, wish: SeriesWish, now: datetime) -> Ground:
    """Read what a wish stands on; raises InvalidField for an unknown location, service or offer, PatientNotFound."""
    ids = {"patient_id": wish.patient_id, "service_id": wish.service_id, "practitioner_id": wish.practitioner_id}
    found = first_row(session, GROUND, {"clinic_id": principal.clinic_id, "location_id": wish.location_id, **ids})
    if found is None:
        raise InvalidField("location_id", "There is no such location.")
    timezone, has_patient, is_offered = found
    wanted = Wanted(wish.service_id, wish.practitioner_id, None, wish.location_id)
    terms = terms_of(session, principal, wanted=wanted, since=now, until=now + LONGEST_RANGE, now=now)
    if not has_patient:
        raise PatientNotFound()
    if not is_offered:
        raise InvalidField("practitioner_id", N_("This practitioner does not offer the service."))
    return Ground(ZoneInfo(timezone), terms, booking_window(terms.rules, principal, now=now))


def occurrences_of(rule: Recurrence, ground: Ground, *, now: datetime) -> list[Occurrence]:
    """Return every time of the rule; a series is refused as a whole when it is too long or reaches too far.

    Raises InvalidField, and OutsideBookingWindow when a date lies beyond the last that this actor may book.
    """
    _require_sound(rule)
    if rule.first_on < now.astimezone(ground.zone).date():
        raise InvalidField("first_on", N_("The first date has passed already."))
    last_on = ground.window.closes_at.astimezone(ground.zone).date()
    dates = dates_of(rule, last_on=last_on)
    if len(dates) > MOST:
        raise InvalidField("until", N_("A series has at most 104 appointments."))
    if not dates or (rule.times or 0) > len(dates) or (rule.until or last_on) > last_on:
        raise OutsideBookingWindow(BEYOND, field="times" if rule.until is None else "until")
    return [
        occurrence_of(number, datetime.combine(on, rule.at), zone=ground.zone)
        for number, on in enumerate(dates, start=1)
    ]


def _require_sound(rule: Recurrence) -> None:
    if not 1 <= rule.every <= MOST_EVERY:
        raise InvalidField("every", N_("Give a number from 1 to 366."))
    if (rule.times is None) == (rule.until is None):
        raise InvalidField("times", N_("Say either how many times or until when."))
    if rule.times is not None and not 1 <= rule.times <= MOST:
        raise InvalidField("times", N_("Give a number from 1 to 104."))
    if rule.until is not None and rule.until < rule.first_on:
        raise InvalidField("until", N_("The last date must not lie before the first."))
