"""A lost line that is taken up again: what is being typed or drawn is not drawn anew, and nothing opens twice."""

from collections.abc import Callable
from typing import Any

import pytest

from app import routes
from app.infra import cookies
from app.state.settings_locations import LocationsState
from app.state.settings_schedules import SchedulesState
from app.state.settings_week_draft import WeekDraftState
from app.state.worklists_wish import WishState
from models.accounts import Role
from models.clinics import Clinic
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket

pytestmark = pytest.mark.database
LOCATIONS, SCHEDULES, WEEK, WISH = (
    state.get_full_name() for state in (LocationsState, SchedulesState, WeekDraftState, WishState)
)
SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def line(worker: Worker, session_of: SessionOf) -> Callable[..., RawSocket]:
    """Open a line of one tab; the next one is the same tab's when it is given the first."""
    sessions: dict[Role, str] = {}

    def of(role: Role, *, after: RawSocket | None = None) -> RawSocket:
        session = sessions.setdefault(role, session_of(role))
        cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session}"
        token = after.token if after else ""
        return RawSocket(worker.url, origin=worker.url, cookie=cookie, token=token)

    return of


def var(answer: dict[str, Any], state: str, name: str) -> Any:
    """Return a var of one state out of an answer's delta."""
    return answer["delta"][state][f"{name}_rx_state_"]


def test_what_is_typed_into_an_open_form_is_not_drawn_over(place: Place, line: Callable[..., RawSocket]) -> None:
    path = routes.SETTINGS_LOCATIONS
    with line(Role.ADMINISTRATOR) as first:
        drawn = var(first.hydrate(path), LOCATIONS, "form_key")
    with line(Role.ADMINISTRATOR, after=first) as second:
        assert drawn > 0
        assert var(second.hydrate(path), LOCATIONS, "form_key") == drawn


def test_a_new_entrys_form_stays_open_until_its_reader_goes_elsewhere(
    place: Place, line: Callable[..., RawSocket]
) -> None:
    path = routes.SETTINGS_LOCATIONS
    with line(Role.ADMINISTRATOR) as first:
        first.hydrate(path)
        first.call(f"{LOCATIONS}.begin", path=path)
    with line(Role.ADMINISTRATOR, after=first) as second:
        assert var(second.hydrate(path), LOCATIONS, "is_new") is True
        second.call(f"{LOCATIONS}.load", path=path)
        assert var(second.hydrate(path), LOCATIONS, "is_new") is False


def test_a_week_that_is_being_drawn_stays(place: Place, line: Callable[..., RawSocket]) -> None:
    path = f"{routes.SETTINGS_SCHEDULES}?practitioner={place.practitioner.id}"
    with line(Role.ADMINISTRATOR) as first:
        first.hydrate(path)
        assert var(first.call(f"{WEEK}.draw", path=path, weekday=6, starts=600, ends=660), WEEK, "is_dirty") is True
    with line(Role.ADMINISTRATOR, after=first) as second:
        again = second.hydrate(path)
        assert var(again, WEEK, "is_dirty") is True
        assert var(second.call(f"{SCHEDULES}.discard", path=path), WEEK, "is_dirty") is False


def test_the_wish_that_an_address_begins_is_begun_once(place: Place, line: Callable[..., RawSocket]) -> None:
    patient = place.patient("Wanda Waits")
    path = f"{routes.WORKLISTS}?patient={patient.id}&service={place.service.id}"
    with line(Role.RECEPTIONIST) as first:
        assert var(first.hydrate(path), WISH, "is_open") is True
        assert var(first.call(f"{WISH}.give_up", path=path), WISH, "is_open") is False
    with line(Role.RECEPTIONIST, after=first) as second:
        assert var(second.hydrate(path), WISH, "is_open") is False
