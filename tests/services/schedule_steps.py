"""Random changes of schedules and random bookings in one small clinic, and what must be true after each of them."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, LiteralString
from uuid import UUID

from app.errors import ClinicError
from app.services.schedules.arrange import arrange
from app.services.schedules.closures import add_closure, remove_closure
from app.services.schedules.effect import Outcome
from app.services.schedules.exceptions import add_exception, remove_exception
from app.services.schedules.holidays import add_holiday, remove_holiday
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.rule_rows import Hours
from app.services.schedules.set_up import Settings
from app.services.schedules.timetables import schedules_to_fill
from models.db import rows
from models.schedules import ExceptionKind
from tests import calls
from tests.builders import building
from tests.invariants import assert_sound
from tests.services.schedule_world import ScheduleWorld
from tests.services.week_edits import add_rule, change_cut, end_rule, replace_rule

# Friday before a clock change, at both ends of summer.
FRIDAYS = (datetime(2027, 3, 26, 7, 40, tzinfo=UTC), datetime(2027, 10, 29, 7, 40, tzinfo=UTC))
SLOTS: LiteralString = """
SELECT id, practitioner_id, schedule_id, starts_at, ends_at, service_id, max_capacity, current_bookings, status,
       EXISTS (SELECT 1 FROM appointment_slots t WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id)
  FROM slots s WHERE clinic_id = %(clinic_id)s AND starts_at >= %(now)s
"""
APPOINTMENTS: LiteralString = """
SELECT a.id, a.status, a.version, a.starts_at, a.occupies_from, a.occupies_until,
       array_agg(t.slot_id ORDER BY t.slot_id), bool_or(s.status = 'blocked'), a.hold_expires_at
  FROM appointments a
  JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
  JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id
 WHERE a.clinic_id = %(clinic_id)s GROUP BY a.clinic_id, a.id
