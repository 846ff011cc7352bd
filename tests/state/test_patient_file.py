"""From one patient's file to the next: nobody looks at the one before, or books for it, while the next is read."""

import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from app.infra import cookies
from app.services.clock import utc_now
from app.services.patients.write import create
from app.state.patients import PatientsState
from models.accounts import Role
from models.clinics import Clinic
from models.db import transaction
from tests.builders import clerk_of
from tests.state.conftest import Worker
from tests.state.probe_app import STATE as PROBE
from tests.state.raw_socket import RawSocket, value

PATIENTS = PatientsState.get_full_name()
PATIENCE_SECONDS = 60


@pytest.fixture
def desk(worker: Worker, session_of: Callable[[Role], str]) -> Iterator[RawSocket]:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate("/patients")
        yield socket


def a_patient(clinic: Clinic, family: str) -> str:
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        names = {"given_name": "Ana", "family_name": family}
        return str(create(session, clerk, **names, birth_date=date(1984, 3, 9), now=utc_now()).id)


def shown_until(desk: RawSocket, wanted: str) -> list[tuple[str, str]]:
    """Return each file that comes to the browser until the wanted one: whose it is, and how the page stands."""
    files: list[tuple[str, str]] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while wanted not in [file for file, _ in files] and time.monotonic() < deadline:
        for update in desk.updates(5):
            file = value({"delta": update.get("delta") or {}}, "file")
            if file is not None:
                files.append((file["id"], value(update, "status")))
    return files


def test_the_file_before_is_gone_before_the_next_is_read(desk: RawSocket, workplace: Clinic) -> None:
    one, other = a_patient(workplace, "Torres"), a_patient(workplace, "Lima")
    desk.send(f"{PATIENTS}.load", path=f"/patients?patient={one}")
    assert shown_until(desk, one)[-1] == (one, "open")
    desk.send(f"{PATIENTS}.load", path=f"/patients?patient={other}")
    assert shown_until(desk, other) == [("", "loading"), (other, "open")]


def test_without_that_the_file_before_stands_there_until_the_next_is_read(desk: RawSocket, workplace: Clinic) -> None:
    one, other = a_patient(workplace, "Torres"), a_patient(workplace, "Lima")
    desk.send(f"{PATIENTS}.load", path=f"/patients?patient={one}")
    assert shown_until(desk, one)[-1] == (one, "open")
    desk.send(f"{PROBE}.open_uncleared", path="/patients", patient_id=other)
    assert [file for file, _ in shown_until(desk, other)] == [other]
