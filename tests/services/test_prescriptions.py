"""Prescriptions: ordered by practitioners only, once, sealed, revoked with a reason, and printed while they count."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlmodel import select

from app.errors import AppointmentNotFound, InvalidField, NotPermitted, PatientNotFound
from app.file_errors import NotAPrescriber, PatientMerged, PrescriptionNotFound
from app.infra.crypto import SealBroken
from app.infra.embedded.roles import DatabaseUrls
from app.services.patients.trail import trail_of
from app.services.prescriptions import prescribe as prescribing
from app.services.prescriptions.fields import LONGEST, LONGEST_ADVICE, MISSING, NAMES, PrescriptionFields
from app.services.prescriptions.printable import PrescriptionSheet, printable
from app.services.prescriptions.read import prescription_page, recent_drugs
from models.accounts import Role
from models.db import execute, transaction
from models.files import Prescription, RevokeReason
from models.practitioners import Practitioner
from models.principal import Principal
from tests.builders import (
    NOW,
    building,
    guest_of,
    job_of,
    make_practitioner,
    staff_of,
)
from tests.services.files_world import IRON, Files
from tests.services.two_files import merge

pytestmark = pytest.mark.database
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def files(database: DatabaseUrls) -> Files:
    return Files()


def rows_of(files: Files) -> list[Prescription]:
    with building() as session:
        return list(session.exec(select(Prescription).where(Prescription.clinic_id == files.clinic.id)))


def printed(files: Files, *ids: UUID, by: Principal | None = None) -> list[PrescriptionSheet]:
    who = by or files.doctor
    with transaction(who) as session:
        return printable(session, who, prescription_ids=ids, now=NOW)


def recent(files: Files, who: Principal, *, limit: int = 20) -> list[str]:
    with transaction(who) as session:
        return recent_drugs(session, who, limit=limit)


def test_what_was_ordered_stands_in_the_file_with_who_ordered_it(files: Files) -> None:
    files.prescribe()
    files.prescribe(replace(IRON, drug="Folic acid", advice=""), now=LATER)
    newer, older = files.prescriptions(files.nurse)
    assert (older.fields, older.practitioner, older.revoked_at) == (IRON, "Dr Tide", None)
    assert (newer.fields.drug, newer.fields.advice) == ("Folic acid", "")


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.MANAGER, Role.ADMINISTRATOR])
def test_who_does_not_care_for_patients_neither_reads_nor_orders(files: Files, role: Role) -> None:
    who = staff_of(files.clinic, role=role)
    made = files.prescribe()
    for forbidden in (
        lambda: files.prescriptions(who),
        lambda: files.prescribe(by=who),
        lambda: files.revoke(made.id, by=who),
        lambda: printed(files, made.id, by=who),
        lambda: recent(files, who),
    ):
        with pytest.raises(NotPermitted):
            forbidden()


def test_a_nurse_reads_and_prints_and_does_not_order(files: Files) -> None:
    made = files.prescribe()
    assert [one.id for one in files.prescriptions(files.nurse)] == [made.id]
    assert len(printed(files, made.id, by=files.nurse)) == 1
    for forbidden in (lambda: files.prescribe(by=files.nurse), lambda: files.revoke(made.id, by=files.nurse)):
        with pytest.raises(NotAPrescriber):
            forbidden()


def test_a_practitioners_role_without_a_practitioner_orders_nothing(files: Files) -> None:
    with pytest.raises(NotAPrescriber):
        files.prescribe(by=staff_of(files.clinic, role=Role.PRACTITIONER))
    for who in (guest_of(files.clinic), job_of(files.clinic)):
        with pytest.raises(NotPermitted):
            files.prescribe(by=who)


def test_who_no_longer_works_here_orders_nothing(files: Files) -> None:
    with building() as session:
        session.get_one(Practitioner, (files.clinic.id, files.practitioner.id)).is_active = False
    with pytest.raises(NotAPrescriber):
        files.prescribe()


def test_the_same_order_in_one_visit_is_one_whenever_it_comes(files: Files) -> None:
    visit = files.visit()
    first = files.prescribe(appointment_id=visit)
    assert files.prescribe(appointment_id=visit, now=LATER).id == first.id
    assert files.prescribe(replace(IRON, dosage="100 mg"), appointment_id=visit).id != first.id


def test_without_a_visit_a_second_press_is_one_order_and_a_later_one_another(files: Files) -> None:
    first = files.prescribe()
    assert files.prescribe(now=NOW + timedelta(seconds=3)).id == first.id
    assert files.prescribe(now=NOW + prescribing.TWICE_WITHIN + timedelta(seconds=1)).id != first.id


def test_what_was_revoked_can_be_ordered_again(files: Files) -> None:
    first = files.prescribe()
    files.revoke(first.id)
    assert files.prescribe().id != first.id


def test_eight_presses_at_once_are_one_order(files: Files) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: files.prescribe(), range(8)))
    assert len({one.id for one in made}) == 1
    assert len(rows_of(files)) == 1


def test_two_presses_at_once_are_two_orders_without_the_lock(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the second one looks before the first one's commit, and only the lock would have it wait."""
    monkeypatch.setattr(prescribing, "require_standing", lambda *_, **__: None)
    given = {"patient_id": files.patient.id, "fields": IRON, "now": NOW}
    with transaction(files.doctor) as first, transaction(files.doctor) as second:
        made = {prescribing.prescribe(session, files.doctor, **given).id for session in (first, second)}
    assert len(made) == 2


