"""What a clinic offers to anybody who asks: its sites, its services, who gives them. No patient data.

The lists are kept by the cache; whoever changes one drops its group (`cache_keys.catalogue`) after the commit.
"""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from app.errors import NotFound
from app.infra.cache_keys import Kind, catalogue
from app.services.accounts.permissions import Permission, require
from app.services.kept import kept
from models.db import first_row, rows
from models.principal import Principal

CLINIC: LiteralString = """
SELECT id, name, country, currency, language, timezone, phone FROM clinics WHERE id = %(clinic_id)s::uuid
"""
LOCATIONS: LiteralString = """
SELECT id, name, timezone, address, phone, country FROM locations
 WHERE clinic_id = %(clinic_id)s::uuid AND is_active ORDER BY name, id
"""
SERVICES: LiteralString = """
SELECT v.id, v.name, v.specialty, v.duration_minutes, v.buffer_before_minutes, v.buffer_after_minutes, v.capacity,
       v.price_amount, v.currency, v.prepayment, v.hold_minutes, v.notice_minutes, v.horizon_days, v.is_video,
       ARRAY(SELECT DISTINCT h.location_id FROM practitioner_services o
               JOIN practitioners p ON p.clinic_id = o.clinic_id AND p.id = o.practitioner_id AND p.is_active
               JOIN schedules h ON h.clinic_id = o.clinic_id AND h.practitioner_id = o.practitioner_id AND h.is_active
              WHERE o.clinic_id = v.clinic_id AND o.service_id = v.id ORDER BY 1) AS location_ids
  FROM services v WHERE v.clinic_id = %(clinic_id)s::uuid AND v.is_active ORDER BY v.name, v.id
"""
PRACTITIONERS: LiteralString = """
SELECT p.id, p.display_name, p.specialty, p.languages,
       ARRAY(SELECT h.location_id FROM schedules h
              WHERE h.clinic_id = p.clinic_id AND h.practitioner_id = p.id AND h.is_active ORDER BY 1) AS location_ids,
       ARRAY(SELECT o.service_id FROM practitioner_services o
               JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id AND v.is_active
              WHERE o.clinic_id = p.clinic_id AND o.practitioner_id = p.id ORDER BY 1) AS service_ids
  FROM practitioners p WHERE p.clinic_id = %(clinic_id)s::uuid AND p.is_active ORDER BY p.display_name, p.id
"""

ZONE: LiteralString = """
SELECT coalesce((SELECT l.timezone FROM locations l
                  WHERE l.clinic_id = c.id AND l.id = %(location_id)s::uuid), c.timezone)
  FROM clinics c WHERE c.id = %(clinic_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class ClinicView:
    """The organisation as its visitors see it."""

    id: UUID
    name: str
    country: str
    currency: str
    language: str
    timezone: str
    phone: str


@dataclass(frozen=True, slots=True)
class LocationView:
    """One site, with the zone of its wall clocks."""

    id: UUID
    name: str
    timezone: str
    address: str
    phone: str
    country: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A bookable kind of visit, and the sites where somebody gives it; the price in minor units."""

    id: UUID
    name: str
    specialty: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    capacity: int
    price_amount: int
    currency: str
    prepayment: str
    hold_minutes: int
    notice_minutes: int
    horizon_days: int
    is_video: bool
    location_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class PractitionerView:
    """Who gives care, where, and which services."""

    id: UUID
    name: str
    specialty: str
    languages: list[str]
    location_ids: list[UUID]
    service_ids: list[UUID]


CLINIC_SHAPE = TypeAdapter(ClinicView)
LOCATIONS_SHAPE = TypeAdapter(list[LocationView])
SERVICES_SHAPE = TypeAdapter(list[ServiceView])
PRACTITIONERS_SHAPE = TypeAdapter(list[PractitionerView])


def clinic(session: Session, principal: Principal) -> ClinicView:
    """Return the principal's clinic."""
    require(principal, Permission.SLOTS_READ)

    def load() -> ClinicView:
        found = first_row(session, CLINIC, {"clinic_id": principal.clinic_id})
        if found is None:
            raise NotFound
        return ClinicView(*found)

    return kept(catalogue(Kind.CLINIC, principal.clinic_id).key(), CLINIC_SHAPE, load)


def locations(session: Session, principal: Principal) -> list[LocationView]:
    """Return the open sites, by name."""
    require(principal, Permission.SLOTS_READ)

    def load() -> list[LocationView]:
        return [LocationView(*row) for row in rows(session, LOCATIONS, {"clinic_id": principal.clinic_id})]

    return kept(catalogue(Kind.LOCATIONS, principal.clinic_id).key(), LOCATIONS_SHAPE, load)


def services(session: Session, principal: Principal) -> list[ServiceView]:
    """Return what can be booked, by name."""
    require(principal, Permission.SLOTS_READ)

    def load() -> list[ServiceView]:
        return [ServiceView(*row) for row in rows(session, SERVICES, {"clinic_id": principal.clinic_id})]

    return kept(catalogue(Kind.SERVICES, principal.clinic_id).key(), SERVICES_SHAPE, load)


def practitioners(session: Session, principal: Principal) -> list[PractitionerView]:
    """Return who can be booked, by name."""
    require(principal, Permission.SLOTS_READ)

    def load() -> list[PractitionerView]:
        return [PractitionerView(*row) for row in rows(session, PRACTITIONERS, {"clinic_id": principal.clinic_id})]

    return kept(catalogue(Kind.PRACTITIONERS, principal.clinic_id).key(), PRACTITIONERS_SHAPE, load)


def zone(session: Session, principal: Principal, *, location_id: UUID | None = None) -> ZoneInfo:
    """Return the zone of a site's wall clocks, or of the clinic's when no site is named."""
    found = first_row(session, ZONE, {"clinic_id": principal.clinic_id, "location_id": location_id})
    return ZoneInfo(found[0] if found else "UTC")
