"""Types of the values that a request carries: whatever passes them can be stored and compared without a failure."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Header, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.errors import IdempotencyKeyMissing, InvalidField, StaleVersion

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
DEFAULT_LIMIT, MOST = 50, 200
LONGEST_KEY = 255
KEY = re.compile(r"[\x21-\x7e]{1,255}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d))?")
DATE_LENGTH = len("2026-01-05")
# RFC 9110, 8.8.3: an entity tag, and a list of them.
TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
TAGS = re.compile(rf"\s*{TAG}(?:\s*,\s*{TAG})*\s*")
OUR_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Body(BaseModel):
    """A request's body: a field nobody knows is an error, because it would silently not be kept."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _clean(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("This text holds characters that cannot be written")
    return text


def _instant_or_date(value: Any) -> date | datetime:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise ValueError("Give an instant such as 2026-01-05T08:00:00Z or a date such as 2026-01-05")
    if len(value) == DATE_LENGTH:
        day = date.fromisoformat(value)
        _require_in_range(datetime(day.year, day.month, day.day, tzinfo=UTC))
        return day
    instant = datetime.fromisoformat(value.upper())
    _require_in_range(instant)
    return instant.astimezone(UTC)


def _moment(value: Any) -> datetime:
    found = _instant_or_date(value)
    if not isinstance(found, datetime):
        raise ValueError("Give an instant such as 2026-01-05T08:00:00Z")
    return found


def _require_in_range(instant: datetime) -> None:
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("Give a time between 1900 and 2200")


def _only_date(value: Any) -> Any:
    if not isinstance(value, (str, date)) or (isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        raise ValueError("Give a date such as 1984-05-17")
    return value


# Behind the length, which is said in characters only where it comes first.
CLEAN = AfterValidator(_clean)
Text = Annotated[str, CLEAN]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100), CLEAN]
InstantOrDate = Annotated[
    Any,
    BeforeValidator(_instant_or_date),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Moment = Annotated[
    Any,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-05T08:00:00Z"]}),
]
Day = Annotated[date, BeforeValidator(_only_date), Field(json_schema_extra={"format": "date"})]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items a page holds.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the page before."),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=100, description="The `ETag` that was seen; 412 when there is a newer one."),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match", max_length=500, description="The `ETag` that is known already: 304 if it still holds."
    ),
]
IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A key of the caller's choice, new for each thing to be done, the same when it is tried again.",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_KEY},
        examples=["8d6f0c1e-3f2b-4c55-9a3f-6a1d2f9b7c10"],
    ),
]


async def idempotency_key(key: IdempotencyKeyHeader = None) -> str:
    """Return the caller's key; raises IdempotencyKeyMissing, or InvalidField for one that cannot be kept."""
    return checked_key(key)


def checked_key(key: str | None) -> str:
    """Return a key that can be kept; raises what `idempotency_key` raises."""
    if not key:
        raise IdempotencyKeyMissing
    if not KEY.fullmatch(key):
        raise InvalidField("Idempotency-Key", f"Give 1 to {LONGEST_KEY} printable characters without spaces.")
    return key


def version_of(if_match: str | None) -> int | None:
    """Return the version that a caller saw, None when any will do.

    Raises StaleVersion for a tag that is not ours, as it matches nothing, and InvalidField for what is no tag.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if not TAGS.fullmatch(if_match):
        raise InvalidField("If-Match", 'Give an ETag with its quotation marks, such as "3", or *.')
    versions = _versions_in(if_match)
    if len(versions) > 1:
        raise InvalidField("If-Match", "Give one ETag: an entry has one version at a time.")
    if not versions:
        raise StaleVersion("The ETag in If-Match is not one of ours. Read the entry again.")
    return versions.pop()


def is_known(if_none_match: str | None, *, version: int) -> bool:
    """Tell whether the caller has this version already; a header that is no tag is as good as none."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or version in _versions_in(if_none_match)


def _versions_in(tags: str) -> set[int]:
    return {int(found[1]) for tag in re.findall(TAG, tags) if (found := OUR_TAG.fullmatch(tag))}


def etag(version: int) -> dict[str, str]:
    """Return the header that names the version of an answer."""
    return {"ETag": f'"{version}"'}
