"""After a change of schedules the slots are those of the rules, no appointment is lost, and the displaced are named."""

from datetime import date, time, timedelta

import psycopg
import pytest
from sqlmodel import select

from app.errors import HoldExpired, NotFound, PractitionerOverlap, SlotUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.displaced.worklist import list_displaced
from app.services.schedules import slot_changes
from app.services.schedules.closures import add_closure, remove_closure
from app.services.schedules.effect import Outcome
from app.services.schedules.exceptions import add_exception, remove_exception
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.reconcile import reconcile
from app.services.schedules.set_up import Settings, open_schedule
from models.appointments import Appointment
from models.db import transaction
from models.schedules import ExceptionKind, ScheduleRule, Slot, SlotStatus
from tests.builders import building, make_location
from tests.calls import appointment_id_of, cancel, confirm, hold
from tests.invariants import assert_sound
from tests.services.schedule_world import MONDAY, ScheduleWorld, at, hours
from tests.services.week_edits import add_rule, change_cut, end_rule, replace_rule

pytestmark = pytest.mark.database
TUESDAY = MONDAY + timedelta(days=1)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def leave_on(world: ScheduleWorld, day: date, starts: str = "00:00", ends: str = "23:59") -> dict[str, object]:
    return {
        "practitioner_id": world.practitioners[0].id,
        "starts_local": at(day, starts),
        "ends_local": at(day, ends),
    }


def test_the_first_reconciliation_makes_the_slots_from_now_on() -> None:
    world = ScheduleWorld()
    assert len(world.slots()) == 15 * 6
    assert {slot.overbook_limit for slot in world.slots()} == {1}
    assert world.slots()[0].starts_at == world.now


def test_leave_takes_the_slots_that_nobody_has_and_displaces_the_others() -> None:
    world = ScheduleWorld()
    first, second, *_ = world.slots(day=TUESDAY)
    booked = world.book(second)
    outcome = world.change(add_leave, **leave_on(world, TUESDAY))
    assert (outcome.effect.added, outcome.effect.removed) == (0, 6)
    assert [(day.day, day.removed) for day in outcome.effect.days] == [(TUESDAY, 6)]
    assert [(one.appointment_id, one.reason) for one in outcome.effect.displaced] == [(booked, "leave")]
    assert world.displaced() == {booked: "leave"}
    assert world.slots(day=TUESDAY) == []
    assert [slot.id for slot in world.slots(status=SlotStatus.BLOCKED)] == [second.id]
    with building() as session:
        kept = session.get_one(Appointment, (world.clinic_id, booked))
        assert (kept.status.value, kept.slot_id, kept.starts_at) == ("booked", second.id, second.starts_at)
    assert_sound(world.clinic_id)
    with pytest.raises(SlotUnavailable):
        hold(world.clerk, first, world.service, world.patients[1], now=world.now)


def test_what_is_taken_back_fits_again_in_the_same_slots() -> None:
    world = ScheduleWorld()
    before = world.slots()
    booked = world.book(world.slots(day=TUESDAY)[1])
    leave = world.change(add_leave, **leave_on(world, TUESDAY))
    outcome = world.change(remove_leave, leave_id=leave.entry_id)
    assert (outcome.effect.added, outcome.effect.removed) == (6, 0)
    assert outcome.effect.fits_again == (booked,)
    assert world.displaced() == {}
    assert world.settlements(booked) == ["fits-again"]
    assert [slot.starts_at for slot in world.slots()] == [slot.starts_at for slot in before]
    assert world.slots(status=SlotStatus.BLOCKED) == []


def test_the_same_leave_twice_is_one_and_the_second_changes_nothing() -> None:
    world = ScheduleWorld()
    first = world.change(add_leave, **leave_on(world, TUESDAY))
    second = world.change(add_leave, **leave_on(world, TUESDAY))
    assert second.entry_id == first.entry_id
    assert (first.was_there, second.was_there) == (False, True)
    assert (second.effect.added, second.effect.removed, second.effect.displaced) == (0, 0, ())
    world.change(remove_leave, leave_id=first.entry_id)
    with pytest.raises(NotFound):
        world.change(remove_leave, leave_id=first.entry_id)


