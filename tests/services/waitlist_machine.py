"""The waitlist as a state machine over one small clinic, and what must be true after every step and every round.

What a round has to do is said here once more, from the tables alone, so that it also holds the matching to account.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.errors import ClinicError
from app.services.booking.expire import sweep
from app.services.waitlist.rounds import Looks, play_round
from models.db import DatabaseRole, transaction
from models.waiting import PartOfDay
from tests import calls
from tests.builders import NOW, TOMORROW, building, job_of, make_slots
from tests.invariants import assert_sound
from tests.services.waiting_room import Room, make_room
from tests.services.waitlist_facts import (
    BERLIN,
    ENTRIES,
    FULFILLED,
    LIVE,
    OFFERS,
    STEP_OF,
    STEPS,
    WAITING,
    Facts,
    Offer,
    Wanting,
    day,
    has_lapsed,
    is_fulfilled,
    is_quiet,
    part_of,
)

OFFERS_A_DAY = 2
# Tuesday at 9:00 and 9:15, Wednesday at 13:00, Friday at 9:00 and at 13:00 in Berlin.
STARTS = tuple(TOMORROW + timedelta(hours=hours) for hours in (0, 0.25, 28, 72, 76))
PEOPLE = 4
WISHES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"part_of_day": PartOfDay.MORNING},
    {"part_of_day": PartOfDay.AFTERNOON},
    {"weekdays": 1 << 4},
    {"latest_on": date(2027, 1, 5)},
    {"earliest_on": date(2027, 1, 6)},
    {"is_urgent": True},
    {"is_urgent": True},
)


class WaitlistMachine(RuleBasedStateMachine):
    """Joining, freeing, rounds, answers and time in any order."""

    seen: ClassVar[Counter[str]] = Counter()
    room: Room | None = None

    @initialize(wishes=st.lists(st.sampled_from(WISHES), min_size=2, max_size=PEOPLE))
    def open_the_clinic(self, wishes: list[dict[str, Any]]) -> None:
        """One practitioner with a few times, and some who wait already."""
        self.now = NOW
        self.looks = Looks()
        self.room = room = make_room(slots=0, patients=PEOPLE)
        with building() as session:
            for starts_at in STARTS:
                room.slots += make_slots(session, schedule=room.schedule, count=1, starts_at=starts_at)
        for patient, wish in enumerate(wishes):
            self.join(patient, wish, quickly=False)

    @rule(patient=st.integers(0, PEOPLE - 1), wish=st.sampled_from(WISHES), quickly=st.booleans())
    def join(self, patient: int, wish: dict[str, Any], quickly: bool) -> None:
        """Somebody waits for a time; after this and other steps a round comes before the next, or not."""
        self._try(lambda room: room.join(patient, now=self.now, **wish), then_rounds=quickly)
        self.now += timedelta(seconds=1)

    @rule(patient=st.integers(0, PEOPLE - 1))
    def join_to_move_earlier(self, patient: int) -> None:
        """Somebody with a late appointment wants an earlier one."""

        def try_it(room: Room) -> None:
            own = "SELECT id FROM appointments WHERE patient_id = %(id)s AND status = 'booked' ORDER BY starts_at DESC"
            for (appointment_id,) in room.ask(own, id=room.patients[patient].id)[:1]:
                room.join(patient, now=self.now, appointment_id=appointment_id)

        self._try(try_it)

    @rule(slot=st.integers(0, len(STARTS) - 1), patient=st.integers(0, PEOPLE - 1), books=st.booleans())
    def take_at_the_desk(self, slot: int, patient: int, books: bool) -> None:
        """The desk holds or books a time for somebody."""

        def try_it(room: Room) -> None:
            held = calls.hold(room.clerk, room.slots[slot], room.service, room.patients[patient], now=self.now)
            if books:
                calls.confirm(room.clerk, held, now=self.now)

        self._try(try_it)

    @rule(data=st.data(), books=st.booleans(), quickly=st.booleans())
    def change_at_the_desk(self, data: Any, books: bool, quickly: bool) -> None:
        """The desk books what is held or cancels what is live; it may be what is held for an offer."""
        live = self._ask("SELECT id FROM appointments WHERE live ORDER BY starts_at")
        if live:
            (appointment_id,) = data.draw(st.sampled_from(live))
            verb = calls.confirm if books else calls.cancel
            self._try(lambda room: verb(room.clerk, appointment_id, now=self.now), then_rounds=quickly)

    @rule(data=st.data(), accepts=st.booleans(), by_staff=st.booleans())
    def answer(self, data: Any, accepts: bool, by_staff: bool) -> None:
        """Somebody answers an offer, perhaps one that was answered or is over."""
        offers = self._offers("open", "accepted", "declined", "expired")
        if not offers:
            return
        offer: Offer = data.draw(st.sampled_from(offers))

        def try_it(room: Room) -> None:
            numbers = {patient.id: number for number, patient in enumerate(room.patients)}
            who = room.clerk if by_staff else room.patient(numbers[offer.patient_id])
            (room.accept if accepts else room.decline)(who, offer.id, now=self.now)

        done = self._try(try_it, then_rounds=True)
        assert done <= (offer.status == "open" and offer.expires_at > self.now)

    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        """Somebody does not want to wait any longer."""
        entries = self._ask("SELECT id FROM waitlist_entries ORDER BY id")
        if entries:
            (entry_id,) = data.draw(st.sampled_from(entries))
            self._try(lambda room: room.withdraw(entry_id, now=self.now))

    @rule(minutes=st.sampled_from([1, 1, 29, 31, 31, 12 * 60, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        """The clock goes on, by minutes or to the quiet hours or to the next day."""
        self.now += timedelta(minutes=minutes)
        self.rounds()

    @rule()
    def play(self) -> None:
        """A round right after something happened."""
        self.rounds()

    @rule()
    def sweep(self) -> None:
        """The sweeper is one of those who may end an offer's hold."""
        assert self.room is not None
        job = job_of(self.room.clinic_id)
        with transaction(job, role=DatabaseRole.WORKER) as session:
            sweep(session, job, batch=10, now=self.now)

    def rounds(self) -> None:
        """A round, and what it must have done."""
        assert self.room is not None
        before = {offer.id for offer in self._offers()}
        play_round(job_of(self.room.clinic_id), looks=self.looks, clock=lambda: self.now)
        made = [offer for offer in self._offers("open") if offer.id not in before]
        self._require_fair(made)
        play_round(job_of(self.room.clinic_id), looks=self.looks, clock=lambda: self.now)
        assert_sound(self.room.clinic_id)
        self._require_real_offers()
        self._require_nothing_missed()

    @invariant()
    def the_waitlist_is_in_order(self) -> None:
        """What is true at all times."""
        if self.room is None:
            return
        offers = self._offers()
        running = [o for o in offers if o.status == "open" and o.held == "pending" and (o.held_until or NOW) > self.now]
        assert max(Counter(o.slot_id for o in running).values(), default=0) <= 1, "one offer for a place"
        assert max(Counter(o.entry_id for o in offers if o.status == "open").values(), default=0) <= 1, "one at a time"
        statuses = self.room.statuses()
        open_for = {o.entry_id for o in offers if o.status == "open"}
        assert open_for == {key for key, status in statuses.items() if status == "offered"}, "offered means an offer"
        accepted = {o.entry_id for o in offers if o.status == "accepted"}
        otherwise = {entry_id for (entry_id,) in self._ask(FULFILLED)}
        booked = {key for key, status in statuses.items() if status == "booked"}
        assert accepted | otherwise == booked, "booked means accepted, or booked by the desk otherwise"
        assert not accepted & otherwise, "and not both"
        assert all(o.was_booked or o.replaces for o in offers if o.status == "accepted"), (
            "accepted means an appointment"
        )
        assert all(o.held_for == o.patient_id for o in offers if o.held), "held for the one who waits"
        made = [o for o in offers if o.status != "clashed"]
        days = Counter((o.patient_id, day(o.offered_at)) for o in made)
        assert max(days.values(), default=0) <= OFFERS_A_DAY, "the day's limit"
        assert not any(is_quiet(o.offered_at) for o in made), "quiet hours"
        steps = dict(self._ask(STEPS))
        assert steps.get("waitlist-offer", 0) == len(made), "every offer is written down"
        outcomes = Counter(o.status for o in offers)
        assert all(steps.get(f"waitlist-{step}", 0) == outcomes[how] for how, step in STEP_OF.items()), "every answer"

    def teardown(self) -> None:
        """Count what became of the offers, so that a run can be asked whether it met everything."""
        if self.room is not None:
            WaitlistMachine.seen.update(offer.status for offer in self._offers())

    def _require_real_offers(self) -> None:
        for offer in self._offers("open"):
            assert offer.held == "pending", "an open offer holds its place"
            assert offer.expires_at == offer.held_until, "as long as the letter says"
            assert offer.expires_at > self.now, "and has not run out"

    def _require_nothing_missed(self) -> None:
        wanted, facts = self._wanting(), self._facts()
        assert not any(has_lapsed(one, self.now) for one in wanted), "who is over does not wait"
        assert not any(is_fulfilled(one) for one in wanted), "nor who has got it"
        for one in wanted:
            for number in range(len(STARTS)):
                is_missed = self._is_free(number, facts) and self._is_for(one, number, facts)
                assert not is_missed, f"place {number} is free and wanted"

    def _require_fair(self, made: list[Offer]) -> None:
        """Nobody who still waits and would have had a place came before whom it was offered to."""
        assert self.room is not None
        numbers = {slot.id: number for number, slot in enumerate(self.room.slots)}
        still, facts = self._wanting(), self._facts()
        turns = {entry_id: (not is_urgent, at, entry_id) for entry_id, is_urgent, at in self._ask(ENTRIES)}
        for offer in made:
            earlier = [one for one in still if turns[one.id] < turns[offer.entry_id]]
            passed = [one for one in earlier if self._is_for(one, numbers[offer.slot_id], facts)]
            assert not passed, "the first is not passed over"

    def _facts(self) -> Facts:
        live = [row for row in self._ask(LIVE) if row[4] != "pending" or row[5] > self.now]
        return Facts(live, [offer for offer in self._offers() if offer.status != "clashed"])

    def _is_free(self, number: int, facts: Facts) -> bool:
        assert self.room is not None
        taken = any(slot_id == self.room.slots[number].id for _, slot_id, *_ in facts.live)
        return STARTS[number] > self.now and not taken

    def _is_for(self, one: Wanting, number: int, facts: Facts) -> bool:
        """Tell from the tables alone whether this place, when it is free, has to be offered to this entry now."""
        assert self.room is not None
        local, ends_at = STARTS[number].astimezone(BERLIN), STARTS[number] + timedelta(minutes=15)
        offered = [offer for offer in facts.offers if offer.patient_id == one.patient_id]
        clashes = [
            row for row in facts.live if row[0] == one.patient_id and row[2] < ends_at and row[3] > STARTS[number]
        ]
        return (
            not is_quiet(self.now)
            and not clashes
            and bool(one.weekdays & 1 << local.weekday())
            and one.part_of_day in ("any", part_of(local))
            and (one.earliest_on or local.date()) <= local.date() <= (one.latest_on or local.date())
            and (one.to_beat is None or STARTS[number] < one.to_beat)
            and not any(self._is_refused(o, one, number) for o in offered)
            and sum(day(o.offered_at) == day(self.now) for o in offered) < OFFERS_A_DAY
        )

    def _is_refused(self, offer: Offer, one: Wanting, number: int) -> bool:
        """Tell whether this place is not asked about again: it was answered, or ran out today."""
        assert self.room is not None
        is_the_same = offer.entry_id == one.id and offer.slot_id == self.room.slots[number].id
        return is_the_same and (offer.status != "expired" or day(offer.offered_at) == day(self.now))

    def _try(self, step: Any, *, then_rounds: bool = False) -> bool:
        try:
            step(self.room)
        except ClinicError:
            return False
        if then_rounds:
            self.rounds()
        return True

    def _offers(self, *statuses: str) -> list[Offer]:
        offers = [Offer(*row) for row in self._ask(OFFERS)]
        return [offer for offer in offers if not statuses or offer.status in statuses]

    def _wanting(self) -> list[Wanting]:
        return [Wanting(*row) for row in self._ask(WAITING)]

    def _ask(self, statement: str) -> list[Any]:
        assert self.room is not None
        return self.room.ask(statement)
