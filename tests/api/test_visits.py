"""Reschedule, the steps of a visit, and history over HTTP: versions, keys, refusals with other starts."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from models.base import new_id
from models.schedules import Slot
from tests.api.conftest import World, build_world
from tests.builders import building

URL = "/api/v1/appointments"


@pytest.fixture(scope="module")
def world(api: TestClient) -> World:
    return build_world(count=60)


def book(api: TestClient, world: World, slot: int, patient_id: str | None = None, **more: Any) -> httpx.Response:
    """Hold and confirm one of the world's slots."""
    body = {"slot_id": world.slot_ids[slot], "service_id": world.service_id, **more}
    body["patient_id"] = patient_id or world.patient()
    held = api.post(URL, json=body, headers=world.headers(api))
    assert held.status_code == 201, held.text
    booked = post(api, world, held.json()["id"], "confirm")
    assert booked.status_code == 200, booked.text
    return booked


def post(
    api: TestClient, world: World, appointment_id: str, verb: str, body: Any = None, **headers: str
) -> httpx.Response:
    return api.post(f"{URL}/{appointment_id}/{verb}", json=body, headers={**world.headers(api), **headers})


def test_a_reschedule_keeps_the_id_and_minds_the_version(api: TestClient, world: World) -> None:
    booked = book(api, world, 0)
    appointment_id, seen = booked.json()["id"], booked.headers["etag"]
    to = {"slot_id": world.slot_ids[1]}
    stale = post(api, world, appointment_id, "reschedule", to, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    moved = post(api, world, appointment_id, "reschedule", to, **{"If-Match": seen})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["id"], moved.json()["slot_id"]) == (appointment_id, world.slot_ids[1])
    assert moved.headers["etag"] == '"3"'
    again = post(api, world, appointment_id, "reschedule", to)
    assert (again.status_code, again.headers["etag"]) == (200, '"3"')


def test_a_taken_start_comes_with_others_that_can_be_taken(api: TestClient, world: World) -> None:
    booked, _ = book(api, world, 4), book(api, world, 5)
    refused = post(api, world, booked.json()["id"], "reschedule", {"slot_id": world.slot_ids[5]})
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable")
    others = refused.json()["alternatives"]
    assert others
    assert refused.json()["blocking"]
    for other in others:
        moved = post(api, world, booked.json()["id"], "reschedule", {"slot_id": other["id"]})
        assert moved.status_code == 200, moved.text


def test_a_full_start_is_taken_with_a_reason_and_the_permission(api: TestClient, world: World) -> None:
    book(api, world, 12)
    body = {"slot_id": world.slot_ids[12], "service_id": world.service_id, "patient_id": world.patient()}
    without = world.headers(api, "appointments:write", "patients:read")
    why = {"overbook_reason": "In pain"}
    refused = api.post(URL, json={**body, **why}, headers=without)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    full = api.post(URL, json={**body, **why}, headers=world.headers(api))
    assert (full.status_code, full.json()["code"]) == (409, "slot-unavailable")
    with building() as session:
        session.get_one(Slot, (world.clinic_id, UUID(world.slot_ids[12]))).overbook_limit = 1
    assert api.post(URL, json=body, headers=world.headers(api)).status_code == 409
    assert api.post(URL, json={**body, **why}, headers=world.headers(api)).status_code == 201


def test_the_steps_of_a_visit_and_back(api: TestClient, world: World) -> None:
    appointment_id = book(api, world, 16).json()["id"]
    steps = [
        ("arrive", None, "arrived"),
        ("check-in", None, "checked-in"),
        ("room", {}, "checked-in"),
        ("undo", None, "checked-in"),
        ("room", {"room_id": None}, "checked-in"),
        ("complete", None, "fulfilled"),
    ]
    for version, (verb, body, status) in enumerate(steps, start=3):
        answer = post(api, world, appointment_id, verb, body)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["status"], answer.headers["etag"]) == (status, f'"{version}"')
    # To reopen a completed visit is for people only.
    refused = post(api, world, appointment_id, "undo")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    refused = post(api, world, appointment_id, "arrive")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")
    refused = post(api, world, appointment_id, "room", {"room_id": str(new_id())})
    assert refused.status_code == 409


def test_nobody_is_missing_before_the_start(api: TestClient, world: World) -> None:
    refused = post(api, world, book(api, world, 20).json()["id"], "no-show")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")


