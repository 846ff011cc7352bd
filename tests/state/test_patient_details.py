"""The details of a file at the websocket: what was changed is written back, unless somebody has changed it since."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.infra import cookies
from app.services.clock import utc_now
from app.services.patients.read import get
from app.services.patients.views import PatientView
from app.services.patients.write import change, create
from app.state.patient_details import NAMES, TEXTS, PatientDetailsState
from app.state.patients import PatientsState
from models.accounts import Role
from models.clinics import Clinic
from models.db import transaction
from tests.builders import clerk_of
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

FILE, DETAILS = PatientsState.get_full_name(), PatientDetailsState.get_full_name()


@pytest.fixture
def patient_id(workplace: Clinic) -> UUID:
    clerk = clerk_of(workplace)
    person = {"given_name": "Ana", "family_name": "Example", "birth_date": date(1980, 2, 3)}
    with transaction(clerk) as session:
        return create(session, clerk, phone="+49 30 901820", **person, now=utc_now()).id


@pytest.fixture
def desk(worker: Worker, session_of: Callable[[Role], str], patient_id: UUID) -> Iterator[RawSocket]:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate("/patients")
        socket.call(f"{FILE}.load", path=f"/patients?patient={patient_id}")
        yield socket


def stored(clinic: Clinic, patient_id: UUID) -> PatientView:
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        return get(session, clerk, patient_id=patient_id, now=utc_now())


def save(desk: RawSocket, **changed: Any) -> str:
    """Send the form with some values changed, as the page would."""
    form = {"given_name": "Ana", "family_name": "Example", "birth_date": "1980-02-03", "phone": "+4930901820"}
    answer = desk.call(f"{DETAILS}.save", path="/patients", form={**form, "is_verified": "on", **changed})
    return scripts(answer)


def test_a_change_is_taken_back_as_it_was(desk: RawSocket, workplace: Clinic, patient_id: UUID) -> None:
    before = stored(workplace, patient_id)
    said = save(desk, family_name="Beispiel", birth_date="1981-02-03", phone="", alert="Slow on the stairs")
    assert "Undo" in said
    changed = stored(workplace, patient_id)
    assert (changed.family_name, changed.birth_date.year, changed.phone, changed.alert) == (
        *("Beispiel", 1981, None, "Slow on the stairs"),
    )
    assert "says again" in scripts(desk.call(f"{DETAILS}.undo", path="/patients"))
    after = stored(workplace, patient_id)
    assert (after.name, after.birth_date, after.phone, after.alert) == (
        *(before.name, before.birth_date, before.phone, before.alert),
    )
    assert "There is nothing to undo here." in scripts(desk.call(f"{DETAILS}.undo", path="/patients"))


def test_what_a_colleague_has_changed_since_stays(desk: RawSocket, workplace: Clinic, patient_id: UUID) -> None:
    save(desk, alert="Slow on the stairs")
    clerk = clerk_of(workplace)
    with transaction(clerk) as session:
        change(session, clerk, patient_id=patient_id, changes={"alert": "Uses a wheelchair"}, now=utc_now())
    assert "error" in scripts(desk.call(f"{DETAILS}.undo", path="/patients"))
    assert stored(workplace, patient_id).alert == "Uses a wheelchair"


def test_a_form_without_a_change_leaves_nothing_to_take_back(desk: RawSocket, patient_id: UUID) -> None:
    shown = value(desk.call(f"{FILE}.load", path=f"/patients?patient={patient_id}"), "file")
    form = {name: shown[name] for name in (*NAMES, *TEXTS, "birth_date")} | (
        {"is_verified": "on"} if shown["is_verified"] else {}
    )
    kept = scripts(desk.call(f"{DETAILS}.save", path="/patients", form=form))
    assert "The changes are kept." in kept
    assert "Undo" not in kept
