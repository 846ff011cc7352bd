"""What a start of the board offers: what a hold would take, and what may be overbooked, and by whom."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.errors import ClinicError, NotPermitted, SlotUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.offers import Start, start_at
from models.accounts import Role
from models.db import transaction
from models.principal import Principal
from models.schedules import Schedule, Slot, SlotStatus
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    make_appointment,
    make_patient,
    make_room,
    make_schedule,
    make_slots,
    staff_of,
)
from tests.calls import hold
from tests.services.board_day import BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def test_a_start_offers_the_practitioners_services_that_fit(day: BoardDay) -> None:
    hold(day.clerk, day.anna_slots[1], day.service, make_named_patient(day.clinic, "Ana Silva"))

    def at(place: int, *, minutes_later: int = 0) -> tuple[int, list[tuple[str, bool]]]:
        with transaction(day.clerk) as session:
            start = start_at(
                session,
                day.clerk,
                location_id=day.location.id,
                practitioner_id=day.anna.id,
                starts_at=TOMORROW + timedelta(minutes=15 * place),
                now=NOW + timedelta(minutes=minutes_later),
            )
        return start.free_minutes, [(offer.name, offer.fits) for offer in start.offers]

    assert at(0) == (15, [("Check", False)])
    assert at(3) == (15, [("Check", False)])
    with pytest.raises(SlotUnavailable):
        at(1)
    # The hold has run out: its time is free, swept or not.
    assert at(0, minutes_later=6) == (60, [("Check", True)])


def take_the_only_room(day: BoardDay) -> None:
    with building() as session:
        room = make_room(session, location=day.location, kind="exam")
        service = session.merge(day.service)
        service.room_kind = "exam"
        patient = make_patient(session, clinic=day.clinic)
        make_appointment(session, slots=day.boris_slots[:1], service=service, patient=patient, room_id=room.id)


def call_anna_elsewhere(day: BoardDay) -> None:
    with building() as session:
        elsewhere = make_schedule(session, clinic=day.clinic, practitioner=day.anna)
        slots = make_slots(session, schedule=elsewhere, count=2, starts_at=TOMORROW + timedelta(minutes=5))
        make_appointment(session, slots=slots, service=day.service, patient=make_patient(session, clinic=day.clinic))


def close_the_schedule(day: BoardDay) -> None:
    with building() as session:
        session.get_one(Schedule, (day.clinic.id, day.anna_slots[0].schedule_id)).is_active = False


def leave_it(day: BoardDay) -> None:
    return None


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (take_the_only_room, NOW),
        (call_anna_elsewhere, NOW),
        (close_the_schedule, NOW),
        (leave_it, TOMORROW + timedelta(minutes=1)),
    ],
)
def test_a_start_offers_what_a_hold_would_take_and_nothing_else(
    day: BoardDay, change: Callable[[BoardDay], None], now: datetime
) -> None:
    change(day)
    with transaction(day.clerk) as session:
        place = {"location_id": day.location.id, "practitioner_id": day.anna.id}
        start = start_at(session, day.clerk, **place, starts_at=TOMORROW, now=now)
    assert (start.free_minutes, [offer.fits for offer in start.offers]) == (60, [False])
    with pytest.raises(ClinicError):
        hold(day.clerk, day.anna_slots[0], day.service, make_named_patient(day.clinic, "Ana Silva"), now=now)


def start_of(day: BoardDay, principal: Principal, *, overbooking: bool) -> Start:
    with transaction(principal) as session:
        place = {"location_id": day.location.id, "practitioner_id": day.anna.id}
        return start_at(session, principal, **place, starts_at=TOMORROW, now=NOW, overbooking=overbooking)


def test_a_taken_start_is_offered_to_who_may_overbook_and_asks_for_it(day: BoardDay) -> None:
    hold(day.clerk, day.anna_slots[0], day.service, make_named_patient(day.clinic, "Ana Silva"))
    with pytest.raises(SlotUnavailable):
        start_of(day, day.clerk, overbooking=False)
    with pytest.raises(NotPermitted):
        start_of(day, staff_of(day.clinic, role=Role.NURSE), overbooking=True)
    # No schedule permits it yet.
    with pytest.raises(SlotUnavailable, match="no more patients"):
        start_of(day, day.clerk, overbooking=True)
    permit_one_beyond(day)
    start = start_of(day, day.clerk, overbooking=True)
    assert [(offer.name, offer.fits, offer.may_overbook) for offer in start.offers] == [("Check", False, True)]


def permit_one_beyond(day: BoardDay) -> None:
    with building() as session:
        for slot in day.anna_slots:
            session.get_one(Slot, (slot.clinic_id, slot.id)).overbook_limit = 1


def test_a_closed_time_is_not_offered_for_overbooking(day: BoardDay) -> None:
    permit_one_beyond(day)
    with building() as session:
        session.get_one(Slot, (day.clinic.id, day.anna_slots[1].id)).status = SlotStatus.BLOCKED
    start = start_of(day, day.clerk, overbooking=True)
    assert [(offer.fits, offer.may_overbook) for offer in start.offers] == [(False, False)]
