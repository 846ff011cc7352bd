"""`refuse_together`: who waits for a full start is refused in one look, and nobody who has or could have a place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import ClinicError, IdempotencyKeyReused, SlotUnavailable
from app.services.booking import full
from app.services.booking.answer import Answer, RequestKey, request_key
from app.services.booking.full import Asker, refuse_together
from models.base import new_id
from models.patients import Patient
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Slot
from tests.builders import NOW, building, clerk_of, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.calls import hold

PLACES = 2
pytestmark = pytest.mark.usefixtures("database")


class Start:
    """A session of two places before people who want one."""

    clerk: Principal
    slot: Slot
    service: HealthcareService
    patients: list[Patient]

    def __init__(self) -> None:
        with building() as session:
            clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=clinic)
            offered = {"clinic": clinic, "practitioners": [schedule.practitioner_id], "capacity": PLACES}
            self.service = make_service(session, **offered)
            self.slot = make_slot(session, schedule=schedule, service=self.service, capacity=PLACES)
            self.patients = [make_patient(session, clinic=clinic) for _ in range(6)]
        self.clerk = clerk_of(clinic)

    def key(self, *, body: int = 1) -> RequestKey:
        return request_key(self.clerk, method="POST", path="/appointments", key=str(new_id()), body=body)

    def fill(self) -> list[RequestKey]:
        """Give the places to the first, and return their keys."""
        keys = [self.key() for _ in range(PLACES)]
        for number, key in enumerate(keys):
            self.take(number, key)
        return keys

    def take(self, number: int, key: RequestKey) -> Answer:
        return hold(self.clerk, self.slot, self.service, self.patients[number], key=key)

    def refuse(self, *keys: RequestKey, who: Principal | None = None, later: timedelta = timedelta()) -> list[bool]:
        """Return who was refused together."""
        askers = [Asker(who or self.clerk, key) for key in keys]
        start = {"slot_id": self.slot.id, "service_id": self.service.id}
        heard = refuse_together(askers, **start, now=NOW + later)
        assert all(one is None or isinstance(one, SlotUnavailable) for one in heard)
        return [one is not None for one in heard]


def test_everybody_before_a_full_start_is_refused_and_hears_it_again() -> None:
    start = Start()
    start.fill()
    keys = [start.key() for _ in range(3)]
    assert start.refuse(*keys) == [True] * 3
    for key in keys:
        with pytest.raises(SlotUnavailable):
            start.take(3, key)
    with pytest.raises(IdempotencyKeyReused):
        start.take(3, replace(keys[0], body_hash=b"another"))


def test_nobody_is_refused_while_there_is_a_place() -> None:
    start = Start()
    start.take(0, start.key())
    asked = start.key()
    assert start.refuse(asked) == [False]
    assert start.take(1, asked).status == 201


def test_nobody_is_refused_for_a_hold_that_has_run_out() -> None:
    start = Start()
    start.fill()
    assert start.refuse(start.key(), later=timedelta(hours=1)) == [False]


def test_who_has_a_place_hears_of_it_again_and_is_not_refused() -> None:
    start = Start()
    placed, _ = start.fill()
    assert start.refuse(start.key(), placed) == [True, False]
    assert start.take(0, placed).status == 201


def test_control_without_a_look_at_the_keys_who_has_a_place_would_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start()
    placed, _ = start.fill()
    blind = full.KEEP_EACH.replace(
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (clinic_id, principal, method, path, key)"
        " DO UPDATE SET status = EXCLUDED.status, body = EXCLUDED.body",
    )
    monkeypatch.setattr(full, "KEEP_EACH", blind)
    assert start.refuse(placed) == [True]
    with pytest.raises(SlotUnavailable):
        start.take(0, placed)


def test_a_twin_is_left_to_the_hold_which_knows_what_a_repetition_hears() -> None:
    start = Start()
    start.fill()
    one = start.key()
    assert start.refuse(one, one) == [True, False]


@pytest.mark.parametrize(
    "fields", [{"permissions": frozenset()}, {"location_ids": frozenset({new_id()})}], ids=["no-right", "elsewhere"]
)
def test_who_may_not_book_there_is_not_told_that_it_is_full(fields: dict[str, frozenset[object]]) -> None:
    start = Start()
    start.fill()
    assert start.refuse(start.key(), who=replace(start.clerk, **fields)) == [False]


def test_what_is_not_there_is_left_to_the_hold() -> None:
    start = Start()
    start.slot.id = new_id()
    assert start.refuse(start.key()) == [False]
    with pytest.raises(ClinicError):
        start.take(0, start.key())
