"""The words of an explanation: every rule that can remove a time, in the order in which they are named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.words import N_


class ReasonCode(StrEnum):
    """Why a time is not offered, in the order of an explanation: who and what, the calendar, the window, the places."""

    NOT_OFFERED = "not-offered"
    SERVICE_INACTIVE = "service-inactive"
    PRACTITIONER_INACTIVE = "practitioner-inactive"
    LOCATION_INACTIVE = "location-inactive"
    SCHEDULE_INACTIVE = "schedule-inactive"
    NO_SCHEDULE = "no-schedule"
    HOURS = "hours"
    BREAK = "break"
    EXCEPTION = "exception"
    LEAVE = "leave"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    SESSION = "session"
    GRID = "grid"
    BUFFER = "buffer"
    PAST = "past"
    NOTICE = "notice"
    HORIZON = "horizon"
    NOT_GENERATED = "not-generated"
    BLOCKED = "blocked"
    ELSEWHERE = "elsewhere"
    BUSY = "busy"
    CAPACITY = "capacity"
    HELD = "held"
    PAYING = "paying"
    ROOM = "room"
    DEVICE = "device"
    PATIENT_OVERLAP = "patient-overlap"


SENTENCES: dict[ReasonCode, str] = {
    ReasonCode.NOT_OFFERED: N_("The practitioner does not offer this service."),
    ReasonCode.SERVICE_INACTIVE: N_("The service is not active."),
    ReasonCode.PRACTITIONER_INACTIVE: N_("The practitioner is not active."),
    ReasonCode.LOCATION_INACTIVE: N_("The location is not active."),
    ReasonCode.SCHEDULE_INACTIVE: N_("The schedule is not active."),
    ReasonCode.NO_SCHEDULE: N_("The practitioner has no schedule here."),
    ReasonCode.HOURS: N_("It is outside the hours of the schedule."),
    ReasonCode.BREAK: N_("It is in a break between two parts of the day."),
    ReasonCode.EXCEPTION: N_("The schedule is closed then by an exception."),
    ReasonCode.LEAVE: N_("The practitioner is on leave."),
    ReasonCode.CLOSURE: N_("The location is closed."),
    ReasonCode.HOLIDAY: N_("It is a holiday."),
    ReasonCode.SESSION: N_("The time belongs to a session."),
    ReasonCode.GRID: N_("No visit begins then: the schedule runs in steps of {minutes} min."),
    ReasonCode.BUFFER: N_("The buffers do not fit: {before} min before the visit and {after} min after it."),
    ReasonCode.PAST: N_("The time has passed."),
    ReasonCode.NOTICE: N_("It is too soon: the service needs {minutes} min of notice."),
    ReasonCode.HORIZON: N_("It is too far ahead: days in advance on which the service can be booked: {days}."),
    ReasonCode.NOT_GENERATED: N_("The times of this day have not been opened yet."),
    ReasonCode.BLOCKED: N_("The time is blocked."),
    ReasonCode.ELSEWHERE: N_("The practitioner's time is planned at another location."),
    ReasonCode.BUSY: N_("The practitioner has another visit."),
    ReasonCode.CAPACITY: N_("All places are taken."),
    ReasonCode.HELD: N_("Somebody is holding the time."),
    ReasonCode.PAYING: N_("Somebody is paying for the time."),
    ReasonCode.ROOM: N_("No room of the kind {kind} is free."),
    ReasonCode.DEVICE: N_("No device of the kind {kind} is free."),
    ReasonCode.PATIENT_OVERLAP: N_("The patient has another appointment."),
}
ORDER = {code: place for place, code in enumerate(ReasonCode)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that removes the time; `until` is when it ends, None when nobody can know.

    `held` and `horizon` end for whoever waits: the hold runs out then, the time comes into the horizon then; `paying`
    ends then at the earliest. Everything else ends in the calendar: later times are rid of it.
    """

    code: ReasonCode
    until: datetime | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The message, to be looked up in the reader's language; `values` fill its gaps."""
        return SENTENCES[self.code]

    @property
    def text(self) -> str:
        """The whole sentence in English."""
        return self.sentence.format(**self.values)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a time is offered, and every rule that removes it; of several sites, the one that comes nearest."""

    offered: bool
    reasons: list[Reason]
    location_id: UUID | None


def in_order(reasons: Iterable[Reason]) -> list[Reason]:
    """Return the reasons in the fixed order, each once: what several things cause ends with the last of them."""
    found: dict[ReasonCode, Reason] = {}
    for reason in sorted(reasons, key=lambda one: ORDER[one.code]):
        before = found.get(reason.code, reason)
        found[reason.code] = Reason(reason.code, _later(before.until, reason.until), before.values)
    return list(found.values())


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)
