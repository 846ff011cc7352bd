"""Audit rows: every change and every view, written in the transaction of what they tell of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb
from sqlmodel import Session

from models.base import new_id
from models.db import execute
from models.principal import Principal

BOARD_VIEW_MINUTES = 15
INSERT: LiteralString = """
INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status,
                          reason, detail, request_id)
VALUES (%(clinic_id)s, %(id)s, %(at)s, %(actor)s, %(action)s, %(object_kind)s, %(object_id)s, %(from_status)s,
        %(to_status)s, %(reason)s, %(detail)s, %(request_id)s)
ON CONFLICT (clinic_id, id) DO NOTHING
"""


def record(
    session: Session,
    principal: Principal,
    *,
    action: str,
    object_kind: str,
    object_id: UUID | None = None,
    from_status: str | None = None,
    to_status: str | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Write one audit row; `detail` holds ids and names of fields, never a patient's data."""
    parameters = _row(principal, action=action, object_kind=object_kind, object_id=object_id, now=now)
    parameters |= {"from_status": from_status, "to_status": to_status, "reason": reason}
    parameters["detail"] = Jsonb(detail) if detail is not None else None
    execute(session, INSERT, parameters)


def viewed(
    session: Session,
    principal: Principal,
    *,
    object_kind: str,
    object_id: UUID | None = None,
    ids: Sequence[UUID] | None = None,
    now: datetime,
) -> None:
    """Write that the actor saw one object, or a list with the ids that stood in it: one row either way."""
    parameters = _row(principal, action="view", object_kind=object_kind, object_id=object_id, now=now)
    if ids is not None:
        parameters["action"] = "list"
        parameters["detail"] = Jsonb({"ids": [str(one) for one in ids]})
    execute(session, INSERT, parameters)


def viewed_board(session: Session, principal: Principal, *, location_id: UUID, day: date, now: datetime) -> None:
    """Write that the actor looks at a day's board: one row per board, day, actor and quarter of an hour.

    The row's id is made from these four, so that every further look in that time is the same row.
    """
    quarter = board_view_at(now)
    started = datetime.fromtimestamp(quarter * BOARD_VIEW_MINUTES * 60, UTC)
    parameters = _row(principal, action="view", object_kind="board", object_id=location_id, now=now)
    name = f"{principal.clinic_id}/{principal.actor}/{location_id}/{day}/{quarter}"
    parameters["id"] = uuid5(NAMESPACE_OID, name)
    parameters["detail"] = Jsonb({"day": day.isoformat(), "quarter": started.isoformat()})
    execute(session, INSERT, parameters)


def board_view_at(now: datetime) -> int:
    """Return the number of the quarter of an hour in which every look at a board is the same row."""
    return int(now.timestamp()) // (BOARD_VIEW_MINUTES * 60)


def _row(
    principal: Principal, *, action: str, object_kind: str, object_id: UUID | None, now: datetime
) -> dict[str, Any]:
    return {
        "clinic_id": principal.clinic_id,
        "id": new_id(),
        "at": now,
        "actor": principal.actor,
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "from_status": None,
        "to_status": None,
        "reason": None,
        "detail": None,
        "request_id": principal.request_id,
    }
