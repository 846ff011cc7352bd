"""Why a time is not offered: each rule by an example, with until when it holds, and the order of them all."""

from datetime import date, datetime, time, timedelta

import pytest

from app.errors import InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import API_SCOPES, Permission
from app.services.availability.explain import Reason, ReasonCode, explain
from app.services.availability.explain.reasons import SENTENCES, in_order
from models.appointments import AppointmentStatus
from models.base import new_id
from models.db import driver, rows, transaction
from models.practitioners import Practitioner
from models.principal import ActorKind, Principal
from models.schedules import Closure, ExceptionKind, Holiday, Leave, Schedule, ScheduleException, Slot, SlotStatus
from tests.builders import (
    NOW,
    building,
    guest_of,
    make_appointment,
    make_location,
    make_schedule,
    make_service,
    offer,
    staff_of,
)
from tests.calls import confirm, hold
from tests.services.working_week import TUESDAY, UNTIL, WEDNESDAY, Week, at

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def bound_by_notice(week: Week) -> Principal:
    """Return an API client that may explain; it is bound by the service's window."""
    return Principal(week.clinic.id, ActorKind.API_CLIENT, "c", API_SCOPES)


def local(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def test_what_is_offered_has_no_reasons() -> None:
    week = Week()
    found = week.why(at("09:00"))
    assert (found.offered, found.reasons, found.location_id) == (True, [], week.schedule.location_id)


def test_before_and_after_hours_until_they_begin() -> None:
    week = Week()
    assert week.only(at("08:00")) == ("hours", at("09:00"))
    assert week.only(at("17:00")) == ("hours", at("09:00", WEDNESDAY))
    # On Friday evening until Monday.
    assert week.codes(at("17:00", date(2027, 1, 8))) == ["hours"]
    assert week.why(at("17:00", date(2027, 1, 8))).reasons[0].until == at("09:00", date(2027, 1, 11))


def test_a_visit_that_would_last_beyond_the_hours() -> None:
    week = Week(duration_minutes=30)
    assert week.only(at("16:45")) == ("hours", at("09:00", WEDNESDAY))


def test_a_break_until_the_next_part_of_the_day() -> None:
    assert Week().only(at("12:30")) == ("break", at("13:00"))
    assert Week(duration_minutes=30).only(at("11:45")) == ("break", at("13:00"))


def test_an_exception_leave_and_closure_until_they_end() -> None:
    week = Week()
    closed = {"kind": ExceptionKind.CLOSED, "starts_local": time(10), "ends_local": time(11)}
    ids = {"clinic_id": week.clinic.id, "schedule_id": week.schedule.id}
    week.add(ScheduleException(**ids, on_date=TUESDAY, **closed))
    assert week.only(at("10:30")) == ("exception", at("11:00"))
    away = {"starts_local": local("14:00"), "ends_local": local("10:00", WEDNESDAY)}
    week.add(Leave(clinic_id=week.clinic.id, practitioner_id=week.practitioner_id, **away))
    assert week.only(at("16:00")) == ("leave", at("10:00", WEDNESDAY))
    assert week.only(at("09:45", WEDNESDAY)) == ("leave", at("10:00", WEDNESDAY))
    shut = {"starts_local": local("09:00"), "ends_local": local("09:30")}
    week.add(Closure(clinic_id=week.clinic.id, location_id=week.schedule.location_id, **shut))
    assert week.only(at("09:15")) == ("closure", at("09:30"))
    assert week.why(at("09:30")).offered


def test_what_is_elsewhere_or_of_somebody_else_removes_nothing() -> None:
    week = Week()
    with building() as session:
        other = make_schedule(session, clinic=week.clinic)
    away = {"starts_local": local("09:00"), "ends_local": local("17:00")}
    week.add(
        Leave(clinic_id=week.clinic.id, practitioner_id=other.practitioner_id, **away),
        Closure(clinic_id=week.clinic.id, location_id=other.location_id, **away),
        Holiday(clinic_id=week.clinic.id, location_id=other.location_id, on_date=TUESDAY, name="Theirs"),
        Holiday(clinic_id=week.clinic.id, on_date=TUESDAY, name="Taken off the list", is_kept=False),
    )
    assert week.why(at("10:00")).offered


def test_a_holiday_until_the_day_is_over() -> None:
    week = Week()
    week.add(Holiday(clinic_id=week.clinic.id, on_date=TUESDAY, name="Founders' day"))
    assert week.only(at("10:00")) == ("holiday", at("00:00", WEDNESDAY))


def test_the_time_of_a_session_and_a_time_beside_the_sessions() -> None:
    week = Week()
    with building() as session:
        group = make_service(session, clinic=week.clinic, capacity=8, duration_minutes=60)
        offer(session, service=group, practitioner=week.practitioner_id)
    week.add(week.rule(1, time(14), time(15), service_id=group.id))
    assert week.only(at("14:15")) == ("session", at("15:00"))
    assert week.why(at("15:00")).offered
    assert week.why(at("14:00"), service_id=group.id).offered
    assert week.codes(at("14:15"), service_id=group.id) == ["hours", "grid"]
    assert week.only(at("09:00"), service_id=group.id) == ("hours", at("14:00"))


def test_beside_the_grid_until_the_next_step() -> None:
    week = Week()
    assert week.only(at("09:05")) == ("grid", at("09:15"))
    buffered = Week(duration_minutes=10, buffer_before_minutes=5)
    # The visit begins with its buffer, so patients come at five past.
    assert buffered.why(at("09:05")).offered
    assert buffered.only(at("09:15")) == ("grid", at("09:20"))


def test_buffers_that_do_not_fit_before_closing_or_after_a_neighbour() -> None:
    week = Week(duration_minutes=15, buffer_after_minutes=15)
    assert week.only(at("16:45")) == ("buffer", at("09:00", WEDNESDAY))
    assert week.only(at("11:45")) == ("buffer", at("13:00"))
    held = hold(week.clerk, week.slot(at("10:00")), week.service, week.patient)
    assert week.codes(at("09:45")) == ["buffer", "held"]
    confirm(week.clerk, held)
    assert week.only(at("09:45")) == ("buffer", at("10:30"))
    assert week.why(at("09:30")).offered
    # The neighbour's own buffer is the neighbour's time.
    assert week.only(at("10:15")) == ("busy", at("10:30"))


def test_the_past_for_staff_and_the_window_for_who_is_bound_by_it() -> None:
    week = Week(notice_minutes=120, horizon_days=2)
    client = bound_by_notice(week)
    now = at("09:00")
    assert week.only(at("09:15"), principal=client, now=now) == ("notice", at("11:00"))
    assert week.why(at("09:15"), now=now).offered
    assert week.why(at("11:00"), principal=client, now=now).offered
    thursday = date(2027, 1, 7)
    assert week.only(at("09:15", thursday), principal=client, now=now) == ("horizon", at("09:15"))
    assert week.why(at("09:00", thursday), principal=client, now=now).offered
    assert week.only(at("10:00"), now=at("10:05")) == ("past", at("10:05"))
    assert week.codes(at("10:00"), principal=client, now=at("10:05")) == ["past", "notice"]


def test_a_day_whose_slots_are_not_there_yet() -> None:
    week = Week()
    monday = UNTIL + timedelta(days=1)
    assert week.only(at("09:00", monday)) == ("not-generated", None)
    assert week.codes(at("08:00", monday)) == ["hours", "not-generated"]


def test_a_blocked_slot() -> None:
    week = Week()
    week.change_slot(at("09:00"), status=SlotStatus.BLOCKED)
    assert week.only(at("09:00")) == ("blocked", None)


def test_time_that_another_location_has() -> None:
    week = Week()
    with building() as session:
        practitioner = session.get_one(Practitioner, (week.clinic.id, week.practitioner_id))
        there = make_schedule(session, clinic=week.clinic, practitioner=practitioner)
        slot = session.get_one(Slot, (week.clinic.id, week.slot(at("09:00"))))
        slot.schedule_id, slot.location_id = there.id, there.location_id
    assert week.only(at("09:00"), location_id=week.schedule.location_id) == ("elsewhere", at("09:15"))
    # Without a location it is that other location's time, and free.
    found = week.why(at("09:00"))
    assert (found.offered, found.location_id) == (True, there.location_id)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("services", "service-inactive"),
        ("practitioners", "practitioner-inactive"),
        ("locations", "location-inactive"),
        ("schedules", "schedule-inactive"),
    ],
)
def test_what_is_not_active(table: str, code: str) -> None:
    week = Week()
    with building() as session:
        statement = f"UPDATE {table} SET is_active = false WHERE clinic_id = %(id)s"
        driver(session).execute(statement, {"id": week.clinic.id})  # type: ignore[call-overload]
    assert week.only(at("09:00")) == (code, None)


