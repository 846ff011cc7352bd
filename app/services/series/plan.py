"""`plan_series`: which times of a series could be booked, and what stands in the way of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.errors import ClinicError, TimeMissing
from app.services.accounts.permissions import Permission, require
from app.services.availability import Start
from app.services.availability.occupied import Interval, Occupied
from app.services.series.nearby import starts_nearby
from app.services.series.occurrences import Occurrence, after_jump
from app.services.series.offers import Offer, offer_at, patient_time
from app.services.series.wish import Ground, SeriesWish, ground_of, occurrences_of
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Planned:
    """One time of a series: the start that a hold would accept, or why there is none and what is near it."""

    occurrence: Occurrence
    offer: Offer | None
    conflict: type[ClinicError] | None
    alternatives: Sequence[Start] = ()


def plan_series(session: Session, principal: Principal, *, wish: SeriesWish, now: datetime) -> list[Planned]:
    """Return every time of the series with its start or its conflict; nothing is written.

    A conflict is the refusal that a hold would hear, or TimeMissing where the clock jumps over the local time.
    Raises NotPermitted, PatientNotFound, InvalidField and OutsideBookingWindow.
    """
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=wish.location_id)
    ground = ground_of(session, principal, wish=wish, now=now)
    occurrences = occurrences_of(wish.rule, ground, now=now)
    wanted = [after_jump(occurrence.starts_local, zone=ground.zone) for occurrence in occurrences]
    of_patient = patient_time(session, ground, patient_id=wish.patient_id, span=(wanted[0], wanted[-1]), now=now)
    busy = Occupied(of_patient)
    found = [_found(session, ground, wish, occurrence, busy) for occurrence in occurrences]
    taken = Occupied([*of_patient, *(_interval(offer) for offer in found if isinstance(offer, Offer))])

    def planned(occurrence: Occurrence, offer: Offer | type[ClinicError], at: datetime) -> Planned:
        if isinstance(offer, Offer):
            return Planned(occurrence, offer, None)
        place = {name: getattr(wish, name) for name in ("service_id", "practitioner_id", "location_id")}
        return Planned(
            occurrence, None, offer, starts_nearby(session, principal, **place, wanted=at, busy=taken, now=now)
        )

    return [planned(*one) for one in zip(occurrences, found, wanted, strict=True)]


def _found(
    session: Session, ground: Ground, wish: SeriesWish, occurrence: Occurrence, busy: Occupied
) -> Offer | type[ClinicError]:
    if occurrence.starts_at is None:
        return TimeMissing
    return offer_at(session, ground, practitioner_id=wish.practitioner_id, starts_at=occurrence.starts_at, patient=busy)


def _interval(offer: Offer) -> Interval:
    return offer.starts_at, offer.ends_at, offer.slot_id
