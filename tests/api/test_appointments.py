"""Hold, confirm, cancel and read over HTTP, as its documentation shows them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.api import shapes
from app.services.clock import utc_now
from models.appointments import AppointmentStatus
from models.base import new_id
from models.practitioners import HealthcareService
from models.schedules import Slot
from tests.api.conftest import World, build_world
from tests.api.test_problems import require_problem
from tests.builders import building, make_appointment, make_patient, make_schedule, make_slot, offer

BASE = "/api/v1"
URL = f"{BASE}/appointments"


@pytest.fixture
def slot_id(world: World) -> str:
    """A start that no other test takes."""
    return world.slot_ids.pop(0)


def hold(
    api: TestClient, world: World, slot_id: str, *, key: str | None = None, patient_id: str | None = None, **more: Any
) -> httpx.Response:
    """Hold a start for a patient of its own."""
    who = {} if "patient" in more else {"patient_id": patient_id or world.patient()}
    body = {"slot_id": slot_id, "service_id": world.service_id, **who, **more}
    return api.post(URL, json=body, headers=world.headers(api, key=key))


def test_a_hold_answers_as_the_contract_says(api: TestClient, world: World, slot_id: str) -> None:
    patient_id = world.patient()
    answer = hold(api, world, slot_id, patient_id=patient_id)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert shapes.Appointment.model_validate(body)
    assert (body["status"], body["slot_id"], body["patient_id"]) == ("pending", slot_id, patient_id)
    assert body["hold_expires_at"].endswith("Z")
    assert body["start"].endswith("Z")
    assert body["price"] == {"amount": 0, "currency": "EUR"}
    assert answer.headers["etag"] == f'"{body["version"]}"'


def test_a_hold_is_confirmed_read_and_cancelled(api: TestClient, world: World, slot_id: str) -> None:
    held = hold(api, world, slot_id).json()
    booked = api.post(f"{URL}/{held['id']}/confirm", headers=world.headers(api))
    assert (booked.status_code, booked.json()["status"], booked.json()["version"]) == (200, "booked", 2)
    assert booked.json()["hold_expires_at"] is None
    seen = api.get(f"{URL}/{held['id']}", headers=world.headers(api))
    assert seen.json() == booked.json()
    assert seen.headers["etag"] == '"2"'
    ended = api.post(f"{URL}/{held['id']}/cancel", json={"reason": "clinic"}, headers=world.headers(api))
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    again = hold(api, world, slot_id)
    assert again.status_code == 201


def test_a_taken_start_is_refused_with_other_starts(api: TestClient, world: World, slot_id: str) -> None:
    assert hold(api, world, slot_id).status_code == 201
    refused = hold(api, world, slot_id)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    body = refused.json()
    assert body["code"] == "slot-unavailable"
    assert 1 <= len(body["alternatives"]) <= 3
    assert slot_id not in {start["id"] for start in body["alternatives"]}
    other = body["alternatives"][0]["id"]
    assert hold(api, world, other).status_code == 201
    world.slot_ids.remove(other)


def test_the_same_key_gets_the_first_answer_again(api: TestClient, world: World, slot_id: str) -> None:
    key, patient_id = new_id().hex, world.patient()
    first = hold(api, world, slot_id, key=key, patient_id=patient_id)
    api.post(f"{URL}/{first.json()['id']}/confirm", headers=world.headers(api))
    second = hold(api, world, slot_id, key=key, patient_id=patient_id)
    assert (second.status_code, second.content) == (201, first.content)


def test_a_key_with_another_body_is_refused(api: TestClient, world: World, slot_id: str) -> None:
    key = new_id().hex
    assert hold(api, world, slot_id, key=key).status_code == 201
    refused = hold(api, world, slot_id, key=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
    assert refused.json()["errors"] == [{"field": "Idempotency-Key", "message": refused.json()["detail"]}]


def test_a_start_outside_the_booking_window_names_the_start(api: TestClient) -> None:
    soon = build_world(count=1, notice_minutes=3 * 24 * 60)
    refused = require_problem(hold(api, soon, soon.slot_ids[0]), 422, "outside-booking-window")
    assert refused["errors"] == [{"field": "slot_id", "message": refused["detail"]}]


def test_a_change_without_a_key_is_refused(api: TestClient, world: World, slot_id: str) -> None:
    headers = world.headers(api)
    del headers["Idempotency-Key"]
    body = {"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()}
    refused = api.post(URL, json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency-key-missing")


def test_somebody_with_details_only_becomes_a_patient_once(api: TestClient, world: World, slot_id: str) -> None:
    person = {"given_name": "Noor", "family_name": "Haddad", "birth_date": "1990-02-03", "phone": "+49 30 5550142"}
    first = hold(api, world, slot_id, patient=person, comment="Wheelchair")
    assert first.status_code == 201, first.text
    api.post(f"{URL}/{first.json()['id']}/cancel", json={"reason": "patient"}, headers=world.headers(api))
    second = hold(api, world, slot_id, patient={**person, "given_name": "NOOR"})
    assert second.json()["patient_id"] == first.json()["patient_id"]
    patient = api.get(f"{BASE}/patients/{first.json()['patient_id']}", headers=world.headers(api)).json()
    assert patient["verification"] == "unverified"


def test_a_refused_hold_leaves_no_patient_behind(api: TestClient, world: World, slot_id: str) -> None:
    assert hold(api, world, slot_id).status_code == 201
    person = {"given_name": "Solveig", "family_name": "Nordahl", "birth_date": "1971-02-03", "phone": "+49 30 5550177"}
    assert hold(api, world, slot_id, patient=person).status_code == 409
    found = api.post(f"{BASE}/patients/search", json={"name": "Solveig Nordahl"}, headers=world.headers(api))
    assert found.json()["items"] == []


def test_a_status_that_does_not_allow_it_is_a_conflict(api: TestClient, world: World, slot_id: str) -> None:
    held = hold(api, world, slot_id).json()
    for _ in range(2):
        last = api.post(f"{URL}/{held['id']}/confirm", headers=world.headers(api))
    assert (last.status_code, last.json()["code"]) == (409, "invalid-transition")


def test_the_list_is_filtered_and_paged(api: TestClient, world: World) -> None:
    patient_id, taken = world.patient(), [world.slot_ids.pop() for _ in range(5)]
    ids = [hold(api, world, slot, patient_id=patient_id).json()["id"] for slot in taken]
    pages = list(_pages(api, world, patient_id=patient_id, limit="2"))
    assert [len(page) for page in pages] == [2, 2, 1]
    items = [item for page in pages for item in page]
    assert {item["id"] for item in items} == set(ids)
    assert [item["start"] for item in items] == sorted(item["start"] for item in items)
    assert not _first(api, world, patient_id=patient_id, status="booked")
    assert len(_first(api, world, practitioner_id=world.practitioner_id, status="pending")) >= 5
    assert not _first(api, world, patient_id=patient_id, to="2001-01-01")


def _first(api: TestClient, world: World, **filters: str) -> list[dict[str, Any]]:
    return next(_pages(api, world, **filters))


def _pages(api: TestClient, world: World, **filters: str) -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = None
    while True:
        asked = filters | ({"cursor": cursor} if cursor else {})
        answer = api.get(URL, params=asked, headers=world.headers(api))
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return


def test_what_slots_offers_is_held(api: TestClient, world: World) -> None:
    found = api.get(f"{BASE}/slots", params={"service_id": world.service_id}, headers={"Host": world.host})
    assert found.status_code == 200, found.text
    assert shapes.Slots.model_validate(found.json())
    first = found.json()["items"][0]
    if first["id"] in world.slot_ids:
        world.slot_ids.remove(first["id"])
    held = hold(api, world, first["id"]).json()
    assert (held["start"], held["practitioner_id"]) == (first["start"], first["practitioner_id"])


def expired_hold(world: World, slot_id: str) -> str:
    """Make a hold whose time has run out and that nobody has swept."""
    now = utc_now()
    with building() as session:
        slot = session.exec(select(Slot).where(Slot.id == UUID(slot_id))).one()
        service = session.exec(select(HealthcareService).where(HealthcareService.id == UUID(world.service_id))).one()
        appointment = make_appointment(
            session,
            slots=[slot],
            service=service,
            patient=make_patient(session, clinic=world.clinic_id),
            status=AppointmentStatus.PENDING,
            hold_expires_at=now - timedelta(seconds=1),
        )
        return str(appointment.id)


def test_a_hold_that_has_run_out_is_gone_and_its_start_offered(api: TestClient, world: World, slot_id: str) -> None:
    late = expired_hold(world, slot_id)
    refused = api.post(f"{URL}/{late}/confirm", headers=world.headers(api))
    assert (refused.status_code, refused.json()["code"]) == (410, "hold-expired")
    offered = api.get(f"{BASE}/slots?service_id={world.service_id}&limit=200", headers={"Host": world.host}).json()
    assert slot_id in {item["id"] for item in offered["items"]}
    assert hold(api, world, slot_id).status_code == 201
    assert api.get(f"{URL}/{late}", headers=world.headers(api)).json()["status"] == "cancelled"


def test_a_refusal_is_kept_for_its_key(api: TestClient, world: World, slot_id: str) -> None:
    first = hold(api, world, slot_id).json()
    key, patient_id = new_id().hex, world.patient()
    refused = hold(api, world, slot_id, key=key, patient_id=patient_id)
    api.post(f"{URL}/{first['id']}/cancel", json={"reason": "clinic"}, headers=world.headers(api))
    again = hold(api, world, slot_id, key=key, patient_id=patient_id)
    assert [one.json()["code"] for one in (refused, again)] == ["slot-unavailable"] * 2
    assert hold(api, world, slot_id, patient_id=patient_id).status_code == 201


def test_a_patient_cannot_be_in_two_places(api: TestClient, world: World, slot_id: str) -> None:
    held = hold(api, world, slot_id).json()
    with building() as session:
        slot = session.exec(select(Slot).where(Slot.id == UUID(slot_id))).one()
        service = session.exec(select(HealthcareService).where(HealthcareService.id == UUID(world.service_id))).one()
        other = make_schedule(session, clinic=world.clinic_id)
        offer(session, service=service, practitioner=other.practitioner_id)
        twin = str(make_slot(session, schedule=other, starts_at=slot.starts_at).id)
    refused = hold(api, world, twin, patient_id=held["patient_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "patient-overlap")
