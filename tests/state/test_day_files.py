"""The day's files over HTTP: for a staff session of the right permission, unlocked, and for nothing else."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app.infra import cookies
from app.services.accounts import locking, sessions
from app.services.clock import utc_now
from app.services.day.offline import keep_key, key_from
from app.services.places import Place
from models.accounts import Role
from models.clinics import Clinic
from models.db import execute, transaction
from tests.builders import building, make_location, staff_of
from tests.state.conftest import Worker

SESSION = cookies.cookie_name(cookies.SESSION, secure=True)
SessionOf = Callable[[Role], str]


@pytest.fixture(scope="module")
def place(workplace: Clinic) -> Place:
    with building() as session:
        location = make_location(session, clinic=workplace, name="Quay")
    lead, key = staff_of(workplace, role=Role.MANAGER), key_from("nine lamps over the quay")
    found = Place(location.id, location.name, location.timezone)
    with transaction(lead) as session:
        keep_key(session, lead, place=found, key=key, now=utc_now())
    return found


def get(worker: Worker, path: str, token: str = "") -> httpx.Response:
    headers = {"Cookie": f"{SESSION}={token}"} if token else {}
    return httpx.get(f"{worker.url}{path}", headers=headers)


def paths(location_id: UUID) -> list[str]:
    named = [f"/desk/day/{location_id}/2027-01-05.{form}" for form in ("html", "csv", "xlsx")]
    return [*named, f"/desk/offline/{location_id}"]


def test_each_file_has_its_type_and_name_and_is_kept_nowhere(
    worker: Worker, place: Place, session_of: SessionOf
) -> None:
    token = session_of(Role.RECEPTIONIST)
    page, csv, xlsx, offline = (get(worker, path, token) for path in paths(place.id))
    assert [one.status_code for one in (page, csv, xlsx, offline)] == [200] * 4
    assert all(one.headers["cache-control"] == "no-store" for one in (page, csv, xlsx, offline))
    assert csv.headers["content-disposition"] == 'attachment; filename="day-2027-01-05.csv"'
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert xlsx.content.startswith(b"PK")
    assert "Quay" in page.text
    assert "attachment" in offline.headers["content-disposition"]


@pytest.mark.parametrize("at", range(4))
def test_no_file_without_a_session_or_the_permission_or_behind_a_lock(
    worker: Worker, place: Place, session_of: SessionOf, at: int
) -> None:
    path = paths(place.id)[at]
    assert get(worker, path).status_code == 401
    assert get(worker, path, "x" * 43).status_code == 401
    assert get(worker, path, session_of(Role.NURSE)).status_code == 403
    token = session_of(Role.RECEPTIONIST)
    locking.lock(token, now=utc_now())
    assert get(worker, path, token).status_code == 401


def test_the_sheets_for_the_browser_are_behind_the_lock_too(
    worker: Worker, place: Place, session_of: SessionOf
) -> None:
    assert get(worker, "/desk/offline").status_code == 401
    token = session_of(Role.NURSE)
    sheets = get(worker, "/desk/offline", token).json()["sheets"]
    assert str(place.id) in {sheet["location"] for sheet in sheets}
    locking.lock(token, now=utc_now())
    assert get(worker, "/desk/offline", token).status_code == 401


def test_fetching_sheets_puts_off_no_idle_limit(worker: Worker, place: Place, session_of: SessionOf) -> None:
    token = session_of(Role.NURSE)
    long_ago = utc_now() - timedelta(minutes=14)
    with building() as session:
        execute(session, "UPDATE sessions SET last_seen_at = %(at)s", {"at": long_ago})
    assert get(worker, "/desk/offline", token).status_code == 200
    assert sessions.principal_of(token, now=utc_now() + timedelta(minutes=2)) is None


def test_the_page_that_opens_a_sheet_needs_nobody_and_holds_nothing(worker: Worker) -> None:
    answer = get(worker, "/offline")
    assert answer.status_code == 200
    assert "const EMBEDDED = []" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/day/nothing/2027-01-05.csv", 422),
        ("/desk/day/0198c0de-0000-7000-8000-00000000ffff/0001-01-01.csv", 422),
        ("/desk/day/0198c0de-0000-7000-8000-00000000ffff/2027-02-30.csv", 422),
        ("/desk/day/0198c0de-0000-7000-8000-00000000ffff/2027-01-05.pdf", 404),
        ("/desk/day/0198c0de-0000-7000-8000-00000000ffff/2027-01-05.csv", 404),
        ("/desk/offline/nothing", 404),
        ("/desk/offline/0198c0de-0000-7000-8000-00000000ffff", 404),
    ],
    ids=range(7),
)
def test_what_does_not_exist_is_a_plain_refusal(worker: Worker, session_of: SessionOf, path: str, status: int) -> None:
    assert get(worker, path, session_of(Role.RECEPTIONIST)).status_code == status
