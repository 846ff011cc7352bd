"""Every key of the cache: what is kept, for how long, and what is dropped together.

A group is dropped as a whole (a practitioner's open starts, in whatever range they were asked for); a key is one
answer in it. Ids and times only: nothing about a patient stands in a key, nor in a value.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.settings import settings

# The whole clinic, where a group could be of one person.
EVERYBODY = "all"


class Kind(StrEnum):
    """What is kept; also the metric's label."""

    CLINIC = "settings"
    LOCATIONS = "locations"
    SERVICES = "services"
    PRACTITIONERS = "practitioners"
    SCHEDULES = "schedules"
    STARTS = "starts"
    PATIENT_APPOINTMENTS = "patient-appointments"
    # Kept in the process only: what opens doors is nothing that Valkey may give.
    TOKENS = "tokens"

    @property
    def seconds(self) -> int:
        """How long a copy may live."""
        return {
            Kind.CLINIC: settings().cache_settings_seconds,
            Kind.LOCATIONS: settings().cache_practitioners_seconds,
            Kind.SERVICES: settings().cache_practitioners_seconds,
            Kind.PRACTITIONERS: settings().cache_practitioners_seconds,
            Kind.SCHEDULES: settings().cache_schedules_seconds,
            Kind.STARTS: settings().cache_slots_seconds,
            Kind.PATIENT_APPOINTMENTS: settings().cache_patient_appointments_seconds,
            Kind.TOKENS: settings().cache_tokens_seconds,
        }[self]


@dataclass(frozen=True, slots=True)
class Group:
    """What is dropped together; `subject` is an id or EVERYBODY."""

    kind: Kind
    clinic_id: UUID
    subject: str = EVERYBODY

    @property
    def name(self) -> str:
        """The group as Valkey and the messages between workers write it."""
        return f"{self.kind.value}:{self.clinic_id}:{self.subject}"

    @classmethod
    def named(cls, name: str) -> "Group":
        """Return the group of a name; raises ValueError for anything else."""
        kind, clinic_id, subject = name.split(":")
        return cls(Kind(kind), UUID(clinic_id), subject)

    def key(self, *rest: object) -> "Key":
        """Return the key of one answer in this group."""
        return Key(self, "|".join("" if part is None else str(part) for part in rest))


@dataclass(frozen=True, slots=True)
class Key:
    """One kept answer."""

    group: Group
    field: str


def catalogue(kind: Kind, clinic_id: UUID) -> Group:
    """Return the group of a clinic's settings, locations, services or practitioners."""
    return Group(kind, clinic_id)


def starts_of(clinic_id: UUID, practitioner_id: UUID | None) -> Group:
    """Return the group of open starts with one practitioner, or with anybody."""
    return Group(Kind.STARTS, clinic_id, str(practitioner_id) if practitioner_id else EVERYBODY)


def touched_by_booking(clinic_id: UUID, *, practitioner_id: UUID) -> list[Group]:
    """Return what is stale once somebody's appointment with a practitioner has changed."""
    return [starts_of(clinic_id, practitioner_id), starts_of(clinic_id, None)]
