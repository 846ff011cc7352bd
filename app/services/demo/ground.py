"""The demonstration's ground: clinic, sites, rooms, devices, services, people, schedules and their rules."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.demo import catalogue
from app.services.demo.bulk import copy_rows
from app.services.demo.catalogue import PEOPLE, SERVICES, SITES
from app.services.demo.ids import Kind, numbered
from app.services.demo.placing import numbered_devices, numbered_rooms
from app.services.demo.timetable import (
    DAYS_AHEAD,
    DAYS_BACK,
    SERVICE_IDS,
    SITE_IDS,
    Roster,
    holiday_on,
    weekly_rules,
)
from app.services.demo.where import Whereabouts

SCHEDULE_COLUMNS = (
    "clinic_id",
    "id",
    "practitioner_id",
    "location_id",
    "slot_minutes",
    "is_active",
    "generated_until",
)
RULE_COLUMNS = (
    "clinic_id",
    "id",
    "schedule_id",
    "weekday",
    "starts_local",
    "ends_local",
    "valid_from",
    "service_id",
)
EXCEPTION_COLUMNS = (
    "clinic_id",
    "id",
    "schedule_id",
    "on_date",
    "starts_local",
    "ends_local",
    "kind",
    "reason",
)


def load_clinic(session: Session, clinic_id: UUID, *, host: str, where: Whereabouts, now: datetime) -> None:
    """Make the clinic's own row."""
    columns = (
        "id",
        "name",
        "host_name",
        "home_database",
        "country",
        "currency",
        "language",
        "timezone",
        "phone",
        "is_demonstration",
        "created_at",
    )
    row = (
        clinic_id,
        catalogue.NAME,
        host,
        "default",
        "US",
        catalogue.CURRENCY,
        "en",
        where.zone.key,
        catalogue.PHONE,
        True,
        now,
    )
    copy_rows(session, "clinics", columns, [row])


def load_places(session: Session, clinic_id: UUID, *, where: Whereabouts) -> None:
    """Make the sites with their rooms and devices."""
    columns = ("clinic_id", "id", "name", "timezone", "address", "phone", "country", "is_active")
    sites = [
        (clinic_id, SITE_IDS[site.name], site.name, where.of(site).key, site.address, site.phone, "US", True)
        for site in SITES
    ]
    copy_rows(session, "locations", columns, sites)
    names = [name for site in SITES for name, _ in site.rooms]
    thing_columns = ("clinic_id", "id", "location_id", "name", "kind", "is_active")
    rooms = [
        (clinic_id, room_id, SITE_IDS[site], name, kind, True)
        for name, (site, kind, room_id) in zip(names, numbered_rooms(), strict=True)
    ]
    copy_rows(session, "rooms", thing_columns, rooms)
    names = [name for site in SITES for name, _ in site.devices]
    devices = [
        (clinic_id, device_id, SITE_IDS[site], name, kind, True)
        for name, (site, kind, device_id) in zip(names, numbered_devices(), strict=True)
    ]
    copy_rows(session, "devices", thing_columns, devices)


def load_services(session: Session, clinic_id: UUID) -> None:
    """Make the bookable kinds of visit."""
    columns = {
        "name": "name",
        "specialty": "specialty",
        "duration_minutes": "minutes",
        "buffer_before_minutes": "before",
        "buffer_after_minutes": "after",
        "capacity": "capacity",
        "price_amount": "price",
        "prepayment": "prepayment",
        "hold_minutes": "hold_minutes",
        "notice_minutes": "notice_minutes",
        "room_kind": "room_kind",
        "device_kind": "device_kind",
        "is_video": "is_video",
        "needs_referral": "needs_referral",
    }
    fixed = ("clinic_id", "id", "currency", "horizon_days", "is_active")
    services = [
        (
            clinic_id,
            SERVICE_IDS[service.name],
            catalogue.CURRENCY,
            DAYS_AHEAD,
            True,
            *(getattr(service, field) for field in columns.values()),
        )
        for service in SERVICES
    ]
    copy_rows(session, "services", (*fixed, *columns), services)


def load_people(session: Session, clinic_id: UUID) -> None:
    """Make the practitioners and what can be booked with each: the services of their specialty."""
    columns = ("clinic_id", "id", "display_name", "specialty", "license_number", "languages", "is_active")
    people = [
        (
            clinic_id,
            numbered(Kind.PRACTITIONER, place),
            person.name,
            person.specialty,
            f"NY-{100_000 + place * 137}",
            list(person.languages),
            True,
        )
        for place, person in enumerate(PEOPLE, 1)
    ]
    copy_rows(session, "practitioners", columns, people)
    pairs = [
        (numbered(Kind.PRACTITIONER, place), SERVICE_IDS[service.name])
        for place, person in enumerate(PEOPLE, 1)
        for service in SERVICES
        if service.specialty == person.specialty
    ]
    offers = [(clinic_id, numbered(Kind.PRACTITIONER_SERVICE, n), *pair) for n, pair in enumerate(pairs, 1)]
    offer_columns = ("clinic_id", "id", "practitioner_id", "service_id")
    copy_rows(session, "practitioner_services", offer_columns, offers)


def load_schedules(session: Session, clinic_id: UUID, rosters: list[Roster], *, today: date) -> None:
    """Make the schedules with their weekly rules, their exceptions and one holiday."""
    until = today + timedelta(days=DAYS_AHEAD)
    schedules = [
        (clinic_id, r.schedule_id, r.practitioner_id, SITE_IDS[r.site.name], r.post.slot_minutes, True, until)
        for r in rosters
    ]
    copy_rows(session, "schedules", SCHEDULE_COLUMNS, schedules)
    copy_rows(session, "schedule_rules", RULE_COLUMNS, _rule_rows(clinic_id, rosters, today))
    copy_rows(session, "schedule_exceptions", EXCEPTION_COLUMNS, _exception_rows(clinic_id, rosters))
    holiday = (clinic_id, numbered(Kind.HOLIDAY, 1), holiday_on(today), "Founders' day")
    copy_rows(session, "holidays", ("clinic_id", "id", "on_date", "name"), [holiday])


def _exception_rows(clinic_id: UUID, rosters: list[Roster]) -> Iterator[tuple[Any, ...]]:
    number = 0
    for roster in rosters:
        for one in roster.exceptions:
            number += 1
            kind, reason = ("closed", "Training") if one.is_closed else ("extra", "Extended hours")
            yield (
                *(clinic_id, numbered(Kind.EXCEPTION, number), roster.schedule_id),
                *(one.on, one.starts, one.ends, kind, reason),
            )


def _rule_rows(clinic_id: UUID, rosters: list[Roster], today: date) -> Iterator[tuple[Any, ...]]:
    number = 0
    for roster in rosters:
        for rule in weekly_rules(roster.post.hours):
            number += 1
            yield (
                clinic_id,
                numbered(Kind.RULE, number),
                roster.schedule_id,
                rule.weekday,
                rule.starts,
                rule.ends,
                today - timedelta(days=DAYS_BACK),
                rule.session.service_id if rule.session else None,
            )
