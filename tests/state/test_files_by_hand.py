"""Notes and prescriptions at the websocket: who is served, whose file is meant, and what invented payloads do."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.infra import cookies
from app.services.accounts import sessions, users
from app.services.clock import utc_now
from app.services.patients.write import create
from app.state.notes import NotesState
from app.state.prescription import PrescriptionState
from app.state.prescriptions import PrescriptionsState
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.files import Note, Prescription
from models.records import AuditEvent
from tests.builders import building, clerk_of, make_clinic, make_practitioner, staff_of
from tests.state.conftest import PASSWORD, Worker
from tests.state.raw_socket import RawSocket, scripts, value

NOTES, ORDERS = NotesState.get_full_name(), PrescriptionsState.get_full_name()
PAPER = PrescriptionState.get_full_name()
PATH = "/patients"
REFUSED = "Your role does not permit this."
SessionOf = Callable[[Role], str]
IRON = {
    "order-drug": "Ferrous sulfate",
    "order-dosage": "200 mg",
    "order-frequency": "Daily",
    "order-duration": "1 month",
}


@pytest.fixture
def open_page(worker: Worker, session_of: SessionOf) -> Iterator[Callable[[Role | str], RawSocket]]:
    opened: list[RawSocket] = []

    def open_one(who: Role | str, path: str = PATH) -> RawSocket:
        token = session_of(who) if isinstance(who, Role) else who
        pairs = {cookies.SESSION: token, cookies.BROWSER: "a-browser"}
        cookie = "; ".join(f"{cookies.cookie_name(base, secure=True)}={text}" for base, text in pairs.items())
        socket = RawSocket(worker.url, origin=worker.url, cookie=cookie).__enter__()
        opened.append(socket)
        socket.hydrate(path)
        return socket

    yield open_one
    for socket in opened:
        socket.close()


Open = Callable[..., RawSocket]


@pytest.fixture
def patient(workplace: Clinic) -> str:
    return a_patient(workplace)


@pytest.fixture
def doctor(workplace: Clinic) -> str:
    """The session of somebody who prescribes."""
    login = f"doctor-{new_id().hex[-12:]}"
    with building() as session:
        practitioner = make_practitioner(session, clinic=workplace, display_name="Dr Quayside")
        users.create(
            session, staff_of(workplace, role=Role.ADMINISTRATOR), login=login, display_name="Dr Quayside",
            password=PASSWORD, role=Role.PRACTITIONER, practitioner_id=practitioner.id, now=utc_now(),
        )  # fmt: skip
    return sessions.sign_in(login=login, password=PASSWORD, now=utc_now()).token


def a_patient(clinic: Clinic) -> str:
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        made = create(session, clerk, given_name="Ana", family_name="Muñoz", birth_date=date(1980, 2, 3), now=utc_now())
    return str(made.id)


def rows_of(table: type[Any], patient: str) -> list[Any]:
    with building() as session:
        return list(session.exec(select(table).where(col(table.patient_id) == patient)))


def opened(socket: RawSocket, state: str, patient: str) -> dict[str, Any]:
    return socket.call(f"{state}.open_for", path=PATH, patient_id=patient, appointment_id="")


def test_a_note_is_written_shown_corrected_and_folded(open_page: Open, patient: str) -> None:
    desk = open_page(Role.RECEPTIONIST)
    assert value(opened(desk, NOTES, patient), "notes") == []
    written = desk.call(f"{NOTES}.write", path=PATH, patient_id=patient, form={"kind": "desk", "text": "Caled."})
    (line,) = value(written, "notes")
    assert (line["text"], line["author"], line["can_correct"]) == ("Caled.", "A receptionist", True)
    form = {"kind": "desk", "note": line["id"], "text": "Called."}
    (line,) = value(desk.call(f"{NOTES}.correct", path=PATH, patient_id=patient, form=form), "notes")
    assert (line["text"], [one["text"] for one in line["earlier"]]) == ("Called.", ["Caled."])


@pytest.mark.long
def test_who_was_slower_is_told_and_nothing_is_lost(open_page: Open, patient: str) -> None:
    desk = open_page(Role.RECEPTIONIST)
    opened(desk, NOTES, patient)
    (line,) = value(
        desk.call(f"{NOTES}.write", path=PATH, patient_id=patient, form={"kind": "desk", "text": "One."}), "notes"
    )
    slower = open_page(Role.NURSE)
    opened(slower, NOTES, patient)
    form = {"kind": "desk", "note": line["id"], "text": "Two."}
    desk.call(f"{NOTES}.correct", path=PATH, patient_id=patient, form=form)
    answer = slower.call(f"{NOTES}.correct", path=PATH, patient_id=patient, form={**form, "text": "Three."})
    assert value(answer, "is_stale") is True
    assert len(rows_of(Note, patient)) == 2


def test_clinical_notes_never_reach_the_desks_browser(open_page: Open, patient: str) -> None:
    nurse = open_page(Role.NURSE)
    opened(nurse, NOTES, patient)
    nurse.call(f"{NOTES}.write", path=PATH, patient_id=patient, form={"kind": "clinical", "text": "Suspected anaemia."})
    desk = open_page(Role.RECEPTIONIST)
    assert "anaemia" not in str(opened(desk, NOTES, patient))
    forged = desk.call(f"{NOTES}.write", path=PATH, patient_id=patient, form={"kind": "clinical", "text": "Forged."})
    assert REFUSED in scripts(forged)
    assert len(rows_of(Note, patient)) == 1


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.MANAGER])
def test_who_does_not_treat_patients_is_served_no_prescription(open_page: Open, patient: str, role: Role) -> None:
    who = open_page(role)
    assert REFUSED in scripts(opened(who, ORDERS, patient))
    assert REFUSED in scripts(who.call(f"{ORDERS}.prescribe", path=PATH, patient_id=patient, form=IRON))
    assert REFUSED in scripts(who.call(f"{PAPER}.load", path="/prescription"))


def test_a_nurse_reads_and_whoever_is_no_practitioner_orders_nothing(open_page: Open, patient: str) -> None:
    nurse = open_page(Role.NURSE)
    assert value(opened(nurse, ORDERS, patient), "can_prescribe") in (False, None)
    forged = nurse.call(f"{ORDERS}.prescribe", path=PATH, patient_id=patient, form=IRON)
    assert "Only practitioners prescribe." in scripts(forged)
    assert rows_of(Prescription, patient) == []


def test_a_prescription_is_ordered_once_chosen_printed_and_revoked(open_page: Open, patient: str, doctor: str) -> None:
    page = open_page(doctor)
    assert value(opened(page, ORDERS, patient), "can_prescribe") is True
    for _ in range(2):
        answer = page.call(f"{ORDERS}.prescribe", path=PATH, patient_id=patient, form=IRON)
    (row,) = rows_of(Prescription, patient)
    assert value(answer, "prescriptions")[0]["drug"] == "Ferrous sulfate"
    address = f"/prescription?ids={row.id}"
    sheets = value(page.call(f"{PAPER}.load", path=address), "sheets")
    assert [(one["patient"], one["practitioner"]) for one in sheets] == [("Ana Muñoz", "Dr Quayside")]
    page.call(f"{ORDERS}.ask_why", path=PATH, prescription_id=str(row.id))
    refused = page.call(f"{ORDERS}.revoke", path=PATH, form={"reason": "because"})
    assert value(refused, "revoke_reason") == "Say why."
    revoked = page.call(f"{ORDERS}.revoke", path=PATH, form={"reason": "mistake", "revoke-words": "Wrong file"})
    (line,) = value(revoked, "prescriptions")
    assert (line["reason"], line["words"], value(revoked, "chosen")) == ("mistake", "Wrong file", [])
    assert value(page.call(f"{PAPER}.load", path=address), "status") == "revoked"


def test_a_missing_field_is_named_and_nothing_is_kept(open_page: Open, patient: str, doctor: str) -> None:
    page = open_page(doctor)
    opened(page, ORDERS, patient)
    answer = page.call(f"{ORDERS}.prescribe", path=PATH, patient_id=patient, form={**IRON, "order-dosage": " "})
    assert value(answer, "wrong_field") == "dosage"
    assert rows_of(Prescription, patient) == []


def test_another_clinics_patient_and_papers_are_not_there(open_page: Open, doctor: str) -> None:
    with building() as session:
        elsewhere = make_clinic(session)
    foreign = a_patient(elsewhere)
    page = open_page(doctor)
    for state in (NOTES, ORDERS):
        assert "There is no such patient." in scripts(opened(page, state, foreign))
    form = {"kind": "desk", "text": "Hello."}
    for name, given in ((f"{NOTES}.write", form), (f"{ORDERS}.prescribe", IRON)):
        assert "There is no such patient." in scripts(page.call(name, path=PATH, patient_id=foreign, form=given))
    for ids in (str(new_id()), "x", "", "x," * 400):
        assert value(page.call(f"{PAPER}.load", path=f"/prescription?ids={ids}"), "status") == "missing"


@pytest.mark.long
def test_invented_values_are_refused_in_words(open_page: Open, patient: str, doctor: str) -> None:
    page = open_page(doctor)
    opened(page, NOTES, patient)
    opened(page, ORDERS, patient)
    for form in (
        {},
        {"kind": "secret", "text": "Hello."},
        {"kind": "desk", "text": ["x"]},
        {"kind": "desk", "text": "\x07"},
    ):
        assert value(page.call(f"{NOTES}.write", path=PATH, patient_id=patient, form=form), "wrong_reason")
    assert "This does not exist." in value(
        page.call(f"{NOTES}.correct", path=PATH, patient_id=patient, form={"kind": "desk", "text": "x", "note": "x"}),
        "correction_reason",
    )
    page.call(f"{ORDERS}.ask_why", path=PATH, prescription_id="x")
    assert value(page.call(f"{ORDERS}.revoke", path=PATH, form={"reason": "mistake"}), "revoke_reason")
    assert "This does not exist." in scripts(page.call(f"{PAPER}.choose_paper", path="/prescription", paper="a0"))
    assert rows_of(Note, patient) == []


@pytest.mark.long
def test_each_look_is_written_down(open_page: Open, patient: str, doctor: str) -> None:
    page = open_page(doctor)
    opened(page, NOTES, patient)
    opened(page, ORDERS, patient)
    with building() as session:
        looks = session.exec(
            select(AuditEvent).where(AuditEvent.object_id == patient, AuditEvent.action == "list")
        ).all()
    assert sorted(one.object_kind for one in looks) == ["note", "prescription"]


def told(socket: RawSocket, state: str, handler: str, **payload: Any) -> dict[str, Any]:
    return socket.call(f"{state}.{handler}", path=PATH, **payload)


def test_what_was_begun_for_a_patient_is_there_again_after_another_one(
    open_page: Open, workplace: Clinic, doctor: str
) -> None:
    first, second, page = a_patient(workplace), a_patient(workplace), open_page(doctor)
    opened(page, NOTES, first)
    written = told(page, NOTES, "write", patient_id=first, form={"kind": "clinical", "text": "Seen."})
    note = value(written, "notes")[0]["id"]
    told(page, NOTES, "begin_correction", note_id=note)
    told(page, NOTES, "keep_correction", patient_id=first, note_id=note, text="Seen twice")
    told(page, NOTES, "keep_draft", patient_id=first, text="Half")
    away = opened(page, NOTES, second)
    assert [value(away, name) for name in ("draft", "correcting", "correction")] == ["", "", ""]
    # What comes late counts for whom it was typed.
    assert value(told(page, NOTES, "keep_draft", patient_id=first, text="Half a thought"), "draft") in (None, "")
    back = opened(page, NOTES, first)
    assert [value(back, name) for name in ("draft", "correcting", "correction")] == [
        *("Half a thought", note, "Seen twice")
    ]
    told(page, NOTES, "write", patient_id=first, form={"kind": "clinical", "text": "Half a thought."})
    told(page, NOTES, "correct", patient_id=first, form={"kind": "clinical", "note": note, "text": "Seen twice."})
    opened(page, NOTES, second)
    # Nothing is begun any more, so that nothing is changed by opening it.
    again = opened(page, NOTES, first)
    assert [value(again, name) or "" for name in ("draft", "correcting", "correction")] == ["", "", ""]


def test_a_begun_correction_is_given_up_in_words_when_a_colleague_was_faster(
    open_page: Open, workplace: Clinic, doctor: str
) -> None:
    first, second, page = a_patient(workplace), a_patient(workplace), open_page(doctor)
    opened(page, NOTES, first)
    written = told(page, NOTES, "write", patient_id=first, form={"kind": "desk", "text": "Caled."})
    note = value(written, "notes")[0]["id"]
    told(page, NOTES, "begin_correction", note_id=note)
    opened(page, NOTES, second)
    desk = open_page(Role.RECEPTIONIST)
    opened(desk, NOTES, first)
    told(desk, NOTES, "correct", patient_id=first, form={"kind": "desk", "note": note, "text": "Called."})
    back = opened(page, NOTES, first)
    assert "Somebody has corrected this note already." in scripts(back)
    assert value(back, "correcting") in (None, "")


def test_half_a_prescription_is_there_again_after_another_patient(
    open_page: Open, workplace: Clinic, doctor: str
) -> None:
    first, second, page = a_patient(workplace), a_patient(workplace), open_page(doctor)
    opened(page, ORDERS, first)
    for field, text in (("drug", "Iron"), ("dosage", "200 mg")):
        told(page, ORDERS, "keep_draft", patient_id=first, field=field, text=text)
    assert value(opened(page, ORDERS, second), "draft")["drug"] == ""
    back = value(opened(page, ORDERS, first), "draft")
    assert (back["drug"], back["dosage"], back["advice"]) == ("Iron", "200 mg", "")
    assert value(told(page, ORDERS, "prescribe", patient_id=first, form=IRON), "draft")["drug"] == ""
    opened(page, ORDERS, second)
    assert (value(opened(page, ORDERS, first), "draft") or {"drug": ""})["drug"] == ""
