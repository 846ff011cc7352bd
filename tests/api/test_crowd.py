"""A crowd before one start over HTTP: its places are filled exactly, and whoever is refused hears it again."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import appointments
from app.errors import ClinicError
from app.services.booking.full import Asker
from models.base import new_id
from tests.api.conftest import World
from tests.builders import building, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.invariants import assert_sound, live_count

URL = "/api/v1/appointments"
PLACES, PEOPLE = 20, 60


class Rush:
    """People who all want a place in one session, each with a key of their own."""

    def __init__(self, api: TestClient) -> None:
        self.api = api
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        with building() as session:
            clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=clinic)
            offered = {"clinic": clinic, "practitioners": [schedule.practitioner_id], "capacity": PLACES}
            service = make_service(session, **offered)
            slot = make_slot(session, schedule=schedule, service=service, capacity=PLACES, starts_at=tomorrow)
            self.wishes = [(str(make_patient(session, clinic=clinic).id), new_id().hex) for _ in range(PEOPLE)]
            self.world = World(
                clinic_id=clinic.id,
                host=clinic.host_name,
                location_id=str(schedule.location_id),
                practitioner_id=str(schedule.practitioner_id),
                service_id=str(service.id),
                slot_ids=[str(slot.id)],
                starts_at=tomorrow,
            )
        self.world.token(api)

    def ask(self) -> list[Any]:
        """Have everybody ask at once."""
        barrier = Barrier(PEOPLE)

        def call(wish: tuple[str, str]) -> Any:
            patient_id, key = wish
            body = {"slot_id": self.world.slot_ids[0], "service_id": self.world.service_id, "patient_id": patient_id}
            headers = self.world.headers(self.api, key=key)
            barrier.wait()
            return self.api.post(URL, json=body, headers=headers)

        with ThreadPoolExecutor(PEOPLE) as threads:
            return list(threads.map(call, self.wishes))


@pytest.fixture
def asked_together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were asked for in each common look."""
    counted, real = [], appointments.refuse_together

    def counting(askers: Sequence[Asker], **start: Any) -> list[ClinicError | None]:
        counted.append(len(askers))
        return real(askers, **start)

    monkeypatch.setattr(appointments, "refuse_together", counting)
    return counted


def test_a_crowd_fills_the_places_exactly_and_everybody_hears_the_same_again(
    api: TestClient, asked_together: list[int]
) -> None:
    rush = Rush(api)
    first, again = rush.ask(), rush.ask()
    assert Counter(answer.status_code for answer in first) == {201: PLACES, 409: PEOPLE - PLACES}
    assert {answer.json()["code"] for answer in first if answer.status_code == 409} == {"slot-unavailable"}
    assert [answer.status_code for answer in again] == [answer.status_code for answer in first]
    placed = [(one.json(), other.json()) for one, other in zip(first, again, strict=True) if one.status_code == 201]
    assert all(one == other for one, other in placed)
    assert live_count(rush.world.clinic_id) == PLACES
    assert_sound(rush.world.clinic_id)
    assert sum(asked_together) > 0, "nobody was refused together"


def test_a_place_given_back_goes_to_who_asks_after_the_crowd(api: TestClient) -> None:
    rush = Rush(api)
    answers = rush.ask()
    given = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    gone = api.post(f"{URL}/{given}/cancel", json={"reason": "patient"}, headers=rush.world.headers(api))
    assert gone.status_code == 200, gone.text
    rush.wishes = [(patient_id, new_id().hex) for patient_id, _ in rush.wishes]
    later = rush.ask()
    assert Counter(answer.status_code for answer in later)[201] == 1
    assert live_count(rush.world.clinic_id) == PLACES
