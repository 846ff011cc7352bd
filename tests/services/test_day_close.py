"""The end of a day: what is open, what closes it, the close itself, and opening it again."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from app.errors import InvalidField, InvalidTransition, NotFound, NotPermitted
from app.services.day import outcome as outcomes
from app.services.day.close import Reopened, close_day, closed_day, reopen_day, restore_close
from app.services.day.open_items import Kind
from app.services.day.outcome import Outcome, close_all, send_again
from app.services.day.undo_outcome import open_all
from app.settings import settings
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from models.base import new_id
from models.db import transaction
from models.desk import DayClose
from models.displaced import DisplacedAppointment
from models.records import AuditEvent, OutboxEvent, OutboxState
from tests import calls
from tests.builders import building, make_location, staff_of
from tests.services.closing_day import BEGIN, DAY, EVENING, ClosingDay, make_closing_day

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: object) -> ClosingDay:
    return make_closing_day()


def kinds(day: ClosingDay, **options: object) -> list[Kind]:
    return [one.kind for one in day.open(**options).values()]


def test_each_open_thing_is_named_by_why_it_is_open(day: ClosingDay) -> None:
    roomed = day.visit(status=S.CHECKED_IN, roomed_at=BEGIN)
    arrived = day.visit(status=S.ARRIVED)
    past = day.visit("Zoë")
    later = day.visit(minutes=600)
    held = day.visit(status=S.PENDING, hold_expires_at=EVENING + timedelta(minutes=5))
    found = {one: item.kind for one, item in day.open().items()}
    assert found == {
        roomed.id: Kind.IN_ROOM,
        arrived.id: Kind.ARRIVED,
        past.id: Kind.NO_OUTCOME,
        later.id: Kind.TO_COME,
        held.id: Kind.HELD,
    }
    assert day.open()[past.id].patient == "Zoë Example"


def test_what_has_ended_is_not_open(day: ClosingDay) -> None:
    for status in (S.FULFILLED, S.NOSHOW, S.CANCELLED, S.ENTERED_IN_ERROR):
        day.visit(status=status)
    day.visit(status=S.PENDING, hold_expires_at=EVENING - timedelta(minutes=1))
    assert kinds(day) == []


def test_nobody_is_missing_within_the_grace(day: ClosingDay) -> None:
    visit = day.visit(minutes=0)
    assert kinds(day, now=BEGIN + timedelta(minutes=14)) == [Kind.TO_COME]
    assert kinds(day, now=BEGIN + timedelta(minutes=15)) == [Kind.NO_OUTCOME]
    early = close_all(day.clerk, outcome=Outcome.NO_SHOW, visits=[(visit.id, 1)], now=BEGIN + timedelta(minutes=14))
    assert (early.closed, len(early.refused), day.status(visit)) == (0, 1, "booked")


def test_the_grace_is_kept_by_its_guard_alone(day: ClosingDay, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = day.visit(minutes=0)
    monkeypatch.setattr(outcomes, "overdue_at", lambda now: now)
    now = BEGIN + timedelta(minutes=14)
    assert close_all(day.clerk, outcome=Outcome.NO_SHOW, visits=[(visit.id, 1)], now=now).closed == 1


def test_a_displaced_visit_and_a_dead_message_are_open(day: ClosingDay) -> None:
    visit, done = day.visit(minutes=600), day.visit(status=S.FULFILLED)
    ids = {"clinic_id": day.clinic.id}
    with building() as session:
        session.add(DisplacedAppointment(**ids, appointment_id=visit.id, reason="leave", since_at=BEGIN))
        event = OutboxEvent(
            **ids, kind="appointment.confirmed", aggregate_id=done.id, aggregate_version=1, payload={},
            dedupe_key=str(uuid4()), state=OutboxState.DEAD, not_before=BEGIN, created_at=BEGIN,
        )  # fmt: skip
        session.add(event)
        message_id = event.id
    assert sorted(kinds(day)) == [Kind.DISPLACED, Kind.UNSENT]
    with transaction(day.clerk) as session:
        send_again(session, day.clerk, message_id=message_id, now=EVENING)
    assert kinds(day) == [Kind.DISPLACED]
    with pytest.raises(NotFound), transaction(day.clerk) as session:
        send_again(session, day.clerk, message_id=message_id, now=EVENING)


@pytest.mark.parametrize(
    ("status", "outcome", "reached"),
    [
        (S.BOOKED, Outcome.DONE, "fulfilled"),
        (S.ARRIVED, Outcome.DONE, "fulfilled"),
        (S.CHECKED_IN, Outcome.DONE, "fulfilled"),
        (S.BOOKED, Outcome.NO_SHOW, "noshow"),
        (S.ARRIVED, Outcome.LEFT, "cancelled"),
        (S.PENDING, Outcome.RELEASED, "cancelled"),
    ],
)
def test_one_press_closes_a_visit(day: ClosingDay, status: S, outcome: Outcome, reached: str) -> None:
    more = {"hold_expires_at": EVENING + timedelta(minutes=5)} if status is S.PENDING else {}
    visit = day.visit(status=status, **more)
    report = close_all(day.clerk, outcome=outcome, visits=[(visit.id, visit.version)], now=EVENING)
    assert (report.closed, report.refused) == (1, ())
    assert day.status(visit) == reached
    assert kinds(day) == []


@pytest.mark.parametrize(
    ("status", "outcome", "back"),
    [
        (S.BOOKED, Outcome.DONE, "booked"),
        (S.ARRIVED, Outcome.DONE, "arrived"),
        (S.CHECKED_IN, Outcome.DONE, "checked-in"),
        (S.BOOKED, Outcome.NO_SHOW, "booked"),
        # Who had left has to come again.
        (S.ARRIVED, Outcome.LEFT, "booked"),
    ],
)
def test_an_outcome_is_taken_back_to_where_the_visit_stood(
    day: ClosingDay, status: S, outcome: Outcome, back: str
) -> None:
    visit = day.visit(status=status, booked_at=BEGIN)
    report = close_all(day.lead, outcome=outcome, visits=[(visit.id, visit.version)], now=EVENING)
    assert open_all(day.lead, visits=report.ended, now=EVENING + timedelta(minutes=1)) == ()
    assert day.status(visit) == back


def test_a_visit_that_somebody_went_on_with_stays_closed_with_the_reason(day: ClosingDay) -> None:
    one, other = day.visit(), day.visit()
    report = close_all(day.lead, outcome=Outcome.NO_SHOW, visits=[(one.id, 1), (other.id, 1)], now=EVENING)
    open_all(day.lead, visits=report.ended[:1], now=EVENING)
    (refused,) = open_all(day.lead, visits=report.ended, now=EVENING)
    assert (refused.id, bool(refused.reason)) == (one.id, True)
    assert (day.status(one), day.status(other)) == ("booked", "booked")


def test_what_is_done_is_opened_again_by_who_may_or_did_it_a_moment_ago_and_by_nobody_else(day: ClosingDay) -> None:
    visit = day.visit()
    report = close_all(day.clerk, outcome=Outcome.DONE, visits=[(visit.id, 1)], now=EVENING)
    colleague = replace(day.clerk, actor_id=str(new_id()))
    late = EVENING + timedelta(minutes=settings().undo_minutes)
    for who, when in ((colleague, EVENING), (day.clerk, late)):
        assert len(open_all(who, visits=report.ended, now=when)) == 1
    assert day.status(visit) == "fulfilled"
    assert open_all(day.clerk, visits=report.ended, now=EVENING) == ()
    assert day.status(visit) != "fulfilled"
    with pytest.raises(NotPermitted):
        open_all(staff_of(day.clinic, role=Role.NURSE), visits=report.ended, now=EVENING)


def test_many_are_closed_at_once_and_each_refusal_is_told(day: ClosingDay) -> None:
    good, stale, held = day.visit(), day.visit(), day.visit(status=S.PENDING, hold_expires_at=EVENING)
    visits = [(good.id, 1), (stale.id, 9), (held.id, 1), (new_id(), 1)]
    report = close_all(day.clerk, outcome=Outcome.NO_SHOW, visits=visits, now=EVENING)
    assert report.closed == 1
    assert [one.id for one in report.refused] == [one for one, _ in visits[1:]]
    assert all(one.reason for one in report.refused)
    assert (day.status(good), day.status(stale)) == ("noshow", "booked")


def test_the_same_press_twice_does_nothing_twice(day: ClosingDay) -> None:
    visits = [(day.visit().id, 1), (day.visit().id, 1)]
    first = close_all(day.clerk, outcome=Outcome.DONE, visits=visits, now=EVENING)
    again = close_all(day.clerk, outcome=Outcome.DONE, visits=visits, now=EVENING)
    assert (first.closed, again.closed, again.refused) == (2, 0, ())


def test_closing_writes_down_what_was_left(day: ClosingDay) -> None:
    left = day.visit()
    with transaction(day.clerk) as session:
        closed = close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
        again = close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING + timedelta(minutes=1))
    assert (closed.open_items, closed.closed_at) == (1, EVENING)
    assert again == replace(closed, was_there=True)
    with building() as session:
        wanted = select(AuditEvent).where(AuditEvent.clinic_id == day.clinic.id, AuditEvent.action == "close-day")
        (event,) = session.exec(wanted).all()
    assert event.detail == {"day": DAY.isoformat(), "left_open": [str(left.id)]}


def test_a_closed_day_is_opened_again_by_who_may(day: ClosingDay) -> None:
    with transaction(day.clerk) as session:
        close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
    with pytest.raises(NotPermitted), transaction(day.clerk) as session:
        reopen_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
    with transaction(day.lead) as session:
        reopen_day(session, day.lead, place=day.place, day=DAY, now=EVENING)
        assert closed_day(session, day.lead, place=day.place, day=DAY) is None
    with pytest.raises(NotFound), transaction(day.lead) as session:
        reopen_day(session, day.lead, place=day.place, day=DAY, now=EVENING)
    with transaction(day.clerk) as session:
        close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
    with building() as session:
        kept = session.exec(select(DayClose).where(DayClose.clinic_id == day.clinic.id)).all()
    assert sorted(one.reopened_at is None for one in kept) == [False, True]


def test_a_close_that_was_opened_meanwhile_leaves_the_one_after_it_closed(day: ClosingDay) -> None:
    with transaction(day.lead) as session:
        first = close_day(session, day.lead, place=day.place, day=DAY, now=EVENING)
        reopen_day(session, day.lead, place=day.place, day=DAY, now=EVENING)
        second = close_day(session, day.lead, place=day.place, day=DAY, now=EVENING + timedelta(minutes=1))
    with pytest.raises(NotFound, match="meanwhile"), transaction(day.lead) as session:
        reopen_day(session, day.lead, place=day.place, day=DAY, close_id=first.id, now=EVENING)
    with transaction(day.lead) as session:
        assert closed_day(session, day.lead, place=day.place, day=DAY) == second
        reopen_day(session, day.lead, place=day.place, day=DAY, close_id=second.id, now=EVENING)
        assert closed_day(session, day.lead, place=day.place, day=DAY) is None


def opened_again(day: ClosingDay) -> Reopened:
    """Close the day and open it again."""
    with transaction(day.lead) as session:
        close_day(session, day.lead, place=day.place, day=DAY, now=EVENING)
        return reopen_day(session, day.lead, place=day.place, day=DAY, now=EVENING)


def test_an_opening_that_is_taken_back_lets_the_very_close_stand_again(day: ClosingDay) -> None:
    day.visit()
    with transaction(day.clerk) as session:
        closed = close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
    later = {"place": day.place, "day": DAY, "now": EVENING + timedelta(minutes=1)}
    with transaction(day.lead) as session:
        reopened = reopen_day(session, day.lead, **later)
    with pytest.raises(NotPermitted), transaction(day.clerk) as session:
        restore_close(session, day.clerk, reopened=reopened, **later)
    with transaction(day.lead) as session:
        restore_close(session, day.lead, reopened=reopened, **later)
        assert closed_day(session, day.lead, place=day.place, day=DAY) == closed


@pytest.mark.parametrize("change", ["a new visit", "an outcome", "a cancellation"])
def test_a_day_that_has_changed_since_it_was_opened_stays_open(day: ClosingDay, change: str) -> None:
    visit = day.visit()
    reopened = opened_again(day)
    if change == "a new visit":
        day.visit()
    elif change == "an outcome":
        close_all(day.clerk, outcome=Outcome.DONE, visits=[(visit.id, visit.version)], now=EVENING)
    else:
        calls.cancel(day.clerk, visit, now=EVENING)
    with pytest.raises(InvalidTransition, match="stays open"), transaction(day.lead) as session:
        restore_close(session, day.lead, place=day.place, day=DAY, reopened=reopened, now=EVENING)
    with transaction(day.lead) as session:
        assert closed_day(session, day.lead, place=day.place, day=DAY) is None


def test_the_close_of_a_colleague_meanwhile_is_the_one_that_stands(day: ClosingDay) -> None:
    reopened = opened_again(day)
    with transaction(day.clerk) as session:
        closed = close_day(session, day.clerk, place=day.place, day=DAY, now=EVENING)
    with pytest.raises(InvalidTransition, match="closed this day meanwhile"), transaction(day.lead) as session:
        restore_close(session, day.lead, place=day.place, day=DAY, reopened=reopened, now=EVENING)
    with transaction(day.lead) as session:
        assert closed_day(session, day.lead, place=day.place, day=DAY) == closed


def test_a_day_to_come_cannot_be_closed(day: ClosingDay) -> None:
    with pytest.raises(InvalidField), transaction(day.clerk) as session:
        close_day(session, day.clerk, place=day.place, day=DAY + timedelta(days=1), now=EVENING)


def test_who_may_not_close_neither_sees_nor_changes(day: ClosingDay) -> None:
    nurse, visit = staff_of(day.clinic, role=Role.NURSE), day.visit()
    with pytest.raises(NotPermitted):
        close_all(nurse, outcome=Outcome.DONE, visits=[(visit.id, 1)], now=EVENING)
    for act in (close_day, closed_day, reopen_day):
        more = {} if act is closed_day else {"now": EVENING}
        with pytest.raises(NotPermitted), transaction(nurse) as session:
            act(session, nurse, place=day.place, day=DAY, **more)
    with pytest.raises(NotPermitted), transaction(nurse) as session:
        send_again(session, nurse, message_id=uuid4(), now=EVENING)


def test_another_site_s_day_stays_closed_to_a_desk(day: ClosingDay) -> None:
    with building() as session:
        other = make_location(session, clinic=day.clinic)
    visitor = staff_of(day.clinic, location_ids=frozenset({other.id}))
    visit = day.visit()
    report = close_all(visitor, outcome=Outcome.DONE, visits=[(visit.id, 1)], now=EVENING)
    assert (report.closed, len(report.refused)) == (0, 1)
    with pytest.raises(NotPermitted), transaction(visitor) as session:
        close_day(session, visitor, place=day.place, day=DAY, now=EVENING)