"""
STILL_TO_COME = ("pending", "booked", "arrived")
CHANGES = (
    "rule",
    "session",
    "end",
    "replace",
    "closed",
    "extra",
    "leave",
    "closure",
    "holiday",
    "cut",
    "active",
    "undo",
)
STEPS = (*CHANGES, "book", "book", "book", "cancel", "wait")


class Steps:
    """Takes one step after the other; each change is previewed first."""

    def __init__(self, seed: int) -> None:
        self.seen: Counter[str] = Counter()
        self.random = Random(seed)
        zones = ("Europe/Berlin", self.random.choice(["Europe/Berlin", "Europe/Lisbon", "Australia/Lord_Howe"]))
        now = self.random.choice(FRIDAYS)
        self.world = ScheduleWorld(sites=2, practitioners=2, now=now, days=5, timezones=zones, duration_minutes=25)
        self.day = now.date()
        self.rules: list[UUID] = []
        self.undo: list[tuple[Any, dict[str, Any]]] = []
        for number in range(4):
            self._rule(Random(number))

    def take(self, kind: str, number: int) -> None:
        """Take one step, of which the number decides everything else."""
        random = Random(number)
        self.seen[kind] += 1
        getattr(self, f"_{kind}")(random)

    def _rule(self, random: Random) -> None:
        self._add_rule(random, self._hours(random))

    def _session(self, random: Random) -> None:
        service = {"service_id": self.world.group.id, "capacity": random.choice([None, 1, 2, 6])}
        self._add_rule(random, self._hours(random, **service))

    def _add_rule(self, random: Random, hours: Hours) -> None:
        schedule_id = random.choice(self.world.schedules).id
        outcome = self._change(add_rule, schedule_id=schedule_id, hours=hours)
        if outcome.entry_id not in self.rules:
            assert outcome.entry_id
            self.rules.append(outcome.entry_id)

    def _end(self, random: Random) -> None:
        if self.rules:
            rule_id = random.choice(self.rules)
            last_on = self._day(random)
            self._change(end_rule, rule_id=rule_id, last_on=last_on)
            self._forget_ended_rules()

    def _replace(self, random: Random) -> None:
        if self.rules:
            rule_id = random.choice(self.rules)
            outcome = self._change(replace_rule, rule_id=rule_id, hours=self._hours(random))
            assert outcome.entry_id
            self.rules = [*{*self.rules, outcome.entry_id}]
            self._forget_ended_rules()

    def _forget_ended_rules(self) -> None:
        with building() as session:
            asked = "SELECT id FROM schedule_rules WHERE clinic_id = %(clinic_id)s ORDER BY id"
            self.rules = [rule_id for (rule_id,) in rows(session, asked, {"clinic_id": self.world.clinic_id})]

    def _closed(self, random: Random, kind: ExceptionKind = ExceptionKind.CLOSED) -> None:
        starts, ends = self._clock(random)
        place = {"schedule_id": random.choice(self.world.schedules).id, "on_date": self._day(random), "kind": kind}
        outcome = self._change(add_exception, **place, starts_local=starts, ends_local=ends)
        self.undo.append((remove_exception, {"exception_id": outcome.entry_id}))

    def _extra(self, random: Random) -> None:
        self._closed(random, ExceptionKind.EXTRA)

    def _leave(self, random: Random) -> None:
        person = random.choice(self.world.practitioners).id
        outcome = self._change(add_leave, practitioner_id=person, **self._interval(random))
        self.undo.append((remove_leave, {"leave_id": outcome.entry_id}))

    def _closure(self, random: Random) -> None:
        place = random.choice([None, *(location.id for location in self.world.locations)])
        outcome = self._change(add_closure, location_id=place, **self._interval(random))
        self.undo.append((remove_closure, {"closure_id": outcome.entry_id}))

    def _holiday(self, random: Random) -> None:
        place = random.choice([None, *(location.id for location in self.world.locations)])
        outcome = self._change(add_holiday, location_id=place, on_date=self._day(random), name="Fair")
        self.undo.append((remove_holiday, {"holiday_id": outcome.entry_id}))

    def _undo(self, random: Random) -> None:
        if self.undo:
            verb, values = self.undo.pop(random.randrange(len(self.undo)))
            self.undo = [item for item in self.undo if item != (verb, values)]
            self._change(verb, **values)

    def _cut(self, random: Random) -> None:
        settings = Settings(slot_minutes=random.choice([15, 20, 25, 30, 45]))
        self._change(change_cut, schedule_id=random.choice(self.world.schedules).id, settings=settings)

    def _active(self, random: Random) -> None:
        settings = Settings(is_active=random.random() < 0.6)
        self._change(change_cut, schedule_id=random.choice(self.world.schedules).id, settings=settings)

    def _book(self, random: Random) -> None:
        with building() as session:
            found = rows(session, SLOTS, {"clinic_id": self.world.clinic_id, "now": self.world.now})
        free = sorted((row[3], row[0], row[5]) for row in found if row[8] == "open" and row[7] < row[6])
        if not free:
            return
        _, slot_id, service_id = random.choice(free)
        service = self.world.group if service_id else self.world.service
        patient = random.choice(self.world.patients)
        try:
            held = calls.hold(self.world.clerk, slot_id, service, patient, now=self.world.now)
            if random.random() < 0.8:
                calls.confirm(self.world.clerk, held, now=self.world.now)
        except ClinicError:
            self.seen["refused"] += 1
        else:
            self.seen["booked"] += 1

    def _cancel(self, random: Random) -> None:
        live = [key for key, row in self.appointments().items() if row[1] in STILL_TO_COME]
        if live:
            calls.cancel(self.world.clerk, random.choice(live), now=self.world.now)

    def _wait(self, random: Random) -> None:
        self.world.now += timedelta(minutes=random.choice([1, 50, 400]))

    def _change(self, verb: Any, **values: Any) -> Outcome:
        """Preview an edit, make it, and look at everything."""
        before = self.appointments()
        told = self.world.preview(verb, **values)
        assert self.appointments() == before, "a preview leaves nothing"
        outcome = self.world.change(verb, **values)
        assert outcome.effect == told, "preview and outcome"
        after = self.appointments()
        assert {k: row[:7] for k, row in after.items()} == {k: row[:7] for k, row in before.items()}, "appointments"
        self._look(after)
        self.seen["displaced"] += len(outcome.effect.displaced)
        self.seen["fits again"] += len(outcome.effect.fits_again)
        self.seen["added"] += outcome.effect.added
        self.seen["removed"] += outcome.effect.removed
        return outcome

    def _look(self, appointments: dict[UUID, tuple[Any, ...]]) -> None:
        world = self.world
        with building() as session:
            found = rows(session, SLOTS, {"clinic_id": world.clinic_id, "now": world.now})
            schedules = schedules_to_fill(session, clinic_id=world.clinic_id, from_day=self.day - timedelta(days=1))
        planned = arrange(
            schedules, first_day=world.now.date() - timedelta(days=1), last_day=world.until, since=world.now
        )
        wanted = {(p.schedule.schedule_id, p.slot.starts_at, p.slot.ends_at, p.slot.service_id): p for p in planned}
        open_slots = [row for row in found if row[8] == "open"]
        assert sorted(map(str, wanted)) == sorted(str(row[2:6]) for row in open_slots), "slots and plan"
        # At the last change of this schedule, nobody's place was taken.
        assert all(row[6] >= max(wanted[row[2:6]].slot.capacity, row[7]) for row in open_slots), "capacity"
        assert all(row[9] for row in found if row[8] == "blocked"), "blocked without history"
        across = [(a, b) for a in open_slots for b in found if b[8] == "blocked" and b[7] and a[1] == b[1]]
        self.seen["a new slot across an old one"] += any(a[3] < b[4] and b[3] < a[4] for a, b in across)
        to_come = {k for k, row in appointments.items() if row[1] in STILL_TO_COME and row[3] >= world.now}
        to_come -= {k for k, row in appointments.items() if row[1] == "pending" and row[8] <= world.now}
        cut_off = {k for k in to_come if appointments[k][7]}
        assert cut_off == world.displaced().keys() & to_come, "displaced"
        self._no_overlap(open_slots)
        assert_sound(world.clinic_id)

    def _no_overlap(self, open_slots: list[tuple[Any, ...]]) -> None:
        ordered = sorted(open_slots, key=lambda row: (row[1], row[3]))
        for a, b in itertools.pairwise(ordered):
            assert a[1] != b[1] or a[4] <= b[3], "overlap"

    def appointments(self) -> dict[UUID, tuple[Any, ...]]:
        """Return every appointment with its slots, and whether one of these is blocked."""
        with building() as session:
            found = rows(session, APPOINTMENTS, {"clinic_id": self.world.clinic_id})
        return {row[0]: row for row in found}

    def _day(self, random: Random) -> date:
        return self.day + timedelta(days=random.randrange(5))

    def _clock(self, random: Random) -> tuple[time, time]:
        begins = random.randrange(0, 22 * 2)
        ends = min(begins + random.choice([2, 3, 5, 9, 16]), 47)
        return time(begins // 2, begins % 2 * 30), time(ends // 2, ends % 2 * 30 + random.choice([0, 0, 10]))

    def _hours(self, random: Random, **more: Any) -> Hours:
        day = self._day(random)
        starts, ends = self._clock(random)
        valid_from = self.day - timedelta(days=random.choice([0, 30]))
        return Hours(day.weekday(), starts, ends, valid_from, random.choice([None, None, self._day(random)]), **more)

    def _interval(self, random: Random) -> dict[str, datetime]:
        begins = datetime.combine(self._day(random), self._clock(random)[0])
        length = timedelta(minutes=random.choice([30, 95, 300, 1440, 2880]))
        return {"starts_local": begins, "ends_local": begins + length}
