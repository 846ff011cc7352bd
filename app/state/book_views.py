"""What the booking pages show: display values, made from what the services return; instants as ISO text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict
from urllib.parse import quote
from uuid import UUID

from app.services.availability.start import Start
from app.services.catalogue.offer import Offer
from app.services.catalogue.read import PractitionerView, ServiceView
from app.services.phones import readable_phone


class ServiceCard(TypedDict):
    """A kind of visit to choose; the price in minor units."""

    id: str
    name: str
    minutes: int
    price: int
    currency: str
    is_due_at_desk: bool
    is_video: bool
    is_group: bool
    location_ids: list[str]


class PlaceCard(TypedDict):
    """A site to choose."""

    id: str
    name: str
    address: str
    zone: str


class PersonCard(TypedDict):
    """A practitioner to choose, with the sites and services by which the choice is narrowed."""

    id: str
    name: str
    location_ids: list[str]
    service_ids: list[str]


class DayCard(TypedDict):
    """A day and how many of its times are free."""

    day: str
    free: int


class TimeCard(TypedDict):
    """A time to choose; `slot_id` is empty when nothing is chosen."""

    slot_id: str
    day: str
    starts_at: str
    ends_at: str
    zone: str
    practitioner_id: str
    practitioner: str
    location_id: str
    location: str
    address: str
    free: int
    is_group: bool
    is_held: bool


NO_SERVICE = ServiceCard(
    id="",
    name="",
    minutes=0,
    price=0,
    currency="",
    is_due_at_desk=False,
    is_video=False,
    is_group=False,
    location_ids=[],
)
NO_TIME = TimeCard(
    slot_id="",
    day="",
    starts_at="",
    ends_at="",
    zone="",
    practitioner_id="",
    practitioner="",
    location_id="",
    location="",
    address="",
    free=0,
    is_group=False,
    is_held=False,
)


class OfferCards(TypedDict):
    """Everything that can be booked here."""

    clinic: str
    phone: str
    services: list[ServiceCard]
    places: list[PlaceCard]
    people: list[PersonCard]


def offer_cards(offer: Offer) -> OfferCards:
    """Return what a clinic offers as it is shown."""
    return OfferCards(
        clinic=offer.clinic.name,
        phone=readable_phone(offer.clinic.phone),
        services=[_service(one) for one in offer.services],
        places=[
            PlaceCard(id=str(one.id), name=one.name, address=one.address, zone=one.timezone) for one in offer.locations
        ],
        people=[_person(one) for one in offer.practitioners],
    )


def time_card(start: Start, *, day: str, people: Mapping[str, str], places: Mapping[str, PlaceCard]) -> TimeCard:
    """Return one start as it is shown."""
    place = places.get(str(start.location_id))
    return TimeCard(
        slot_id=str(start.id),
        day=day,
        starts_at=start.starts_at.astimezone(UTC).isoformat(),
        ends_at=start.ends_at.astimezone(UTC).isoformat(),
        zone=start.timezone,
        practitioner_id=str(start.practitioner_id),
        practitioner=people.get(str(start.practitioner_id), ""),
        location_id=str(start.location_id),
        location=place["name"] if place else "",
        address=place["address"] if place else "",
        free=start.free,
        is_group=start.capacity > 1,
        is_held=False,
    )


def calendar_link(time: TimeCard, *, appointment_id: str, clinic: str) -> str:
    """Return an iCalendar file as a link: when and where, and nothing about the care."""

    def text(value: str) -> str:
        return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")

    place = ", ".join(part for part in (time["location"], time["address"]) if part)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Holdfast//Booking//EN",
        "BEGIN:VEVENT",
        f"UID:{appointment_id}@holdfast",
        f"DTSTAMP:{_utc(time['starts_at'])}",
        f"DTSTART:{_utc(time['starts_at'])}",
        f"DTEND:{_utc(time['ends_at'])}",
        f"SUMMARY:{text(clinic)}",
        f"LOCATION:{text(place)}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "data:text/calendar;charset=utf-8," + quote("\r\n".join(lines))


def _utc(instant: str) -> str:
    return datetime.fromisoformat(instant).strftime("%Y%m%dT%H%M%SZ")


def _service(one: ServiceView) -> ServiceCard:
    return ServiceCard(
        id=str(one.id),
        name=one.name,
        minutes=one.duration_minutes,
        price=one.price_amount,
        currency=one.currency,
        # Until there is online payment, what is to be paid before the visit is paid at the desk.
        is_due_at_desk=one.prepayment != "none" and one.price_amount > 0,
        is_video=one.is_video,
        is_group=one.capacity > 1,
        location_ids=_ids(one.location_ids),
    )


def _person(one: PractitionerView) -> PersonCard:
    return PersonCard(
        id=str(one.id), name=one.name, location_ids=_ids(one.location_ids), service_ids=_ids(one.service_ids)
    )


def _ids(ids: list[UUID]) -> list[str]:
    return [str(one) for one in ids]
