"""A press is itself when it is repeated, and no other: not after a new sign-in, not for the next patient."""

from typing import Any

import pytest

from app.state.arrivals_acts import ArrivalsActs
from app.state.arrivals_walk_in import WalkInState
from app.state.my_day_acts import MyDayActs
from app.state.my_day_follow_up import FollowUpState


@pytest.mark.parametrize(
    "kind", [ArrivalsActs, WalkInState, MyDayActs, FollowUpState], ids=lambda kind: str(kind.__name__)
)
def test_a_page_that_counts_from_one_again_repeats_no_key(kind: Any) -> None:
    page = kind(_reflex_internal_init=True)
    first = page._key(page.press, "wanda")
    assert page._key(page.press, "wanda") == first
    assert first not in (page._key(page.press, "olga"), page._key(page.press + 1, "wanda"))
    # As the guard does it when somebody else signs in, or the same person again.
    page.reset()
    assert page.press == 1
    assert page._key(page.press, "wanda") != first
