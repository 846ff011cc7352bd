"""What is offered to whom: only what they can come for, within the day's limit, and never in quiet hours."""

from datetime import date, timedelta

import pytest

from app.errors import InvalidField, NotPermitted, WaitlistEntryNotFound
from app.services.waitlist import wishes
from models.waiting import PartOfDay
from tests.builders import NOW, TOMORROW, building, guest_of, make_service, make_slots
from tests.services.waiting_room import make_full_room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("wish", "slot"),
    [
        ({}, 0),
        ({"part_of_day": PartOfDay.AFTERNOON}, 1),
        ({"part_of_day": PartOfDay.EVENING}, 2),
        ({"part_of_day": PartOfDay.MORNING}, 0),
        ({"weekdays": 1 << 2}, 3),
        ({"earliest_on": date(2027, 1, 6)}, 3),
        ({"latest_on": date(2027, 1, 4)}, None),
        ({"weekdays": 1 << 6}, None),
    ],
)
def test_only_what_somebody_can_come_for_is_offered(wish: dict[str, object], slot: int | None) -> None:
    room = make_room(slots=0)
    # Tuesday at 9:00, 12:00 and 17:00 in Berlin, and Wednesday at 9:00.
    hours = (0, 3, 8, 24)
    with building() as session:
        for hour in hours:
            starts_at = TOMORROW + timedelta(hours=hour)
            room.slots += make_slots(session, schedule=room.schedule, count=1, starts_at=starts_at)
    room.join(0, **wish)
    assert room.tick() == (slot is not None)
    assert [slot_id for _, _, slot_id in room.offers()] == ([] if slot is None else [room.slots[slot].id])


@pytest.mark.parametrize("wish", [{"earliest_on": date.min}, {"earliest_on": date.max}, {"latest_on": date.max}])
def test_a_day_at_the_calendars_end_is_no_wish(wish: dict[str, date]) -> None:
    room = make_room()
    with pytest.raises(InvalidField) as refused:
        room.join(0, **wish)
    assert refused.value.field in wish
    assert room.statuses() == {}


def test_control_a_day_at_the_calendars_end_would_stop_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    room = make_room()
    monkeypatch.setattr(wishes, "FARTHEST_DAYS", date.max.toordinal())
    endless = room.join(0, latest_on=date.max)
    room.join(1)
    with pytest.raises(OverflowError):
        room.tick()
    # The jobs of later tests come to this clinic too.
    room.withdraw(endless)
    assert room.tick() == 1


def test_nobody_is_asked_more_often_a_day_than_the_setting_says() -> None:
    room = make_room(slots=2, starts_at=TOMORROW + timedelta(hours=3))
    room.join(0)
    room.tick()
    room.decline(room.patient(0), room.only_offer()[0])
    assert room.tick() == 0
    # 20:59 in Berlin on the same day, and the next morning.
    assert room.tick(now=NOW + timedelta(hours=11, minutes=59)) == 0
    assert room.tick(now=NOW + timedelta(hours=23, minutes=30)) == 1


def test_a_person_with_two_wishes_counts_once() -> None:
    room = make_room(slots=2)
    with building() as session:
        other = make_service(session, clinic=room.clinic_id, practitioners=[room.schedule.practitioner_id])
    room.join(0)
    room.service, first = other, room.service
    room.join(0)
    assert room.tick() == 1
    room.service = first
    assert len(room.offers()) == 1


def test_nobody_is_written_to_in_the_quiet_hours_of_the_place() -> None:
    room = make_room(slots=1, starts_at=TOMORROW + timedelta(hours=8))
    room.join(0)
    # 20:59, 21:00, 23:59, 7:59 and 8:00 in Berlin.
    evening = NOW.replace(hour=20, minute=0)
    for at in (evening, evening + minutes(179), evening + minutes(659)):
        assert room.tick(now=at) == 0
    assert room.tick(now=evening + minutes(660)) == 1


def test_a_wish_lapses_after_its_last_day_by_the_locations_clock() -> None:
    room, _ = make_full_room()
    entry = room.join(0, latest_on=date(2027, 1, 4))
    room.tick(now=NOW.replace(hour=22, minute=59))
    assert room.statuses() == {entry: "waiting"}
    room.tick(now=NOW.replace(hour=23, minute=0))
    assert room.statuses() == {entry: "lapsed"}


def test_a_guest_manages_only_what_they_made_and_is_never_urgent() -> None:
    room = make_room()
    guest, other = guest_of(room.clinic_id), guest_of(room.clinic_id)
    with pytest.raises(NotPermitted):
        room.join(0, by=guest, is_urgent=True)
    entry = room.join(0, by=guest)
    with pytest.raises(WaitlistEntryNotFound):
        room.withdraw(entry, by=other)
    assert room.asked_to_join(0, by=other).body == {"status": "waiting"}
    assert room.withdraw(entry, by=guest).body["status"] == "withdrawn"


def test_a_session_is_offered_to_as_many_as_it_has_places() -> None:
    room = make_room(slots=0, capacity=2)
    with building() as session:
        room.slots = make_slots(session, schedule=room.schedule, count=1, service=room.service, capacity=2)
    first, second, third = room.join(0), room.join(1), room.join(2)
    assert room.tick() == 2
    assert {entry for _, entry, _ in room.offers()} == {first, second}
    assert room.statuses()[third] == "waiting"


def test_notice_and_horizon_of_a_patient_bind_what_is_offered() -> None:
    room = make_room(slots=1, notice_minutes=25 * 60)
    room.join(0)
    assert room.tick() == 0
    assert room.tick(now=NOW - timedelta(hours=1)) == 1


def test_a_place_soon_to_begin_is_not_kept_beyond_its_beginning() -> None:
    room = make_room(slots=1, starts_at=NOW + minutes(10))
    room.join(0)
    room.tick()
    ((expires_at,),) = room.ask("SELECT expires_at FROM waitlist_offers WHERE clinic_id = %(clinic_id)s")
    assert expires_at == NOW + minutes(10)
