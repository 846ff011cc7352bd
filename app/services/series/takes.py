"""From times to slots: which first slot each time of a series takes, after what the caller chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    InvalidField,
    OutsideBookingWindow,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
    TimeMissing,
)
from app.services.booking.visit import BookingWindow
from app.services.series.occurrences import Occurrence
from models.db import rows

# What may be said of one time, without an end to the whole series.
OF_ONE_TIME = (
    SlotUnavailable,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    DeviceUnavailable,
    OutsideBookingWindow,
    TimeMissing,
)
# A practitioner has one open slot at an instant; the patient's time begins after the service's buffer.
SLOTS_AT: LiteralString = """
SELECT s.starts_at + make_interval(mins => %(buffer)s::int), s.id
  FROM unnest(%(starts)s::timestamptz[]) AS wanted (at)
  JOIN slots s ON s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = %(practitioner_id)s::uuid
   AND s.starts_at = wanted.at - make_interval(mins => %(buffer)s::int)
 WHERE s.location_id = %(location_id)s::uuid AND s.status = 'open'
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller decided: another first slot, or None to leave out, by number; the others stay as planned.

    With `skip_conflicts` what has become impossible is left out, too, instead of refusing the whole.
    """

    by_number: Mapping[int, UUID | None]
    skip_conflicts: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """One time of a series and the first slot to take for it, or why there is none at that time."""

    occurrence: Occurrence
    slot_id: UUID | None
    refusal: ClinicError | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One time of a series that is not possible, and the refusal that it heard."""

    occurrence: Occurrence
    refusal: ClinicError

    def body(self) -> dict[str, Any]:
        """Return it as answers and refusals list it."""
        return {
            "number": self.occurrence.number,
            "local": local_text(self.occurrence.starts_local),
            "code": self.refusal.code,
            "detail": str(self.refusal),
        }


def refusal_named(code: str) -> ClinicError:
    """Return the refusal of one time by its code; a slot that is gone or does not fit is one that is not free."""
    return {kind.code: kind for kind in OF_ONE_TIME}.get(code, SlotUnavailable)()


def takes_of(
    occurrences: Sequence[Occurrence], *, slots: Mapping[datetime, UUID], window: BookingWindow, choices: Choices
) -> list[Take]:
    """Return what is to be taken, as planned or as chosen; raises InvalidField for a number that is not there."""
    unknown = choices.by_number.keys() - {occurrence.number for occurrence in occurrences}
    if unknown:
        raise InvalidField("choices", f"There is no time with the number {min(unknown)} in this series.")
    takes = [
        Take(one, choices.by_number[one.number])
        if one.number in choices.by_number
        else planned_take(one, slots=slots, window=window)
        for one in occurrences
    ]
    return [take for take in takes if take.slot_id or take.refusal]


def planned_take(occurrence: Occurrence, *, slots: Mapping[datetime, UUID], window: BookingWindow) -> Take:
    """Return the slot at the time itself, or why there is none."""
    starts_at = occurrence.starts_at
    if starts_at is None:
        return Take(occurrence, None, TimeMissing())
    if not window.holds(starts_at):
        return Take(occurrence, None, OutsideBookingWindow())
    slot_id = slots.get(starts_at)
    return Take(occurrence, slot_id, None if slot_id else SlotUnavailable())


def slots_at(
    session: Session,
    clinic_id: UUID,
    *,
    practitioner_id: UUID,
    location_id: UUID,
    starts: Sequence[datetime],
    buffer_minutes: int,
) -> dict[datetime, UUID]:
    """Return the first slots of the practitioner's visits that would begin at these instants."""
    parameters = {
        "clinic_id": clinic_id,
        "practitioner_id": practitioner_id,
        "location_id": location_id,
        "starts": list(starts),
        "buffer": buffer_minutes,
    }
    return dict(rows(session, SLOTS_AT, parameters))


def local_text(local: datetime) -> str:
    """Write a wall-clock time as the answers do, without a zone."""
    return local.isoformat(timespec="minutes")
