"""Which places suit a wish, and when at a place nobody is written to: wall-clock rules of the location, no database."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.availability import Start
from app.services.waitlist.entries import Entry
from app.settings import settings
from app.words import N_
from models.waiting import EntryStatus, PartOfDay

AFTERNOON_BEGINS, EVENING_BEGINS = time(12), time(17)
PARTS = {
    PartOfDay.ANY: (time.min, None),
    PartOfDay.MORNING: (time.min, AFTERNOON_BEGINS),
    PartOfDay.AFTERNOON: (AFTERNOON_BEGINS, EVENING_BEGINS),
    PartOfDay.EVENING: (EVENING_BEGINS, None),
}


class PassedOver(StrEnum):
    """Why somebody in the queue is not the next for a place."""

    OFFERED = "offered"
    PRACTITIONER = "practitioner"
    LOCATION = "location"
    DATES = "dates"
    WEEKDAY = "weekday"
    PART_OF_DAY = "part-of-day"
    NOT_EARLIER = "not-earlier"
    BEFORE = "offered-before"
    DAILY_LIMIT = "daily-limit"
    CLASH = "clash"


SENTENCES = {
    PassedOver.OFFERED: N_("Has an offer that is not answered yet."),
    PassedOver.PRACTITIONER: N_("Waits for another practitioner."),
    PassedOver.LOCATION: N_("Waits for another location."),
    PassedOver.DATES: N_("Cannot come on this date."),
    PassedOver.WEEKDAY: N_("Cannot come on this weekday."),
    PassedOver.PART_OF_DAY: N_("Cannot come at this time of day."),
    PassedOver.NOT_EARLIER: N_("Has an appointment that is no later than this time."),
    PassedOver.BEFORE: N_("Was offered this time before."),
    PassedOver.DAILY_LIMIT: N_("Has had as many offers today as one person gets."),
    PassedOver.CLASH: N_("Has another appointment at this time."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry with what was offered to it and to its patient.

    `to_beat` is the start of the booked appointment that is to be moved earlier, `busy` every time of the patient's.
    A place whose offer ran out unanswered (`ran_out`: its slot, and when it was offered) is not refused: it may be
    offered again on another day.
    """

    entry: Entry
    to_beat: datetime | None = None
    offered_slots: frozenset[UUID] = frozenset()
    ran_out: tuple[tuple[UUID, datetime], ...] = ()
    clashed_slots: frozenset[UUID] = frozenset()
    offered_at: tuple[datetime, ...] = ()
    busy: tuple[tuple[datetime, datetime], ...] = ()


def passed_over(waiting: Waiting, place: Start, *, now: datetime) -> PassedOver | None:
    """Return why the place is not for this entry now; None when it is."""
    entry = waiting.entry
    clashes = any(begins < place.ends_at and ends > place.starts_at for begins, ends in waiting.busy)
    hindrances = (
        (PassedOver.OFFERED, entry.status is EntryStatus.OFFERED),
        *_unsuited(entry, place),
        (PassedOver.NOT_EARLIER, not _is_improvement(waiting, place)),
        (PassedOver.BEFORE, _was_offered(waiting, place, now=now)),
        (PassedOver.DAILY_LIMIT, _offers_today(waiting, place, now=now) >= settings().waitlist_offers_a_day),
        (PassedOver.CLASH, clashes),
    )
    return next((reason for reason, holds in hindrances if holds), None)


def is_quiet(timezone: str, *, now: datetime) -> bool:
    """Tell whether nobody is written to about a place in this zone now; the hours may go over midnight."""
    begins, ends = settings().waitlist_quiet_from, settings().waitlist_quiet_until
    at = now.astimezone(ZoneInfo(timezone)).time()
    return begins <= at < ends if begins <= ends else at >= begins or at < ends


def local_day(instant: datetime, timezone: str) -> date:
    """Return the date of an instant on the location's calendar."""
    return instant.astimezone(ZoneInfo(timezone)).date()


def _unsuited(entry: Entry, place: Start) -> tuple[tuple[PassedOver, bool], ...]:
    at = place.starts_at.astimezone(ZoneInfo(place.timezone))
    day = at.date()
    begins, ends = PARTS[entry.part_of_day]
    too_early = entry.earliest_on is not None and day < entry.earliest_on
    too_late = entry.latest_on is not None and day > entry.latest_on
    return (
        (PassedOver.PRACTITIONER, entry.practitioner_id not in (None, place.practitioner_id)),
        (PassedOver.LOCATION, entry.location_id not in (None, place.location_id)),
        (PassedOver.DATES, too_early or too_late),
        (PassedOver.WEEKDAY, not entry.weekdays & 1 << day.weekday()),
        (PassedOver.PART_OF_DAY, at.time() < begins or (ends is not None and at.time() >= ends)),
    )


def _is_improvement(waiting: Waiting, place: Start) -> bool:
    if waiting.entry.appointment_id is None:
        return True
    return waiting.to_beat is not None and place.starts_at < waiting.to_beat


def _was_offered(waiting: Waiting, place: Start, *, now: datetime) -> bool:
    today = local_day(now, place.timezone)
    ran_out_today = any(slot == place.id and local_day(at, place.timezone) == today for slot, at in waiting.ran_out)
    return ran_out_today or place.id in waiting.offered_slots


def _offers_today(waiting: Waiting, place: Start, *, now: datetime) -> int:
    today = local_day(now, place.timezone)
    return sum(local_day(at, place.timezone) == today for at in waiting.offered_at)