def test_a_service_that_the_practitioner_does_not_offer_or_has_no_schedule_for() -> None:
    week = Week()
    with building() as session:
        other = make_service(session, clinic=week.clinic)
        there = make_location(session, clinic=week.clinic)
    assert week.only(at("09:00"), service_id=other.id) == ("not-offered", None)
    assert week.only(at("09:00"), location_id=there.id) == ("no-schedule", None)


def test_every_rule_is_named_in_the_fixed_order() -> None:
    week = Week(room_kind="theatre", duration_minutes=30)
    with building() as session:
        other = make_service(session, clinic=week.clinic, room_kind="theatre", duration_minutes=30)
    confirm_at = week.slot(at("09:00"))
    with building() as session:
        make_appointment(
            session,
            slots=[session.get_one(Slot, (week.clinic.id, confirm_at))],
            service=make_service(session, clinic=week.clinic, duration_minutes=15),
            patient=week.patient,
            status=AppointmentStatus.ARRIVED,
        )
    away = {"starts_local": local("00:00"), "ends_local": local("23:00")}
    week.add(
        Holiday(clinic_id=week.clinic.id, on_date=TUESDAY, name="Founders' day"),
        Leave(clinic_id=week.clinic.id, practitioner_id=week.practitioner_id, **away),
    )
    asked = {"service_id": other.id, "patient_id": week.patient.id, "now": at("10:00")}
    assert week.codes(at("08:50"), **asked) == [
        "not-offered",
        "hours",
        "leave",
        "holiday",
        "past",
        "busy",
        "room",
        "patient-overlap",
    ]


