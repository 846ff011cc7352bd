"""Stories as rows of appointments, their slots and their audit events."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from app.services.demo.catalogue import CURRENCY
from app.services.demo.ids import Kind, numbered
from app.services.demo.placing import Visit
from app.services.demo.stories import MADE_BY, Story
from app.services.demo.timetable import SERVICE_IDS, SITE_IDS

# (appointment's id, its story)
Numbered = tuple[UUID, Story]
STAMPS = (
    "created_at",
    "hold_expires_at",
    "booked_at",
    "arrived_at",
    "checked_in_at",
    "roomed_at",
    "fulfilled_at",
    "cancelled_at",
    "noshow_at",
)
APPOINTMENT_COLUMNS = (
    "clinic_id",
    "id",
    "patient_id",
    "practitioner_id",
    "location_id",
    "service_id",
    "slot_id",
    "room_id",
    "device_id",
    "status",
    "cancel_reason",
    "version",
    "starts_at",
    "ends_at",
    "occupies_from",
    "occupies_until",
    "starts_local",
    "timezone",
    "price_amount",
    "currency",
    "is_due_at_desk",
    "has_referral",
    "channel",
    "made_by",
    "updated_at",
    *STAMPS,
)
TAKEN_COLUMNS = ("clinic_id", "appointment_id", "slot_id")
AUDIT_COLUMNS = (
    "clinic_id",
    "id",
    "at",
    "actor",
    "action",
    "object_kind",
    "object_id",
    "from_status",
    "to_status",
    "reason",
)


def in_order(stories: Iterable[Story]) -> list[Numbered]:
    """Number the appointments in the order in which they were made."""
    ordered = sorted(stories, key=lambda story: (story.created_at, story.visit.slots[0].id, story.visit.patient.id))
    return [(numbered(Kind.APPOINTMENT, place), story) for place, story in enumerate(ordered, 1)]


def count_places(stories: Iterable[Story]) -> None:
    """Count each live appointment in every slot that it takes."""
    for story in stories:
        if story.status.is_live:
            for slot in story.visit.slots:
                slot.taken += 1


def appointment_rows(clinic_id: UUID, stories: Iterable[Numbered], *, receptionist: UUID) -> Iterator[tuple[Any, ...]]:
    """Give one row for each appointment."""
    for appointment_id, story in stories:
        visit, steps = story.visit, story.steps()
        yield (
            clinic_id,
            appointment_id,
            visit.patient.id,
            visit.roster.practitioner_id,
            SITE_IDS[visit.roster.site.name],
            SERVICE_IDS[visit.service.name],
            visit.slots[0].id,
            visit.room_id,
            visit.device_id,
            story.status.value,
            story.cancel_reason.value if story.cancel_reason else None,
            len(steps),
            visit.starts_at,
            visit.ends_at,
            visit.occupies_from,
            visit.occupies_until,
            visit.starts_at.astimezone(visit.roster.zone).replace(tzinfo=None),
            visit.roster.zone.key,
            visit.service.price,
            CURRENCY,
            visit.service.prepayment != "none",
            visit.service.needs_referral and _has_referral(visit),
            story.channel.value,
            _actor(story, "hold", receptionist),
            steps[-1][0],
            *(getattr(story, stamp) for stamp in STAMPS),
        )


def taken_rows(clinic_id: UUID, stories: Iterable[Numbered]) -> Iterator[tuple[Any, ...]]:
    """Give one row for each slot that an appointment takes or took."""
    for appointment_id, story in stories:
        for slot in story.visit.slots:
            yield clinic_id, appointment_id, slot.id


def audit_rows(clinic_id: UUID, stories: Iterable[Numbered], *, receptionist: UUID) -> Iterator[tuple[Any, ...]]:
    """Give one row for each change of status."""
    number = 0
    for appointment_id, story in stories:
        for at, verb, before, after in story.steps():
            number += 1
            yield (
                clinic_id,
                numbered(Kind.AUDIT_EVENT, number),
                at,
                _actor(story, verb, receptionist),
                verb,
                "appointment",
                appointment_id,
                before.value if before else None,
                after.value,
                story.cancel_reason.value if story.cancel_reason and after.value == "cancelled" else None,
            )


def _has_referral(visit: Visit) -> bool:
    """Tell whether the paper has come: nearly everybody brings it long before the day."""
    return visit.patient.id.int % 6 != 0


def _actor(story: Story, verb: str, receptionist: UUID) -> str:
    if verb == "expire":
        return "system:sweeper"
    made_by = MADE_BY[story.channel].format(receptionist=receptionist)
    return made_by if verb in ("hold", "confirm") else f"user:{receptionist}"
