"""An address is a wish each time that its reader goes there, and none when a lost line is taken up again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.infra import cookies
from app.state.address import Address
from app.state.board import BoardState
from models.accounts import Role
from models.clinics import Clinic
from tests.state.board_desk import make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

BOARD = BoardState.get_full_name()
HERE = Address("/board?day=2031-03-05", "one")


@pytest.mark.parametrize(
    ("last", "is_wish"),
    [
        (None, True),
        (HERE, True),
        (Address("/board", "one"), True),
        (Address("/board", "another"), True),
        (Address(HERE.url, "another"), False),
    ],
    ids=["the-first", "once-more", "from-elsewhere", "from-elsewhere-over-a-new-line", "the-line-is-back"],
)
def test_only_the_same_address_over_a_new_line_is_no_wish(last: Address | None, *, is_wish: bool) -> None:
    assert HERE.is_wish(after=last) is is_wish


def test_the_board_goes_once_more_to_the_day_that_is_asked_for_once_more(
    worker: Worker, workplace: Clinic, session_of: Callable[[Role], str]
) -> None:
    place = make_place(workplace)
    day = place.tomorrow[0].starts_at.date()
    path = f"/board?day={day}&location={place.location.id}"
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as tab:
        for _ in range(2):
            assert value(tab.call(f"{BOARD}.load", path=path), "day") == str(day)
            later = tab.call(f"{BOARD}.turn", path=path, way="next")
            assert value(later, "day") == str(day + timedelta(days=1))
