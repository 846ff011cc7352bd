"""What somebody waits for, checked before it is kept: the days, the part of the day, whom and where."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound, InvalidField
from app.services.accounts.permissions import Permission, require, require_at
from app.services.booking.read import require_change
from app.words import N_
from models.appointments import AppointmentStatus
from models.db import first_row
from models.principal import Principal
from models.waiting import PartOfDay

KNOWN: LiteralString = """
SELECT EXISTS (SELECT 1 FROM services WHERE clinic_id = %(clinic_id)s::uuid AND id = %(service_id)s::uuid),
       EXISTS (SELECT 1 FROM locations WHERE clinic_id = %(clinic_id)s::uuid AND id = %(location_id)s::uuid),
       EXISTS (SELECT 1 FROM practitioner_services
                WHERE clinic_id = %(clinic_id)s::uuid AND service_id = %(service_id)s::uuid
                  AND practitioner_id = %(practitioner_id)s::uuid)
"""

FARTHEST_DAYS = 3_653
NOT_TO_COME = N_("Only a booked appointment that is still to come can be moved earlier.")


@dataclass(frozen=True, slots=True)
class Wish:
    """The preferences of an entry; None means any. Dates are the location's and included."""

    practitioner_id: UUID | None = None
    location_id: UUID | None = None
    weekdays: int = 127
    part_of_day: PartOfDay = PartOfDay.ANY
    earliest_on: date | None = None
    latest_on: date | None = None
    is_urgent: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return the columns of the table."""
        return {
            "practitioner_id": self.practitioner_id,
            "location_id": self.location_id,
            "weekdays": self.weekdays,
            "part_of_day": self.part_of_day.value,
            "earliest_on": self.earliest_on,
            "latest_on": self.latest_on,
            "is_urgent": self.is_urgent,
        }


def require_wish(session: Session, principal: Principal, *, wish: Wish, service_id: UUID, now: datetime) -> None:
    """Refuse a wish that no place can ever fulfil, or that the caller may not have; raises InvalidField."""
    parameters = {"clinic_id": principal.clinic_id, "service_id": service_id}
    places = {"location_id": wish.location_id, "practitioner_id": wish.practitioner_id}
    is_service, is_location, is_offered = first_row(session, KNOWN, parameters | places) or (False, False, False)
    if not is_service:
        raise InvalidField("service_id", N_("There is no such service."))
    if wish.location_id is not None and not is_location:
        raise InvalidField("location_id", N_("There is no such location."))
    if wish.practitioner_id is not None and not is_offered:
        raise InvalidField("practitioner_id", N_("This practitioner does not offer the service."))
    _require_dates(wish, now=now)
    _require_reach(principal, wish)


def require_later(
    session: Session, principal: Principal, *, appointment_id: UUID, patient_id: UUID, service_id: UUID, now: datetime
) -> None:
    """Refuse to move an appointment earlier that is not this patient's, not of this service, or not to come."""
    try:
        row = require_change(session, principal, appointment_id=appointment_id, version=None)
    except AppointmentNotFound:
        raise InvalidField("appointment_id", N_("There is no such appointment.")) from None
    if row.patient_id != patient_id or row.service_id != service_id:
        raise InvalidField("appointment_id", N_("This appointment is of another patient or service."))
    if row.status is not AppointmentStatus.BOOKED or row.starts_at <= now:
        raise InvalidField("appointment_id", NOT_TO_COME)


def _require_dates(wish: Wish, *, now: datetime) -> None:
    for field, day in (("earliest_on", wish.earliest_on), ("latest_on", wish.latest_on)):
        # At the calendar's ends a day has none before or after it, which every round would stumble over.
        if day is not None and abs((day - now.date()).days) > FARTHEST_DAYS:
            raise InvalidField(field, N_("Give a date within ten years."))
    if wish.earliest_on and wish.latest_on and wish.latest_on < wish.earliest_on:
        raise InvalidField("latest_on", N_("The last day must not be before the first one."))
    # No place on earth has a date more than a day behind UTC's; the lapse decides by the location's clock.
    if wish.latest_on is not None and (now.date() - wish.latest_on).days > 1:
        raise InvalidField("latest_on", N_("The last day must not be in the past."))


def _require_reach(principal: Principal, wish: Wish) -> None:
    if wish.is_urgent:
        require(principal, Permission.APPOINTMENTS_WRITE)
    if principal.location_ids is None:
        return
    if wish.location_id is None:
        raise InvalidField("location_id", N_("Choose one of your locations."))
    require_at(principal, wish.location_id)
