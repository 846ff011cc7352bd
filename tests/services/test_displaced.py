"""The worklist of displaced appointments: who is on it, how they leave it, and the best new places for them."""

from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from app.errors import ClinicError, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, request_key, single_use_key
from app.services.booking.reschedule_many import Move
from app.services.booking.retry import attempt
from app.services.displaced import proposals
from app.services.displaced.proposals import Proposal, propose
from app.services.displaced.reseat import reseat
from app.services.displaced.settle import cancel_displaced, keep_displaced
from app.services.displaced.worklist import DisplacedVisit, list_displaced
from app.services.schedules.effect import Outcome
from app.services.schedules.leave import add_leave, remove_leave
from models.appointments import Appointment
from models.db import rows, transaction
from models.patients import Patient
from models.practitioners import Practitioner
from models.principal import Principal
from tests.builders import building, guest_of, make_room, staff_of
from tests.calls import cancel
from tests.invariants import assert_sound
from tests.services.schedule_world import MONDAY, ScheduleWorld, at

pytestmark = pytest.mark.database
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


class Ward(ScheduleWorld):
    """Three people are booked on a Tuesday morning on which their practitioner then takes leave."""

    def __init__(self, *, people: int = 3, **more: Any) -> None:
        super().__init__(**more)
        self.booked = [self.book(slot, patient=n) for n, slot in enumerate(self.slots(day=TUESDAY)[:people])]
        if people:
            self.leave = self.away(self.practitioners[0], TUESDAY, 1)

    def away(self, person: Practitioner, day: date, days: int) -> Outcome:
        """Enter a leave of whole days."""
        wanted = {"starts_local": at(day, "00:00"), "ends_local": at(day + timedelta(days=days), "00:00")}
        return self.change(add_leave, practitioner_id=person.id, **wanted)

    def listed(self, principal: Principal | None = None) -> list[DisplacedVisit]:
        reader = principal or self.clerk
        with transaction(reader) as session:
            return list_displaced(session, reader, now=self.now)

    def proposals(self) -> list[Proposal]:
        with transaction(self.clerk) as session:
            return propose(session, self.clerk, appointment_ids=self.booked, now=self.now)

    def reseat(self, found: list[Proposal], key: str = "") -> Answer:
        moves = [Move(p.visit.appointment_id, p.start.id) for p in found if p.start]
        request = (
            request_key(self.clerk, method="POST", path="/reseat", key=key, body=1)
            if key
            else single_use_key(self.clerk, "reseat")
        )
        verb = partial(reseat, principal=self.clerk, moves=moves, key=request, now=self.now)
        return attempt(self.clerk, verb, key=request, now=self.now)

    def appointment(self, appointment_id: UUID) -> Appointment:
        with building() as session:
            return session.get_one(Appointment, (self.clinic_id, appointment_id))


def test_the_list_says_who_and_why_in_order_of_time_and_that_it_was_seen() -> None:
    ward = Ward()
    listed = ward.listed()
    assert [visit.appointment_id for visit in listed] == ward.booked
    assert {visit.reason for visit in listed} == {"leave"}
    with building() as session:
        asked = "SELECT detail FROM audit_events WHERE clinic_id = %(id)s AND action = 'list'"
        ((detail,),) = rows(session, asked, {"id": ward.clinic_id})
    assert detail["ids"] == [str(appointment_id) for appointment_id in ward.booked]


def test_only_staff_see_the_list_and_only_of_their_sites() -> None:
    ward = Ward(sites=2)
    elsewhere = staff_of(ward.clinic, location_ids=frozenset({ward.locations[1].id}))
    assert ward.listed(elsewhere) == []
    with pytest.raises(NotPermitted):
        ward.listed(guest_of(ward.clinic))
    with transaction(elsewhere) as session, pytest.raises(NotPermitted):
        list_displaced(session, elsewhere, location_id=ward.locations[0].id, now=ward.now)


def test_whoever_is_kept_leaves_the_list_and_stays_where_they_are() -> None:
    ward = Ward()
    with transaction(ward.clerk) as session:
        assert keep_displaced(session, ward.clerk, appointment_id=ward.booked[0], now=ward.now)
        assert not keep_displaced(session, ward.clerk, appointment_id=ward.booked[0], now=ward.now)
    assert [visit.appointment_id for visit in ward.listed()] == ward.booked[1:]
    # Another change of the same time does not bring them back, for nothing more was taken from them.
    longer = {"starts_local": at(TUESDAY, "00:00"), "ends_local": at(TUESDAY, "23:30")}
    ward.change(add_leave, practitioner_id=ward.practitioners[0].id, **longer)
    assert ward.settlements(ward.booked[0]) == ["kept"]


def test_whoever_is_cancelled_here_or_elsewhere_leaves_the_list() -> None:
    ward = Ward()
    key = single_use_key(ward.clerk, "cancel-displaced")
    verb = partial(cancel_displaced, principal=ward.clerk, appointment_id=ward.booked[0], key=key, now=ward.now)
    attempt(ward.clerk, verb, key=key, now=ward.now)
    cancel(ward.clerk, ward.booked[1], now=ward.now)
    assert [visit.appointment_id for visit in ward.listed()] == ward.booked[2:]
    ward.change(remove_leave, leave_id=ward.leave.entry_id)
    assert [ward.settlements(booked) for booked in ward.booked] == [["cancelled"], ["cancelled"], ["fits-again"]]


