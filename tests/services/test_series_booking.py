"""A series is planned without a trace and booked as a whole; what is not possible is named, chosen or left out."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from app.errors import (
    IdempotencyKeyReused,
    SeriesConflicts,
    SlotUnavailable,
    TimeMissing,
)
from app.services.booking.answer import request_key
from app.services.series import book
from models.appointments import AppointmentStatus as S
from models.series import SeriesUnit
from tests import calls
from tests.builders import NOW, building, make_appointment, make_patient, make_schedule, make_slot
from tests.invariants import assert_sound, live_count
from tests.services.series_world import FIRST_ON, SeriesWorld, local, weekly

pytestmark = pytest.mark.usefixtures("database", "valkey")
A_WEEK = timedelta(weeks=1)


def taken_by_others(world: SeriesWorld, week: int, *, who: int = 0, slot: int = 0) -> UUID:
    """Let another patient have a place that the series wants."""
    wanted = world.slots[who, FIRST_ON + week * A_WEEK][slot]
    return UUID(calls.hold(world.clerk, wanted, world.service, world.another_patient()).body["id"])


def codes(world: SeriesWorld, **more: object) -> list[str]:
    return [planned.conflict.code if planned.conflict else "" for planned in world.plan(**more)]  # type: ignore[arg-type]


def test_every_time_of_a_free_series_is_planned_at_its_own_slot_and_nothing_is_written() -> None:
    world = SeriesWorld()
    planned = world.plan()
    assert [one.offer.slot_id for one in planned if one.offer] == [
        world.slots[0, FIRST_ON + week * A_WEEK][0].id for week in range(4)
    ]
    assert live_count(world.clinic.id) == 0
    assert world.ask("SELECT 1 FROM series WHERE clinic_id = %(clinic_id)s") == []
    assert world.ask("SELECT 1 FROM audit_events WHERE clinic_id = %(clinic_id)s") == []


def test_a_series_is_booked_with_its_rule_its_numbers_and_a_trace_for_each() -> None:
    world = SeriesWorld()
    series = world.book()
    assert series.status == 201
    assert [one["series_number"] for one in series.body["appointments"]] == [1, 2, 3, 4]
    at = [datetime.combine(FIRST_ON + week * A_WEEK, time(9)) for week in range(4)]
    assert world.appointments(series) == [(number + 1, S.BOOKED, at[number]) for number in range(4)]
    ((every, unit, first_on, starts_local, times),) = world.ask(
        "SELECT every, unit, first_on, starts_local, occurrences FROM series WHERE clinic_id = %(clinic_id)s"
    )
    assert (every, unit, first_on, starts_local, times) == (1, "week", FIRST_ON, time(9), 4)
    steps = world.ask(
        "SELECT action, detail ->> 'series_id' FROM audit_events WHERE clinic_id = %(clinic_id)s"
        " AND object_kind = 'appointment' AND action = 'confirm'"
    )
    assert steps == [("confirm", series.body["id"])] * 4
    kinds = world.ask("SELECT kind, count(*) FROM outbox_events WHERE clinic_id = %(clinic_id)s GROUP BY 1 ORDER BY 1")
    assert kinds == [("appointment.confirmed", 4), ("appointment.created", 4), ("series.booked", 1)]
    assert_sound(world.clinic.id)


def test_what_is_planned_can_be_booked_and_what_is_booked_conflicts() -> None:
    world = SeriesWorld()
    taken_by_others(world, 1)
    assert codes(world) == ["", "slot-unavailable", "", ""]
    with pytest.raises(SeriesConflicts) as refused:
        world.book()
    (conflict,) = refused.value.details["conflicts"]
    assert (conflict["number"], conflict["local"], conflict["code"]) == (2, "2027-01-12T09:00", "slot-unavailable")
    assert live_count(world.clinic.id) == 1
    assert world.ask("SELECT 1 FROM series WHERE clinic_id = %(clinic_id)s") == []


def test_each_conflict_has_the_code_of_the_refusal_that_a_hold_would_hear() -> None:
    world = SeriesWorld(rooms=1, room_kind="exam")
    days = [FIRST_ON + week * A_WEEK for week in range(4)]
    with building() as session:
        # Week 1: the patient is with the other practitioner. Week 2: the only room is taken.
        elsewhere = {"service": world.service, "patient": world.patient}
        make_appointment(session, slots=[session.merge(world.slots[1, days[0]][0])], **elsewhere)
        other = make_patient(session, clinic=world.clinic)
        (room_id,) = world.ask("SELECT id FROM rooms WHERE clinic_id = %(clinic_id)s")[0]
        taken = session.merge(world.slots[1, days[1]][0])
        make_appointment(session, slots=[taken], service=world.service, patient=other, room_id=room_id)
        # Week 3: the practitioner is at another site.
        away = make_schedule(session, clinic=world.clinic, practitioner=world.person(0))
        at_nine = make_slot(session, schedule=away, starts_at=local(days[2]) + timedelta(minutes=5))
        make_appointment(session, slots=[at_nine], service=world.service, patient=other)
    assert codes(world) == ["patient-overlap", "room-unavailable", "practitioner-overlap", ""]
    with pytest.raises(SeriesConflicts) as refused:
        world.book()
    assert [one["code"] for one in refused.value.details["conflicts"]] == codes(world)[:3]


def test_alternatives_are_near_and_of_the_same_practitioner_first_and_can_all_be_booked() -> None:
    world = SeriesWorld(count=3)
    taken_by_others(world, 1)
    taken_by_others(world, 1, slot=1)
    planned = world.plan()[1]
    assert [(one.practitioner_id, one.starts_at.minute) for one in planned.alternatives] == [
        (world.schedules[0].practitioner_id, 30),
        (world.schedules[1].practitioner_id, 0),
        (world.schedules[1].practitioner_id, 15),
    ]
    for number, start in enumerate(planned.alternatives, start=1):
        wish = world.wish(weekly(FIRST_ON + A_WEEK, times=1), patient_id=world.another_patient())
        assert len(world.book(wish, choices={1: start.id}).body["appointments"]) == 1
        assert live_count(world.clinic.id) == 2 + number


def test_alternatives_leave_the_patients_own_times_and_the_rest_of_the_series_alone() -> None:
    days = [FIRST_ON + timedelta(days=day) for day in range(3)]
    world = SeriesWorld(days=days, count=1)
    daily = weekly(unit=SeriesUnit.DAY, times=3)
    for who in range(2):
        calls.hold(world.clerk, world.slots[who, days[1]][0], world.service, world.another_patient())
    planned = world.plan(world.wish(daily))
    assert planned[1].conflict is SlotUnavailable
    # Free are only the times that the series itself takes on the other days.
    assert list(planned[1].alternatives) == []


def test_a_chosen_start_and_a_left_out_time_are_taken_at_their_word() -> None:
    world = SeriesWorld()
    taken_by_others(world, 1)
    later = world.slots[1, FIRST_ON + A_WEEK][2]
    series = world.book(choices={2: later.id, 4: None})
    assert [(number, at.time()) for number, _, at in world.appointments(series)] == [
        (1, time(9)),
        (2, time(9, 30)),
        (3, time(9)),
    ]
    assert series.body["skipped"] == []
    assert_sound(world.clinic.id)


def test_what_has_become_impossible_is_left_out_when_the_caller_says_so() -> None:
    world = SeriesWorld()
    taken_by_others(world, 1)
    series = world.book(skip=True)
    assert [number for number, _, _ in world.appointments(series)] == [1, 3, 4]
    assert [one["number"] for one in series.body["skipped"]] == [2]


def test_a_series_of_which_nothing_is_possible_is_refused_even_when_all_may_be_left_out() -> None:
    world = SeriesWorld()
    for week in range(4):
        taken_by_others(world, week)
    with pytest.raises(SeriesConflicts):
        world.book(skip=True)
    assert live_count(world.clinic.id) == 4


def test_two_choices_of_one_start_conflict_with_each_other() -> None:
    world = SeriesWorld()
    same = world.slots[0, FIRST_ON][1].id
    with pytest.raises(SeriesConflicts) as refused:
        world.book(choices={1: same, 2: same})
    assert [one["number"] for one in refused.value.details["conflicts"]] == [2]
    assert live_count(world.clinic.id) == 0


def test_a_hold_that_has_run_out_neither_hides_a_time_nor_keeps_its_place() -> None:
    world = SeriesWorld()
    ended = taken_by_others(world, 1)
    late = NOW + timedelta(minutes=6)
    assert codes(world, now=late) == [""] * 4
    world.book(now=late)
    ((status, reason),) = world.ask(
        "SELECT status, cancel_reason FROM appointments WHERE clinic_id = %(clinic_id)s AND id = %(id)s", id=ended
    )
    assert (status, reason) == ("cancelled", "hold-expired")
    assert_sound(world.clinic.id)


def test_control_without_clearing_the_way_a_run_out_hold_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SeriesWorld()
    taken_by_others(world, 1)
    monkeypatch.setattr(book, "clear_the_way", lambda *_, **__: [])
    with pytest.raises(SeriesConflicts):
        world.book(now=NOW + timedelta(minutes=6))


def test_a_hold_that_runs_keeps_its_place() -> None:
    world = SeriesWorld()
    taken_by_others(world, 1)
    assert codes(world, now=NOW + timedelta(minutes=4))[1] == "slot-unavailable"


def test_a_visit_of_several_slots_with_buffers_takes_all_of_them() -> None:
    world = SeriesWorld(duration_minutes=20, buffer_before_minutes=15, buffer_after_minutes=5)
    rule = weekly(at=time(9, 15))
    assert codes(world, wish=world.wish(rule)) == [""] * 4
    world.book(world.wish(rule))
    taken = world.ask("SELECT count(*) FROM appointment_slots WHERE clinic_id = %(clinic_id)s GROUP BY appointment_id")
    assert taken == [(3,)] * 4
    assert_sound(world.clinic.id)


def test_the_wall_clock_time_is_the_same_on_both_sides_of_a_clock_change() -> None:
    days = [date(2027, 3, 23), date(2027, 3, 30)]
    world = SeriesWorld(days=days)
    series = world.book(world.wish(weekly(days[0], times=2)))
    assert [at.time() for _, _, at in world.appointments(series)] == [time(9)] * 2
    starts = [datetime.fromisoformat(one["start"]) for one in series.body["appointments"]]
    assert starts == [datetime(2027, 3, 23, 8, tzinfo=UTC), datetime(2027, 3, 30, 7, tzinfo=UTC)]


def test_a_time_that_the_clock_skips_is_a_conflict_of_its_own() -> None:
    day = date(2027, 3, 28)
    world = SeriesWorld(days=[day])
    planned = world.plan(world.wish(weekly(day, at=time(2, 30), times=1)))
    assert planned[0].conflict is TimeMissing
    with pytest.raises(SeriesConflicts) as refused:
        world.book(world.wish(weekly(day, at=time(2, 30), times=1)))
    assert refused.value.details["conflicts"][0]["code"] == "time-missing"
    series = world.book(world.wish(weekly(day, at=time(2, 30), times=1)), choices={1: world.slots[0, day][0].id})
    assert len(world.appointments(series)) == 1


def test_the_same_key_gets_the_first_answer_even_when_its_dates_have_passed() -> None:
    world = SeriesWorld()
    key = request_key(world.clerk, method="POST", path="/series", key="k", body={"a": 1})
    first = world.book(key=key)
    assert world.book(key=key).body == first.body
    assert world.book(key=key, now=NOW + timedelta(days=3)).body == first.body
    assert live_count(world.clinic.id) == 4
    other = request_key(world.clerk, method="POST", path="/series", key="k", body={"a": 2})
    with pytest.raises(IdempotencyKeyReused):
        world.book(key=other)


def test_a_refusal_is_kept_with_its_list() -> None:
    world = SeriesWorld()
    held = taken_by_others(world, 1)
    key = request_key(world.clerk, method="POST", path="/series", key="k", body={"a": 1})
    heard = []
    for _ in range(2):
        with pytest.raises(SeriesConflicts) as refused:
            world.book(key=key)
        heard.append(refused.value.details)
        calls.cancel(world.clerk, held) if len(heard) == 1 else None
    assert heard[0] == heard[1]
