"""Prescriptions on paper: who orders, where, when and for whom, on the paper that is in the drawer."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.errors import InvalidField
from app.file_errors import PrescriptionNotFound
from app.infra.embedded.roles import DatabaseUrls
from app.services.prescriptions.paper import Paper, choose_paper, paper_of
from app.services.prescriptions.printable import MOST, PrescriptionSheet, printable
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.principal import Principal
from tests.builders import (
    NOW,
    building,
    make_location,
    make_practitioner,
    make_schedule,
    make_slots,
)
from tests.services.files_world import IRON, Files

pytestmark = pytest.mark.database
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def files(database: DatabaseUrls) -> Files:
    return Files()


def printed(files: Files, *ids: UUID, by: Principal | None = None) -> list[PrescriptionSheet]:
    who = by or files.doctor
    with transaction(who) as session:
        return printable(session, who, prescription_ids=ids, now=NOW)


def test_a_sheet_names_who_orders_where_when_and_for_whom(files: Files) -> None:
    visit = files.visit()
    made = files.prescribe(appointment_id=visit)
    (sheet,) = printed(files, made.id)
    head = sheet.head
    assert (head.clinic, head.location, head.practitioner) == ("Harbour Clinic", "Quay", "Dr Tide")
    assert (head.license_number, head.on_date) == (files.practitioner.license_number, date(2027, 1, 4))
    assert (sheet.patient.name.full, sheet.patient.birth_date, sheet.items) == ("Ana Muñoz", date(1980, 2, 3), [IRON])


def test_without_a_visit_the_sheet_names_where_the_practitioner_works_now(files: Files) -> None:
    with building() as session:
        today = make_location(session, clinic=files.clinic, name="Z today")
        schedule = make_schedule(session, clinic=files.clinic, practitioner=files.practitioner, location=today)
        make_slots(session, schedule=schedule, count=1, starts_at=NOW)
    (sheet,) = printed(files, files.prescribe().id)
    assert sheet.head.location == "Z today"


def test_who_has_no_schedule_prints_without_a_site(files: Files) -> None:
    with building() as session:
        visiting = files.account(session, make_practitioner(session, clinic=files.clinic))
    (sheet,) = printed(files, files.prescribe(by=visiting).id)
    assert (sheet.head.clinic, sheet.head.location) == ("Harbour Clinic", "")


def test_one_sheet_a_signature_and_day_in_the_order_of_ordering(files: Files) -> None:
    with building() as session:
        colleague = files.account(session, make_practitioner(session, clinic=files.clinic, display_name="Dr Ebb"))
    ids = [
        files.prescribe().id,
        files.prescribe(replace(IRON, drug="Folic acid"), now=LATER).id,
        files.prescribe(by=colleague, now=LATER).id,
        files.prescribe(now=NOW + timedelta(days=1)).id,
    ]
    sheets = printed(files, *reversed(ids))
    assert [(one.head.practitioner, [item.drug for item in one.items]) for one in sheets] == [
        ("Dr Tide", ["Ferrous sulfate", "Folic acid"]),
        ("Dr Ebb", ["Ferrous sulfate"]),
        ("Dr Tide", ["Ferrous sulfate"]),
    ]


def test_what_was_revoked_is_not_printed(files: Files) -> None:
    kept, revoked = files.prescribe(), files.prescribe(replace(IRON, drug="Folic acid"))
    files.revoke(revoked.id)
    (sheet,) = printed(files, kept.id, revoked.id)
    assert sheet.items == [IRON]
    assert printed(files, revoked.id) == []


def test_a_print_is_a_look_at_the_patient_and_at_each_prescription(files: Files) -> None:
    made = files.prescribe()
    printed(files, made.id)
    assert files.audit("prescription")[-1].detail == {"ids": [str(made.id)]}
    assert files.audit("patient")[-1].object_id == files.patient.id


def test_what_is_not_there_and_what_is_too_much_is_not_printed(files: Files) -> None:
    with pytest.raises(PrescriptionNotFound):
        printed(files, files.prescribe().id, new_id())
    with pytest.raises(InvalidField):
        printed(files, *(new_id() for _ in range(MOST + 1)))


def test_paper_is_the_countrys_until_somebody_chooses(files: Files) -> None:
    with building() as session:
        session.get_one(Clinic, files.clinic.id).country = "US"
    with transaction(files.doctor) as session:
        assert paper_of(session, files.doctor, now=NOW) is Paper.LETTER
        choose_paper(session, files.doctor, paper="a5", now=NOW)
        with pytest.raises(InvalidField):
            choose_paper(session, files.doctor, paper="a0", now=NOW)
    with transaction(files.doctor) as session:
        assert paper_of(session, files.doctor, now=NOW) is Paper.A5