def test_with_a_colleague_of_the_same_time_the_own_practitioner_is_still_nearer() -> None:
    ward = Ward(practitioners=2)
    found = ward.proposals()
    starts = [proposal.start for proposal in found]
    assert all(start is not None and start.practitioner_id == ward.practitioners[0].id for start in starts)
    assert len({start.id for start in starts if start}) == 3
    assert all(p.start and abs(p.start.starts_at - p.visit.starts_at) < timedelta(hours=25) for p in found)


def test_a_colleague_takes_over_when_the_practitioner_is_away_for_long() -> None:
    ward = Ward(practitioners=2)
    ward.away(ward.practitioners[0], MONDAY, 40)
    found = ward.proposals()
    assert [p.start and (p.start.practitioner_id, p.start.starts_at) for p in found] == [
        (ward.practitioners[1].id, p.visit.starts_at) for p in found
    ]


def test_reseating_moves_all_in_one_go_and_names_whom_no_message_reaches() -> None:
    ward = Ward()
    with building() as session:
        patient = session.get_one(Patient, (ward.clinic_id, ward.patients[1].id))
        patient.email_sealed = b"sealed"
        other = session.get_one(Patient, (ward.clinic_id, ward.patients[2].id))
        other.phone_sealed = b"sealed"
    found = ward.proposals()
    answer = ward.reseat(found, key="once")
    assert [item["id"] for item in answer.body["items"]] == [str(booked) for booked in ward.booked]
    assert [(one["appointment_id"], one["has_phone"]) for one in answer.body["unreached"]] == sorted(
        [(str(ward.booked[0]), False), (str(ward.booked[2]), True)],
        key=lambda one: ward.appointment(UUID(one[0])).starts_at,
    )
    assert ward.listed() == []
    assert [ward.settlements(booked) for booked in ward.booked] == [["moved"]] * 3
    assert [ward.appointment(p.visit.appointment_id).slot_id for p in found] == [p.start and p.start.id for p in found]
    # The same request once more is the same answer.
    assert ward.reseat(found, key="once").body == answer.body
    with building() as session:
        asked = "SELECT count(*) FROM outbox_events WHERE clinic_id = %(id)s AND kind = 'appointment.rescheduled'"
        assert rows(session, asked, {"id": ward.clinic_id}) == [(3,)]
    assert_sound(ward.clinic_id)


def test_if_one_move_is_impossible_nobody_moves() -> None:
    ward = Ward()
    found = ward.proposals()
    assert found[2].start
    ward.book(found[2].start, patient=9)  # type: ignore[arg-type]
    with pytest.raises(ClinicError):
        ward.reseat(found)
    assert [visit.appointment_id for visit in ward.listed()] == ward.booked


def test_visits_of_several_slots_are_never_proposed_across_each_other() -> None:
    ward = Ward(people=0, duration_minutes=50, buffer_after_minutes=10)
    slots = ward.slots(day=TUESDAY + timedelta(days=1))
    ward.booked = [ward.book(slots[n], patient=n) for n in (0, 2, 4)]
    day = {
        "starts_local": at(TUESDAY + timedelta(days=1), "00:00"),
        "ends_local": at(MONDAY + timedelta(days=9), "12:00"),
    }
    ward.change(add_leave, practitioner_id=ward.practitioners[0].id, **day)
    found = ward.proposals()
    times = sorted((p.start.starts_at, p.start.ends_at) for p in found if p.start)
    assert len(times) == 3
    assert all(a[1] + timedelta(minutes=10) <= b[0] for a, b in pairwise(times))
    ward.reseat(found)
    assert_sound(ward.clinic_id)


def _two_at_once_with_one_room() -> Ward:
    """Two practitioners' visits of one time; only one room is left for them afterwards."""
    ward = Ward(people=0, practitioners=2, room_kind="exam")
    with building() as session:
        rooms = [make_room(session, location=ward.locations[0]) for _ in range(2)]
    slots = [ward.slots(day=TUESDAY + timedelta(days=1), number=number)[0] for number in range(2)]
    ward.booked = [ward.book(slot, patient=n) for n, slot in enumerate(slots)]
    away = {
        "starts_local": at(TUESDAY + timedelta(days=1), "00:00"),
        "ends_local": at(TUESDAY + timedelta(days=2), "00:00"),
    }
    for person in ward.practitioners:
        ward.change(add_leave, practitioner_id=person.id, **away)
    with building() as session:
        rooms[0].is_active = False
        session.merge(rooms[0])
    return ward


def test_what_is_proposed_is_what_reseating_accepts_also_where_a_room_is_scarce() -> None:
    ward = _two_at_once_with_one_room()
    found = ward.proposals()
    assert all(proposal.start for proposal in found)
    ward.reseat(found)
    assert ward.listed() == []
    assert_sound(ward.clinic_id)


def test_control_untried_proposals_would_put_two_into_one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = _two_at_once_with_one_room()
    monkeypatch.setattr(proposals, "_refused", lambda *_, **__: set())
    found = ward.proposals()
    with pytest.raises(ClinicError):
        ward.reseat(found)
