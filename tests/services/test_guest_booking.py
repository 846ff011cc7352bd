"""Booking without an account: one transaction for patient and hold, own holds exchanged safely, caps."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.errors import (
    AppointmentNotFound,
    HoldExpired,
    InvalidField,
    NotSignedIn,
    SlotUnavailable,
    TooManyHolds,
)
from app.services.availability.browse import Choice, OwnTime, free_days, free_times
from app.services.booking.answer import Answer
from app.services.booking.guest import Guest, Visitor, confirm_own, guest_principal, hold_for_guest, release_own
from app.settings import settings
from models.db import rows, transaction
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    guest_of,
    make_appointment,
    make_clinic,
    make_location,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)

pytestmark = pytest.mark.usefixtures("database", "valkey")

ANA = Guest("Ana", "Kowalska", date(1980, 1, 2), "+49 30 1234567", None, "de")
BEN = replace(ANA, given_name="Ben", phone="+49 30 7654321")


class Place:
    """One practitioner with four free quarter hours, seen by one browser."""

    def __init__(self, *, browser: str = "browser-one") -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=self.clinic)
            self.slots = make_slots(session, schedule=schedule, count=4)
            self.service = make_service(session, clinic=self.clinic, practitioners=[schedule.practitioner_id])
        self.visitor = Visitor(browser, "192.0.2.1")
        self.principal = guest_principal(self.clinic.id, browser=browser, is_kiosk=False)

    def hold(self, number: int = 0, guest: Guest = ANA, *, as_browser: str = "", **more: Any) -> Answer:
        principal, visitor = self.principal, self.visitor
        if as_browser:
            principal = guest_principal(self.clinic.id, browser=as_browser, is_kiosk=False)
            visitor = Visitor(as_browser, more.pop("address", "192.0.2.1"))
        more.setdefault("now", NOW)
        wish = {"slot_id": self.slots[number].id, "service_id": self.service.id, "guest": guest, "visitor": visitor}
        return hold_for_guest(principal, **wish, **more)

    def counts(self) -> list[int]:
        with transaction(self.principal) as session:
            found = rows(
                session,
                "SELECT current_bookings FROM slots WHERE clinic_id = %(clinic_id)s ORDER BY starts_at",
                {"clinic_id": self.clinic.id},
            )
        return [count for (count,) in found]

    def patients(self) -> int:
        with building() as session:
            statement = "SELECT count(*) FROM patients WHERE clinic_id = %(clinic_id)s"
            ((count,),) = rows(session, statement, {"clinic_id": self.clinic.id})
        return count


def id_of(answer: Answer) -> UUID:
    return UUID(answer.body["id"])


def test_a_guest_holds_and_confirms() -> None:
    place = Place()
    held = place.hold()
    assert place.counts() == [1, 0, 0, 0]
    booked = confirm_own(place.principal, appointment_id=id_of(held), now=NOW)
    assert booked.body["status"] == "booked"


def test_a_refused_hold_leaves_no_patient() -> None:
    place = Place()
    place.hold(0, ANA)
    with pytest.raises(SlotUnavailable):
        place.hold(0, BEN, as_browser="browser-two")
    assert place.patients() == 1


def test_choosing_another_time_gives_the_first_back_in_the_same_step() -> None:
    place = Place()
    held = place.hold(0)
    place.hold(2, instead_of=id_of(held))
    assert place.counts() == [0, 0, 1, 0]


def test_when_the_other_time_is_gone_the_first_is_still_held() -> None:
    place = Place()
    place.hold(2, BEN, as_browser="browser-two")
    held = place.hold(0)
    with pytest.raises(SlotUnavailable):
        place.hold(2, instead_of=id_of(held))
    assert place.counts() == [1, 0, 1, 0]
    assert confirm_own(place.principal, appointment_id=id_of(held), now=NOW).body["status"] == "booked"


def test_the_same_time_under_a_corrected_name_is_held_again() -> None:
    place = Place()
    held = place.hold(0)
    again = place.hold(0, replace(ANA, given_name="Anna"), instead_of=id_of(held))
    assert id_of(again) != id_of(held)
    assert place.counts() == [1, 0, 0, 0]


def test_an_exchange_never_gives_up_what_is_booked() -> None:
    place = Place()
    held = place.hold(0)
    confirm_own(place.principal, appointment_id=id_of(held), now=NOW)
    place.hold(2, instead_of=id_of(held))
    assert place.counts() == [1, 0, 1, 0]


def test_another_browser_can_neither_confirm_nor_release_nor_exchange() -> None:
    place = Place()
    held = place.hold(0)
    other = guest_principal(place.clinic.id, browser="browser-two", is_kiosk=False)
    for attack in (confirm_own, release_own):
        with pytest.raises(AppointmentNotFound):
            attack(other, appointment_id=id_of(held), now=NOW)
    with pytest.raises(AppointmentNotFound):
        place.hold(1, BEN, as_browser="browser-two", instead_of=id_of(held))
    assert place.counts() == [1, 0, 0, 0]


def test_releasing_twice_frees_once_and_a_booking_stays() -> None:
    place = Place()
    held, booked = place.hold(0), place.hold(1)
    confirm_own(place.principal, appointment_id=id_of(booked), now=NOW)
    assert release_own(place.principal, appointment_id=id_of(held), now=NOW)
    assert not release_own(place.principal, appointment_id=id_of(held), now=NOW)
    assert not release_own(place.principal, appointment_id=id_of(booked), now=NOW)
    assert place.counts() == [0, 1, 0, 0]


def test_a_hold_that_ran_out_is_not_confirmed() -> None:
    place = Place()
    held = place.hold()
    with pytest.raises(HoldExpired):
        confirm_own(place.principal, appointment_id=id_of(held), now=NOW + timedelta(minutes=5))


def test_one_browser_holds_only_so_many_and_confirming_makes_room() -> None:
    place = Place()
    first = place.hold(0)
    place.hold(1)
    with pytest.raises(TooManyHolds):
        place.hold(2)
    confirm_own(place.principal, appointment_id=id_of(first), now=NOW)
    assert place.hold(2).status == 201


def test_one_address_holds_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "holds_per_address", 2)
    place = Place()
    for number, browser in ((0, "one"), (1, "two")):
        place.hold(number, as_browser=browser)
    with pytest.raises(TooManyHolds):
        place.hold(2, as_browser="three")
    assert place.hold(2, as_browser="three", address="198.51.100.7").status == 201


def test_a_browser_without_a_cookie_is_told_so() -> None:
    with pytest.raises(NotSignedIn):
        guest_principal(UUID(int=1), browser="", is_kiosk=False)


@pytest.mark.parametrize("is_kiosk", [False, True])
def test_an_overlap_is_refused_in_the_words_of_a_start_that_is_taken(is_kiosk: bool) -> None:
    place = Place()
    with building() as session:
        elsewhere = make_schedule(session, clinic=place.clinic)
        slots = make_slots(session, schedule=elsewhere, count=1)
        service = make_service(session, clinic=place.clinic, practitioners=[elsewhere.practitioner_id])
    confirm_own(place.principal, appointment_id=id_of(place.hold(0)), now=NOW)
    somebody = guest_principal(place.clinic.id, browser="browser-two", is_kiosk=is_kiosk)
    heard = []
    for slot, offered, guest in ((slots[0], service, ANA), (place.slots[0], place.service, BEN)):
        wish = {"slot_id": slot.id, "service_id": offered.id, "guest": guest, "visitor": place.visitor}
        with pytest.raises(SlotUnavailable) as refusal:
            hold_for_guest(somebody, **wish, now=NOW)
        heard.append((type(refusal.value), refusal.value.as_kept()))
    assert heard[0] == heard[1]


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "call me"), ("email", "nowhere"), ("birth_date", date(2999, 1, 1))]
)
def test_details_that_cannot_be_name_their_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidField) as refusal:
        Place().hold(guest=replace(ANA, **{field: value}))
    assert refusal.value.field == field


def test_the_days_count_what_the_times_show_each_once_a_site() -> None:
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic)
        schedules = [make_schedule(session, clinic=clinic, location=location) for _ in range(2)]
        for schedule in schedules:
            make_slots(session, schedule=schedule, count=3)
            make_slots(session, schedule=schedule, count=1, starts_at=TOMORROW + timedelta(days=20))
        service = make_service(session, clinic=clinic, practitioners=[one.practitioner_id for one in schedules])
    guest = guest_of(clinic)
    with transaction(guest) as session:
        found = free_days(session, guest, choice=Choice(service.id), since=None, now=NOW)
        assert found is not None
        times = free_times(session, guest, choice=Choice(service.id), day=TOMORROW.date(), now=NOW)
        later = free_days(session, guest, choice=Choice(service.id), since=found.since + timedelta(days=14), now=NOW)
    assert found.days == [(TOMORROW.date(), 3)]
    assert len(times) == 3
    assert found.has_more
    assert later is not None
    assert later.days == [(TOMORROW.date() + timedelta(days=20), 1)]
    assert not later.has_more


def test_the_own_held_time_stays_among_the_days_and_counts_once() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        slots = make_slots(session, schedule=schedule, count=1)
        make_slots(session, schedule=schedule, count=2, starts_at=TOMORROW + timedelta(days=1))
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        make_appointment(session, slots=slots, service=service, patient=make_patient(session, clinic=clinic))
    guest, own = guest_of(clinic), OwnTime(TOMORROW.date(), TOMORROW, schedule.location_id)
    other = own._replace(starts_at=TOMORROW + timedelta(days=1), day=TOMORROW.date() + timedelta(days=1))
    with transaction(guest) as session:
        found = free_days(session, guest, choice=Choice(service.id), since=None, own=own, now=NOW)
        free_too = free_days(session, guest, choice=Choice(service.id), since=None, own=other, now=NOW)
    assert found is not None
    assert [count for _, count in found.days] == [1, 2]
    assert free_too is not None
    assert [count for _, count in free_too.days] == [2]


def test_nothing_free_says_so() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        slots = make_slots(session, schedule=schedule, count=1)
        make_appointment(session, slots=slots, service=service, patient=make_patient(session, clinic=clinic))
    guest = guest_of(clinic)
    with transaction(guest) as session:
        assert free_days(session, guest, choice=Choice(service.id), since=None, now=NOW) is None
