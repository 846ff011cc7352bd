"""What became of each visit: booked when, by whom, came or not, waited how long; never later than `now`."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random

from app.services.demo import figures
from app.services.demo.catalogue import URGENT
from app.services.demo.placing import Visit
from models.appointments import AppointmentStatus as S
from models.appointments import CancelReason, Channel

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
CHANNELS = {Channel.ONLINE: 45, Channel.DESK: 37, Channel.KIOSK: 10, Channel.API: 8}
MADE_BY = {
    Channel.ONLINE: "guest:demonstration",
    Channel.DESK: "user:{receptionist}",
    Channel.KIOSK: "kiosk:demonstration",
    Channel.API: "api-client:demonstration",
}


class Outcome(StrEnum):
    """How far a visit has come."""

    HELD = "held"
    BOOKED = "booked"
    ARRIVED = "arrived"
    IN_ROOM = "in-room"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Story:
    """One visit with its status and every time stamp of its life."""

    visit: Visit
    created_at: datetime
    hold_expires_at: datetime
    channel: Channel
    lead_days: int
    status: S = S.PENDING
    cancel_reason: CancelReason | None = None
    booked_at: datetime | None = None
    arrived_at: datetime | None = None
    checked_in_at: datetime | None = None
    roomed_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    noshow_at: datetime | None = None

    def steps(self) -> list[tuple[datetime, str, S | None, S]]:
        """Return the changes of status in order: (when, verb, from, to)."""
        made: list[tuple[datetime, str, S | None, S]] = [(self.created_at, "hold", None, S.PENDING)]
        for at, verb, status in (
            (self.booked_at, "confirm", S.BOOKED),
            (self.arrived_at, "arrive", S.ARRIVED),
            (self.checked_in_at, "check-in", S.CHECKED_IN),
            (self.fulfilled_at, "complete", S.FULFILLED),
            (self.noshow_at, "no-show", S.NOSHOW),
            (self.cancelled_at, self._end(), S.CANCELLED),
        ):
            if at is not None:
                made.append((at, verb, made[-1][3], status))
        return made

    def _end(self) -> str:
        return "expire" if self.cancel_reason is CancelReason.HOLD_EXPIRED else "cancel"


class Teller:
    """Tells the stories of visits by chance, within what the clock allows."""

    def __init__(self, chance: Random, *, now: datetime) -> None:
        self._chance, self._now = chance, now

    def tell(self, visit: Visit, outcome: Outcome, *, lead_days: int) -> Story:
        """Return the visit's story up to its outcome; `lead_days` count from booking to visit, local dates."""
        created_at = self._booked_around(visit, lead_days)
        if outcome is Outcome.HELD:
            created_at = self._now - self._seconds(20, 200)
        story = Story(
            visit=visit,
            created_at=created_at,
            hold_expires_at=created_at + visit.service.hold_minutes * MINUTE,
            channel=self._chance.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0],
            lead_days=lead_days,
        )
        if outcome is Outcome.CANCELLED:
            self._cancel(story)
        elif outcome is not Outcome.HELD:
            story.status = S.BOOKED
            story.booked_at = self._not_after(created_at + self._seconds(30, 240), created_at)
            self._attend(story, outcome)
        return story

    def _booked_around(self, visit: Visit, lead_days: int) -> datetime:
        """Return an instant on the local day so many days before the visit, before the visit and the present."""
        zone, day = visit.roster.zone, visit.local_day() - timedelta(days=lead_days)
        midnight = datetime.combine(day, time(0), zone).astimezone(self._now.tzinfo)
        latest = min(visit.starts_at - 5 * MINUTE, self._now - 2 * MINUTE)
        wished = midnight + figures.booking_minute(self._chance) * MINUTE + self._seconds(0, 59)
        if wished > latest:
            wished = max(midnight, latest - self._seconds(0, 4 * 3600))
        return min(max(wished, midnight), visit.starts_at, self._now - 2 * MINUTE)

    def _attend(self, story: Story, outcome: Outcome) -> None:
        starts_at, booked_at = story.visit.starts_at, story.booked_at or story.created_at
        if outcome is Outcome.MISSED:
            story.status = S.NOSHOW
            story.noshow_at = self._not_after(starts_at + self._seconds(900, 1800), booked_at)
        if outcome not in (Outcome.ARRIVED, Outcome.IN_ROOM, Outcome.DONE):
            return
        story.status = S.ARRIVED
        early = self._seconds(60, 1200) if self._chance.random() < 0.88 else -self._seconds(30, 420)
        story.arrived_at = self._not_after(starts_at - early, booked_at)
        if outcome is Outcome.ARRIVED:
            return
        story.status = S.CHECKED_IN
        story.checked_in_at = self._not_after(story.arrived_at + self._seconds(40, 240), story.arrived_at)
        waited = timedelta(minutes=self._chance.expovariate(1 / 9) - 2)
        story.roomed_at = self._not_after(starts_at + waited, story.checked_in_at)
        if outcome is Outcome.DONE:
            story.status = S.FULFILLED
            length = story.visit.service.minutes * MINUTE * self._chance.uniform(0.7, 1.15)
            story.fulfilled_at = self._not_after(story.roomed_at + length, story.roomed_at)

    def _cancel(self, story: Story) -> None:
        story.status = S.CANCELLED
        luck = self._chance.random()
        if luck < 0.15:
            story.cancel_reason = CancelReason.HOLD_EXPIRED
            story.cancelled_at = self._not_after(story.hold_expires_at + self._seconds(1, 30), story.created_at)
            return
        story.cancel_reason = CancelReason.CLINIC if luck < 0.28 else CancelReason.PATIENT
        story.booked_at = self._not_after(story.created_at + self._seconds(30, 240), story.created_at)
        end = min(self._now, story.visit.starts_at)
        share = self._chance.random()
        story.cancelled_at = max(story.booked_at, story.booked_at + (end - story.booked_at) * share)

    def _not_after(self, wished: datetime, earliest: datetime) -> datetime:
        """Return the wished instant, but after what came before it and not later than the present."""
        return max(min(wished, self._now - SECOND), earliest)

    def _seconds(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self._chance.randint(least, most))


def tell_past(visits: list[Visit], teller: Teller, chance: Random) -> list[Story]:
    """Give past visits leads and no-shows with exactly the public figures, each band rounded to one visit."""
    attended = [visit for visit in visits if not visit.is_cancelled]
    # The round-the-clock desk is booked at shorter notice; the figures over all visits stay what they are.
    attended.sort(key=lambda visit: chance.random() - 0.5 * (visit.service.specialty == URGENT))
    bands: list[list[tuple[Visit, int]]] = [[] for _ in figures.NO_SHOW_BY_LEAD]
    for visit, lead in zip(attended, figures.leads(len(attended)), strict=True):
        bands[figures.lead_band(lead)].append((visit, lead))
    stories = []
    for (_, share), members in zip(figures.NO_SHOW_BY_LEAD, bands, strict=True):
        chance.shuffle(members)
        missed = round(share * len(members))
        for place, (visit, lead) in enumerate(members):
            outcome = Outcome.MISSED if place < missed else Outcome.DONE
            stories.append(teller.tell(visit, outcome, lead_days=lead))
    for visit in visits:
        if visit.is_cancelled:
            stories.append(teller.tell(visit, Outcome.CANCELLED, lead_days=any_lead(chance)))
    return stories


def any_lead(chance: Random) -> int:
    """Return a lead in days as likely as in the public figures."""
    return figures.lead_days_of_share(chance.random())