def test_nothing_of_an_order_lies_in_plain_text(files: Files) -> None:
    made = files.prescribe()
    files.revoke(made.id, words="Stomach pain")
    (row,) = rows_of(files)
    kept = b"".join(getattr(row, f"{name}_sealed") for name in (*NAMES, "revoke_words"))
    for text in (IRON.drug, IRON.dosage, IRON.frequency, IRON.duration, IRON.advice, "Stomach pain"):
        assert text.encode() not in kept
        assert all(text not in str(event.model_dump()) for event in files.audit("prescription"))
    assert IRON.drug not in repr(made)
    assert IRON.drug not in repr(IRON)


def test_a_drug_that_was_moved_to_another_order_does_not_open(files: Files) -> None:
    one, other = files.prescribe(), files.prescribe(replace(IRON, drug="Folic acid"))
    with building() as session:
        execute(
            session, "UPDATE prescriptions SET drug_sealed = (SELECT drug_sealed FROM prescriptions WHERE id = %(one)s)"
            " WHERE id = %(other)s", {"one": one.id, "other": other.id},
        )  # fmt: skip
    with pytest.raises(SealBroken):
        files.prescriptions(files.doctor)


def test_a_revoked_one_stays_with_who_when_and_why(files: Files) -> None:
    made = files.prescribe()
    files.revoke(made.id, words="Nausea", now=LATER)
    (seen,) = files.prescriptions(files.nurse)
    assert (seen.revoked_at, seen.revoked_by) == (LATER, files.doctor.actor)
    assert (seen.reason, seen.words, seen.fields) == (RevokeReason.NOT_TOLERATED, "Nausea", IRON)
    revoked = files.audit("prescription")[1]
    assert (revoked.action, revoked.reason) == ("revoke", "not-tolerated")


def test_revoking_twice_keeps_the_first_reason_and_one_row(files: Files) -> None:
    made = files.prescribe()
    first = files.revoke(made.id)
    second = files.revoke(made.id, reason=RevokeReason.MISTAKE, words="Late", now=LATER)
    assert (second.reason, second.words, second.revoked_at) == (first.reason, first.words, first.revoked_at)
    assert [one.action for one in files.audit("prescription")] == ["prescribe", "revoke"]


def test_another_practitioner_may_revoke_and_nobody_through_another_file(files: Files) -> None:
    made, other = files.prescribe(), files.file("Other")
    with pytest.raises(PrescriptionNotFound):
        files.revoke(made.id, patient_id=other.id)
    with building() as session:
        colleague = files.account(session, make_practitioner(session, clinic=files.clinic), name="Dr Ebb")
    assert files.revoke(made.id, by=colleague).revoked_by == colleague.actor