def test_another_cut_of_the_day_lies_across_the_slot_of_an_appointment_without_offering_its_time() -> None:
    world = ScheduleWorld()
    _, second, *_ = world.slots(day=TUESDAY)
    booked = world.book(second)
    outcome = world.change(change_cut, schedule_id=world.schedules[0].id, settings=Settings(slot_minutes=20))
    assert world.displaced() == {booked: "grid"}
    assert [one.appointment_id for one in outcome.effect.displaced] == [booked]
    new = world.slots(day=TUESDAY)
    assert len(new) == 9
    assert any(slot.starts_at < second.ends_at and second.starts_at < slot.ends_at for slot in new)
    taken = next(slot for slot in new if slot.starts_at < second.ends_at <= slot.ends_at)
    with pytest.raises(PractitionerOverlap):
        hold(world.clerk, taken, world.service, world.patients[1], now=world.now)
    assert_sound(world.clinic_id)


def test_a_slot_that_only_a_past_appointment_had_is_kept_blocked_and_opened_again() -> None:
    world = ScheduleWorld()
    slot = world.slots(day=TUESDAY)[0]
    cancel(world.clerk, world.book(slot), now=world.now)
    leave = world.change(add_leave, **leave_on(world, TUESDAY))
    assert [kept.id for kept in world.slots(status=SlotStatus.BLOCKED)] == [slot.id]
    assert leave.effect.displaced == ()
    world.change(remove_leave, leave_id=leave.entry_id)
    assert slot.id in {open_slot.id for open_slot in world.slots(day=TUESDAY)}


def test_closures_and_exceptions_come_and_go() -> None:
    world = ScheduleWorld(sites=2)
    place = world.locations[0].id
    closed = world.change(
        add_closure, location_id=place, starts_local=at(TUESDAY, "10:00"), ends_local=at(TUESDAY, "11:00")
    )
    assert closed.effect.removed == 2
    elsewhere = {"starts_local": at(TUESDAY, "09:00"), "ends_local": at(TUESDAY, "12:00")}
    assert world.change(add_closure, location_id=world.locations[1].id, **elsewhere).effect.removed == 0
    assert world.change(add_closure, location_id=None, **elsewhere).effect.removed == 4
    assert world.change(remove_closure, closure_id=closed.entry_id).effect.added == 0
    extra = {"schedule_id": world.schedules[0].id, "on_date": MONDAY + timedelta(days=5), "kind": ExceptionKind.EXTRA}
    added = world.change(add_exception, **extra, starts_local=time(9), ends_local=time(11))
    assert added.effect.added == 4
    assert world.change(remove_exception, exception_id=added.entry_id).effect.removed == 4


def test_rules_are_added_ended_and_replaced_with_dates() -> None:
    world = ScheduleWorld()
    schedule_id = world.schedules[0].id
    saturday = hours(5, "10:00", "12:00", valid_from=MONDAY, valid_until=MONDAY + timedelta(days=6))
    added = world.change(add_rule, schedule_id=schedule_id, hours=saturday)
    assert (added.effect.added, added.effect.removed) == (4, 0)
    again = world.change(add_rule, schedule_id=schedule_id, hours=saturday)
    assert (again.entry_id, again.effect.added) == (added.entry_id, 0)
    later = hours(5, "10:00", "11:00", valid_from=MONDAY)
    replaced = world.change(replace_rule, rule_id=added.entry_id, hours=later)
    # Half of the first Saturday goes, two more Saturdays come.
    assert (replaced.effect.added, replaced.effect.removed) == (4, 2)
    ended = world.change(end_rule, rule_id=replaced.entry_id, last_on=MONDAY + timedelta(days=6))
    assert (ended.effect.added, ended.effect.removed) == (0, 4)


def test_a_session_template_stands_before_base_slots_and_its_capacity_is_its_own() -> None:
    world, group = _session_with_three_people()
    assert (group.max_capacity, group.current_bookings) == (9, 3)
    assert len(world.slots(day=TUESDAY)) == 5


def test_who_has_a_place_of_a_session_keeps_it_when_it_gets_fewer() -> None:
    world, group = _session_with_three_people()
    (fewer,) = _make_the_session_smaller(world)
    assert (fewer.effect.displaced, fewer.effect.removed) == ((), 0)
    (group, other, *_) = [slot for slot in world.slots() if slot.service_id]
    assert (group.max_capacity, group.current_bookings, other.max_capacity) == (3, 3, 2)
    assert_sound(world.clinic_id)


