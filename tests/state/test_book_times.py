"""When the zone stands beside the times that are offered."""

import pytest

from app.state.book_times import _needs_zones
from app.state.book_views import NO_TIME, TimeCard


def card(starts_at: str, zone: str = "Europe/Berlin") -> TimeCard:
    return TimeCard(**{**NO_TIME, "starts_at": f"2027-10-31T{starts_at}:00+00:00", "zone": zone})


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([], False),
        ([card("08:00"), card("09:00")], False),
        ([card("08:00"), card("08:00", "Europe/Lisbon")], True),
        # Both are half past two on the wall, the second after the clock has been set back.
        ([card("00:30"), card("01:30")], True),
        # Alone it could still be either of them.
        ([card("01:30")], True),
        ([card("02:00")], False),
    ],
)
def test_the_zone_is_shown_where_the_wall_time_is_not_enough(cards: list[TimeCard], expected: bool) -> None:
    assert _needs_zones(cards) is expected
