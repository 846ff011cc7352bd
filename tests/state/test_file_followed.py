"""An open file follows what colleagues add to it, for whoever may still see it and as long as it is shown."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from app.infra import cookies
from app.services.clock import utc_now
from app.services.patients.write import create
from app.state.notes import NotesState
from app.state.patients import PatientsState
from models.accounts import Role
from models.clinics import Clinic
from models.db import transaction
from tests.builders import clerk_of
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

PATIENTS, NOTES = PatientsState.get_full_name(), NotesState.get_full_name()
Open = Callable[[Role], RawSocket]


@pytest.fixture
def open_tab(worker: Worker, session_of: Callable[[Role], str]) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_one(role: Role) -> RawSocket:
            cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(role)}"
            return stack.enter_context(RawSocket(worker.url, origin=worker.url, cookie=cookie))

        yield open_one


@pytest.fixture
def patient(workplace: Clinic) -> str:
    clerk = clerk_of(workplace)
    with transaction(clerk) as session:
        made = create(session, clerk, given_name="Ana", family_name="Sol", birth_date=date(1984, 3, 9), now=utc_now())
    return str(made.id)


def open_notes(tab: RawSocket, patient: str) -> None:
    path = f"/patients?patient={patient}"
    tab.hydrate(path)
    tab.call(f"{PATIENTS}.load", path=path)
    tab.call(f"{PATIENTS}.turn", path=path, part="notes")
    tab.call(f"{NOTES}.open_for", path=path, patient_id=patient, appointment_id="")


def write(tab: RawSocket, patient: str, text: str) -> None:
    tab.call(f"{NOTES}.write", path="/patients", patient_id=patient, form={"kind": "desk", "text": text})


def asked(tab: RawSocket, *, seconds: float = 15) -> list[str]:
    """Return what the page was told to ask for, which ends the wait."""
    return [event["name"] for event in tab.listen(seconds)["events"]]


def answer_of(tab: RawSocket, name: str, patient: str) -> dict[str, Any]:
    return tab.call(name, path=f"/patients?patient={patient}")


def test_a_colleagues_note_appears_in_the_open_file(open_tab: Open, patient: str) -> None:
    desk, nurse = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    for tab in (desk, nurse):
        open_notes(tab, patient)
    write(nurse, patient, "Fasting.")
    assert asked(desk) == [f"{PATIENTS}.follow"]
    (line,) = value(answer_of(desk, f"{PATIENTS}.follow", patient), "notes")
    assert (line["text"], line["author"]) == ("Fasting.", "A nurse")


@pytest.mark.long
def test_another_patients_note_asks_nothing_of_the_file(open_tab: Open, patient: str, workplace: Clinic) -> None:
    desk, nurse = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    clerk = clerk_of(workplace)
    with transaction(clerk) as session:
        names = {"given_name": "Bo", "family_name": "Sol"}
        other = create(session, clerk, **names, birth_date=date(1990, 1, 1), now=utc_now())
    open_notes(desk, patient)
    open_notes(nurse, str(other.id))
    write(nurse, str(other.id), "Fasting.")
    assert asked(desk, seconds=3) == []


@pytest.mark.long
def test_who_has_left_the_file_reads_nothing_more_of_it(open_tab: Open, patient: str) -> None:
    desk, nurse = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    for tab in (desk, nurse):
        open_notes(tab, patient)
    write(nurse, patient, "Fasting.")
    answer = desk.call(f"{PATIENTS}.follow", path="/board")
    assert value(answer, "notes") is None


@pytest.mark.long
def test_a_correction_under_way_stays_under_the_pen(open_tab: Open, patient: str) -> None:
    desk, nurse = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    open_notes(desk, patient)
    form = {"kind": "desk", "text": "Caled."}
    (line,) = value(desk.call(f"{NOTES}.write", path="/patients", patient_id=patient, form=form), "notes")
    desk.call(f"{NOTES}.begin_correction", path="/patients", note_id=line["id"])
    open_notes(nurse, patient)
    write(nurse, patient, "Fasting.")
    assert value(answer_of(desk, f"{PATIENTS}.follow", patient), "notes") is None
    desk.call(f"{NOTES}.leave_correction", path="/patients")
    assert len(value(answer_of(desk, f"{PATIENTS}.follow", patient), "notes")) == 2
