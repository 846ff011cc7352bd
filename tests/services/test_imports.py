"""Importing patients and appointments: matched, not doubled; all of a file or nothing; what is wrong by row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest

from app.errors import NotPermitted
from app.import_errors import AlreadyImported
from app.services.imports import hold_rows, take
from app.services.imports.dates import DateOrder
from app.services.patients.search import type_ahead
from models.db import rows, transaction
from tests.builders import NOW
from tests.calls import cancel, confirm, hold
from tests.invariants import assert_sound
from tests.services.import_world import APPOINTMENT, Importer, sentences

pytestmark = pytest.mark.database
TWO = (
    "Nr;Vorname;Nachname;Geburtsdatum;Telefon;Dolmetscher\n"
    "17;Jürgen;Müller;03.02.1980;030 123456;ja\n"
    "18;=1+1;@Weber;1991-12-31;;\n"
)


@pytest.fixture
def world(database: object) -> Importer:
    return Importer()


def test_new_patients_are_made_and_found_by_name_and_former_number(world: Importer) -> None:
    report = world.patients(TWO)
    assert (report.is_taken, report.rows, report.new, report.matched, report.problems) == (True, 2, 2, 0, [])
    with transaction(world.admin) as session:
        (one,) = type_ahead(session, world.admin, text="muller", now=NOW)
        assert [one.birth_date, one.external_number, one.phone] == [date(1980, 2, 3), "17", "+4930123456"]
        assert one.needs_interpreter
        # A cell that a spreadsheet would run is text like any other.
        assert [two.name.full for two in type_ahead(session, world.admin, text="31.12.1991", now=NOW)] == [
            "=1+1 @Weber"
        ]


def test_each_patient_and_the_import_leave_an_audit_row(world: Importer) -> None:
    world.patients(TWO)
    assert world.kept("audit_events", "action = 'create' AND object_kind = 'patient'") == 2
    assert world.kept("audit_events", "action = 'import' AND detail ->> 'new' = '2'") == 1


def test_the_ids_of_new_patients_differ_in_their_milliseconds(world: Importer) -> None:
    world.patients("given name,birth date\n" + "".join(f"Ana{n:03},19{n:02}-01-01\n" for n in range(10, 60)))
    with transaction(world.admin) as session:
        found = rows(session, "SELECT id FROM patients WHERE clinic_id = %(id)s", {"id": world.clinic.id})
    assert len({one.int >> 80 for (one,) in found}) == len(found) == 50
    assert {one.version for (one,) in found} == {7}


def test_who_is_there_is_matched_and_only_gets_the_missing_number(world: Importer) -> None:
    before = world.add("Jürgen", "Müller", date(1980, 2, 3), phone="030 999999")
    report = world.patients(TWO)
    assert (report.new, report.matched, report.numbered) == (1, 1, 1)
    with transaction(world.admin) as session:
        (one,) = type_ahead(session, world.admin, text="müller", now=NOW)
    assert (one.id, one.phone, one.external_number) == (before.id, before.phone, "17")


def test_a_similar_name_is_remarked_upon_and_gets_a_file_of_its_own(world: Importer) -> None:
    world.add("Jan", "Weber")
    report = world.patients("given name,family name,birth date\nJana,Weber,1984-03-09\n")
    assert (report.new, report.matched, [one.row for one in report.remarks]) == (1, 0, [2])


def test_a_rehearsal_says_what_would_happen_and_does_nothing(world: Importer) -> None:
    report = world.patients(TWO, dry=True)
    assert (report.is_taken, report.new) == (False, 2)
    assert world.kept("patients") == world.kept("imports") == 0
    assert world.kept("audit_events", "action = 'rehearse'") == 1


def test_one_wrong_row_keeps_the_whole_file_out(world: Importer) -> None:
    wrong = TWO + "19;Eva;Klein;31.02.1990;;\n20;;;1990-01-01;;vielleicht\n18;Leo;Groß;1990-01-01;;\n"
    report = world.patients(wrong)
    assert sentences(report) == [
        (4, "Geburtsdatum", "“31.02.1990” is no date. Write it like 2026-03-04."),
        (5, "Dolmetscher", "“vielleicht” is neither yes nor no."),
        (6, "", "The number 18 stands in row 3 already."),
    ]
    assert not report.is_taken
    assert world.kept("patients") == world.kept("imports") == 0
    # The control: without these rows the same file is taken.
    assert world.patients(TWO).is_taken
    assert world.kept("patients") == 2


def test_the_same_file_is_not_taken_twice(world: Importer) -> None:
    world.patients(TWO)
    with pytest.raises(AlreadyImported):
        world.patients(TWO)
    assert world.kept("patients") == 2
    # Saved anew it is another file, but everybody in it is there.
    report = world.patients("\ufeff" + TWO)
    assert (report.new, report.matched) == (0, 2)
    assert world.kept("patients") == 2


def test_without_the_mark_of_the_file_it_would_be_taken_twice(world: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "_is_new", lambda *_: True)
    world.patients(TWO)
    with pytest.raises(AlreadyImported):
        # The key of the table has the last word.
        world.patients(TWO)


def test_two_who_import_the_same_file_at_once_make_everybody_once(world: Importer) -> None:
    barrier = threading.Barrier(2)

    def once(_: int) -> bool:
        barrier.wait()
        try:
            return world.patients(TWO).is_taken
        except AlreadyImported:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [False, True]
    assert world.kept("patients") == 2


def test_an_ambiguous_date_is_wrong_until_the_order_is_said(world: Importer) -> None:
    text = "given name,birth date\nAna,03/04/1980\n"
    assert sentences(world.patients(text, dry=True))[0][1:] == (
        "birth date",
        "“03/04/1980” can be read with the day first or with the month first. Say above how dates are written.",
    )
    assert world.patients(text, order=DateOrder.MONTH_FIRST).is_taken
    with transaction(world.admin) as session:
        assert type_ahead(session, world.admin, text="ana", now=NOW)[0].birth_date == date(1980, 3, 4)


def test_only_who_may_change_the_settings_imports(world: Importer) -> None:
    for dry in (True, False):
        with pytest.raises(NotPermitted):
            world.patients(TWO, dry=dry, principal=world.clerk)


def test_appointments_are_booked_with_known_patients(world: Importer) -> None:
    world.patients(TWO)
    report = world.appointments(
        "Patientennummer;Geburtsdatum;Patient;Arzt;Terminart;Datum;Uhrzeit;Standort\n"
        "17;;;Anna Weber;check up;05.01.2027;09:00;\n"
        ";1991-12-31;@Weber =1+1;Dr. Anna Weber;Check-up;05.01.2027;9:30 AM;main site\n"
    )
    assert sentences(report) == []
    assert (report.is_taken, report.new, report.matched) == (True, 2, 2)
    (practice,) = report.practices
    assert (practice.name, practice.count, practice.first_on) == ("Dr. Anna Weber", 2, date(2027, 1, 5))
    assert world.taken() == (1, 0, 1, 0)
    assert world.kept("appointments", "status = 'booked' AND channel = 'import' AND booked_at IS NOT NULL") == 2
    assert world.kept("audit_events", "object_kind = 'appointment' AND action IN ('hold', 'confirm')") == 4
    assert_sound(world.clinic.id)


def test_no_letter_goes_out_for_what_is_imported(world: Importer) -> None:
    ana = world.add("Ana", "Torres", email="ana@example.com", external_number="7")
    world.appointments(APPOINTMENT + "7,Anna Weber,Check-up,2027-01-05 09:00,\n")
    assert world.letters() == 0
    # The control: what the desk books is told.
    confirm(world.clerk, hold(world.clerk, world.slots[1], world.service, ana))
    assert world.letters() == 1


def test_another_length_takes_its_slots(world: Importer) -> None:
    world.add("Ana", "Torres", external_number="7")
    assert world.appointments(APPOINTMENT + "7,Anna Weber,Check-up,2027-01-05 09:00,45\n").is_taken
    assert world.taken() == (1, 1, 1, 0)


def test_every_conflict_is_said_at_its_row_and_nothing_is_booked(world: Importer) -> None:
    ana, eva = world.add("Ana", "Torres", external_number="7"), world.add("Eva", "Klein", external_number="8")
    hold(world.clerk, world.slots[3], world.service, eva)
    text = APPOINTMENT + (
        "7,Anna Weber,Check-up,2027-01-05 09:00,\n"
        "8,Anna Weber,Check-up,2027-01-05 09:00,\n"
        "7,Anna Weber,Check-up,2027-01-05 09:45,\n"
        "7,Anna Weber,Check-up,2027-01-05 12:00,\n"
        "9,Anna Weber,Check-up,2027-01-05 09:15,\n"
        "7,Anna Waber,Check-up,2027-01-05 09:15,\n"
        "7,Anna Weber,Check-up,2026-01-05 09:15,\n"
        "7,Anna Weber,Check-up,2027-01-05T09:15Z,\n"
        "7,Anna Weber,Check-up,2027-01-05 09:15,7\n"
        "7,Anna Weber\n"
    )
    for dry in (True, False):
        report = world.appointments(text, dry=dry)
        said = sentences(report)
        assert [row for row, *_ in said] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
        assert said[0][2].startswith("This time is taken")
        assert said[1][2].startswith("This time is taken")
        assert said[2][2].startswith("The practitioner has no bookable time then")
        assert said[3][2] == "No patient has the number 9. Import the patients first, with their numbers."
        assert said[4][2] == "There is no practitioner “Anna Waber” here. Is it “Dr. Anna Weber”?"
        assert said[5][2].startswith("This time has passed")
        assert said[6][2].startswith("“2027-01-05T09:15Z” names a time zone")
        assert said[7][1] == "minutes"
        assert said[8][2] == "Cells in this row: 2. Columns in the header: 5."
        assert world.taken() == (0, 0, 0, 1)
    assert world.kept("appointments", f"patient_id = '{ana.id}'") == 0  # type: ignore[arg-type]


def test_a_hold_that_ran_out_does_not_stand_in_the_way(world: Importer) -> None:
    eva = world.add("Eva", "Klein", external_number="8")
    hold(world.clerk, world.slots[0], world.service, eva, now=NOW - timedelta(minutes=30))
    assert world.appointments(APPOINTMENT + "8,Anna Weber,Check-up,2027-01-05 09:00,\n").is_taken
    assert world.taken() == (1, 0, 0, 0)


def test_an_imported_appointment_is_cancelled_like_any_other(world: Importer) -> None:
    world.add("Eva", "Klein", external_number="8")
    world.appointments(APPOINTMENT + "8,Anna Weber,Check-up,2027-01-05 09:00,\n")
    with transaction(world.admin) as session:
        ((one,),) = rows(session, "SELECT id FROM appointments WHERE clinic_id = %(id)s", {"id": world.clinic.id})
    cancel(world.clerk, one)
    assert world.taken() == (0, 0, 0, 0)


def test_an_answer_lost_at_the_commit_is_no_failure_and_nothing_is_doubled(
    world: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = [psycopg.OperationalError("the connection was lost"), None]
    real = take.announce

    def lose(changes: object) -> None:
        lost = losses.pop(0)
        if lost:
            raise lost
        real(changes)  # type: ignore[arg-type]

    monkeypatch.setattr(take, "announce", lose)
    report = world.patients(TWO)
    assert (report.is_taken, report.new, losses) == (True, 2, [])
    assert world.kept("patients") == 2


def test_a_row_hears_of_all_its_faults_at_once(world: Importer) -> None:
    report = world.appointments(APPOINTMENT + "7,Dr. Nobody,Surgery,05/06/2027 09:00,7\n", dry=True)
    assert [column for _, column, _ in sentences(report)] == ["practitioner", "service", "start"]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("0001-01-01 00:00", "This time has passed. Only coming appointments can be imported."),
        ("9999-12-31 23:50", "This time is too far ahead to be booked yet."),
        ("9998-12-31 23:50", hold_rows.NO_SLOT),
    ],
)
def test_what_other_systems_write_for_never_is_the_fault_of_its_row(world: Importer, start: str, said: str) -> None:
    world.add("Eva", "Klein", external_number="8")
    report = world.appointments(APPOINTMENT + f"8,Anna Weber,Check-up,{start},\n", dry=True)
    assert [(row, sentence) for row, _, sentence in sentences(report)] == [(2, said)]


def test_two_practitioners_who_need_one_room_get_it_in_the_order_of_the_file(database: object) -> None:
    world = Importer(room_kind="exam", duration_minutes=30)
    other = world.also("Dr. Boris Berg")
    world.add("Ana", "Torres", external_number="7")
    world.add("Eva", "Klein", external_number="8")
    rows_of_both = "7,{},Check-up,2027-01-05 09:00,\n8,{},Check-up,2027-01-05 09:15,\n"
    for first, second in (("Anna Weber", "Boris Berg"), ("Boris Berg", "Anna Weber")):
        for dry in (True, False):
            report = world.appointments(APPOINTMENT + rows_of_both.format(first, second), dry=dry)
            assert [row for row, *_ in sentences(report)] == [3]
    # The control: with a room for each of them both are taken.
    world.room()
    assert world.appointments(APPOINTMENT + rows_of_both.format("Anna Weber", "Boris Berg")).is_taken
    assert (world.taken(), world.taken(other)) == ((1, 1, 0, 0), (0, 1, 1, 0))
