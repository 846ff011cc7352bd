"""As many of the displaced as possible get a place, and together at the lowest cost: against every way there is."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.availability import Start
from app.services.displaced import matching
from app.services.displaced.matching import Place, Seeker, assign, best_places
from app.services.displaced.nearness import distance
from app.services.displaced.worklist import DisplacedVisit
from models.appointments import AppointmentStatus

NINE = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
HERE, THERE, ANA, BEN = (UUID(int=number) for number in range(1, 5))


def place(
    number: int, *, minutes: int = 15, starts: int | None = None, practitioner: int = 100, seats: int = 1
) -> Place:
    """Return a place of one practitioner; without `starts`, places follow each other."""
    begins = NINE + timedelta(minutes=15 * number if starts is None else starts)
    ends = begins + timedelta(minutes=minutes)
    return Place(UUID(int=1000 + number), UUID(int=practitioner), begins, ends, seats)


def seeker(number: int, costs: dict[Place, int], *, patient: int | None = None) -> Seeker:
    return Seeker(UUID(int=number), UUID(int=500 + (number if patient is None else patient)), costs)


def best_by_trying(costs: list[dict[Place, int]]) -> tuple[int, int]:
    """Return how many can be seated at most, and the lowest cost of that, by trying everything."""
    ways = itertools.product(*[[None, *row] for row in costs])
    found = []
    for way in ways:
        used = [p for p in way if p is not None]
        if all(used.count(p) <= p.seats for p in used):
            found.append((-len(used), sum(row[p] for row, p in zip(costs, way, strict=True) if p is not None)))
    seated, cost = min(found)
    return -seated, cost


@st.composite
def _tables(draw: st.DrawFn) -> list[dict[Place, int]]:
    places = [place(number, seats=draw(st.sampled_from([1, 1, 2]))) for number in range(draw(st.integers(1, 5)))]
    rows = draw(st.integers(1, 5))
    return [{p: draw(st.integers(0, 40)) for p in places if draw(st.booleans())} for _ in range(rows)]


@given(costs=_tables())
def test_an_assignment_is_as_good_as_the_best_of_all_ways(costs: list[dict[Place, int]]) -> None:
    found = assign(costs)
    used = [p for p in found if p is not None]
    cost = sum(row[p] for row, p in zip(costs, found, strict=True) if p is not None)
    assert all(used.count(p) <= p.seats for p in used)
    assert (len(used), cost) == best_by_trying(costs)


@given(costs=_tables())
def test_places_that_do_not_clash_are_given_in_the_best_way_too(costs: list[dict[Place, int]]) -> None:
    chosen = best_places([seeker(number, row) for number, row in enumerate(costs)])
    cost = sum(costs[key.int][p] for key, p in chosen.items())
    assert (len(chosen), cost) == best_by_trying(costs)


@st.composite
def _clashing(draw: st.DrawFn) -> list[Seeker]:
    places = [
        place(
            number,
            starts=draw(st.integers(0, 6)) * 10,
            minutes=draw(st.sampled_from([10, 25, 40])),
            practitioner=draw(st.integers(100, 101)),
            seats=draw(st.sampled_from([1, 3])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    return [
        seeker(number, {p: draw(st.integers(0, 40)) for p in places}, patient=draw(st.integers(0, 2)))
        for number in range(draw(st.integers(1, 5)))
    ]


@given(seekers=_clashing())
def test_nobody_is_in_two_places_and_no_place_is_left_that_somebody_could_have(seekers: list[Seeker]) -> None:
    chosen = best_places(seekers)
    patients = {s.appointment_id: s.patient_id for s in seekers}
    for (one, a), (other, b) in itertools.combinations(chosen.items(), 2):
        overlap = a.occupies_from < b.occupies_until and b.occupies_from < a.occupies_until
        assert not (overlap and a != b and a.practitioner_id == b.practitioner_id)
        assert not (overlap and patients[one] == patients[other])
    assert all(list(chosen.values()).count(p) <= p.seats for p in chosen.values())
    taken = matching._Taken()
    for key, p in chosen.items():
        taken.take(patients[key], p)
    for s in seekers:
        assert s.appointment_id in chosen or not any(taken.admits(s.patient_id, p) for p in s.costs)


def test_control_taking_the_nearest_place_one_after_the_other_is_worse() -> None:
    first, second = place(0), place(1)
    costs = [{first: 1, second: 2}, {first: 1}]
    assert assign(costs) == [second, first]
    greedy = [min(costs[0], key=costs[0].__getitem__)]
    assert greedy == [first]
    assert not costs[1].keys() - set(greedy)


def visit() -> DisplacedVisit:
    ids = {"patient_id": UUID(int=7), "service_id": UUID(int=8), "practitioner_id": ANA, "location_id": HERE}
    return DisplacedVisit(
        appointment_id=UUID(int=9),
        status=AppointmentStatus.BOOKED,
        version=1,
        reason="leave",
        since_at=NINE,
        starts_at=NINE,
        ends_at=NINE + timedelta(minutes=15),
        timezone="Europe/Berlin",
        **ids,
    )


def start(*, by: UUID = ANA, at: UUID = HERE, days: int = 0, hours: float = 0) -> Start:
    begins = NINE + timedelta(days=days, hours=hours)
    return Start(UUID(int=1), by, at, begins, begins + timedelta(minutes=15), 1, 1, 1, "Europe/Berlin")


ORDER = [
    start(hours=0.25),
    start(hours=2.75),
    start(hours=3),
    start(days=-1, hours=1),
    start(days=1),
    start(days=3),
    start(days=1, hours=5),
    start(days=5),
    start(days=30, hours=9),
    start(by=BEN),
    start(by=BEN, days=30, hours=9),
    start(at=THERE),
    start(by=BEN, at=THERE),
]


@pytest.mark.parametrize("number", range(len(ORDER) - 1))
def test_the_site_counts_most_then_the_practitioner_the_day_the_part_of_day_and_the_minutes(number: int) -> None:
    assert distance(visit(), ORDER[number]) < distance(visit(), ORDER[number + 1])
