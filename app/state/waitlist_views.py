"""What the waitlist shows, made from what the services return."""

from typing import TypedDict

from app.services.phones import readable_phone
from app.services.waitlist.by_hand import SuitedPlace
from app.services.waitlist.entries import weekday_names
from app.services.waitlist.lines import OfferLine, WaitingLine
from app.state.board_views import iso, milliseconds
from app.state.worklists_views import PlaceChoice


class WishView(TypedDict):
    """One entry of the queue."""

    id: str
    version: int
    patient_id: str
    patient: str
    phone: str
    is_reached: bool
    number: int
    is_urgent: bool
    # The sentence that says why it stands where it stands; `since` fills its gap.
    why: str
    since: str
    service_id: str
    service: str
    practitioner_id: str
    practitioner: str
    location_id: str
    location: str
    weekdays: list[str]
    is_any_day: bool
    part_of_day: str
    earliest_on: str
    latest_on: str
    earlier_than: str
    zone: str
    is_offered: bool


class OfferView(TypedDict):
    """One offer; the countdown's end in milliseconds."""

    id: str
    entry_id: str
    patient: str
    service: str
    practitioner: str
    location: str
    at: str
    zone: str
    status: str
    offered_at: str
    until: int


class SuitedView(PlaceChoice):
    """A place to offer, and how many before in the queue it would suit as well."""

    before: int


def wish_view(line: WaitingLine) -> WishView:
    """Show an entry."""
    entry, position = line.position.entry, line.position
    days = weekday_names(entry.weekdays)
    return WishView(
        id=str(entry.id),
        version=entry.version,
        patient_id=str(entry.patient_id),
        patient=line.patient,
        phone=readable_phone(line.phone),
        is_reached=line.is_reached,
        number=position.number or 0,
        is_urgent=entry.is_urgent,
        why=position.sentence,
        since=iso(entry.created_at),
        service_id=str(entry.service_id),
        service=line.service,
        practitioner_id=str(entry.practitioner_id or ""),
        practitioner=line.practitioner,
        location_id=str(entry.location_id or ""),
        location=line.location,
        weekdays=days,
        is_any_day=len(days) == 7,
        part_of_day=entry.part_of_day.value,
        earliest_on=str(entry.earliest_on or ""),
        latest_on=str(entry.latest_on or ""),
        earlier_than=iso(line.earlier_than) if line.earlier_than else "",
        zone=line.timezone or "",
        is_offered=entry.status.value == "offered",
    )


def offer_view(line: OfferLine) -> OfferView:
    """Show an offer."""
    return OfferView(
        id=str(line.id),
        entry_id=str(line.entry_id),
        patient=line.patient,
        service=line.service,
        practitioner=line.practitioner,
        location=line.location,
        at=iso(line.starts_at),
        zone=line.timezone,
        status=line.status.value,
        offered_at=iso(line.offered_at),
        until=milliseconds(line.expires_at),
    )


def suited_view(place: SuitedPlace, choice: PlaceChoice) -> SuitedView:
    """Show a place to offer."""
    return SuitedView(**choice, before=place.before)
