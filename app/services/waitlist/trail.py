"""The audit row of each step that an entry takes; ids only, never who the patient is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.audit.record import record
from models.principal import Principal
from models.waiting import EntryStatus


def step(
    session: Session,
    principal: Principal,
    *,
    action: str,
    entry_id: UUID,
    before: EntryStatus | None = None,
    after: EntryStatus | None = None,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Write one step: `waitlist-join`, `-offer`, `-accept`, ... with the status before and after."""
    record(
        session,
        principal,
        action=action,
        object_kind="waitlist-entry",
        object_id=entry_id,
        from_status=before.value if before else None,
        to_status=after.value if after else None,
        detail=detail,
        now=now,
    )