def test_the_database_lets_nobody_rewrite_or_delete_an_order(files: Files) -> None:
    files.prescribe()
    for statement in (
        "UPDATE prescriptions SET drug_sealed = ''",
        "UPDATE prescriptions SET practitioner_id = NULL",
        "DELETE FROM prescriptions",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(files.doctor) as session:
            execute(session, statement, {})
    assert [one.fields for one in files.prescriptions(files.doctor)] == [IRON]


def test_every_order_and_every_look_is_written_down_once(files: Files) -> None:
    made = files.prescribe()
    files.prescriptions(files.nurse)
    ordered, looked = files.audit("prescription")
    practitioner = str(files.practitioner.id)
    assert ordered.detail == {"patient_id": str(files.patient.id), "practitioner_id": practitioner}
    assert (looked.action, looked.object_id, looked.detail) == ("list", files.patient.id, {"ids": [str(made.id)]})


def test_another_clinic_sees_orders_and_prints_nothing(files: Files) -> None:
    made, stranger = files.prescribe(), Files()
    with pytest.raises(PatientNotFound):
        files.prescriptions(stranger.doctor)
    with pytest.raises(PatientNotFound):
        files.prescribe(by=stranger.doctor)
    with pytest.raises(PrescriptionNotFound):
        stranger.revoke(made.id, patient_id=files.patient.id)
    with pytest.raises(PrescriptionNotFound):
        printed(stranger, made.id)


def test_an_order_names_only_the_patients_own_visit(files: Files) -> None:
    foreign = files.visit(files.file("Other"))
    with pytest.raises(AppointmentNotFound):
        files.prescribe(appointment_id=foreign)


@pytest.mark.parametrize("name", sorted(MISSING))
@pytest.mark.parametrize("text", ["", "  ", "a" * (LONGEST + 1), "bell\x07", "null\x00", "two\nlines"])
def test_what_cannot_be_ordered_is_refused_by_its_field(files: Files, name: str, text: str) -> None:
    with pytest.raises(InvalidField) as refused:
        files.prescribe(replace(IRON, **{name: text}))
    assert refused.value.field == name


def test_advice_may_be_long_and_have_lines_and_is_not_endless(files: Files) -> None:
    advice = "Nach dem Essen.\nمع الماء"
    assert files.prescribe(replace(IRON, advice=advice)).fields.advice == advice
    with pytest.raises(InvalidField):
        files.prescribe(replace(IRON, advice="a" * (LONGEST_ADVICE + 1)))


def test_prescriptions_follow_a_merge_and_the_old_file_takes_none(files: Files) -> None:
    other = files.file("Anna")
    made = files.prescribe(patient_id=other.id)
    merge(files.desk, files.patient, other)
    assert [one.id for one in files.prescriptions(files.doctor, patient_id=other.id)] == [made.id]
    assert [one.id for one in files.prescriptions(files.doctor)] == [made.id]
    with pytest.raises(PatientMerged):
        files.prescribe(patient_id=other.id)
    (sheet,) = printed(files, made.id)
    assert sheet.patient.id == files.patient.id


def test_own_drugs_come_back_once_the_newest_first(files: Files) -> None:
    for minutes, drug in enumerate(("Ibuprofen", "Ferrous sulfate", "ibuprofen", "Folic acid")):
        made = files.prescribe(replace(IRON, drug=drug), now=NOW + timedelta(minutes=minutes))
    assert recent(files, files.doctor) == ["Folic acid", "ibuprofen", "Ferrous sulfate"]
    assert recent(files, files.doctor, limit=1) == ["Folic acid"]
    files.revoke(made.id)
    assert recent(files, files.doctor)[0] == "ibuprofen"
    with building() as session:
        colleague = files.account(session, make_practitioner(session, clinic=files.clinic))
    assert recent(files, colleague) == []


def test_the_history_tells_of_prescriptions_to_those_who_care(files: Files) -> None:
    files.revoke(files.prescribe().id)
    with transaction(files.nurse) as session:
        in_care = trail_of(session, files.nurse, patient_id=files.patient.id)
    with transaction(files.desk) as session:
        at_the_desk = trail_of(session, files.desk, patient_id=files.patient.id)
    assert [one.action for one in in_care if one.object_kind == "prescription"] == ["revoke", "prescribe"]
    assert [one for one in at_the_desk if one.object_kind == "prescription"] == []


def test_a_page_says_whether_there_are_older_ones_and_who_may_order(files: Files) -> None:
    for drug in ("Ibuprofen", "Folic acid"):
        files.prescribe(replace(IRON, drug=drug))
    with transaction(files.doctor) as session:
        page = prescription_page(session, files.doctor, patient_id=files.patient.id, most=1, now=NOW)
    assert [one.fields.drug for one in page.prescriptions] == ["Folic acid"]
    assert (page.has_more, page.can_prescribe, page.recent_drugs) == (True, True, ["Folic acid", "Ibuprofen"])
    with transaction(files.nurse) as session:
        page = prescription_page(session, files.nurse, patient_id=files.patient.id, now=NOW)
    assert (page.has_more, page.can_prescribe, page.recent_drugs) == (False, False, [])


def test_the_fields_of_a_form_are_the_columns_of_the_table() -> None:
    assert {f"{name}_sealed" for name in NAMES} == {
        name for name in Prescription.model_fields if name.endswith("_sealed") and name != "revoke_words_sealed"
    }
    assert PrescriptionFields(*NAMES).advice == "advice"
