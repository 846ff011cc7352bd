"""The clinic as files name it: its practitioners, services and locations by their names, without titles and accents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.imports.problems import Wrong
from app.services.patients.normalise import name_words
from app.words import N_
from models.db import rows
from models.principal import Principal

PRACTITIONERS: LiteralString = """
SELECT p.id, p.display_name, p.license_number,
       ARRAY(SELECT DISTINCT h.location_id FROM schedules h
              WHERE h.clinic_id = p.clinic_id AND h.practitioner_id = p.id AND h.is_active)
  FROM practitioners p WHERE p.clinic_id = %(clinic_id)s::uuid AND p.is_active ORDER BY p.display_name, p.id
"""
SERVICES: LiteralString = """
SELECT id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, capacity, room_kind, device_kind
  FROM services WHERE clinic_id = %(clinic_id)s::uuid AND is_active ORDER BY name, id
"""
LOCATIONS: LiteralString = """
SELECT id, name, timezone FROM locations WHERE clinic_id = %(clinic_id)s::uuid AND is_active ORDER BY name, id
"""
TITLES = frozenset({"dr", "med", "prof", "professor", "doctor", "dra", "mr", "mrs", "ms", "dipl", "phd", "md"})
LONGEST = 60
# Of a column that holds something else every cell is unknown, and likeness takes its time.
MOST_COMPARED = 200
# By what is named: nobody, nobody but somebody alike, and several.
UNKNOWN = {
    "practitioner": N_("There is no practitioner “{text}” here."),
    "service": N_("There is no service “{text}” here."),
    "location": N_("There is no location “{text}” here."),
}
NEAR = {
    "practitioner": N_("There is no practitioner “{text}” here. Is it “{near}”?"),
    "service": N_("There is no service “{text}” here. Is it “{near}”?"),
    "location": N_("There is no location “{text}” here. Is it “{near}”?"),
}
SEVERAL = N_("Several are called “{text}” here. Write the name in full.")
SAY_WHERE = N_("Say at which location: this practitioner works at several.")


@dataclass(frozen=True, slots=True)
class Doctor:
    """A practitioner and where they work."""

    id: UUID
    name: str
    location_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Kind:
    """A service with the kinds of room and device that it needs; lengths in minutes."""

    id: UUID
    name: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    capacity: int
    room_kind: str | None
    device_kind: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """A location and its wall clock."""

    id: UUID
    name: str
    zone: ZoneInfo


class House:
    """Whom and what the cells of an appointment's row can name."""

    def __init__(
        self, doctors: Mapping[UUID, tuple[Doctor, str]], kinds: Iterable[Kind], sites: Iterable[Site]
    ) -> None:
        self.sites = {one.id: one for one in sites}
        self._names: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._shown: dict[str, dict[str, str]] = defaultdict(dict)
        self._near: dict[tuple[str, str], str] = {}
        for doctor, license_number in doctors.values():
            self._add("practitioner", doctor.name, doctor)
            by_license = self._names["practitioner"][_key(license_number)]
            # A licence that is written like the name is still one person.
            by_license += [] if doctor in by_license else [doctor]
        for kind in kinds:
            self._add("service", kind.name, kind)
        for site in self.sites.values():
            self._add("location", site.name, site)

    def doctor(self, text: str) -> Doctor:
        """Return the practitioner of this name or licence number; raises Wrong."""
        found: Doctor = self._named("practitioner", text)
        return found

    def kind(self, text: str) -> Kind:
        """Return the service of this name; raises Wrong."""
        found: Kind = self._named("service", text)
        return found

    def site(self, text: str, doctor: Doctor) -> Site:
        """Return the location of this name, or the only one where the practitioner works; raises Wrong."""
        if text:
            named: Site = self._named("location", text)
            return named
        places = [self.sites[one] for one in doctor.location_ids if one in self.sites]
        if len(places) == 1:
            return places[0]
        raise Wrong("practitioner", SAY_WHERE)

    def _add(self, what: str, name: str, one: object) -> None:
        self._names[what][_key(name)].append(one)
        self._shown[what][name.casefold()] = name

    def _named(self, what: str, text: str) -> Any:
        found = self._names[what].get(_key(text), []) if _key(text) else []
        if len(found) == 1:
            return found[0]
        if found:
            raise Wrong(what, SEVERAL, text=text[:LONGEST])
        near = self._alike(what, text.casefold()[:LONGEST])
        if near:
            raise Wrong(what, NEAR[what], text=text[:LONGEST], near=near)
        raise Wrong(what, UNKNOWN[what], text=text[:LONGEST])

    def _alike(self, what: str, text: str) -> str:
        """Return the name that is written nearly so, "" when there is none or too many were asked about."""
        known = self._near.get((what, text))
        if known is None and len(self._near) < MOST_COMPARED:
            found = get_close_matches(text, list(self._shown[what]), n=1)
            known = self._near[what, text] = self._shown[what][found[0]] if found else ""
        return known or ""


def read_house(session: Session, principal: Principal) -> House:
    """Read the clinic as it is now."""
    place = {"clinic_id": principal.clinic_id}
    doctors = {
        row[0]: (Doctor(row[0], row[1], frozenset(row[3])), row[2]) for row in rows(session, PRACTITIONERS, place)
    }
    kinds = [Kind(*row) for row in rows(session, SERVICES, place)]
    sites = [Site(row[0], row[1], ZoneInfo(row[2])) for row in rows(session, LOCATIONS, place)]
    return House(doctors, kinds, sites)


def _key(name: str) -> str:
    # The words in order: "Anna Peter" and "Peter Anna" are two people.
    words = name_words(name)
    return " ".join([word for word in words if word not in TITLES] or words)