def test_control_without_the_guard_a_smaller_session_would_hold_more_people_than_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = "greatest(w.capacity, s.current_bookings)"
    assert guard in slot_changes.FIT
    monkeypatch.setattr(slot_changes, "FIT", slot_changes.FIT.replace(guard, "w.capacity"))
    world, _ = _session_with_three_people()
    with pytest.raises(psycopg.errors.CheckViolation):
        _make_the_session_smaller(world)


def _session_with_three_people() -> tuple[ScheduleWorld, Slot]:
    world = ScheduleWorld()
    session = hours(1, "09:30", "10:30", service_id=world.group.id, capacity=9, valid_from=TUESDAY)
    world.change(add_rule, schedule_id=world.schedules[0].id, hours=session)
    (group, *_) = [slot for slot in world.slots(day=TUESDAY) if slot.service_id]
    for number in range(3):
        world.book(group, patient=number, service=world.group)
    return world, next(slot for slot in world.slots(day=TUESDAY) if slot.service_id)


def _make_the_session_smaller(world: ScheduleWorld) -> list[Outcome]:
    with building() as session:
        asked = select(ScheduleRule.id).where(
            ScheduleRule.clinic_id == world.clinic_id, ScheduleRule.service_id == world.group.id
        )
        rule_ids = list(session.exec(asked))
    fewer = hours(1, "09:30", "10:30", service_id=world.group.id, capacity=2, valid_from=TUESDAY)
    return [world.change(replace_rule, rule_id=rule_id, hours=fewer) for rule_id in rule_ids]


def test_an_inactive_schedule_or_practitioner_has_no_slots_and_says_which() -> None:
    world = ScheduleWorld()
    booked = world.book(world.slots(day=TUESDAY)[0])
    world.change(change_cut, schedule_id=world.schedules[0].id, settings=Settings(is_active=False))
    assert world.slots() == []
    assert world.displaced() == {booked: "schedule-inactive"}
    world.change(change_cut, schedule_id=world.schedules[0].id, settings=Settings(is_active=True))
    assert len(world.slots()) == 90
    with building() as session:
        world.practitioners[0].is_active = False
        session.merge(world.practitioners[0])
    with transaction(world.manager) as session:
        reconcile(session, world.manager, practitioner_ids=[world.practitioners[0].id], now=world.now)
    assert world.displaced() == {booked: "practitioner-inactive"}
    assert world.settlements(booked) == ["fits-again", "open"]


def test_a_new_schedule_of_one_who_works_elsewhere_gets_the_time_that_is_left() -> None:
    world = ScheduleWorld()
    with building() as session:
        there = make_location(session, clinic=world.clinic)
    opened = world.change(
        open_schedule,
        practitioner_id=world.practitioners[0].id,
        location_id=there.id,
        settings=Settings(slot_minutes=60),
    )
    assert opened.effect.added == 0
    assert opened.entry_id is not None
    added = world.change(
        add_rule, schedule_id=opened.entry_id, hours=hours(0, "11:30", "14:30", valid_from=NEXT_MONDAY)
    )
    # 11:30 to 12:30 is partly taken at the first site.
    assert added.effect.added == 2 * 2
    gone = world.change(change_cut, schedule_id=world.schedules[0].id, settings=Settings(is_active=False))
    assert (gone.effect.added, gone.effect.removed) == (2, 90)


def test_a_hold_is_displaced_as_long_as_it_holds_and_one_that_has_run_out_is_nobodys() -> None:
    world = ScheduleWorld()
    first, second, *_ = world.slots(day=TUESDAY)
    early = hold(world.clerk, first, world.service, world.patients[0], now=world.now)
    world.now += timedelta(minutes=3)
    late = hold(world.clerk, second, world.service, world.patients[1], now=world.now)
    world.now += timedelta(minutes=3)
    outcome = world.change(add_leave, **leave_on(world, TUESDAY))
    assert [one.appointment_id for one in outcome.effect.displaced] == [appointment_id_of(late)]
    with transaction(world.clerk) as session:
        assert len(list_displaced(session, world.clerk, now=world.now)) == 1
        assert list_displaced(session, world.clerk, now=world.now + timedelta(minutes=5)) == []
    assert {slot.id for slot in world.slots(status=SlotStatus.BLOCKED)} == {first.id, second.id}
    with pytest.raises(HoldExpired):
        confirm(world.clerk, early, now=world.now)