def test_what_was_cancelled_is_booked_again_or_refused_like_a_hold(api: TestClient, world: World) -> None:
    appointment_id = book(api, world, 24).json()["id"]
    assert post(api, world, appointment_id, "cancel", {"reason": "clinic"}).status_code == 200
    undone = post(api, world, appointment_id, "undo")
    assert (undone.status_code, undone.json()["status"]) == (200, "booked")
    assert post(api, world, appointment_id, "cancel", {"reason": "clinic"}).status_code == 200
    book(api, world, 24)
    refused = post(api, world, appointment_id, "undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable")


def test_only_who_has_come_can_have_left(api: TestClient, world: World) -> None:
    appointment_id = book(api, world, 26).json()["id"]
    refused = post(api, world, appointment_id, "cancel", {"reason": "left"})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")
    assert post(api, world, appointment_id, "arrive").status_code == 200
    left = post(api, world, appointment_id, "cancel", {"reason": "left"})
    assert (left.status_code, left.json()["status"]) == (200, "cancelled")
    history = api.get(f"{URL}/{appointment_id}/history", headers=world.headers(api)).json()["items"]
    assert (history[-1]["from_status"], history[-1]["reason"]) == ("arrived", "left")


@pytest.mark.parametrize("verb", ["reschedule", "arrive"])
def test_a_repeated_key_hears_the_first_answer(api: TestClient, world: World, verb: str) -> None:
    slot = {"reschedule": 28, "arrive": 34}[verb]
    appointment_id = book(api, world, slot).json()["id"]
    headers = world.headers(api)
    body = {"slot_id": world.slot_ids[slot + 1]} if verb == "reschedule" else None
    answers = [api.post(f"{URL}/{appointment_id}/{verb}", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    if body is not None:
        other = api.post(f"{URL}/{appointment_id}/{verb}", json={"slot_id": world.slot_ids[slot + 2]}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_history_tells_what_who_and_from_where_to_where(api: TestClient, world: World) -> None:
    appointment_id = book(api, world, 40).json()["id"]
    post(api, world, appointment_id, "reschedule", {"slot_id": world.slot_ids[41]})
    answer = api.get(f"{URL}/{appointment_id}/history", headers=world.headers(api))
    assert answer.status_code == 200
    entries = answer.json()["items"]
    assert [entry["action"] for entry in entries] == ["hold", "confirm", "reschedule"]
    assert [entry["to_status"] for entry in entries] == ["pending", "booked", "booked"]
    assert {(entry["actor"]["kind"], entry["actor"]["name"]) for entry in entries} == {("api-client", "Tests")}
    move = entries[-1]
    assert (move["moved_from"]["slot_id"], move["moved_to"]["slot_id"]) == (world.slot_ids[40], world.slot_ids[41])
    assert move["moved_from"]["start"] < move["moved_to"]["start"]


def test_history_of_somebody_else_is_not_found(api: TestClient, world: World, elsewhere: World) -> None:
    appointment_id = book(api, world, 44).json()["id"]
    refused = api.get(f"{URL}/{appointment_id}/history", headers=elsewhere.headers(api))
    assert refused.status_code == 404


def test_a_guest_moves_their_own_and_reads_no_names(api: TestClient, world: World) -> None:
    person = {"given_name": "Gia", "family_name": "Guest", "birth_date": "1990-01-01", "email": "gia@example.org"}
    body = {"slot_id": world.slot_ids[48], "service_id": world.service_id, "patient": person}
    guest = {"Host": world.host, "Idempotency-Key": new_id().hex}
    held = api.post(URL, json=body, headers=guest)
    assert held.status_code == 201, held.text
    appointment_id = held.json()["id"]
    own = {"Host": world.host, "Authorization": f"Bearer {held.json()['access_token']}"}

    def act(verb: str, body: Any = None) -> httpx.Response:
        return api.post(f"{URL}/{appointment_id}/{verb}", json=body, headers={**own, "Idempotency-Key": new_id().hex})

    assert act("confirm").status_code == 200
    full = {"slot_id": world.slot_ids[50], "overbook_reason": "please"}
    assert act("reschedule", full).status_code == 403
    moved = act("reschedule", {"slot_id": world.slot_ids[50]})
    assert moved.status_code == 200, moved.text
    assert "patient_id" not in moved.json()
    assert act("arrive").status_code == 403
    post(api, world, appointment_id, "arrive")
    entries = api.get(f"{URL}/{appointment_id}/history", headers=own).json()["items"]
    assert [entry["action"] for entry in entries] == ["hold", "confirm", "reschedule", "arrive"]
    assert {entry["actor"]["name"] for entry in entries} == {None}
