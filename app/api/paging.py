"""Pages of a list: a cursor names the last item that was seen, so that nothing is skipped or doubled."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.errors import InvalidField

T = TypeVar("T")


def cursor_at(*place: str) -> str:
    """Return an opaque cursor for the item that stands at this place in the order."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str, *, parts: int) -> list[str]:
    """Return the place that a cursor names; raises InvalidField for one that we did not make."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error, RecursionError):
        raise _unknown() from None
    if not isinstance(place, list) or len(place) != parts or not all(isinstance(part, str) for part in place):
        raise _unknown()
    return place


def place_in_time(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the instant and id that a cursor of a list in time order names."""
    if cursor is None:
        return None
    instant, item_id = place_of(cursor, parts=2)
    try:
        at = datetime.fromisoformat(instant)
        found = (at, UUID(item_id))
    except ValueError:
        raise _unknown() from None
    if at.tzinfo is None or not 1900 <= at.year < 2200:
        raise _unknown()
    return found


def page_of(
    items: Sequence[T], *, place: Callable[[T], tuple[str, str]], cursor: str | None, limit: int
) -> tuple[list[T], str | None]:
    """Return one page of a whole list in the order of `place`, and the cursor of the next."""
    after = tuple(place_of(cursor, parts=2)) if cursor is not None else None
    rest = [item for item in sorted(items, key=place) if after is None or place(item) > after]
    page = rest[:limit]
    return page, cursor_at(*place(page[-1])) if len(rest) > limit else None


def _unknown() -> InvalidField:
    return InvalidField("cursor", "This is not a cursor of ours. Begin again without one.")
