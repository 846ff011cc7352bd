"""Two files of one person become one: all of it moves, nothing is lost, and the old file still leads there."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotPermitted, StaleVersion
from app.file_errors import MergeRefused, PatientMerged
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.services.booking.answer import single_use_key
from app.services.booking.once import once
from app.services.booking.retry import attempt
from app.services.patients.file import open_file
from app.services.patients.guests import match_or_create_guest
from app.services.patients.merge_plan import preview
from app.services.patients.read import get
from app.services.patients.search import type_ahead
from app.services.patients.standing import require_standing
from app.services.patients.views import PatientView
from app.services.patients.write import change
from app.services.waitlist.accept import accept
from app.services.waitlist.decline import withdraw
from app.services.waitlist.join import join
from app.services.waitlist.offers import patient_of
from app.services.waitlist.rounds import Looks, play_round
from app.services.waitlist.wishes import Wish
from models.accounts import Role
from models.db import transaction
from models.files import Document, Note
from models.principal import Principal
from models.records import AuditEvent, Message, OutboxEvent
from models.waiting import WaitlistEntry, WaitlistOffer
from tests.builders import NOW, building, guest_of, job_of, staff_of
from tests.calls import cancel, hold
from tests.invariants import assert_sound
from tests.services.two_files import BORN, TwoFiles

pytestmark = pytest.mark.database


@pytest.fixture
def files(database: DatabaseUrls) -> TwoFiles:
    return TwoFiles()


def found(files: TwoFiles, text: str) -> list[PatientView]:
    with transaction(files.clerk) as session:
        return type_ahead(session, files.clerk, text=text, now=NOW)


def test_everything_of_the_one_file_stands_in_the_other(files: TwoFiles) -> None:
    own, other = files.book(files.here[0], files.keep), files.book(files.there[1], files.lose)
    files.write_to(files.lose, appointment_id=other)
    answer = files.merge()
    assert answer.body["moved"] == 1
    assert {one.id for one in files.appointments_of(files.keep)} == {own, other}
    assert files.appointments_of(files.lose) == []
    assert [files.count(table, files.keep) for table in (Message, Document, Note)] == [1, 1, 1]
    assert_sound(files.clinic.id)


def test_a_moved_appointment_has_another_version_and_an_audit_row(files: TwoFiles) -> None:
    moved = files.book(files.here[0], files.lose)
    before = files.appointments_of(files.lose)[0].version
    files.merge()
    assert files.appointments_of(files.keep)[0].version == before + 1
    with building() as session:
        rows = session.exec(select(AuditEvent).where(AuditEvent.object_id == moved)).all()
        told = session.exec(select(OutboxEvent).where(OutboxEvent.aggregate_id == files.keep.id)).all()
    assert [row.detail for row in rows if row.action == "change-patient"] == [
        {"old_patient": str(files.lose.id), "new_patient": str(files.keep.id)}
    ]
    assert [event.kind for event in told] == ["patient.merged"]


def test_empty_fields_are_filled_and_both_alerts_stay(files: TwoFiles) -> None:
    with transaction(files.clerk) as session:
        change(session, files.clerk, patient_id=files.keep.id, changes={"alert": "Deaf"}, now=NOW)
        seen = preview(session, files.clerk, keep_id=files.keep.id, lose_id=files.lose.id, now=NOW)
    assert seen.taken == {"email"}
    files.merge(keep=seen.keep, taken=seen.taken)
    with transaction(files.clerk) as session:
        after = get(session, files.clerk, patient_id=files.keep.id, now=NOW)
    assert (after.given_name, after.phone, after.email) == ("Ana", "+49301234567", "ana@example.org")
    assert after.alert == "Deaf · Latex"


def test_the_chosen_values_win_and_are_found(files: TwoFiles) -> None:
    files.merge(taken=frozenset({"given_name", "family_name"}))
    assert [one.id for one in found(files, "munoz vidal")] == [files.keep.id]
    assert found(files, "munoz vidal")[0].name.full == "Anna Munoz Vidal"


def test_the_old_file_is_found_by_its_old_name_and_leads_to_the_other(files: TwoFiles) -> None:
    files.merge()
    assert [one.id for one in found(files, "anna vidal")] == [files.keep.id]
    with transaction(files.clerk) as session:
        opened = open_file(session, files.clerk, patient_id=files.lose.id, now=NOW)
    assert opened.patient.id == files.keep.id
    assert opened.was_merged


def test_a_guest_with_the_old_details_is_the_one_patient(files: TwoFiles) -> None:
    guest = guest_of(files.clinic)
    files.merge()
    with transaction(guest) as session:
        matched = match_or_create_guest(
            session, guest, given_name="Anna", family_name="Munoz Vidal", birth_date=BORN, email="ana@example.org",
            now=NOW,
        )  # fmt: skip
    assert matched == files.keep.id


def test_overlapping_appointments_are_refused_in_words_and_nothing_moves(files: TwoFiles) -> None:
    files.book(files.here[0], files.keep)
    clash = files.book(files.there[0], files.lose)
    with transaction(files.clerk) as session:
        seen = preview(session, files.clerk, keep_id=files.keep.id, lose_id=files.lose.id, now=NOW)
    assert len(seen.clashes) == 1
    assert "at the same time" in seen.refusal
    with pytest.raises(MergeRefused, match="same time"):
        files.merge()
    assert [one.id for one in files.appointments_of(files.lose)] == [clash]
    assert files.row(files.lose).merged_into_id is None
    cancel(files.clerk, clash)
    files.merge()
    assert len(files.appointments_of(files.keep)) == 2


def test_two_wishes_for_one_service_become_one(files: TwoFiles) -> None:
    for patient in (files.keep, files.lose):
        _wait(files, patient)
    files.merge()
    with building() as session:
        entries = session.exec(select(WaitlistEntry).where(WaitlistEntry.clinic_id == files.clinic.id)).all()
    assert {entry.patient_id for entry in entries} == {files.keep.id}
    assert sorted(entry.status for entry in entries) == ["waiting", "withdrawn"]


def test_an_offer_to_the_one_file_is_accepted_by_the_other(files: TwoFiles) -> None:
    _wait(files, files.lose)
    assert play_round(job_of(files.clinic), looks=Looks(), clock=lambda: NOW) == 1
    files.merge()
    with building() as session:
        offered = session.exec(select(WaitlistOffer).where(WaitlistOffer.clinic_id == files.clinic.id)).one()
    # Who opens the letter's link now.
    patient = patient_of(files.clinic.id, files.keep.id)
    key = single_use_key(patient, "accept")
    verb = partial(accept, principal=patient, offer_id=offered.id, key=key, now=NOW)
    assert attempt(patient, verb, key=key, now=NOW).body["status"] == "booked"
    (booked,) = files.appointments_of(files.keep)
    assert (booked.id, booked.made_by) == (offered.appointment_id, patient.actor)
    assert_sound(files.clinic.id)


def test_a_wish_of_the_one_files_person_is_left_by_the_other(files: TwoFiles) -> None:
    _wait(files, files.lose, by=patient_of(files.clinic.id, files.lose.id))
    files.merge()
    with building() as session:
        entry = session.exec(select(WaitlistEntry).where(WaitlistEntry.clinic_id == files.clinic.id)).one()
    person = patient_of(files.clinic.id, files.keep.id)
    assert entry.made_by == person.actor
    left = once(person, partial(withdraw, entry_id=entry.id), name="leave", now=NOW)
    assert left.body["status"] == "withdrawn"


def test_what_the_desk_made_for_the_one_file_is_still_the_desks(files: TwoFiles) -> None:
    files.book(files.here[0], files.lose)
    _wait(files, files.lose)
    files.merge()
    assert [one.made_by for one in files.appointments_of(files.keep)] == [files.clerk.actor]
    with building() as session:
        entries = session.exec(select(WaitlistEntry).where(WaitlistEntry.clinic_id == files.clinic.id)).all()
    assert [one.made_by for one in entries] == [files.clerk.actor]


def test_nothing_is_added_to_a_merged_file(files: TwoFiles) -> None:
    files.merge()
    with pytest.raises(PatientMerged) as refused:
        hold(files.clerk, files.here[2], files.service, files.lose)
    assert str(refused.value.details["patient_id"]) == str(files.keep.id)
    with pytest.raises(PatientMerged):
        _wait(files, files.lose)
    with transaction(files.clerk) as session:
        with pytest.raises(PatientMerged):
            change(session, files.clerk, patient_id=files.lose.id, changes={"phone": "030 7654321"}, now=NOW)
        with pytest.raises(PatientMerged):
            require_standing(session, files.clerk, patient_id=files.lose.id)
    assert_sound(files.clinic.id)


def test_a_file_merged_before_leads_straight_to_the_last_one(files: TwoFiles) -> None:
    files.merge()
    last = files.file(given_name="Ana", family_name="Muñoz-Vidal")
    with transaction(files.clerk) as session:
        keep = get(session, files.clerk, patient_id=files.keep.id, now=NOW)
    files.merge(keep=last, lose=keep)
    assert files.row(files.lose).merged_into_id == last.id
    assert {one.id for one in found(files, "anna vidal")} == {last.id}


def test_children_follow_their_guardian_and_nobody_becomes_their_own(files: TwoFiles) -> None:
    child = files.file(given_name="Leo", family_name="Muñoz", birth_date=date(2019, 5, 1), guardian_id=files.lose.id)
    files.merge()
    assert files.row(child).guardian_id == files.keep.id
    with transaction(files.clerk) as session:
        keep = get(session, files.clerk, patient_id=files.keep.id, now=NOW)
    files.merge(keep=replace(child, version=2), lose=keep)
    assert files.row(child).guardian_id is None


def test_a_guardian_and_somebody_in_care_are_not_one_person(files: TwoFiles) -> None:
    files.file(given_name="Leo", family_name="Muñoz", guardian_id=files.keep.id)
    elder = files.file(given_name="Ines", family_name="Muñoz")
    ward = files.file(given_name="Ana", family_name="Muñoz", guardian_id=elder.id)
    with pytest.raises(MergeRefused, match="guardian"):
        files.merge(lose=ward)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.NURSE])
def test_only_those_with_the_permission_merge(files: TwoFiles, role: Role) -> None:
    assert "patients:merge" not in ROLE_PERMISSIONS[role]
    files.clerk = staff_of(files.clinic, role=role)
    with pytest.raises(NotPermitted):
        files.merge()


def test_whoever_works_elsewhere_does_not_move_appointments(files: TwoFiles) -> None:
    files.book(files.here[0], files.lose)
    files.clerk = replace(files.clerk, location_ids=frozenset())
    with pytest.raises(NotPermitted, match="location"):
        files.merge()


def test_a_file_that_was_changed_since_it_was_seen_is_looked_at_again(files: TwoFiles) -> None:
    with transaction(files.clerk) as session:
        change(session, files.clerk, patient_id=files.lose.id, changes={"phone": "030 7654321"}, now=NOW)
    with pytest.raises(StaleVersion):
        files.merge()


def test_a_file_is_not_merged_with_itself_nor_twice(files: TwoFiles) -> None:
    with pytest.raises(InvalidField):
        files.merge(lose=files.keep)
    files.merge()
    with pytest.raises(PatientMerged):
        files.merge()


def _wait(files: TwoFiles, patient: PatientView, *, by: Principal | None = None) -> None:
    place = {"patient_id": patient.id, "service_id": files.service.id}
    once(by or files.clerk, partial(join, wish=Wish(), **place), name="join", now=NOW)
