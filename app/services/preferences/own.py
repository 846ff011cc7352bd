"""How a member of staff likes a page: kept for each user, so that it is the same on any computer.

Ids and settings only, never a patient's data, and nothing is done to anybody by changing them: so they are not
audited. A user reads and writes their own rows; no permission opens those of another.
"""

import json
import re
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import Session

from app.errors import InvalidField, NotPermitted
from app.words import N_
from models.base import new_id
from models.db import execute, first_row
from models.principal import ActorKind, Principal

LARGEST_BYTES = 16 * 1024
MOST_NAMES = 50
NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")

READ: LiteralString = """
SELECT value FROM preferences WHERE clinic_id = %(clinic_id)s AND user_id = %(user_id)s AND name = %(name)s
"""
# Two that write a first value at the same instant may pass the limit by one: it is against floods, not a count.
WRITE: LiteralString = """
INSERT INTO preferences AS kept (clinic_id, id, user_id, name, value, updated_at)
SELECT %(clinic_id)s::uuid, %(id)s::uuid, %(user_id)s::uuid, %(name)s::text, %(value)s::jsonb, %(now)s::timestamptz
 WHERE (SELECT count(*) FROM preferences
         WHERE clinic_id = %(clinic_id)s AND user_id = %(user_id)s AND name <> %(name)s::text) < %(most)s
ON CONFLICT (clinic_id, user_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
 WHERE kept.value <> excluded.value
"""
COUNT: LiteralString = """
SELECT count(*) FROM preferences WHERE clinic_id = %(clinic_id)s AND user_id = %(user_id)s AND name <> %(name)s::text
"""
DROP: LiteralString = """
DELETE FROM preferences WHERE clinic_id = %(clinic_id)s AND user_id = %(user_id)s AND name = %(name)s
"""


def preference(session: Session, principal: Principal, *, name: str) -> dict[str, Any] | None:
    """Return what this user keeps under the name, or None. Raises NotPermitted for anybody but a user."""
    found = first_row(session, READ, _scope(principal, name))
    return dict(found[0]) if found else None


def prefer(session: Session, principal: Principal, *, name: str, value: dict[str, Any], now: datetime) -> None:
    """Keep a value under the name, instead of what was there.

    Raises InvalidField for more than 16 kB, for what JSON in PostgreSQL cannot hold and for the 51st name;
    NotPermitted for anybody but a user.
    """
    scope = _scope(principal, name)
    _check(value)
    written = execute(session, WRITE, {**scope, "id": new_id(), "value": Jsonb(value), "now": now, "most": MOST_NAMES})
    if not written and (first_row(session, COUNT, scope) or (0,))[0] >= MOST_NAMES:
        raise InvalidField("name", N_("No more settings can be kept."))


def forget_preference(session: Session, principal: Principal, *, name: str) -> None:
    """Keep nothing under the name any more."""
    execute(session, DROP, _scope(principal, name))


def _scope(principal: Principal, name: str) -> dict[str, Any]:
    if principal.kind is not ActorKind.USER:
        raise NotPermitted()
    if not NAME.fullmatch(name):
        raise InvalidField("name", N_("This is no name of a setting."))
    return {"clinic_id": principal.clinic_id, "user_id": UUID(principal.actor_id), "name": name}


def _check(value: dict[str, Any]) -> None:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidField("value", N_("This setting cannot be kept.")) from error
    if len(text) > LARGEST_BYTES or rb"\u0000" in text:
        raise InvalidField("value", N_("This setting cannot be kept."))
