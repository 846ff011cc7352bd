"""The best places for many at once: as many as possible get one, and together they are as cheap as possible. Pure.

A minimum-cost bipartite matching of appointments with starts, by scipy. What a matching cannot say is that two
different starts may share time (visits of several slots) or a patient: those that clash with a better one are
matched again among what is left, so that for visits of one slot the result is the optimum.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A start as somebody may take it: what it occupies of its practitioner, and how many seats it has."""

    slot_id: UUID
    practitioner_id: UUID
    occupies_from: datetime
    occupies_until: datetime
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Seeker:
    """An appointment that needs a place, whose patient can be in one place at a time, with the cost of each."""

    appointment_id: UUID
    patient_id: UUID
    costs: Mapping[Place, int] = field(hash=False)


Chosen = dict[UUID, Place]


def best_places(seekers: Iterable[Seeker]) -> Chosen:
    """Return for each appointment its place; who is not in it got none."""
    left = {seeker.appointment_id: seeker for seeker in seekers}
    chosen: Chosen = {}
    taken = _Taken()
    while left:
        found = assign([seeker.costs for seeker in left.values()])
        pairs = [(seeker, place) for seeker, place in zip(left.values(), found, strict=True) if place is not None]
        for seeker, place in sorted(pairs, key=lambda pair: pair[0].costs[pair[1]]):
            if taken.admits(seeker.patient_id, place):
                taken.take(seeker.patient_id, place)
                chosen[seeker.appointment_id] = place
        left = {
            key: Seeker(key, seeker.patient_id, costs)
            for key, seeker in left.items()
            if key not in chosen
            and (costs := {p: c for p, c in seeker.costs.items() if taken.admits(seeker.patient_id, p)})
        }
    return chosen


def assign(costs: Sequence[Mapping[Place, int]]) -> list[Place | None]:
    """Give each row one of its places, every place to as many as it has seats; None where nothing is left.

    As many rows as possible get a place; of all such ways the cheapest. Costs are not negative.
    """
    seats = [place for place in {p: None for row in costs for p in row} for _ in range(min(place.seats, len(costs)))]
    if not seats:
        return [None] * len(costs)
    column: dict[Place, list[int]] = defaultdict(list)
    for number, place in enumerate(seats):
        column[place].append(number)
    # To go without costs more than everything else together, so that nobody does who need not.
    without = float(1 + sum(max(row.values(), default=0) for row in costs))
    # Loaded when somebody is displaced: every process that starts would wait a second for it.
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    matrix = np.full((len(costs), len(seats) + len(costs)), np.inf)
    for number, row in enumerate(costs):
        matrix[number, len(seats) + number] = without
        for place, cost in row.items():
            matrix[number, column[place]] = cost
    _, columns = linear_sum_assignment(matrix)
    return [seats[number] if number < len(seats) else None for number in columns]


class _Taken:
    """The time that chosen places take of practitioners and patients."""

    def __init__(self) -> None:
        self._of: dict[UUID, list[Place]] = defaultdict(list)
        self._seats: dict[Place, int] = defaultdict(int)

    def take(self, patient_id: UUID, place: Place) -> None:
        """Take one seat of a place for a patient."""
        self._of[patient_id].append(place)
        self._of[place.practitioner_id].append(place)
        self._seats[place] += 1

    def admits(self, patient_id: UUID, place: Place) -> bool:
        """Tell whether a seat is left, and neither the patient nor the practitioner is elsewhere at that time."""
        if self._seats[place] >= place.seats or any(_overlap(place, other) for other in self._of[patient_id]):
            return False
        return not any(_overlap(place, other) for other in self._of[place.practitioner_id] if other != place)


def _overlap(one: Place, other: Place) -> bool:
    return one.occupies_from < other.occupies_until and other.occupies_from < one.occupies_until
