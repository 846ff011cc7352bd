"""A series from the desk: booked in one go with what was chosen for each time, ended or moved in part, and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from app.services.availability import Start
from app.services.board.queries import PRACTITIONERS
from app.services.booking.answer import Answer, Left
from app.services.booking.once import once
from app.services.series.book import book_series
from app.services.series.cancel import cancel_series
from app.services.series.members import Reach
from app.services.series.move import move_series
from app.services.series.plan import Planned, plan_series
from app.services.series.plan_move import PlannedMove
from app.services.series.plan_move import plan_move as series_move
from app.services.series.takes import Choices
from app.services.series.targets import Shift
from app.services.series.undo import undo_series
from app.services.series.wish import SeriesWish
from models.appointments import CancelReason
from models.db import rows
from models.principal import Principal


def plan(
    session: Session, principal: Principal, *, wish: SeriesWish, now: datetime
) -> tuple[list[Planned], dict[UUID, str]]:
    """Return the dates of a series with what stands in their way, and the names of those who have other times."""
    planned = plan_series(session, principal, wish=wish, now=now)
    return planned, _names(session, principal, [start for one in planned for start in one.alternatives])


def book(principal: Principal, *, wish: SeriesWish, choices: Mapping[int, UUID | None], now: datetime) -> Answer:
    """Book every time of a series that was not left out, or none. Raises what `book_series` raises."""
    verb = partial(book_series, wish=wish, choices=Choices(choices))
    return once(principal, verb, name="desk-series", now=now)


def cancel(principal: Principal, *, series_id: UUID, reach: Reach, now: datetime) -> Answer:
    """End what is still to come of a series. Raises what `cancel_series` raises."""
    verb = partial(cancel_series, series_id=series_id, reach=reach, reason=CancelReason.CLINIC)
    return once(principal, verb, name="desk-series-cancel", now=now)


def plan_move(
    session: Session, principal: Principal, *, series_id: UUID, shift: Shift, now: datetime
) -> tuple[list[PlannedMove], dict[UUID, str]]:
    """Return where each appointment would go or what stands in its way, and the names of those with other times."""
    planned, _ = series_move(session, principal, series_id=series_id, shift=shift, now=now)
    return planned, _names(session, principal, [start for one in planned for start in one.alternatives])


def move(
    principal: Principal, *, series_id: UUID, shift: Shift, choices: Mapping[int, UUID | None], now: datetime
) -> Answer:
    """Move what is still to come of a series, unless it was left where it is. Raises what `move_series` raises."""
    verb = partial(move_series, series_id=series_id, shift=shift, choices=Choices(choices))
    return once(principal, verb, name="desk-series-move", now=now)


def undo(principal: Principal, *, series_id: UUID, left: Sequence[Left], now: datetime) -> Answer:
    """Take back a cancellation or a move of several, for all or none. Raises what `undo_series` raises."""
    return once(principal, partial(undo_series, series_id=series_id, left=left), name="desk-series-undo", now=now)


def _names(session: Session, principal: Principal, starts: Iterable[Start]) -> dict[UUID, str]:
    ids = {start.practitioner_id for start in starts}
    found = rows(session, PRACTITIONERS, {"clinic_id": principal.clinic_id, "ids": list(ids)})
    return {row[0]: row[1] for row in found}
