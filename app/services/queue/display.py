"""The waiting room's display: a link with a secret that staff make and renew, and what it shows: numbers and rooms.

Whoever has the secret may read this and nothing else; only its hash is kept, and a new one ends the old one.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import DisplayNotFound, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.places import NO_SUCH_PLACE, Place
from app.services.queue.late import late_on
from models.db import execute, first_row, rows, transaction
from models.principal import ActorKind, Principal

SECRET_BYTES, ID_BYTES = 24, 16
KEY_LENGTH = 76
SHOWN_CALLS = 7
# The wait that is told is of those who were called within this time.
LATELY = timedelta(minutes=60)
RENEW: LiteralString = """
UPDATE locations SET display_key_hash = %(hash)s WHERE clinic_id = %(clinic_id)s AND id = %(location_id)s
"""
KNOWN: LiteralString = """
SELECT l.display_key_hash, l.name, l.timezone, c.language FROM locations l JOIN clinics c ON c.id = l.clinic_id
 WHERE l.clinic_id = %(clinic_id)s::uuid AND l.id = %(location_id)s::uuid AND l.is_active
"""
# The last calls that stand: who was sent back to wait is called no more.
CALLS: LiteralString = """
SELECT number, coalesce(called_to, ''), calls, called_at FROM queue_tickets
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND on_date = %(day)s::date
   AND state IN ('called', 'in-room') AND called_at IS NOT NULL
 ORDER BY called_at DESC, number DESC LIMIT %(most)s
"""
WAITS: LiteralString = """
SELECT (SELECT count(*) FROM queue_tickets w
         WHERE w.clinic_id = l.clinic_id AND w.location_id = l.id AND w.on_date = %(day)s::date
           AND w.state = 'waiting'),
       min(q.waited), max(q.waited)
  FROM locations l
  LEFT JOIN LATERAL (
    SELECT extract(epoch FROM t.called_at - t.since_at) / 60 AS waited FROM queue_tickets t
     WHERE t.clinic_id = l.clinic_id AND t.location_id = l.id AND t.on_date = %(day)s::date
       AND t.called_at > %(since)s::timestamptz) q ON true
 WHERE l.clinic_id = %(clinic_id)s::uuid AND l.id = %(location_id)s::uuid
 GROUP BY l.clinic_id, l.id
"""


@dataclass(frozen=True, slots=True)
class Display:
    """A display that was opened with its key."""

    principal: Principal
    place: Place
    language: str


@dataclass(frozen=True, slots=True)
class Call:
    """A number and where it was called to, "" for the reception."""

    number: int
    to: str
    calls: int


@dataclass(frozen=True, slots=True)
class Wall:
    """What hangs in the waiting room: no name, neither of patients nor of those who see them.

    The wait is the shortest and the longest of the last hour in minutes, None when nobody was called in it. It holds
    as of a moment, which a display that hears no more goes by.
    """

    day: date
    calls: list[Call]
    waiting: int
    wait: tuple[int, int] | None
    late_minutes: int
    as_of: datetime


def make_display(session: Session, principal: Principal, *, location_id: UUID, now: datetime) -> str:
    """Make the location's display key and return it, this once; an older one opens nothing any more."""
    require(principal, Permission.QUEUE_WRITE, location_id=location_id)
    secret = secrets.token_bytes(SECRET_BYTES)
    asked = {"clinic_id": principal.clinic_id, "location_id": location_id, "hash": sha256(secret).digest()}
    if execute(session, RENEW, asked) != 1:
        raise NotFound(NO_SUCH_PLACE)
    record(session, principal, action="renew-display", object_kind="location", object_id=location_id, now=now)
    return base64.urlsafe_b64encode(principal.clinic_id.bytes + location_id.bytes + secret).decode()


def open_display(key: str) -> Display:
    """Return the display that a key opens; raises DisplayNotFound for any other, whatever is wrong with it."""
    clinic_id, location_id, secret = _parts(key)
    reader = Principal(
        clinic_id, ActorKind.KIOSK, f"display-{location_id}", frozenset(), location_ids=frozenset({location_id})
    )
    with transaction(reader) as session:
        found = first_row(session, KNOWN, {"clinic_id": clinic_id, "location_id": location_id})
    kept = bytes(found[0]) if found and found[0] is not None else b""
    if not hmac.compare_digest(kept, sha256(secret).digest()):
        raise DisplayNotFound()
    assert found is not None  # its hash was just compared
    return Display(reader, Place(location_id, found[1], found[2]), found[3])


def read_wall(session: Session, principal: Principal, *, place: Place, now: datetime) -> Wall:
    """Return what the display shows now; for who has opened it with its key."""
    day = place.today(now)
    asked = {"clinic_id": principal.clinic_id, "location_id": place.id, "day": day, "since": now - LATELY}
    calls = [Call(number, to, count) for number, to, count, _ in rows(session, CALLS, {**asked, "most": SHOWN_CALLS})]
    waiting, shortest, longest = first_row(session, WAITS, asked) or (0, None, None)
    wait = None if shortest is None else (max(0, round(shortest)), max(0, round(longest)))
    late = late_on(session, principal.clinic_id, location_id=place.id, day=day)
    return Wall(day, calls, waiting, wait, max(late.values(), default=0), now)


def _parts(key: str) -> tuple[UUID, UUID, bytes]:
    try:
        raw = base64.b64decode(key.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise DisplayNotFound() from None
    if len(raw) != 2 * ID_BYTES + SECRET_BYTES:
        raise DisplayNotFound()
    return UUID(bytes=raw[:ID_BYTES]), UUID(bytes=raw[ID_BYTES : 2 * ID_BYTES]), raw[2 * ID_BYTES :]
