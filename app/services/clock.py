"""The only place that reads the clock: edges ask here and pass `now` on."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)
