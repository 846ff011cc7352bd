"""`call_next`: whoever is first in line is called, by one desk only, however many ask at the same instant."""

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NobodyWaiting, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import require_new
from app.services.places import NO_SUCH_PLACE
from app.services.queue.calling import Target, where_to
from app.services.queue.line import waiting_line
from app.services.queue.tickets import COLUMNS, JOINED, called, change_ticket, ticket_of
from models.db import first_row
from models.principal import Principal

TODAY: LiteralString = """
SELECT (%(now)s::timestamptz AT TIME ZONE timezone)::date FROM locations
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(location_id)s::uuid
"""
# Whom another desk is calling right now is passed over, and whom it has called meanwhile is not waiting any more: the
# condition is asked again on the locked row.
TAKE_FIRST: LiteralString = (
    "SELECT "
    + COLUMNS
    + JOINED
    + """
  JOIN unnest(%(ids)s::uuid[]) WITH ORDINALITY AS line (id, place) ON line.id = t.id
 WHERE t.clinic_id = %(clinic_id)s::uuid AND t.state = 'waiting'
 ORDER BY line.place LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
)


def call_next(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID,
    key: RequestKey,
    now: datetime,
    practitioner_ids: Collection[UUID] = (),
    target: Target | None = None,
    clearing: bool = False,
) -> Answer:
    """Call the first in line of today, among those who wait for the practitioners given, or for anybody.

    The answer is the ticket; the same key gets the same one. Raises NotPermitted, NotFound, NobodyWaiting. Call it
    through `retry.attempt`; `clearing` has no meaning here.
    """
    require(principal, Permission.QUEUE_WRITE, location_id=location_id)
    require_new(session, principal.clinic_id, key)
    scope = {"clinic_id": principal.clinic_id, "location_id": location_id, "now": now}
    today = first_row(session, TODAY, scope)
    if today is None:
        raise NotFound(NO_SUCH_PLACE)
    line = waiting_line(session, principal.clinic_id, location_id=location_id, day=today[0], now=now)
    wanted = frozenset(practitioner_ids)
    ids = [one.id for one in line if not wanted or one.practitioner_id in wanted]
    found = first_row(session, TAKE_FIRST, {"clinic_id": principal.clinic_id, "ids": ids}) if ids else None
    if found is None:
        raise NobodyWaiting()
    ticket = ticket_of(found)
    to, room_id = where_to(session, principal.clinic_id, ticket, target or Target())
    after = called(ticket, principal, to=to, room_id=room_id, now=now)
    return change_ticket(session, principal, ticket, after, action="queue-call", key=key, now=now)
