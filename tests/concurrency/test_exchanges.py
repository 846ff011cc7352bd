"""Guests who exchange their holds while others hold: one sorted batch of locks, so nobody deadlocks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from time import sleep
from typing import LiteralString
from uuid import UUID

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import guest as guests
from app.services.booking.answer import Answer
from app.services.booking.guest import Guest, Visitor, guest_principal, hold_for_guest
from app.services.booking.locks import lock_names, lock_slots
from app.settings import settings
from models.db import first_row, transaction
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_room,
    make_schedule,
    make_service,
    make_slots,
)
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound, live_count

GUESTS = 12
ADDRESS = "198.51.100.7"
# Somebody waits for a row that somebody else has locked.
WAITS: LiteralString = "SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1"


class Waiting:
    """A clinic with one practitioner, one room and a start for every guest, twice."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            location = make_location(session, clinic=self.clinic)
            schedule = make_schedule(session, clinic=self.clinic, location=location)
            make_room(session, location=location)
            offered_by = [schedule.practitioner_id]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, room_kind="exam")
            self.slots = make_slots(session, schedule=schedule, count=3 * GUESTS)

    def hold(self, guest: int, slot: int, *, instead_of: UUID | None = None) -> Answer:
        browser = f"browser-{guest}"
        person = Guest(f"Given{guest}", "Family", date(1980, 1, 1), f"+4930123450{guest:02d}", None, "en")
        return hold_for_guest(
            guest_principal(self.clinic.id, browser=browser, is_kiosk=False),
            slot_id=self.slots[slot].id,
            service_id=self.service.id,
            guest=person,
            visitor=Visitor(browser, ADDRESS),
            instead_of=instead_of,
            now=NOW,
        )

    def exchange_while_others_hold(self) -> dict[object, int]:
        first = [self.hold(guest, guest) for guest in range(GUESTS)]
        calls = [
            partial(self.hold, guest, GUESTS + guest, instead_of=UUID(held.body["id"]))
            for guest, held in enumerate(first)
        ]
        calls += [partial(self.hold, GUESTS + guest, 2 * GUESTS + guest) for guest in range(GUESTS)]
        return tally(crowd(calls))


@pytest.fixture(autouse=True)
def one_waiting_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "holds_per_address", 1_000)


def test_exchanges_and_holds_from_one_address_all_succeed_without_a_deadlock(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        waiting = Waiting()
        heard = waiting.exchange_while_others_hold()
    assert heard == {201: 2 * GUESTS}
    assert deadlocks() == 0
    assert live_count(waiting.clinic.id) == 2 * GUESTS
    assert_sound(waiting.clinic.id)


def test_who_changes_to_an_earlier_time_stands_in_no_timetables_way(database: DatabaseUrls) -> None:
    waiting = Waiting()
    held = waiting.hold(0, 5)
    clerk = clerk_of(waiting.clinic)
    with counted_deadlocks(database) as deadlocks, ThreadPoolExecutor(1) as pool:
        # A change of the timetable goes over the day's slots in their order, the later one after the earlier.
        with transaction(clerk) as session:
            lock_slots(session, waiting.clinic.id, [waiting.slots[2].id])
            exchanged = pool.submit(waiting.hold, 0, 2, instead_of=UUID(held.body["id"]))
            while first_row(session, WAITS, {}) is None:
                sleep(0.01)
            lock_slots(session, waiting.clinic.id, [waiting.slots[5].id])
        assert exchanged.result().status == 201
    assert deadlocks() == 0
    assert live_count(waiting.clinic.id) == 1
    assert_sound(waiting.clinic.id)


@pytest.mark.long
def test_control_with_the_holders_names_locked_later_they_deadlock(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_people(session: object, _: object, *, names: list[str], **__: object) -> None:
        lock_names(session, [name for name in names if name.startswith(("patient", "practitioner"))])  # type: ignore[arg-type]

    monkeypatch.setattr(guests, "lock_start", only_people)
    with counted_deadlocks(database) as deadlocks:
        for _ in range(20):
            Waiting().exchange_while_others_hold()
            if deadlocks():
                break
        assert deadlocks() > 0