def test_the_same_reason_is_named_once_and_ends_with_the_last_of_its_causes() -> None:
    early, late = at("10:00"), at("11:00")
    found = in_order([Reason(ReasonCode.ROOM), Reason(ReasonCode.BUSY, late), Reason(ReasonCode.BUSY, early)])
    assert found == [Reason(ReasonCode.BUSY, late), Reason(ReasonCode.ROOM)]
    assert in_order([Reason(ReasonCode.CAPACITY), Reason(ReasonCode.CAPACITY, late)])[0].until is None


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ReasonCode)


def test_explaining_needs_its_permission_also_for_the_place_and_the_patient() -> None:
    week = Week()
    explains = frozenset({Permission.SLOTS_EXPLAIN})
    for principal, asked in (
        (guest_of(week.clinic), {}),
        (staff_of(week.clinic, location_ids=frozenset({new_id()})), {"location_id": week.schedule.location_id}),
        (Principal(week.clinic.id, ActorKind.API_CLIENT, "c", explains), {"patient_id": week.patient.id}),
    ):
        ids = {"service_id": week.service.id, "practitioner_id": week.practitioner_id, **asked}
        with transaction(principal) as session, pytest.raises(NotPermitted):
            explain(session, principal, starts_at=at("09:00"), now=NOW, **ids)


def test_staff_of_one_site_learn_nothing_of_the_others() -> None:
    week = Week()
    elsewhere = staff_of(week.clinic, location_ids=frozenset({new_id()}))
    assert week.only(at("09:00"), principal=elsewhere) == ("no-schedule", None)


@pytest.mark.parametrize("field", ["service_id", "practitioner_id"])
def test_an_unknown_or_foreign_id_is_refused(field: str) -> None:
    week, other = Week(), Week()
    for unknown in (new_id(), other.service.id if field == "service_id" else other.practitioner_id):
        with pytest.raises(InvalidField) as refusal:
            week.why(at("09:00"), **{field: unknown})
        assert refusal.value.field == field


def test_an_explanation_is_a_view_in_the_audit_log() -> None:
    week = Week()
    week.why(at("09:00"), patient_id=week.patient.id)
    with transaction(week.clerk) as session:
        found = rows(
            session,
            "SELECT actor, action, object_id, detail->>'patient_id' FROM audit_events"
            " WHERE object_kind = 'explanation'",
            {},
        )
    assert found == [(week.clerk.actor, "view", week.practitioner_id, str(week.patient.id))]


def test_a_schedule_without_an_end_of_its_slots_has_none() -> None:
    week = Week()
    with building() as session:
        schedule = session.get_one(Schedule, (week.clinic.id, week.schedule.id))
        schedule.generated_until = None
        driver(session).execute("DELETE FROM slots WHERE clinic_id = %s", (week.clinic.id,))
    assert week.only(at("09:00")) == ("not-generated", None)
