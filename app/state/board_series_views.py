"""Display values of a series: each date with its time or what stands in its way, and the other times to choose."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.availability import Start
from app.services.series.occurrences import Occurrence, after_jump
from app.services.series.plan import Planned
from app.services.series.plan_move import PlannedMove
from app.state.board_views import iso

TAKE, SKIP = "take", "skip"


class OtherView(TypedDict):
    """Another time for a date."""

    id: str
    starts_at: str
    practitioner: str


class DateView(TypedDict):
    """One date of a series: `why` says what stands in its way, `choice` what was decided ("" for nothing yet)."""

    number: int
    starts_at: str
    why: str
    choice: str
    others: list[OtherView]


def date_view(planned: Planned, *, zone: str, names: Mapping[UUID, str]) -> DateView:
    """Show one date of a new series."""
    why = planned.conflict.message if planned.conflict else ""
    return _date_view(planned.occurrence, why, planned.alternatives, zone=ZoneInfo(zone), names=names)


def move_date_view(planned: PlannedMove, *, names: Mapping[UUID, str]) -> DateView:
    """Show where one appointment of a series would go."""
    why = str(planned.conflict.refusal) if planned.conflict else ""
    target = planned.target
    return _date_view(target.occurrence, why, planned.alternatives, zone=target.member.zone, names=names)


def _date_view(
    occurrence: Occurrence, why: str, others: Sequence[Start], *, zone: ZoneInfo, names: Mapping[UUID, str]
) -> DateView:
    starts_at = occurrence.starts_at or after_jump(occurrence.starts_local, zone=zone)
    return DateView(
        number=occurrence.number,
        starts_at=iso(starts_at),
        why=why,
        choice="" if why else TAKE,
        others=[
            OtherView(id=str(one.id), starts_at=iso(one.starts_at), practitioner=names.get(one.practitioner_id, ""))
            for one in others
        ],
    )
