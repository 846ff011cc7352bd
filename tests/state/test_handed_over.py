"""A computer that was handed over: what the former page followed has no say in the next person's page."""

from collections.abc import Callable

import httpx
import pytest

from app import routes
from app.infra import cookies
from app.services.board import desk
from app.services.clock import utc_now
from models.accounts import Role
from models.clinics import Clinic
from tests.builders import staff_of
from tests.state.board_desk import Place, make_place, show
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts

pytestmark = pytest.mark.database


def cookie_of(token: str) -> str:
    return f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}"


def book(place: Place, *, at: int) -> None:
    """Book at a desk somewhere else: whoever follows the day hears of it."""
    slot, patient = place.tomorrow[at], place.patient("Ana Silva")
    clerk = staff_of(place.clinic, role=Role.RECEPTIONIST)
    desk.book(clerk, slot_id=slot.id, service_id=place.service.id, patient_id=patient.id, now=utc_now())


def test_the_board_that_the_former_person_followed_turns_nobody_away(
    worker: Worker, workplace: Clinic, session_of: Callable[[Role], str]
) -> None:
    place, former = make_place(workplace), session_of(Role.RECEPTIONIST)
    with RawSocket(worker.url, origin=worker.url, cookie=cookie_of(former)) as left:
        left.hydrate(routes.BOARD)
        show(left, place, place.tomorrow[0].starts_at)
    headers = {"Origin": worker.url, "Cookie": cookie_of(former)}
    assert httpx.post(f"{worker.url}{routes.SIGN_OUT_ACTION}", headers=headers).status_code < 400
    # The browser's tab keeps its name through the page load that follows.
    cookie = cookie_of(session_of(Role.MANAGER))
    with RawSocket(worker.url, origin=worker.url, cookie=cookie, token=left.token) as page:
        page.hydrate(routes.PATIENTS)
        book(place, at=0)
        assert routes.SIGN_IN not in scripts(page.listen(3))


def test_a_board_whose_person_signed_out_elsewhere_is_left(
    worker: Worker, workplace: Clinic, session_of: Callable[[Role], str]
) -> None:
    place, token = make_place(workplace), session_of(Role.RECEPTIONIST)
    with RawSocket(worker.url, origin=worker.url, cookie=cookie_of(token)) as page:
        page.hydrate(routes.BOARD)
        show(page, place, place.tomorrow[0].starts_at)
        headers = {"Origin": worker.url, "Cookie": cookie_of(token)}
        httpx.post(f"{worker.url}{routes.SIGN_OUT_ACTION}", headers=headers)
        book(place, at=0)
        assert routes.SIGN_IN in scripts(page.listen(5))
