"""The scheduler's part of the waitlist: places are offered in the letters' own words, and nothing is done twice."""

import os
import signal
import time
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from app.services.booking.answer import single_use_key
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.messages import deliver
from app.services.waitlist.accept import accept
from app.services.waitlist.join import join
from app.services.waitlist.offers import patient_of
from app.services.waitlist.tokens import PAGE, offer_of
from app.services.waitlist.wishes import Wish
from app.settings import settings
from app.words import LANGUAGES
from scheduler import jobs
from tests.invariants import assert_sound
from tests.scheduler.test_messages import texts
from tests.scheduler.test_two_copies import copy_running, until
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")

PLACES = 6


@pytest.fixture(autouse=True)
def no_quiet_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests run at any hour; the processes that they start too."""
    monkeypatch.setattr(settings(), "waitlist_quiet_from", settings().waitlist_quiet_until)
    monkeypatch.setitem(os.environ, "HOLDFAST_WAITLIST_QUIET_FROM", settings().waitlist_quiet_until.isoformat())


def wait_for(world: World, patient: int, *, instead_of: UUID | None = None) -> UUID:
    now, key = utc_now(), single_use_key(world.clerk, "join")
    wanted = {"patient_id": world.patients[patient].id, "service_id": world.service.id, "appointment_id": instead_of}
    verb = partial(join, principal=world.clerk, **wanted, wish=Wish(), key=key, now=now)
    return UUID(attempt(world.clerk, verb, key=key, now=now).body["id"])


def accept_first(world: World) -> None:
    """Accept the offer that has been open longest."""
    ((offer_id, patient_id),) = world.ask(
        "SELECT o.id, e.patient_id FROM waitlist_offers o"
        " JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id"
        " WHERE o.clinic_id = %(clinic_id)s AND o.status = 'open' ORDER BY o.id LIMIT 1"
    )
    patient, now = patient_of(world.clinic_id, patient_id), utc_now()
    key = single_use_key(patient, "accept")
    attempt(patient, partial(accept, principal=patient, offer_id=offer_id, key=key, now=now), key=key, now=now)


def work_off(world: World) -> None:
    deliver.deliver(world.job, owner="test", clock=utc_now, is_stopping=lambda: False)


def going_on() -> bool:
    return False


def open_offers(world: World) -> int:
    return len(world.ask("SELECT 1 FROM waitlist_offers WHERE clinic_id = %(clinic_id)s AND status = 'open'"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_tells_time_and_end_and_where_to_answer_and_nothing_about_care(language: str) -> None:
    world = make_world(language=language)
    wait_for(world, 0)
    jobs.offer_places(going_on)
    work_off(world)
    ((recipient, subject, body),) = texts(world)
    assert recipient == "ana@example.com"
    (link,) = [line for line in body.splitlines() if PAGE in line]
    address, _, token = link.partition(f"{PAGE}#")
    assert address == "http://localhost:8000"
    clinic_id, offer_id = offer_of(token)
    assert (clinic_id, [(offer_id,)]) == (
        world.clinic_id,
        world.ask("SELECT id FROM waitlist_offers WHERE clinic_id = %(clinic_id)s"),
    )
    assert "Ana" in body
    assert ("has become free" in body) == (language == "en")
    for secret in ("Diabetes", "endo", "Dr ", "Site", "Kowalska", "1980"):
        assert secret not in subject + body
    assert "{" not in subject + body


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_to_be_moved_earlier_reads_that_nothing_is_lost(language: str) -> None:
    world = make_world(language=language)
    wait_for(world, 1, instead_of=UUID(world.book(1).body["id"]))
    jobs.offer_places(going_on)
    work_off(world)
    (_, (_, subject, body)) = sorted(texts(world), key=lambda text: PAGE in text[2])
    assert ("stays as it is unless" in body) == (language == "en")
    assert "{" not in subject + body


def test_an_offer_that_is_answered_before_its_letter_goes_out_sends_none() -> None:
    world = make_world()
    wait_for(world, 0)
    jobs.offer_places(going_on)
    accept_first(world)
    work_off(world)
    assert [kind for kind, _, _ in world.messages()] == ["confirmation"]
    assert ("waitlist.offered", "superseded") in world.outbox()


def test_the_token_stands_in_no_table() -> None:
    world = make_world()
    wait_for(world, 0)
    jobs.offer_places(going_on)
    work_off(world)
    ((_, _, body),) = texts(world)
    token = next(line for line in body.splitlines() if PAGE in line).partition("#")[2]
    for table in ("waitlist_offers", "waitlist_entries", "outbox_events", "audit_events", "appointments", "messages"):
        stored = world.ask(f"SELECT t::text FROM {table} t WHERE clinic_id = %(clinic_id)s")
        assert stored
        assert not any(token in row or token.encode().hex() in row for (row,) in stored)


def test_offering_twice_makes_one_offer() -> None:
    world = make_world(slots=1)
    entry_id = wait_for(world, 0)
    for _ in range(2):
        jobs.offer_places(going_on)
    assert open_offers(world) == 1
    steps = "SELECT action FROM audit_events WHERE clinic_id = %(clinic_id)s AND object_id = %(id)s ORDER BY at"
    assert world.ask(steps, id=entry_id) == [("waitlist-join",), ("waitlist-offer",)]


def test_a_stopping_process_offers_nothing() -> None:
    world = make_world(slots=1)
    wait_for(world, 0)
    assert jobs.offer_places(lambda: True) == 0
    assert open_offers(world) == 0


@pytest.mark.long
def test_two_copies_of_which_one_is_paused_and_resumed_offer_each_place_once() -> None:
    world = make_world(slots=2 * PLACES)
    booked = [world.book(number) for number in range(PLACES)]
    taken = [world.book(number) for number in range(PLACES, 2 * PLACES)]
    # Those of the later half want to come earlier, where those of the first half cancel.
    for number in range(PLACES, 2 * PLACES):
        wait_for(world, number, instead_of=UUID(taken[number - PLACES].body["id"]))
    quick = {"HOLDFAST_WAITLIST_SECONDS": "1"}
    with copy_running(**quick) as first, copy_running(**quick) as second:
        for number in range(2):
            world.cancel(booked[number])
        until(lambda: open_offers(world) == 2)
        first.send_signal(signal.SIGSTOP)
        for number in range(2, 4):
            world.cancel(booked[number])
        until(lambda: open_offers(world) == 4)
        first.send_signal(signal.SIGCONT)
        second.send_signal(signal.SIGSTOP)
        for number in range(4, PLACES):
            world.cancel(booked[number])
        until(lambda: open_offers(world) == PLACES)
        second.send_signal(signal.SIGCONT)
        time.sleep(3)
        assert open_offers(world) == PLACES
        until(lambda: [kind for kind, _, _ in world.messages()].count("earlier-offer") == PLACES)
    ((slots, entries),) = world.ask(
        "SELECT count(DISTINCT slot_id), count(DISTINCT entry_id) FROM waitlist_offers WHERE clinic_id = %(clinic_id)s"
    )
    assert (slots, entries) == (PLACES, PLACES)
    assert_sound(world.clinic_id)


@pytest.mark.long
def test_a_hold_that_runs_out_by_itself_is_offered_by_the_running_scheduler() -> None:
    world = make_world(slots=1)
    world.hold(0, now=utc_now() - timedelta(minutes=4, seconds=57))
    with copy_running(HOLDFAST_WAITLIST_SECONDS="1", HOLDFAST_SWEEP_SECONDS="600"):
        wait_for(world, 0)
        until(lambda: open_offers(world) == 1)
