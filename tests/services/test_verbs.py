"""Hold, confirm and cancel: what each leaves behind, and what each refuses."""

from datetime import timedelta
from typing import Any

import pytest

from app.errors import (
    AppointmentNotFound,
    HoldExpired,
    IdempotencyKeyReused,
    InvalidField,
    InvalidTransition,
    NotPermitted,
    OutsideBookingWindow,
    SlotUnavailable,
    StaleVersion,
    TooManyHolds,
)
from app.services.booking.answer import request_key
from app.services.booking.holders import Holder
from app.settings import settings
from models.appointments import CancelReason
from models.db import rows, transaction
from models.principal import Principal
from tests.builders import (
    NOW,
    building,
    clerk_of,
    guest_of,
    job_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)
from tests.calls import appointment_id_of, cancel, confirm, hold, visit
from tests.invariants import assert_sound

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + timedelta(minutes=6)


class Desk:
    """A clinic with four free starts, one service and three patients."""

    def __init__(self, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=self.clinic)
            offered_by = [schedule.practitioner_id]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, **service)
            self.slots = make_slots(session, schedule=schedule, count=4)
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(3)]
        self.clerk = clerk_of(self.clinic)

    def hold(self, slot: int = 0, patient: int = 0, *, by: Principal | None = None, **more: Any) -> Any:
        return hold(by or self.clerk, self.slots[slot], self.service, self.patients[patient], **more)

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        with transaction(self.clerk) as session:
            return rows(session, sql, {})  # type: ignore[arg-type]


def test_a_visits_whole_life_is_in_its_history_and_outbox() -> None:
    desk = Desk()
    held = desk.hold()
    confirm(desk.clerk, held, now=NOW + timedelta(minutes=1))
    cancel(desk.clerk, held, now=NOW + timedelta(minutes=2))
    assert desk.read("SELECT action, from_status, to_status, reason FROM audit_events ORDER BY at") == [
        ("hold", None, "pending", None),
        ("confirm", "pending", "booked", None),
        ("cancel", "booked", "cancelled", "clinic"),
    ]
    events = "SELECT kind, aggregate_version FROM outbox_events ORDER BY aggregate_version"
    kinds = ["appointment.created", "appointment.confirmed", "appointment.cancelled"]
    assert desk.read(events) == list(zip(kinds, [1, 2, 3], strict=True))
    assert_sound(desk.clinic.id)


def test_a_change_is_never_older_than_the_one_it_waited_for() -> None:
    desk = Desk()
    booked = confirm(desk.clerk, desk.hold(), now=NOW + timedelta(seconds=2))
    # Came a second earlier, and waited for the lock.
    visit(desk.clerk, "arrive", booked, now=NOW + timedelta(seconds=1))
    cancel(desk.clerk, booked, now=NOW)
    actions = ["hold", "confirm", "arrive", "cancel"]
    assert desk.read("SELECT action FROM audit_events ORDER BY at") == [(action,) for action in actions]


@pytest.mark.parametrize(("reason", "payload"), [(CancelReason.LEFT, {"tell": False}), (CancelReason.CLINIC, {})])
def test_who_came_and_left_gets_no_letter_about_it(reason: CancelReason, payload: dict[str, bool]) -> None:
    desk = Desk()
    booked = confirm(desk.clerk, desk.hold())
    visit(desk.clerk, "arrive", booked)
    cancel(desk.clerk, booked, reason=reason)
    assert desk.read("SELECT payload FROM outbox_events WHERE kind = 'appointment.cancelled'") == [(payload,)]
    assert_sound(desk.clinic.id)


def test_only_who_has_come_can_have_left() -> None:
    desk = Desk()
    held = desk.hold()
    with pytest.raises(InvalidTransition):
        cancel(desk.clerk, held, reason=CancelReason.LEFT)
    confirm(desk.clerk, held)
    with pytest.raises(InvalidTransition):
        cancel(desk.clerk, held, reason=CancelReason.LEFT)
    assert desk.read("SELECT status FROM appointments") == [("booked",)]


def test_an_expired_hold_cannot_be_confirmed() -> None:
    desk = Desk()
    held = desk.hold()
    with pytest.raises(HoldExpired):
        confirm(desk.clerk, held, now=LATER)


def test_an_expired_hold_hides_nothing_from_the_next_caller() -> None:
    desk = Desk()
    first = desk.hold(patient=0)
    with pytest.raises(SlotUnavailable):
        desk.hold(patient=1)
    assert desk.hold(patient=1, now=LATER).status == 201
    with pytest.raises(HoldExpired):
        confirm(desk.clerk, first, now=LATER)
    assert_sound(desk.clinic.id)


