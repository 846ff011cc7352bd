"""Which rows of a file can be booked together, because none of them can stand in another's way. Pure, no database.

Two rows can meet when they take the time of the same practitioner, of the same patient, or of rooms or devices of the
same kind at the same location. Rows that meet come one after the other, as in the file: who is first gets the place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.services.imports.read_appointments import Order

HOUR = 3600


def waves_of(orders: Sequence[Order]) -> list[list[int]]:
    """Return the places in the list of those who go first, then of those who could meet one of them, and so on."""
    wave_of: list[int] = []
    waves: list[list[int]] = []
    for number, met in enumerate(_met(orders)):
        wave = max((wave_of[other] + 1 for other in met), default=0)
        wave_of.append(wave)
        if wave == len(waves):
            waves.append([])
        waves[wave].append(number)
    return waves


def groups_of(orders: Sequence[Order], *, size: int) -> list[list[Order]]:
    """Return the rows in groups of at least this size, the last apart, such that nobody meets anybody of another."""
    leader_of: list[int] = []
    for number, met in enumerate(_met(orders)):
        leader_of.append(number)
        for other in met:
            leader_of[_leader(leader_of, other)] = number
    crowds: defaultdict[int, list[int]] = defaultdict(list)
    for number in range(len(orders)):
        crowds[_leader(leader_of, number)].append(number)
    return [[orders[number] for number in sorted(group)] for group in _packed(crowds.values(), size=size)]


def _met(orders: Sequence[Order]) -> Iterator[set[int]]:
    """Yield for each row those above that it can meet; of rows with the very same time the last stands for all."""
    seen: defaultdict[tuple[str, int], dict[tuple[datetime, datetime], int]] = defaultdict(dict)
    for number, order in enumerate(orders):
        begin, until = order.wanted.occupies
        hours = range(int(begin.timestamp()) // HOUR, int(until.timestamp() - 1) // HOUR + 1)
        places = [seen[name, hour] for name in _names(order) for hour in hours]
        yield {last for place in places for (since, end), last in place.items() if since < until and begin < end}
        for place in places:
            place[begin, until] = number


def _names(order: Order) -> Iterator[str]:
    kind = order.wanted.kind
    yield f"practitioner:{order.wanted.doctor.id}"
    yield f"patient:{order.patient_id}"
    if kind.room_kind is not None:
        yield f"room:{order.wanted.site.id}:{kind.room_kind}"
    if kind.device_kind is not None:
        yield f"device:{order.wanted.site.id}:{kind.device_kind}"


def _leader(leader_of: list[int], number: int) -> int:
    """Return who stands for all who met, and let everybody on the way know."""
    leader = number
    while leader_of[leader] != leader:
        leader = leader_of[leader]
    while leader_of[number] != leader:
        leader_of[number], number = leader, leader_of[number]
    return leader


def _packed(crowds: Iterable[list[int]], *, size: int) -> Iterator[list[int]]:
    group: list[int] = []
    for crowd in crowds:
        group += crowd
        if len(group) >= size:
            yield group
            group = []
    if group:
        yield group
