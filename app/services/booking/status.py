"""Which status may follow which: the whole rule in one table."""

from app.errors import InvalidTransition
from models.appointments import AppointmentStatus as S

ALLOWED: dict[S, frozenset[S]] = {
    S.PENDING: frozenset({S.BOOKED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.BOOKED: frozenset({S.ARRIVED, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR}),
    S.ARRIVED: frozenset({S.CHECKED_IN, S.BOOKED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.CHECKED_IN: frozenset({S.FULFILLED, S.ARRIVED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.FULFILLED: frozenset({S.CHECKED_IN, S.ENTERED_IN_ERROR}),
    S.NOSHOW: frozenset({S.BOOKED, S.ARRIVED, S.ENTERED_IN_ERROR}),
    S.CANCELLED: frozenset({S.BOOKED, S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
}
# Which of these steps only `undo` takes: back to where an appointment came from.
BACK: dict[S, S] = {
    S.ARRIVED: S.BOOKED,
    S.CHECKED_IN: S.ARRIVED,
    S.FULFILLED: S.CHECKED_IN,
    S.NOSHOW: S.BOOKED,
    S.CANCELLED: S.BOOKED,
}


def may_follow(before: S, after: S) -> bool:
    """Tell whether an appointment may go from one status to the other."""
    return after in ALLOWED[before]


def require_transition(before: S, after: S, *, undoing: bool = False) -> None:
    """Refuse a change of status that the table does not allow, and a step back to whoever does not undo."""
    if not may_follow(before, after) or (BACK.get(before) is after and not undoing):
        raise InvalidTransition(from_status=before.value, to_status=after.value)


def require_status(status: S, *, wanted: S) -> None:
    """Refuse what changes an appointment without changing its status, unless it has the one status for that."""
    if status is not wanted:
        raise InvalidTransition(from_status=status.value)
