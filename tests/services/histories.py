"""What the audit and outbox rows of appointments must say, whatever happened to them."""

from collections import defaultdict
from itertools import pairwise
from typing import Any
from uuid import UUID

from app.services.booking.status import BACK, may_follow
from models.appointments import AppointmentStatus as S

CHANGED_WHERE_IT_STANDS = (S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN)
# What a step is called outside, by what was done and the status that it reached; nobody is told of any other.
EVENTS = {
    ("hold", S.PENDING): "appointment.created",
    ("confirm", S.BOOKED): "appointment.confirmed",
    ("reschedule", S.BOOKED): "appointment.rescheduled",
    ("arrive", S.ARRIVED): "appointment.arrived",
    ("complete", S.FULFILLED): "appointment.completed",
    ("no-show", S.NOSHOW): "appointment.noshow",
    ("cancel", S.CANCELLED): "appointment.cancelled",
    ("expire", S.CANCELLED): "appointment.cancelled",
    **{("resize", status): "appointment.resized" for status in CHANGED_WHERE_IT_STANDS},
    **{("assign-room", status): "appointment.room-changed" for status in CHANGED_WHERE_IT_STANDS},
}
# Steps that leave the status as it is.
STAYING = {
    *(("reschedule", S.BOOKED), ("enter-room", S.CHECKED_IN), ("undo", S.CHECKED_IN)),
    *((action, status) for action in ("resize", "assign-room") for status in CHANGED_WHERE_IT_STANDS),
}
Appointments = dict[UUID, tuple[S, int]]
Step = tuple[str, S | None, S]


def paths_of(audit_rows: list[tuple[Any, ...]]) -> dict[UUID, list[Step]]:
    """Return each appointment's steps (action, from, to); rows come in the order of time."""
    paths: dict[UUID, list[Step]] = defaultdict(list)
    for object_id, action, from_status, to_status, actor in audit_rows:
        assert actor
        paths[object_id].append((action, S(from_status) if from_status else None, S(to_status)))
    return paths


def require_legal_history(appointments: Appointments, audit_rows: list[tuple[Any, ...]]) -> None:
    """The audit rows of an appointment are one legal path to its status, one row for each version."""
    paths = paths_of(audit_rows)
    assert paths.keys() == appointments.keys()
    for key, (status, version) in appointments.items():
        path = paths[key]
        assert len(path) == version, "one row for each version"
        assert path[0][:2] == ("hold", None)
        assert path[-1][2] is status
        for (_, _, before), (action, left, reached) in pairwise(path):
            assert left is before, "steps that do not follow each other"
            is_back = BACK.get(before) is reached
            assert may_follow(before, reached) or (action, reached) in STAYING
            assert not is_back or action in ("undo", "confirm")


def require_complete_outbox(
    appointments: Appointments, audit_rows: list[tuple[Any, ...]], outbox_rows: list[tuple[Any, ...]]
) -> None:
    """There is one outbox row for each step that is told outside, of the version that it made, and no other."""
    told = {(aggregate_id, version): kind for aggregate_id, version, kind in outbox_rows}
    assert len(told) == len(outbox_rows)
    expected = {
        (key, version): event
        for key, path in paths_of(audit_rows).items()
        for version, step in enumerate(path, start=1)
        if (event := _event(step)) is not None
    }
    assert told == expected


def _event(step: Step) -> str | None:
    action, before, after = step
    if action == "undo" and before is not None and not before.is_live:
        return "appointment.confirmed"
    if action == "enter-in-error" and before is not None and before.is_live:
        return "appointment.cancelled"
    return EVENTS.get((action, after))
