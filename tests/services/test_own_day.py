"""A practitioner's own day: whose it is, what stands in it, and that nobody takes a step with another's patient."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.errors import InvalidField, InvalidTransition, NotPermitted, SlotUnavailable, StaleVersion
from app.services.own_day.follow_up import book_follow_up, cancel_follow_up, follow_up_starts, own_services
from app.services.own_day.gaps import Gap, joined
from app.services.own_day.late import say_own_late
from app.services.own_day.me import NO_PRACTITIONER, NOT_YOURS, me_of
from app.services.own_day.steps import finish, send_back, start, step_back
from app.services.own_day.summary import summary_of
from app.services.queue.arrival import Group, Wait
from app.services.queue.hand_over import hand_over
from app.services.queue.late import tell_late
from models.accounts import Role
from models.db import rows, transaction
from models.queue import QueueTicket
from models.schedules import Schedule
from tests import calls
from tests.builders import TOMORROW, building, make_slots, staff_of
from tests.services.own_practitioner import OwnWorld, make_own_world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> OwnWorld:
    return make_own_world()


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_an_account_is_the_practitioner_whom_its_role_names(world: OwnWorld) -> None:
    nobody = staff_of(world.day.clinic, role=Role.PRACTITIONER)
    with transaction(nobody) as session:
        assert me_of(session, nobody) is None
    with pytest.raises(NotPermitted, match=NO_PRACTITIONER):
        world.read(nobody)
    assert world.read().me.name == "Dr Anna"
    with transaction(world.day.clerk) as session, pytest.raises(NotPermitted):
        me_of(session, world.day.clerk)


def test_the_day_has_ones_own_patients_only_with_their_waits_and_the_gaps(world: OwnWorld) -> None:
    waiting = world.arrived("Wanda Waits")
    world.visit("Bo Booked", place=2)
    world.arrived("Olga Other", of_boris=True)
    (site,) = world.read(now=TOMORROW + minutes(31)).sites
    assert [one.patient for group in site.arrivals.values() for one in group] == ["Bo Booked", "Wanda Waits"]
    (arrival,) = site.arrivals[Group.WAITING]
    assert (arrival.appointment_id, arrival.waited_minutes, arrival.wait) == (waiting.id, 31, Wait.TOO_LONG)
    assert site.gaps == []
    (site,) = world.read(world.boris, now=TOMORROW + minutes(31)).sites
    assert [(one.starts_at - TOMORROW, one.length) for one in site.gaps] == [(minutes(30), minutes(30))]


def test_slots_become_one_gap_while_one_follows_the_other() -> None:
    at = [TOMORROW + minutes(count) for count in (0, 15, 30, 45, 60)]
    assert joined([(at[0], at[1]), (at[1], at[2]), (at[3], at[4])]) == [Gap(at[0], at[2]), Gap(at[3], at[4])]
    assert joined([]) == []


def test_that_names_were_seen_is_kept_once_a_quarter_of_an_hour(world: OwnWorld) -> None:
    for count in (0, 1, 2):
        world.read(now=TOMORROW + minutes(count))
    with transaction(world.anna) as session:
        asked = "SELECT action FROM audit_events WHERE clinic_id = %(clinic_id)s AND actor = %(actor)s"
        found = rows(session, asked, {"clinic_id": world.day.clinic.id, "actor": world.anna.actor})
    assert found == [("view",)]


def test_a_visit_starts_from_wherever_the_desk_left_it(world: OwnWorld) -> None:
    here, booked = world.arrived("Ana Silva"), world.visit("Bo Lima", place=2)
    for one in (here, booked):
        answer = world.act(start, world.anna, appointment_id=one.id)
        stored = world.stored(one)
        assert (answer.body["status"], stored.status) == ("checked-in", "checked-in")
        assert all((stored.arrived_at, stored.checked_in_at, stored.roomed_at))
    assert len(world.read().sites[0].arrivals[Group.IN_ROOM]) == 2
    world.act(finish, world.anna, appointment_id=here.id)
    assert world.stored(here).status == "fulfilled"
    with pytest.raises(InvalidTransition):
        world.act(start, world.anna, appointment_id=here.id)


def test_a_second_press_does_its_work_once_and_an_old_page_is_told(world: OwnWorld) -> None:
    here = world.arrived()
    seen = world.stored(here).version
    first = world.act(start, world.anna, key="press-1", appointment_id=here.id, version=seen)
    again = world.act(start, world.anna, key="press-1", appointment_id=here.id, version=seen)
    assert (again.body, again.changes) == (first.body, [])
    with pytest.raises(StaleVersion):
        world.act(finish, world.anna, appointment_id=here.id, version=seen)


def test_a_start_and_an_end_are_taken_back(world: OwnWorld) -> None:
    here = world.arrived()
    world.act(start, world.anna, appointment_id=here.id)
    world.act(finish, world.anna, appointment_id=here.id)
    world.act(step_back, world.anna, appointment_id=here.id)
    assert world.stored(here).status == "checked-in"
    world.act(step_back, world.anna, appointment_id=here.id)
    assert world.stored(here).roomed_at is None


def test_a_start_is_taken_back_over_all_that_it_did_or_not_at_all(world: OwnWorld) -> None:
    absent = world.visit()
    seen = world.stored(absent)
    begun = world.act(start, world.anna, appointment_id=absent.id, version=seen.version).body["version"]
    asked = {"appointment_id": absent.id, "steps": begun - seen.version}
    with pytest.raises(StaleVersion):
        world.act(step_back, world.anna, version=seen.version, **asked)
    # One step too many, of which the others are not taken either.
    with pytest.raises(InvalidTransition):
        world.act(step_back, world.anna, version=begun, **{**asked, "steps": asked["steps"] + 1})
    assert world.stored(absent).version == begun
    for _ in range(2):
        world.act(step_back, world.anna, key="undo", version=begun, **asked)
    now = world.stored(absent)
    assert (now.status, now.arrived_at, now.checked_in_at, now.roomed_at) == ("booked", None, None, None)
    assert [one.appointment_id for one in world.read().sites[0].arrivals[Group.EXPECTED]] == [absent.id]


@pytest.mark.parametrize(
    "verb", [start, finish, send_back, step_back, cancel_follow_up], ids=lambda verb: verb.__name__
)
def test_nobody_takes_a_step_with_anothers_patient(world: OwnWorld, verb: Any) -> None:
    theirs = world.arrived(of_boris=True)
    before = world.stored(theirs)
    with pytest.raises(NotPermitted, match=NOT_YOURS):
        world.act(verb, world.anna, appointment_id=theirs.id)
    assert world.stored(theirs).version == before.version


def test_control_without_the_guard_a_step_with_anothers_patient_is_taken(
    world: OwnWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = world.arrived(of_boris=True)
    monkeypatch.setattr("app.services.own_day.steps.require_own", lambda *_, **__: None)
    world.act(start, world.anna, appointment_id=theirs.id)
    assert world.stored(theirs).roomed_at is not None


def test_who_was_handed_over_is_whoever_took_them(world: OwnWorld) -> None:
    theirs = world.arrived("Hanna Handed", of_boris=True)
    with building() as session:
        ticket = session.exec(select(QueueTicket).where(QueueTicket.appointment_id == theirs.id)).one()
    world.act(hand_over, world.day.clerk, ticket_id=ticket.id, practitioner_id=world.day.anna.id)
    assert [one.patient for one in world.read().sites[0].arrivals[Group.WAITING]] == ["Hanna Handed"]
    assert world.read(world.boris).sites[0].arrivals[Group.WAITING] == []
    world.act(start, world.anna, appointment_id=theirs.id)
    with pytest.raises(NotPermitted):
        world.act(finish, world.boris, appointment_id=theirs.id)


def test_the_summary_is_of_ones_own_patients_only_and_its_view_is_kept(world: OwnWorld) -> None:
    mine, theirs = world.arrived("Ana Silva"), world.arrived("Olga Other", of_boris=True)
    with transaction(world.anna) as session:
        seen = summary_of(session, world.anna, appointment_id=mine.id, now=TOMORROW)
        assert (seen.visit.patient.name, seen.visit.patient.is_first_visit) == ("Ana Silva", True)
        asked = "SELECT object_kind FROM audit_events WHERE clinic_id = %(clinic_id)s AND actor = %(actor)s"
        kept = rows(session, asked, {"clinic_id": world.day.clinic.id, "actor": world.anna.actor})
        assert {kind for (kind,) in kept} >= {"patient", "medical-history", "note", "prescription"}
        with pytest.raises(NotPermitted):
            summary_of(session, world.anna, appointment_id=theirs.id, now=TOMORROW)


def later_slots(world: OwnWorld, *, weeks: int) -> list[Any]:
    """Open an hour of Dr Anna so many weeks later."""
    first = world.day.anna_slots[0]
    with building() as session:
        schedule = session.get_one(Schedule, (first.clinic_id, first.schedule_id))
        return make_slots(session, schedule=schedule, count=4, starts_at=TOMORROW + timedelta(weeks=weeks))


def starts(world: OwnWorld, visit: Any, *, weeks: int) -> list[Any]:
    with transaction(world.anna) as session:
        asked = {"appointment_id": visit.id, "service_id": world.day.service.id, "weeks": weeks}
        return follow_up_starts(session, world.anna, **asked, now=TOMORROW)


def test_a_follow_up_is_offered_from_its_week_on_and_booked_like_at_the_desk(world: OwnWorld) -> None:
    here = world.arrived()
    later_slots(world, weeks=2)
    found = starts(world, here, weeks=2)
    assert [one.starts_at - TOMORROW for one in found] == [timedelta(weeks=2, minutes=15 * n) for n in range(3)]
    assert starts(world, here, weeks=3) == []
    asked = {"appointment_id": here.id, "service_id": world.day.service.id, "slot_id": found[0].id}
    booked = world.act(book_follow_up, world.anna, key="once", **asked)
    again = world.act(book_follow_up, world.anna, key="once", **asked)
    assert (booked.body["status"], booked.body["patient_id"]) == ("booked", str(here.patient_id))
    assert again.body["id"] == booked.body["id"]
    with pytest.raises(SlotUnavailable):
        world.act(book_follow_up, world.anna, **{**asked, "appointment_id": world.arrived("Bo Lima", place=2).id})
    world.act(cancel_follow_up, world.anna, appointment_id=booked.body["id"])
    assert len(starts(world, here, weeks=2)) == 3


@pytest.mark.parametrize("weeks", [-1, 53])
def test_a_follow_up_lies_within_a_year(world: OwnWorld, weeks: int) -> None:
    with pytest.raises(InvalidField):
        starts(world, world.arrived(), weeks=weeks)


def test_a_follow_up_is_booked_for_ones_own_patients_only(world: OwnWorld) -> None:
    theirs = world.arrived(of_boris=True)
    (slot, *_) = later_slots(world, weeks=1)
    asked = {"appointment_id": theirs.id, "service_id": world.day.service.id, "slot_id": slot.id}
    with pytest.raises(NotPermitted, match=NOT_YOURS):
        world.act(book_follow_up, world.anna, **asked)
    with transaction(world.anna) as session:
        assert [one.name for one in own_services(session, world.anna)] == ["Check"]


def test_one_says_to_be_late_for_oneself(world: OwnWorld) -> None:
    asked = {"location_id": world.day.location.id, "now": TOMORROW}
    say_own_late(world.anna, minutes=20, **asked)
    assert [world.read(who).sites[0].late for who in (world.anna, world.boris)] == [20, 0]
    say_own_late(world.anna, minutes=0, **asked)
    assert world.read().sites[0].late == 0
    with pytest.raises(NotPermitted):
        say_own_late(world.day.clerk, minutes=20, **asked)


def test_what_somebody_else_has_said_since_is_not_taken_back(world: OwnWorld) -> None:
    asked = {"location_id": world.day.location.id, "now": TOMORROW}
    say_own_late(world.anna, minutes=20, **asked)
    tell_late(world.day.clerk, practitioner_id=world.day.anna.id, minutes=40, **asked)
    with pytest.raises(StaleVersion):
        say_own_late(world.anna, minutes=0, expected=20, **asked)
    assert world.read().sites[0].late == 40
    # Nor is yesterday's word said again today.
    with pytest.raises(StaleVersion):
        say_own_late(world.anna, minutes=10, expected=40, **{**asked, "now": TOMORROW + timedelta(days=1)})
    assert world.read(now=TOMORROW + timedelta(days=1)).sites[0].late == 0
    say_own_late(world.anna, minutes=0, expected=40, **asked)
    assert world.read().sites[0].late == 0


def test_the_next_visit_is_named_whichever_day_it_is(world: OwnWorld) -> None:
    assert world.read().coming is None
    made = world.visit(place=2)
    calls.visit(world.day.clerk, "arrive", world.visit("Bo Lima"), now=TOMORROW)
    assert world.read(now=TOMORROW - timedelta(days=3)).coming == (made.starts_at, world.day.location.timezone)
