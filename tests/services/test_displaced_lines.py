"""The worklist with names, whom the desk has to call, who is away, and where one visit can go by hand."""

from datetime import timedelta
from functools import partial

import pytest

from app.errors import NotFound, NotPermitted
from app.services.booking.answer import single_use_key
from app.services.booking.retry import attempt
from app.services.displaced.calls import ToCall, mark_called, to_call
from app.services.displaced.lines import displaced_lines
from app.services.displaced.other_places import other_places
from app.services.displaced.settle import cancel_displaced
from app.services.schedules.absences import absences
from models.db import rows, transaction
from models.principal import Principal
from tests.builders import NOW, building, guest_of, staff_of
from tests.services.board_day import make_named_patient
from tests.services.schedule_world import MONDAY
from tests.services.test_displaced import TUESDAY, WEDNESDAY, Ward

pytestmark = pytest.mark.usefixtures("database")


class NamedWard(Ward):
    """The ward with patients whose names open: the first has a mail address, the others a phone at most."""

    def __init__(self, **more: int) -> None:
        super().__init__(people=0, practitioners=2, **more)
        self.patients = [
            make_named_patient(self.clinic, "Ana Silva", email="ana@example.org", phone="+49301"),
            make_named_patient(self.clinic, "Bo Lima", phone="+49302"),
            make_named_patient(self.clinic, "Cy Roth"),
        ]
        self.booked = [self.book(slot, patient=n) for n, slot in enumerate(self.slots(day=TUESDAY)[:3])]
        self.leave = self.away(self.practitioners[0], TUESDAY, 1)

    def to_call(self, reader: Principal | None = None) -> list[ToCall]:
        reader = reader or self.clerk
        with transaction(reader) as session:
            return to_call(session, reader, now=self.now)


def test_the_lines_say_who_it_is_and_whether_a_letter_reaches_them() -> None:
    ward = NamedWard()
    with transaction(ward.clerk) as session:
        found = displaced_lines(session, ward.clerk, now=ward.now)
    assert [(one.patient, one.phone, one.is_reached) for one in found.lines] == [
        ("Ana Silva", "+49301", True),
        ("Bo Lima", "+49302", False),
        ("Cy Roth", "", False),
    ]
    assert found.total == 3
    assert {(one.practitioner, one.service) for one in found.lines} == {
        (ward.practitioners[0].display_name, ward.service.name)
    }


def test_who_was_moved_or_cancelled_and_has_no_address_is_called_until_it_is_ticked() -> None:
    ward = NamedWard()
    assert ward.to_call() == []
    ward.reseat(ward.proposals()[:2])
    key = single_use_key(ward.clerk, "cancel")
    verb = partial(cancel_displaced, principal=ward.clerk, appointment_id=ward.booked[2], key=key, now=ward.now)
    attempt(ward.clerk, verb, key=key, now=ward.now)
    calls = ward.to_call()
    assert {(one.patient, one.phone, one.settlement.value) for one in calls} == {
        ("Bo Lima", "+49302", "moved"),
        ("Cy Roth", "", "cancelled"),
    }
    for _ in range(2):
        with transaction(ward.clerk) as session:
            mark_called(session, ward.clerk, row_id=calls[0].id, is_called=True, now=ward.now)
    assert [one.called_at is not None for one in ward.to_call()] == [False, True]
    with building() as session:
        steps = rows(
            session,
            "SELECT action FROM audit_events WHERE clinic_id = %(id)s AND action = 'called'",
            {"id": ward.clinic_id},
        )
    assert steps == [("called",)]
    with transaction(ward.clerk) as session:
        assert mark_called(session, ward.clerk, row_id=calls[0].id, is_called=False, now=ward.now)
    assert [one.called_at for one in ward.to_call()] == [None, None]
    ward.now += timedelta(days=15)
    assert ward.to_call() == []


def test_only_the_desk_of_the_place_sees_and_ticks_whom_to_call() -> None:
    ward = NamedWard(sites=2)
    ward.reseat(ward.proposals())
    elsewhere = staff_of(ward.clinic, location_ids=frozenset({ward.locations[1].id}))
    assert ward.to_call(elsewhere) == []
    with pytest.raises(NotPermitted):
        ward.to_call(guest_of(ward.clinic))
    row_id = ward.to_call()[0].id
    with transaction(elsewhere) as session, pytest.raises(NotPermitted):
        mark_called(session, elsewhere, row_id=row_id, is_called=True, now=NOW)
    with transaction(ward.clerk) as session, pytest.raises(NotFound):
        mark_called(session, ward.clerk, row_id=ward.clinic_id, is_called=True, now=NOW)


def test_by_hand_every_start_of_a_day_can_be_chosen_and_none_that_a_move_refuses() -> None:
    ward = NamedWard()
    with transaction(ward.clerk) as session:
        tuesday, wednesday, past = (
            other_places(session, ward.clerk, appointment_id=ward.booked[0], day=day, now=ward.now)
            for day in (TUESDAY, WEDNESDAY, MONDAY - timedelta(days=3))
        )
    assert {one.practitioner for one in tuesday} == {ward.practitioners[1].display_name}
    assert len(tuesday) == 6
    assert len(wednesday) == 12
    assert past == []


def test_who_is_away_is_listed_until_it_is_over_and_only_to_their_sites() -> None:
    ward = NamedWard(sites=2)
    elsewhere = staff_of(ward.clinic, location_ids=frozenset())
    for reader, now, expected in (
        (ward.clerk, ward.now, [ward.practitioners[0].id]),
        (ward.clerk, ward.now + timedelta(days=3), []),
        (elsewhere, ward.now, []),
    ):
        with transaction(reader) as session:
            assert [one.practitioner_id for one in absences(session, reader, now=now)] == expected
    with transaction(guest_of(ward.clinic)) as session, pytest.raises(NotPermitted):
        absences(session, guest_of(ward.clinic), now=ward.now)
