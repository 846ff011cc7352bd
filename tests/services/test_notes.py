"""Notes: the desk's and the clinical ones, corrected by new ones, seen by those who may, and never in plain text."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlmodel import select

from app.errors import AppointmentNotFound, InvalidField, NotPermitted, PatientNotFound
from app.file_errors import NoteNotFound, NoteReplaced, PatientMerged
from app.infra.crypto import SealBroken
from app.infra.embedded.roles import DatabaseUrls
from app.services.notes import write as writing
from app.services.notes.read import NoteView
from app.services.notes.write import LONGEST, TWICE_WITHIN
from app.services.patients.trail import trail_of
from models.accounts import Role
from models.base import new_id
from models.db import execute, transaction
from models.files import Note, NoteKind
from tests.builders import NOW, building, guest_of, job_of, staff_of
from tests.services.files_world import Files
from tests.services.two_files import merge

pytestmark = pytest.mark.database
CLINICAL = {"kind": NoteKind.CLINICAL}
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def files(database: DatabaseUrls) -> Files:
    return Files()


def texts(notes: list[NoteView]) -> list[str]:
    return [one.text for one in notes]


def rows_of(files: Files) -> list[Note]:
    with building() as session:
        return list(session.exec(select(Note).where(Note.clinic_id == files.clinic.id)))


def test_the_newest_note_stands_first_with_its_author(files: Files) -> None:
    files.write("First.", by=files.doctor)
    files.write("Second.", by=files.doctor, now=LATER)
    found = files.notes(files.desk)
    assert [(one.text, one.author) for one in found] == [("Second.", "Dr Tide"), ("First.", "Dr Tide")]


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.MANAGER, Role.ADMINISTRATOR])
def test_clinical_notes_are_absent_for_who_does_not_care_for_patients(files: Files, role: Role) -> None:
    files.write("Seen at the desk.")
    files.write("Suspected anaemia.", by=files.nurse, **CLINICAL)
    who = staff_of(files.clinic, role=role)
    assert texts(files.notes(who)) == ["Seen at the desk."]
    with pytest.raises(NotPermitted):
        files.write("Anything.", by=who, **CLINICAL)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.NURSE])
def test_those_who_care_read_and_write_both(files: Files, role: Role) -> None:
    who = staff_of(files.clinic, role=role)
    files.write("Desk.", by=who)
    files.write("Clinical.", by=who, now=LATER, **CLINICAL)
    assert texts(files.notes(who)) == ["Clinical.", "Desk."]


def test_nobody_without_a_role_reads_or_writes(files: Files) -> None:
    for who in (guest_of(files.clinic), job_of(files.clinic)):
        with pytest.raises(NotPermitted):
            files.notes(who)
        with pytest.raises(NotPermitted):
            files.write(by=who)


def test_a_correction_takes_the_place_of_what_it_corrects_and_keeps_it(files: Files) -> None:
    first = files.write("Alergic to latex.")
    second = files.write("Allergic to latex.", by=files.nurse, replaces_id=first.id, now=LATER)
    third = files.write("Allergic to latex and nickel.", replaces_id=second.id, now=LATER)
    (note,) = files.notes(files.desk)
    assert note.id == third.id
    assert texts(list(note.earlier)) == ["Allergic to latex.", "Alergic to latex."]
    assert not any(one.can_correct for one in note.earlier)
    assert len(rows_of(files)) == 3


def test_a_note_is_corrected_once(files: Files) -> None:
    first = files.write("One.")
    files.write("Two.", replaces_id=first.id)
    with pytest.raises(NoteReplaced):
        files.write("Three.", replaces_id=first.id)
    assert texts(files.notes(files.desk)) == ["Two."]


def test_a_correction_stays_in_the_file_the_kind_and_the_visit(files: Files) -> None:
    visit = files.visit()
    note = files.write(appointment_id=visit)
    other = files.file("Other")
    with pytest.raises(NoteNotFound):
        files.write("Elsewhere.", patient_id=other.id, replaces_id=note.id)
    with pytest.raises(NoteNotFound):
        files.write("Clinical now.", by=files.nurse, replaces_id=note.id, **CLINICAL)
    with pytest.raises(NoteNotFound):
        files.write("Of nothing.", replaces_id=new_id())
    assert files.write("Called again.", replaces_id=note.id).appointment_id == visit


def test_the_same_press_twice_is_one_note_and_a_later_one_another(files: Files) -> None:
    assert files.write().id == files.write(now=NOW + timedelta(seconds=5)).id
    files.write(now=NOW + TWICE_WITHIN + timedelta(seconds=1))
    files.write(by=files.nurse)
    assert len(files.notes(files.desk)) == 3
    worse = files.write("Worse.")
    assert files.write("Better.", replaces_id=worse.id).id == files.write("Better.", replaces_id=worse.id).id


def test_words_that_were_corrected_away_can_be_written_again(files: Files) -> None:
    first = files.write("Walked in.")
    files.write("Wheeled in.", replaces_id=first.id)
    assert files.write("Walked in.").id != first.id


def test_nothing_of_a_note_lies_in_plain_text(files: Files) -> None:
    note = files.write("Knee pain since May.")
    (row,) = rows_of(files)
    assert b"Knee" not in row.text_sealed
    assert all("Knee" not in str(event.model_dump()) for event in files.audit("note"))
    assert "Knee" not in repr(note)


def test_a_text_that_was_moved_to_another_note_does_not_open(files: Files) -> None:
    one, other = files.write("One."), files.write("Other.", now=LATER)
    with building() as session:
        place = {"one": one.id, "other": other.id}
        execute(
            session, "UPDATE notes SET text_sealed = (SELECT text_sealed FROM notes WHERE id = %(one)s)"
            " WHERE id = %(other)s", place,
        )  # fmt: skip
    with pytest.raises(SealBroken):
        files.notes(files.desk)


def test_the_database_lets_nobody_rewrite_or_delete_a_note(files: Files) -> None:
    files.write()
    for statement in ("UPDATE notes SET text_sealed = ''", "UPDATE notes SET made_by = ''", "DELETE FROM notes"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(files.desk) as session:
            execute(session, statement, {})
    assert texts(files.notes(files.desk)) == ["Called, no answer."]


def test_every_note_and_every_look_is_written_down_once(files: Files) -> None:
    note = files.write()
    better = files.write("Called, will call back.", replaces_id=note.id)
    files.notes(files.desk)
    written, corrected, looked = files.audit("note")
    assert [one.action for one in (written, corrected, looked)] == ["write", "correct", "list"]
    assert corrected.detail == {"patient_id": str(files.patient.id), "kind": "desk", "replaces": str(note.id)}
    assert looked.object_id == files.patient.id
    assert looked.detail == {"ids": [str(better.id), str(note.id)]}


def test_another_clinic_sees_and_adds_nothing(files: Files) -> None:
    note, stranger = files.write(), Files()
    with pytest.raises(PatientNotFound):
        files.notes(stranger.nurse)
    with pytest.raises(PatientNotFound):
        files.write(by=stranger.desk)
    with pytest.raises(NoteNotFound):
        stranger.write("Of a foreign one.", replaces_id=note.id)


def test_a_note_names_only_the_patients_own_visit(files: Files) -> None:
    foreign = files.visit(files.file("Other"))
    with pytest.raises(AppointmentNotFound):
        files.write(appointment_id=foreign)


@pytest.mark.parametrize("text", ["", "   \n ", "a" * (LONGEST + 1), "bell\x07", "null\x00"])
def test_what_cannot_be_written_is_refused(files: Files, text: str) -> None:
    with pytest.raises(InvalidField):
        files.write(text)


@pytest.mark.parametrize("text", ["Größe 1,80 m", "مريض يعاني من ألم", "患者", "🩹 ok", "a\nb\tc"])
def test_every_script_comes_back_as_it_was_written(files: Files, text: str) -> None:
    files.write(text)
    assert texts(files.notes(files.desk)) == [text]


def test_notes_follow_a_merge_and_the_old_file_takes_none(files: Files) -> None:
    other = files.file("Anna")
    files.write("Of the other.", patient_id=other.id)
    merge(files.desk, files.patient, other)
    assert texts(files.notes(files.desk)) == ["Of the other."]
    assert texts(files.notes(files.desk, patient_id=other.id)) == ["Of the other."]
    with pytest.raises(PatientMerged):
        files.write(patient_id=other.id)


def test_the_history_tells_of_notes_that_the_reader_may_read(files: Files) -> None:
    files.write()
    files.write("Clinical.", by=files.nurse, **CLINICAL)
    with transaction(files.desk) as session:
        at_the_desk = trail_of(session, files.desk, patient_id=files.patient.id)
    with transaction(files.nurse) as session:
        in_care = trail_of(session, files.nurse, patient_id=files.patient.id)
    assert [one.object_kind for one in at_the_desk].count("note") == 1
    assert [one.object_kind for one in in_care].count("note") == 2


def test_eight_presses_at_once_are_one_note(files: Files) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: files.write(), range(8)))
    assert len({one.id for one in made}) == 1
    assert len(rows_of(files)) == 1


def test_two_presses_at_once_are_two_notes_without_the_lock(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the second one looks before the first one's commit, and only the lock would have it wait."""
    monkeypatch.setattr(writing, "require_standing", lambda *_, **__: None)
    assert len(_twice_at_once(files)) == 2


def _twice_at_once(files: Files) -> set[UUID]:
    given = {"patient_id": files.patient.id, "kind": NoteKind.DESK, "text": "Once.", "now": NOW}
    with transaction(files.desk) as first, transaction(files.desk) as second:
        one = writing.write_note(first, files.desk, **given)
        other = writing.write_note(second, files.desk, **given)
    return {one.id, other.id}
