"""The board shows what the day holds, opens only what changed, and nobody looks unseen."""

from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import AppointmentNotFound, NotFound, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.attendees import session_details
from app.services.board.details import appointment_details
from app.services.board.read import place_of, places, read_day
from app.services.queue.late import tell_late
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.db import transaction
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from models.schedules import SlotStatus
from models.series import Series, SeriesUnit
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    staff_of,
)
from tests.calls import cancel, confirm, hold, visit
from tests.services.board_day import DAY, NINE, BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def test_open_slots_are_joined_into_spans_and_a_gap_parts_them(day: BoardDay) -> None:
    with building() as session:
        slot = session.merge(day.anna_slots[2])
        slot.status = SlotStatus.BLOCKED
    frame = day.read().frame
    assert [column[1] for column in frame["columns"]] == ["Dr Anna", "Dr Boris"]
    assert frame["spans"] == [
        [0, NINE, NINE + 30, 15],
        [0, NINE + 45, NINE + 60, 15],
        [1, NINE, NINE + 60, 15],
    ]
    assert (frame["from"], frame["to"]) == (8 * 60, 18 * 60)
    assert frame["length"] == 24 * 60


def test_a_visit_is_a_card_with_the_patients_name_and_what_it_occupies(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    held = hold(day.clerk, day.boris_slots[1], day.service, patient)
    card = day.cards()["Ana Silva"]
    assert card[:7] == [held.body["id"], 1, NINE + 15, NINE + 45, NINE + 15, NINE + 45, "pending"]
    assert card[9] == int((NOW + timedelta(minutes=5)).timestamp() * 1000)
    confirm(day.clerk, held)
    assert day.cards()["Ana Silva"][6] == "booked"


def test_a_hold_that_ran_out_is_not_shown_and_a_cancelled_visit_is(day: BoardDay) -> None:
    patient, other = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima"))
    hold(day.clerk, day.anna_slots[0], day.service, patient)
    cancel(day.clerk, confirm(day.clerk, hold(day.clerk, day.boris_slots[0], day.service, other)))
    cards = day.cards(now=NOW + timedelta(minutes=6))
    assert "Ana Silva" not in cards
    assert cards["Bo Lima"][6] == "cancelled"


def test_a_session_is_one_card_with_its_places_and_no_cards_of_its_patients(day: BoardDay) -> None:
    for name in ("Ana Silva", "Bo Lima"):
        hold(day.clerk, day.session_slot, day.group, make_named_patient(day.clinic, name))
    cards = day.cards()
    assert set(cards) == {""}
    assert cards[""][6] == "session"
    assert cards[""][10:12] == [2, 20]
    # Their holds have run out, though nobody has swept them yet.
    assert day.cards(now=NOW + timedelta(minutes=6))[""][10] == 0


def test_only_cards_that_changed_are_opened_again(day: BoardDay) -> None:
    first, second = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima"))
    held = hold(day.clerk, day.anna_slots[0], day.service, first)
    hold(day.clerk, day.boris_slots[0], day.service, second)
    before = day.read()
    assert day.read(known=dict(before.prints)).cards == []
    confirm(day.clerk, held)
    after = day.read(known=dict(before.prints))
    assert [card[7] for card in after.cards] == ["Ana Silva"]
    # Prints stay in memory for as long as a board is open: nothing of the patient's is in them.
    assert "Silva" not in repr(after.prints)


def test_a_day_of_a_clock_change_is_as_long_as_it_is(day: BoardDay) -> None:
    with transaction(day.clerk) as session:
        place = day.place()
        spring = read_day(session, day.clerk, place=place, day=DAY.replace(month=3, day=28), known={}, now=NOW)
        autumn = read_day(session, day.clerk, place=place, day=DAY.replace(month=10, day=31), known={}, now=NOW)
    assert (spring.frame["length"], autumn.frame["length"]) == (23 * 60, 25 * 60)


def test_a_board_needs_the_permission_and_the_location(day: BoardDay) -> None:
    guest = Principal(day.clinic.id, ActorKind.GUEST, "g", frozenset({"slots:read"}))
    elsewhere = staff_of(day.clinic, location_ids=frozenset({UUID(int=1)}))
    for principal in (guest, elsewhere):
        with pytest.raises(NotPermitted), transaction(principal) as session:
            place_of(session, principal, location_id=day.location.id)
        with pytest.raises(NotPermitted), transaction(principal) as session:
            read_day(session, principal, place=day.place(), day=DAY, known={}, now=NOW)
    with transaction(elsewhere) as session:
        assert places(session, elsewhere) == []


def test_another_clinic_sees_nothing_of_it(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    held = hold(day.clerk, day.anna_slots[0], day.service, patient)
    with building() as session:
        stranger = clerk_of(make_clinic(session))
    with transaction(stranger) as session:
        assert read_day(session, stranger, place=day.place(), day=DAY, known={}, now=NOW).cards == []
        with pytest.raises(NotFound):
            place_of(session, stranger, location_id=day.location.id)
        with pytest.raises(AppointmentNotFound):
            appointment_details(session, stranger, appointment_id=UUID(held.body["id"]), now=NOW)
        with pytest.raises(NotFound):
            session_details(session, stranger, slot_id=day.session_slot.id, now=NOW)


def test_details_name_the_patient_and_leave_an_audit_row(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva", phone="+4930123456")
    held = hold(day.clerk, day.anna_slots[0], day.service, patient)
    with transaction(day.clerk) as session:
        shown = appointment_details(session, day.clerk, appointment_id=UUID(held.body["id"]), now=NOW)
    assert (shown.patient.name, shown.patient.phone, shown.patient.birth_date) == (
        "Ana Silva",
        "+4930123456",
        "1980-02-29",
    )
    assert (shown.status, shown.service, shown.practitioner) == ("pending", "Check", "Dr Anna")
    assert shown.patient.is_first_visit
    with building() as session:
        asked = select(AuditEvent).where(AuditEvent.clinic_id == day.clinic.id, AuditEvent.action == "view")
        assert [event.object_id for event in session.exec(asked)] == [patient.id]


def test_an_earlier_visit_ends_the_first(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    with building() as session:
        make_appointment(
            session,
            slots=[day.boris_slots[3]],
            service=day.service,
            patient=patient,
            status=AppointmentStatus.FULFILLED,
        )
    held = hold(day.clerk, day.anna_slots[0], day.service, patient)
    with transaction(day.clerk) as session:
        shown = appointment_details(session, day.clerk, appointment_id=UUID(held.body["id"]), now=NOW)
    assert not shown.patient.is_first_visit


def test_details_need_a_right_to_patients(day: BoardDay) -> None:
    held = hold(day.clerk, day.anna_slots[0], day.service, make_named_patient(day.clinic, "Ana Silva"))
    only_board = Principal(day.clinic.id, ActorKind.USER, "x", frozenset({"board:read", "appointments:read"}))
    with pytest.raises(NotPermitted), transaction(only_board) as session:
        appointment_details(session, only_board, appointment_id=UUID(held.body["id"]), now=NOW)


def test_a_sessions_attendees_are_those_who_have_a_place(day: BoardDay) -> None:
    ana, bo = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima"))
    confirm(day.clerk, hold(day.clerk, day.session_slot, day.group, ana))
    hold(day.clerk, day.session_slot, day.group, bo)
    with transaction(day.clerk) as session:
        now = NOW + timedelta(minutes=6)
        shown = session_details(session, day.clerk, slot_id=day.session_slot.id, now=now)
    assert [(one.name, one.status) for one in shown.attendees] == [("Ana Silva", "booked")]
    assert (shown.service, shown.places) == ("Vaccination", 20)


def test_a_card_says_that_it_is_overbooked_and_its_number_in_a_series(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    with building() as session:
        ids = {"clinic_id": day.clinic.id, "patient_id": patient.id, "service_id": day.service.id}
        series = Series(
            **ids,
            practitioner_id=day.anna.id,
            location_id=day.location.id,
            every=1,
            unit=SeriesUnit.WEEK,
            first_on=DAY,
            starts_local=time(9),
            occurrences=8,
            made_by="user:tests",
            created_at=NOW,
        )
        session.add(series)
        session.flush()
        beyond = {"overbook": True, "overbook_reason": "pain", "series_id": series.id, "series_number": 3}
        slots = [session.merge(slot) for slot in day.anna_slots[:2]]
        for slot in slots:
            slot.overbook_limit = 1
        made = make_appointment(session, slots=slots, service=day.service, patient=patient, **beyond)
    assert day.cards()["Ana Silva"][12:15] == [1, 3, 8]
    with transaction(day.clerk) as session:
        seen = appointment_details(session, day.clerk, appointment_id=made.id, now=NOW)
    assert (seen.overbook_reason, seen.series_number, seen.series_count) == ("pain", 3, 8)


def test_a_card_bears_the_number_of_who_has_come_until_they_are_done(day: BoardDay) -> None:
    booked = confirm(
        day.clerk, hold(day.clerk, day.anna_slots[0], day.service, make_named_patient(day.clinic, "Ana Silva"))
    )
    assert day.cards()["Ana Silva"][17] == 0
    for step in ("arrive", "check_in"):
        visit(day.clerk, step, booked, now=TOMORROW)
        assert day.cards()["Ana Silva"][17] == 1
    visit(day.clerk, "complete", booked, now=TOMORROW)
    assert day.cards()["Ana Silva"][17] == 0


def test_a_column_says_by_how_many_minutes_its_practitioner_is_late(day: BoardDay) -> None:
    tell_late(day.clerk, practitioner_id=day.anna.id, location_id=day.location.id, minutes=20, now=TOMORROW)
    assert {column[1]: column[3] for column in day.read().frame["columns"]} == {"Dr Anna": 20, "Dr Boris": 0}


def test_managers_read_boards_too(day: BoardDay) -> None:
    manager = staff_of(day.clinic, role=Role.MANAGER)
    with transaction(manager) as session:
        assert [place.name for place in places(session, manager)] == ["Main"]