def test_the_own_expired_hold_does_not_stand_in_the_patients_way() -> None:
    desk = Desk(duration_minutes=30)
    desk.hold(slot=0)
    assert desk.hold(slot=1, now=LATER).status == 201
    assert_sound(desk.clinic.id)


def test_confirming_and_cancelling_twice_are_refused_clearly() -> None:
    desk = Desk()
    held = desk.hold()
    confirm(desk.clerk, held)
    with pytest.raises(InvalidTransition):
        confirm(desk.clerk, held)
    cancel(desk.clerk, held)
    with pytest.raises(InvalidTransition):
        cancel(desk.clerk, held)
    assert_sound(desk.clinic.id)


def test_the_same_key_gets_the_first_answer_even_after_the_appointment_moved_on() -> None:
    desk = Desk()
    key = request_key(desk.clerk, method="POST", path="/appointments", key="k", body={"a": 1})
    first = desk.hold(key=key)
    cancel(desk.clerk, first)
    assert desk.hold(key=key).body == first.body
    other = request_key(desk.clerk, method="POST", path="/appointments", key="k", body={"a": 2})
    with pytest.raises(IdempotencyKeyReused):
        desk.hold(key=other)


def test_a_refusal_is_kept_as_well() -> None:
    desk = Desk()
    first = desk.hold(patient=0)
    key = request_key(desk.clerk, method="POST", path="/appointments", key="k", body={})
    with pytest.raises(SlotUnavailable):
        desk.hold(patient=1, key=key)
    cancel(desk.clerk, first)
    with pytest.raises(SlotUnavailable):
        desk.hold(patient=1, key=key)


def test_a_stale_version_changes_nothing() -> None:
    desk = Desk()
    held = desk.hold()
    confirm(desk.clerk, held, version=1)
    with pytest.raises(StaleVersion):
        cancel(desk.clerk, held, version=1)


def test_staff_may_book_at_once_and_guests_only_with_notice() -> None:
    desk = Desk(notice_minutes=48 * 60)
    with pytest.raises(OutsideBookingWindow):
        desk.hold(by=guest_of(desk.clinic))
    assert desk.hold().status == 201


def test_a_slot_of_another_clinic_is_not_free_and_its_service_unknown() -> None:
    desk, other = Desk(), Desk()
    with pytest.raises(SlotUnavailable):
        hold(desk.clerk, other.slots[0], desk.service, desk.patients[0])
    with pytest.raises(InvalidField, match="slot or service"):
        hold(desk.clerk, desk.slots[0], other.service, desk.patients[0])


def test_a_guest_sees_and_changes_only_the_own_appointment() -> None:
    desk = Desk()
    own = guest_of(desk.clinic)
    held = desk.hold(by=own)
    with pytest.raises(AppointmentNotFound):
        cancel(guest_of(desk.clinic), held)
    assert confirm(own, held).body["status"] == "booked"


def test_control_without_the_owners_check_a_guest_cancels_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    own, other = guest_of(desk.clinic, actor_id="a"), guest_of(desk.clinic, actor_id="b")
    held = desk.hold(by=own)
    monkeypatch.setattr(Principal, "actor", "guest:a")
    assert cancel(other, held).body["status"] == "cancelled"


def test_another_clinic_sees_nothing() -> None:
    desk, other = Desk(), Desk()
    held = desk.hold()
    with pytest.raises(AppointmentNotFound):
        cancel(other.clerk, held)


def test_a_job_may_neither_hold_nor_cancel() -> None:
    desk = Desk()
    with pytest.raises(NotPermitted):
        desk.hold(by=job_of(desk.clinic))
    with pytest.raises((NotPermitted, AppointmentNotFound)):
        cancel(job_of(desk.clinic), appointment_id_of(desk.hold()))


def test_one_browser_may_hold_only_so_many_times_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "holds_per_browser", 2)
    desk = Desk()
    guest, holder = guest_of(desk.clinic), Holder(browser=b"b", address=b"a")
    for number in (0, 1):
        desk.hold(slot=number, patient=number, by=guest, holder=holder)
    with pytest.raises(TooManyHolds):
        desk.hold(slot=2, patient=2, by=guest, holder=holder)
    assert desk.hold(slot=2, patient=2, by=guest, holder=holder, now=LATER).status == 201


def test_one_address_may_hold_only_so_many_times_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "holds_per_address", 1)
    desk = Desk()
    desk.hold(by=guest_of(desk.clinic), holder=Holder(browser=b"1", address=b"a"))
    with pytest.raises(TooManyHolds):
        desk.hold(slot=1, patient=1, by=guest_of(desk.clinic), holder=Holder(browser=b"2", address=b"a"))


def test_a_prepaid_service_is_due_at_the_desk() -> None:
    desk = Desk(prepayment="full", price_amount=4500)
    assert desk.hold().body["due_at_desk"] is True
