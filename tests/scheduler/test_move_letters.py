"""What is told of moves and of steps back: the news at send time, and nothing that was taken back before."""

from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_time

from app.infra.words import words_of
from app.services.booking.answer import Answer
from app.services.clock import utc_now
from app.words import LANGUAGES
from models.accounts import Role
from models.clinics import Location
from tests import calls
from tests.builders import building, make_schedule, make_slots, offer, staff_of
from tests.scheduler.test_messages import texts, work_off
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")


def kinds(world: World) -> list[str]:
    return [kind for kind, _, _ in world.messages()]


def move(world: World, answer: Answer, slot: int) -> Answer:
    """Move an appointment as the desk does."""
    return calls.reschedule(world.clerk, answer, world.slots[slot], now=utc_now())


def work_off_all(world: World) -> None:
    world.make_everything_due()
    work_off(world)


def test_a_move_is_told_with_its_new_time_after_the_minutes_in_which_it_can_be_undone() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    move(world, booked, 1)
    work_off(world)
    assert kinds(world) == ["confirmation"]
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move"]
    (_, _, before), (_, _, after) = texts(world)
    assert "has been moved" in after
    assert time_of(world, 0) in before
    assert time_of(world, 1) in after
    assert time_of(world, 0) not in after


def time_of(world: World, slot: int) -> str:
    """The slot's time as an English letter writes it."""
    return format_time(world.slots[slot].starts_at.astimezone(ZoneInfo("Europe/Berlin")), "short", locale="en")


def test_a_move_that_was_taken_back_in_time_is_not_told() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    move(world, booked, 1)
    move(world, booked, 0)
    work_off_all(world)
    assert kinds(world) == ["confirmation"]


def test_a_move_that_was_told_and_then_taken_back_is_told_again() -> None:
    world = make_world()
    booked = world.book(0)
    move(world, booked, 1)
    work_off_all(world)
    move(world, booked, 0)
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move"]
    assert [time_of(world, 1) in texts(world)[0][2], time_of(world, 0) in texts(world)[1][2]] == [True, True]


def test_of_two_moves_only_the_last_is_told() -> None:
    world = make_world(slots=3)
    booked = world.book(0)
    work_off(world)
    move(world, booked, 1)
    move(world, booked, 2)
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move"]
    assert time_of(world, 2) in texts(world)[1][2]


def test_who_never_heard_of_a_move_hears_of_the_end_of_the_time_they_know() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    world.cancel(move(world, booked, 1))
    work_off_all(world)
    assert kinds(world) == ["confirmation", "cancellation"]
    assert time_of(world, 0) in texts(world)[1][2]
    assert time_of(world, 1) not in texts(world)[1][2]


def test_a_cancellation_that_was_told_and_then_undone_is_confirmed_again() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    world.cancel(booked)
    work_off_all(world)
    calls.visit(world.clerk, "undo", booked, now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation", "cancellation", "confirmation"]


def test_a_cancellation_that_the_desk_undid_in_time_tells_nobody() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    world.cancel(booked)
    calls.visit(world.clerk, "undo", booked, now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation"]


def test_the_steps_of_a_visit_tell_nobody() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    for verb in ("arrive", "check_in", "complete"):
        calls.visit(world.clerk, verb, booked, now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation"]
    assert {state for _, state in world.outbox()} == {"done"}


def test_a_mistake_of_a_booked_time_is_told_as_its_end() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    admin = staff_of(world.clinic_id, role=Role.ADMINISTRATOR)
    calls.visit(admin, "mark_entered_in_error", booked, reason="wrong patient", now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation", "cancellation"]


def test_a_move_to_another_site_says_so_without_naming_it() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    with building() as session:
        away = make_schedule(session, clinic=world.clinic_id)
        offer(session, service=world.service, practitioner=away.practitioner_id)
        (slot,) = make_slots(session, schedule=away, count=1, starts_at=world.slots[0].starts_at)
        site = session.get_one(Location, (world.clinic_id, away.location_id)).name
    calls.reschedule(world.clerk, booked, slot, now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move-elsewhere"]
    assert "another of our sites" in texts(world)[1][2]
    assert site not in texts(world)[1][2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_is_told_in_the_patients_language(language: str) -> None:
    world = make_world(language=language)
    booked = world.book(0)
    work_off(world)
    move(world, booked, 1)
    work_off_all(world)
    _, (_, subject, body) = texts(world)
    said = words_of(language).gettext
    assert said("Your appointment is now on {day}").partition("{")[0] in subject
    assert said("Your appointment has been moved. It is now on {day} at {time} ({zone}).").partition("{")[0] in body
    assert ("has been moved" in body) == (language == "en")


def test_what_the_desk_says_itself_is_not_written_and_counts_as_known() -> None:
    world = make_world(slots=3)
    booked = world.book(0)
    work_off(world)
    calls.reschedule(world.clerk, booked, world.slots[1], now=utc_now(), tell=False)
    work_off_all(world)
    assert kinds(world) == ["confirmation"]
    # They know of the second place, so that only the third one is news, and the end is of that.
    move(world, booked, 2)
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move"]
    calls.cancel(world.clerk, booked, now=utc_now(), tell=False)
    work_off_all(world)
    assert kinds(world) == ["confirmation", "move"]


def test_an_end_that_was_not_written_about_is_undone_without_a_letter_too() -> None:
    world = make_world()
    booked = world.book(0)
    work_off(world)
    calls.cancel(world.clerk, booked, now=utc_now(), tell=False)
    calls.visit(world.clerk, "undo", booked, now=utc_now(), tell=False)
    work_off_all(world)
    assert kinds(world) == ["confirmation"]


def test_another_length_is_no_news() -> None:
    world = make_world(slots=3)
    booked = world.book(0)
    work_off(world)
    calls.resize(world.clerk, booked, 5, now=utc_now())
    work_off_all(world)
    assert kinds(world) == ["confirmation"]
