"""From what a browser sends to values: type hints on a handler coerce but do not validate."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from app.errors import InvalidField
from app.words import N_


def id_from(field: str, value: object) -> UUID:
    """Return an id; raises InvalidField."""
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidField(field, N_("This does not exist.")) from None


def day_from(field: str, value: object) -> date:
    """Return a date written year first; raises InvalidField."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidField(field, N_("Give a date.")) from None


def instant_from(field: str, value: object) -> datetime:
    """Return an instant with its offset, in UTC; raises InvalidField."""
    try:
        instant = datetime.fromisoformat(str(value))
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidField(field, N_("Give a time.")) from None


def time_from(field: str, value: object) -> time:
    """Return a wall-clock time; raises InvalidField."""
    try:
        return time.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        raise InvalidField(field, N_("Give a time.")) from None


def number_from(field: str, value: object) -> int:
    """Return a whole number; raises InvalidField."""
    try:
        return int(str(value))
    except ValueError:
        raise InvalidField(field, N_("Give a whole number.")) from None


def text_from(value: object, *, longest: int = 200) -> str:
    """Return a short text; anything else counts as empty."""
    return value.strip()[:longest] if isinstance(value, str) else ""


def wall_from(field: str, value: object) -> datetime:
    """Return what a clock on the wall shows, without a zone; raises InvalidField."""
    try:
        wall = datetime.fromisoformat(str(value))
        # The calendar's first and last day have no neighbours to convert them with.
        if wall.tzinfo is not None or not 1900 < wall.year < 9000:
            raise ValueError
        return wall
    except ValueError:
        raise InvalidField(field, N_("Give a time.")) from None
