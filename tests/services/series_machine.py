"""The machine of all verbs with series beside them: planned, booked, moved and cancelled in any order."""

from collections import Counter
from datetime import time, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlmodel import select

from app.errors import InvalidField, InvalidTransition, SeriesConflicts
from app.services.booking.answer import single_use_key
from app.services.booking.retry import attempt
from app.services.series.book import book_series
from app.services.series.cancel import cancel_series
from app.services.series.members import Member, Reach, Scope, members_of
from app.services.series.move import move_series
from app.services.series.occurrences import Recurrence
from app.services.series.plan import plan_series
from app.services.series.plan_move import plan_move
from app.services.series.takes import Choices
from app.services.series.targets import Shift
from app.services.series.wish import SeriesWish
from models.appointments import Appointment, CancelReason
from models.appointments import AppointmentStatus as S
from models.db import transaction
from models.schedules import Schedule
from models.series import SeriesUnit
from tests.builders import NOW, building, make_slots
from tests.services.booking_machine import Known
from tests.services.visit_machine import VisitMachine

DAYS = 4
# The machine's first slots on the clinic's clock, and the next ones.
TIMES = (time(11), time(11, 15), time(11, 30))
# What is done, to which part of a series, seen from which of its appointments; and how it moves.
CHANGES = st.tuples(
    st.sampled_from(["cancel", "move", "move"]),
    st.sampled_from(Scope),
    st.integers(0, DAYS - 1),
    st.sampled_from([None, *TIMES]),
    st.integers(-1, 1),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
)
MUST_BE_SEEN = {"booked whole", "booked in part", "refused", "moved", "not moved", "cancelled"}


