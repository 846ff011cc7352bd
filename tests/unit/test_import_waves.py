"""Which rows of a file are booked together: never two that could stand in each other's way, the first ones first."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.imports.house import Doctor, Kind, Site
from app.services.imports.people import Who
from app.services.imports.read_appointments import Order, Wanted
from app.services.imports.table import Row
from app.services.imports.waves import groups_of, waves_of

NINE = datetime(2027, 1, 5, 9, tzinfo=UTC)
WHO = Who(frozenset({"ana"}), date(1984, 3, 9))


def order(
    number: int,
    *,
    at: int = 0,
    doctor: int = 0,
    patient: int | None = None,
    minutes: int = 30,
    site: int = 0,
    room: str | None = None,
    device: str | None = None,
) -> Order:
    """A row that starts so many minutes after nine; its patient is its own unless one is named."""
    kind = Kind(UUID(int=1), "Check-up", minutes, 5, 10, 1, room, device)
    where = Site(UUID(int=100 + site), "Site", ZoneInfo("UTC"))
    who = Doctor(UUID(int=200 + doctor), "Dr. Weber", frozenset({where.id}))
    wanted = Wanted(Row(number, []), WHO, who, kind, where, NINE + timedelta(minutes=at), None)
    return Order(wanted, UUID(int=1000 + (number if patient is None else patient)))


def groups(orders: Sequence[Order]) -> list[list[int]]:
    return [[one.wanted.row.number for one in group] for group in groups_of(orders, size=1)]


def test_who_cannot_meet_goes_together() -> None:
    # 45 minutes each, with the buffers: one ends when the next begins.
    orders = [order(0), order(1, at=45), order(2, doctor=1), order(3, doctor=2, room="exam", site=1)]
    assert waves_of(orders) == [[0, 1, 2, 3]]
    assert groups(orders) == [[0], [1], [2], [3]]


def test_one_practitioner_or_patient_or_kind_of_room_or_device_is_had_in_the_order_of_the_file() -> None:
    shared: list[dict[str, object]] = [
        {"doctor": 7},
        {"patient": 7},
        {"room": "exam"},
        {"device": "ultrasound"},
    ]
    for what in shared:
        rows = [order(n, at=44 * n, **{"doctor": n, **what}) for n in range(3)]  # type: ignore[arg-type]
        assert waves_of(rows) == [[0], [1], [2]], what
        assert groups(rows) == [[0, 1, 2]], what


def test_rooms_of_another_kind_or_another_site_stand_in_nobodys_way() -> None:
    rows = [order(0, doctor=0, room="exam"), order(1, doctor=1, room="lab"), order(2, doctor=2, room="exam", site=1)]
    assert waves_of(rows) == [[0, 1, 2]]


def test_two_who_do_not_meet_are_one_group_when_somebody_meets_both() -> None:
    rows = [order(0, doctor=0), order(1, doctor=1), order(2, doctor=1, patient=0), order(3, doctor=3)]
    assert groups(rows) == [[0, 1, 2], [3]]


def test_groups_are_filled_up_to_their_size_in_the_order_of_the_file() -> None:
    rows = [order(n, doctor=n % 2, at=60 * n) for n in range(5)]
    assert [[one.wanted.row.number for one in group] for group in groups_of(rows, size=2)] == [[0, 1], [2, 3], [4]]
    assert groups_of([], size=2) == waves_of([]) == []


def test_whatever_the_rows_nobody_meets_anybody_beside_them_and_who_was_first_is_first() -> None:
    random = Random(4)
    for _ in range(60):
        rows = [
            order(
                number,
                at=15 * random.randrange(40),
                doctor=random.randrange(4),
                patient=random.randrange(30),
                minutes=random.choice([15, 30, 240]),
                site=random.randrange(2),
                room=random.choice([None, "exam"]),
            )
            for number in range(40)
        ]
        wave_of = {number: place for place, wave in enumerate(waves_of(rows)) for number in wave}
        group_of = {number: place for place, group in enumerate(groups(rows)) for number in group}
        assert sorted(wave_of) == sorted(group_of) == list(range(40))
        for one, other in combinations(range(40), 2):
            if meet(rows[one], rows[other]):
                assert wave_of[one] < wave_of[other]
                assert group_of[one] == group_of[other]


def meet(one: Order, other: Order) -> bool:
    (begin, until), (since, end) = one.wanted.occupies, other.wanted.occupies
    rooms = [(order.wanted.site.id, order.wanted.kind.room_kind) for order in (one, other)]
    shares_a_room = rooms[0] == rooms[1] and rooms[0][1] is not None
    is_same = one.wanted.doctor.id == other.wanted.doctor.id or one.patient_id == other.patient_id
    return (is_same or shares_a_room) and begin < end and since < until


def test_twenty_thousand_seats_of_one_session_are_put_in_a_row() -> None:
    rows = [order(number, minutes=60) for number in range(20_000)]
    assert len(waves_of(rows)) == 20_000
    assert [len(group) for group in groups_of(rows, size=100)] == [20_000]
