"""Where the appointments of a series shall go: another wall-clock time, some days on or back, another practitioner."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, InvalidField
from app.services.series.members import Member, Reach
from app.services.series.occurrences import Occurrence, occurrence_of
from app.services.series.takes import planned_take, slots_at
from app.services.series.wish import Ground
from app.words import N_
from models.principal import Principal

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Shift:
    """How appointments of a series move; what is not given stays, above all the time on the wall clock."""

    reach: Reach
    at: time | None = None
    days: int = 0
    practitioner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where one appointment of a series shall go; without a slot, `refusal` says why there is none."""

    member: Member
    occurrence: Occurrence
    practitioner_id: UUID
    slot_id: UUID | None
    refusal: ClinicError | None = None

    @property
    def place(self) -> tuple[UUID, UUID]:
        """With whom and where."""
        return self.practitioner_id, self.member.row.location_id


def require_shift(shift: Shift) -> None:
    """Refuse a move that moves nothing, or farther than a year."""
    if shift.at is None and not shift.days and shift.practitioner_id is None:
        raise InvalidField("time", N_("Say what shall be another: the time, the day or the practitioner."))
    if abs(shift.days) > MOST_DAYS:
        raise InvalidField("days", N_("Give a number from -366 to 366."))


def targets_of(
    session: Session, principal: Principal, ground: Ground, *, members: Sequence[Member], shift: Shift
) -> list[Target]:
    """Return where each appointment shall go, at its own location; its slot is not known to be free yet."""
    wanted = [_target(member, shift) for member in members]
    together: dict[tuple[UUID, UUID], list[datetime]] = defaultdict(list)
    for target in wanted:
        if target.occurrence.starts_at is not None:
            together[target.place].append(target.occurrence.starts_at)
    buffer_minutes = ground.terms.rules.buffer_before_minutes
    slots = {
        place: slots_at(
            session,
            principal.clinic_id,
            practitioner_id=place[0],
            location_id=place[1],
            starts=starts,
            buffer_minutes=buffer_minutes,
        )
        for place, starts in together.items()
    }
    return [_placed(target, ground, slots.get(target.place, {})) for target in wanted]


def _target(member: Member, shift: Shift) -> Target:
    before = member.row.starts_local
    local = datetime.combine(before.date() + timedelta(days=shift.days), shift.at or before.time())
    occurrence = occurrence_of(member.number, local, zone=member.zone)
    # A time that its clock shows twice stays the one that it is.
    if local == before:
        occurrence = replace(occurrence, starts_at=member.row.starts_at)
    return Target(member, occurrence, shift.practitioner_id or member.row.practitioner_id, None)


def _placed(target: Target, ground: Ground, slots: dict[datetime, UUID]) -> Target:
    take = planned_take(target.occurrence, slots=slots, window=ground.window)
    return replace(target, slot_id=take.slot_id, refusal=take.refusal)