class SeriesMachine(VisitMachine):
    """Series on the same practitioners, rooms and patients as everything else."""

    noted: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin_the_series(self) -> None:
        """Start without any."""
        self.series: list[UUID] = []
        self.has_more_days = False

    def _more_days(self) -> None:
        """Give the two practitioners the same hours on the following days, once."""
        self.has_more_days = True
        with building() as session:
            found = session.exec(select(Schedule).where(Schedule.clinic_id == self.clinic_id)).all()
            for schedule in (one for one in found if one.id in {slot.schedule_id for slot in self.slots[:6]}):
                for day in range(1, DAYS):
                    starts_at = NOW + timedelta(days=day, hours=2)
                    make_slots(session, schedule=schedule, count=3, starts_at=starts_at)

    @rule(
        who=st.sampled_from([0, 3]),
        service=st.integers(0, 3),
        patient=st.integers(0, 3),
        at=st.sampled_from(TIMES),
        times=st.integers(1, DAYS),
        skip=st.booleans(),
        changes=st.lists(CHANGES, max_size=3),
    )
    def live_through_a_series(self, changes: list[Any], **wanted: Any) -> None:
        """Book a series and change it, one thing after the other."""
        series_id = self._book_series(**wanted)
        for change in changes if series_id else ():
            self._change(series_id, change)

    @precondition(lambda self: self.series)
    @rule(data=st.data(), change=CHANGES)
    def change_a_series(self, data: Any, change: Any) -> None:
        """Change any series, whatever has become of it."""
        self._change(data.draw(st.sampled_from(self.series)), change)

    def _book_series(self, *, who: int, service: int, patient: int, at: time, times: int, skip: bool) -> UUID | None:
        """What is planned is what is booked: all of it, what is free of it, or nothing."""
        self._tick()
        if not self.has_more_days:
            self._more_days()
        slot = self.slots[who]
        rule_ = Recurrence(1, SeriesUnit.DAY, self.now.date(), at, times=times)
        ids = self.patients[patient], self.services[service].id, slot.practitioner_id, slot.location_id
        wish = SeriesWish(*ids, rule_)
        with transaction(self.clerk) as session:
            planned = plan_series(session, self.clerk, wish=wish, now=self.now)
        free = [one.occurrence.number for one in planned if one.offer]
        try:
            answer = self._call(book_series, wish=wish, choices=Choices({}, skip))
        except SeriesConflicts as refused:
            assert not free or (len(free) < times and not skip)
            self._require_codes(refused, {one.occurrence.number: one.conflict.code for one in planned if one.conflict})
            self.noted["refused"] += 1
        else:
            booked = {one["series_number"]: UUID(one["id"]) for one in answer.body["appointments"]}
            assert list(booked) == free
            assert skip or len(free) == times
            self.noted["booked whole" if len(free) == times else "booked in part"] += 1
            self.known |= {one: Known(S.BOOKED, self.now, was_booked=True) for one in booked.values()}
            self.series.append(UUID(answer.body["id"]))
            self._believe_what_was_cleared()
            return self.series[-1]
        self._believe_what_was_cleared()
        return None

    def _change(self, series_id: UUID, change: Any) -> None:
        verb, scope, seen_from, *how = change
        self._tick()
        with transaction(self.clerk) as session:
            members = members_of(session, self.clerk, series_id=series_id)
        reach = Reach(scope, members[seen_from % len(members)].row.id)
        if verb == "cancel":
            self._cancel_in_series(series_id, members, reach)
        else:
            self._move_in_series(series_id, members, reach, *how)

    def _cancel_in_series(self, series_id: UUID, members: list[Member], reach: Reach) -> None:
        """Exactly what is booked and to come within the scope ends."""
        expected = {one.row.id for one in self._to_come(members, reach)}
        try:
            answer = self._call(cancel_series, series_id=series_id, reach=reach, reason=CancelReason.CLINIC)
        except InvalidTransition:
            assert not expected
            return
        assert {UUID(one["id"]) for one in answer.body["appointments"]} == expected != set()
        self.noted["cancelled"] += 1
        for appointment_id in expected:
            self.known[appointment_id].status = S.CANCELLED
            self.cancelled_on[appointment_id] = self.now.date()

    def _move_in_series(
        self,
        series_id: UUID,
        members: list[Member],
        reach: Reach,
        at: time | None,
        days: int,
        who: int | None,
        skip: bool,
    ) -> None:
        """What the plan of a move says is what happens; who is not moved stays where they are."""
        shift = Shift(reach, at, days, None if who is None else self.slots[who].practitioner_id)
        try:
            with transaction(self.clerk) as session:
                planned, _ = plan_move(session, self.clerk, series_id=series_id, shift=shift, now=self.now)
        except (InvalidTransition, InvalidField):
            assert not self._to_come(members, reach) or (at, days, who) == (None, 0, None)
            return
        conflicts = {one.target.member.number: one.conflict.refusal.code for one in planned if one.conflict}
        try:
            answer = self._call(move_series, series_id=series_id, shift=shift, choices=Choices({}, skip))
        except SeriesConflicts as refused:
            assert conflicts
            if not skip:
                self._require_codes(refused, conflicts)
            self.noted["not moved"] += 1
        else:
            assert skip or not conflicts
            assert conflicts.keys() <= {one["number"] for one in answer.body["skipped"]}
            self.noted["moved"] += 1
        self._believe_what_was_cleared()

    def _do(self, appointment_id: UUID, word: str) -> None:
        if word not in ("rival", "move") or self._is_on_the_first_day(appointment_id):
            super()._do(appointment_id, word)

    def _is_on_the_first_day(self, appointment_id: UUID) -> bool:
        # Where all of the other machine's own slots are, among which it looks for a place.
        with building() as session:
            slot_id = session.get_one(Appointment, (self.clinic_id, appointment_id)).slot_id
        return slot_id in {slot.id for slot in self.slots}

    def _to_come(self, members: list[Member], reach: Reach) -> list[Member]:
        (at,) = [one.number for one in members if one.row.id == reach.appointment_id]
        within = {
            Scope.THIS: [one for one in members if one.number == at],
            Scope.FOLLOWING: [one for one in members if one.number >= at],
            Scope.ALL: members,
        }[reach.scope]
        return [one for one in within if self.known[one.row.id].status is S.BOOKED and one.row.starts_at > self.now]

    def _require_codes(self, refused: SeriesConflicts, planned: dict[int, str]) -> None:
        heard = {one["number"]: one["code"] for one in refused.details["conflicts"]}
        assert heard == planned, (heard, planned)

    def _call(self, verb: Any, **asked: Any) -> Any:
        key = single_use_key(self.clerk, "series")
        bound = partial(verb, principal=self.clerk, key=key, now=self.now, **asked)
        return attempt(self.clerk, bound, key=key, now=self.now)
