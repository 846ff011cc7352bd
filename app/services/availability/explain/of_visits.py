"""Which live visits and holds stand in the way: of the practitioner, the places, the rooms, the devices, the patient.

Pure; the same definitions as `obstacles`: an expired hold and an overbooked visit occupy nothing, and the seats of a
session share their slot.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from app.services.availability.explain.facts import Offer, OtherVisit, Places, Taken
from app.services.availability.explain.of_slots import SiteSlots
from app.services.availability.explain.planned_time import PlannedTime
from app.services.availability.explain.reasons import Reason, ReasonCode
from app.services.availability.explain.span import Need

NO_SLOT = UUID(int=0)


def reasons_of_visits(
    taken: Taken, slots: SiteSlots, planned: PlannedTime, need: Need, *, offer: Offer, location_id: UUID
) -> Iterator[Reason]:
    """Name every visit and hold that the new visit would meet, and what it would find no room or device for."""
    is_session, first = planned.kind is not None, slots.first_of(need, planned)
    first_id = first.id if first else NO_SLOT
    seats = [visit for visit in taken.visits if is_session and visit.slot_id == first_id]
    others = [visit for visit in taken.visits if visit not in seats]
    in_the_way = [reason for visit in others for reason in _in_the_way(visit, need)]
    yield from in_the_way
    yield from _capacity(slots, seats, need, is_known=bool(in_the_way) and not is_session)
    for code, kind, places in (
        (ReasonCode.ROOM, offer.room_kind, taken.rooms),
        (ReasonCode.DEVICE, offer.device_kind, taken.devices),
    ):
        if kind is not None:
            yield from _places(code, kind, places, need, location_id=location_id, slot_id=first_id)
    for starts_at, ends_at in taken.of_patient:
        if starts_at < need.visit.ends_at and ends_at > need.visit.starts_at:
            yield Reason(ReasonCode.PATIENT_OVERLAP, ends_at)


def _in_the_way(visit: OtherVisit, need: Need) -> Iterator[Reason]:
    if visit.occupies_from < need.visit.occupies_until and visit.occupies_until > need.visit.occupies_from:
        code, until = _as_found(visit)
        yield from need.collisions(code, visit.occupies_from, visit.occupies_until, until=until)


def _as_found(visit: OtherVisit) -> tuple[ReasonCode, datetime | None]:
    if not visit.is_hold:
        return ReasonCode.BUSY, visit.occupies_until
    return (ReasonCode.PAYING if visit.is_paying else ReasonCode.HELD), visit.ends_at


def _capacity(slots: SiteSlots, seats: Sequence[OtherVisit], need: Need, *, is_known: bool) -> Iterator[Reason]:
    """Name full slots: a session's with the first hold that may free a place, another only if no visit tells why."""
    if is_known or all(slot.free > 0 for slot in slots.taken_by(need)):
        return
    yield Reason(ReasonCode.CAPACITY)
    holds = sorted((seat for seat in seats if seat.ends_at), key=lambda seat: (seat.is_paying, seat.ends_at))
    for hold in holds[:1]:
        yield Reason(*_as_found(hold))


def _places(
    code: ReasonCode, kind: str, places: Places, need: Need, *, location_id: UUID, slot_id: UUID
) -> Iterator[Reason]:
    here = places.get(location_id, ())
    ends = [place.blocked_until(need.visit, slot_id=slot_id) for place in here]
    if all(ends):
        yield Reason(code, min((end for end in ends if end), default=None), {"kind": kind})
