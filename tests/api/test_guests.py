"""Holding without identity: matched in silence, told no more than was said, caps and rates by address."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.api import guests, shapes
from app.infra.limits import Limit
from app.settings import settings
from models.appointments import Appointment
from models.base import new_id
from models.practitioners import HealthcareService
from tests.api.conftest import World, build_world
from tests.api.guest_calls import PERSON, URL, booked, hold, somebody, with_token
from tests.builders import building, make_schedule, make_slots, offer

pytestmark = pytest.mark.usefixtures("guests_uncounted")


def test_a_guest_holds_confirms_sees_and_cancels_with_the_token_alone(
    api: TestClient, place: World, slot_id: str
) -> None:
    held = hold(api, place, slot_id)
    assert held.status_code == 201, held.text
    body = held.json()
    assert shapes.Held.model_validate(body)
    assert (body["status"], body["slot_id"], "patient_id" in body) == ("pending", slot_id, False)
    url = f"{URL}/{body['id']}"
    booked = api.post(f"{url}/confirm", headers=with_token(held))
    assert (booked.status_code, booked.json()["status"]) == (200, "booked")
    seen = api.get(url, headers=with_token(held))
    assert (seen.status_code, seen.json()) == (200, booked.json())
    assert not {"patient_id", "access_token"} & set(seen.json())
    ended = api.post(f"{url}/cancel", json={"reason": "patient"}, headers=with_token(held))
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert api.get(url, headers=with_token(held)).json()["status"] == "cancelled"


def test_a_guest_moves_their_own_appointment_and_the_token_goes_with_it(api: TestClient, place: World) -> None:
    mine, other = booked(api, place), hold(api, place, place.slot_ids.pop(0))
    url, free = f"{URL}/{mine.json()['id']}/reschedule", place.slot_ids.pop(0)
    for token in (mine, other):
        taken = api.post(url, json={"slot_id": other.json()["slot_id"]}, headers=with_token(token))
        assert taken.status_code == (409 if token is mine else 404), taken.text
    refused = api.post(url, json={"slot_id": other.json()["slot_id"]}, headers=with_token(mine)).json()
    assert (refused["code"], len(refused["alternatives"]), "blocking" in refused) == ("slot-unavailable", 3, False)
    beyond = {"slot_id": other.json()["slot_id"], "overbook_reason": "please"}
    assert api.post(url, json=beyond, headers=with_token(mine)).status_code == 403
    moved = api.post(url, json={"slot_id": free}, headers=with_token(mine))
    assert (moved.status_code, moved.json()["slot_id"], "patient_id" in moved.json()) == (200, free, False)
    seen = api.get(f"{URL}/{mine.json()['id']}", headers=with_token(mine))
    assert (seen.status_code, seen.json()) == (200, moved.json())


def test_a_guests_history_names_nobody(api: TestClient, place: World) -> None:
    mine = booked(api, place)
    url = f"{URL}/{mine.json()['id']}"
    ended = api.post(f"{url}/cancel", json={"reason": "clinic"}, headers=place.headers(api))
    assert ended.status_code == 200, ended.text
    entries = api.get(f"{url}/history", headers=with_token(mine)).json()["items"]
    assert [entry["to_status"] for entry in entries] == ["pending", "booked", "cancelled"]
    assert {entry["actor"]["name"] for entry in entries} == {None}
    assert {entry["reason"] for entry in entries} == {None}


@pytest.mark.parametrize("step", ["arrive", "check-in", "room", "complete", "no-show", "undo"])
def test_the_steps_of_the_visit_are_not_a_guests(api: TestClient, place: World, step: str) -> None:
    mine = booked(api, place)
    refused = api.post(f"{URL}/{mine.json()['id']}/{step}", json={}, headers=with_token(mine))
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_an_answer_never_tells_whether_the_person_was_known(api: TestClient, place: World) -> None:
    known = place.patient(**{**PERSON, "birth_date": date(1990, 2, 3)})
    answers = [hold(api, place, place.slot_ids.pop(0), patient=who).json() for who in (PERSON, somebody())]
    assert set(answers[0]) == set(answers[1])
    assert known not in str(answers)
    assert [patient_of(answer["id"]) == known for answer in answers] == [True, False]


def patient_of(appointment_id: str) -> str:
    with building() as session:
        return str(session.exec(select(Appointment.patient_id).where(Appointment.id == UUID(appointment_id))).one())


def test_a_guest_hears_of_an_overlap_what_is_heard_of_a_start_that_is_taken(api: TestClient) -> None:
    place, who = build_world(count=8), somebody()
    for slot_id in place.slot_ids[:2]:
        assert hold(api, place, slot_id, patient=who).status_code == 201
    twins = build_twins(place, count=4)
    overlap = hold(api, place, twins[0], patient=who)
    assert hold(api, place, twins[0]).status_code == 201
    require_the_same(overlap, hold(api, place, twins[0]), others=twins[1:])


def test_a_guest_who_moves_into_an_overlap_hears_the_same_words(api: TestClient) -> None:
    place, who = build_world(count=8), somebody()
    for slot_id in place.slot_ids[:2]:
        assert hold(api, place, slot_id, patient=who).status_code == 201
    place.slot_ids = place.slot_ids[2:]
    mine, anybodys = booked(api, place, patient=who), booked(api, place)
    twins = build_twins(place, count=4)
    overlap = move(api, mine, twins[0])
    assert hold(api, place, twins[0]).status_code == 201
    taken = move(api, anybodys, twins[0])
    # Its alternatives are what the move would accept (tests/services/test_moves_offered.py), without the person's time.
    apart = {"instance": "", "alternatives": []}
    assert {**overlap.json(), **apart} == {**taken.json(), **apart}
    assert (overlap.status_code, overlap.json()["code"]) == (409, "slot-unavailable")


def move(api: TestClient, held: httpx.Response, slot_id: str) -> httpx.Response:
    """Move an appointment with its own token."""
    url = f"{URL}/{held.json()['id']}/reschedule"
    return api.post(url, json={"slot_id": slot_id}, headers=with_token(held))


def require_the_same(overlap: httpx.Response, taken: httpx.Response, *, others: list[str]) -> None:
    """Compare all that a guest sees of two refusals; the practitioner's other open starts come with both."""
    seen = [{**one.json(), "instance": ""} for one in (overlap, taken)]
    assert (overlap.status_code, overlap.json()["code"]) == (409, "slot-unavailable"), overlap.text
    assert (taken.status_code, seen[0]) == (409, seen[1])
    assert set(overlap.headers) == set(taken.headers)
    assert [start["id"] for start in overlap.json()["alternatives"]] == others


def build_twins(place: World, *, count: int) -> list[str]:
    """Make starts of another practitioner, the first of them when the clinic's first one is."""
    with building() as session:
        service = session.exec(select(HealthcareService).where(HealthcareService.id == UUID(place.service_id))).one()
        other = make_schedule(session, clinic=place.clinic_id)
        offer(session, service=service, practitioner=other.practitioner_id)
        return [str(one.id) for one in make_slots(session, schedule=other, count=count, starts_at=place.starts_at)]


def test_the_same_key_gets_the_same_answer_and_token(api: TestClient, place: World, slot_id: str) -> None:
    key, who = new_id().hex, somebody()
    first = hold(api, place, slot_id, key=key, patient=who)
    api.post(f"{URL}/{first.json()['id']}/confirm", headers=with_token(first))
    second = hold(api, place, slot_id, key=key, patient=who)
    assert (second.status_code, second.content) == (201, first.content)
    other = hold(api, place, slot_id, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_strangers_key_is_another_key(api: TestClient, place: World, slot_id: str) -> None:
    key, who = new_id().hex, somebody()
    held = hold(api, place, slot_id, key=key, patient=who)
    with TestClient(api.app, base_url="http://localhost:8000", client=("192.0.2.7", 5)) as elsewhere:
        stranger = hold(elsewhere, place, place.slot_ids.pop(0), key=key, patient=somebody())
        same = hold(elsewhere, place, slot_id, key=key, patient=who)
    assert stranger.status_code == 201, stranger.text
    assert stranger.json()["access_token"] != held.json()["access_token"]
    assert same.status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"patient": None, "patient_id": str(UUID(int=7))}, 401, "patient"),
        ({"overbook_reason": "please"}, 403, "overbook"),
        ({"patient": {**PERSON, "phone": "call me"}}, 422, "patient.phone"),
        ({"patient": {**PERSON, "birth_date": "2190-01-01"}}, 422, "patient.birth_date"),
        ({"patient": {"given_name": "A"}}, 422, "patient.family_name"),
        ({"patient_id": str(UUID(int=7))}, 422, "patient"),
    ],
)
def test_what_a_guest_may_not_say(api: TestClient, place: World, body: dict[str, Any], status: int, said: str) -> None:
    refused = hold(api, place, place.slot_ids[0], **body)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert said in refused.text


def test_a_guest_cancels_for_nobody_but_themselves(api: TestClient, place: World, slot_id: str) -> None:
    held = hold(api, place, slot_id)
    refused = api.post(f"{URL}/{held.json()['id']}/cancel", json={"reason": "clinic"}, headers=with_token(held))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")


def test_a_guest_is_too_late_to_cancel_what_has_begun(
    api: TestClient, place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = booked(api, place)
    begins_at = datetime.fromisoformat(mine.json()["start"])
    monkeypatch.setattr("app.api.changes.utc_now", lambda: begins_at)
    url = f"{URL}/{mine.json()['id']}/cancel"
    refused = api.post(url, json={"reason": "patient"}, headers=with_token(mine))
    assert (refused.status_code, refused.json()["code"]) == (403, "outside-cancellation-window")
    by_staff = api.post(url, json={"reason": "clinic"}, headers=place.headers(api))
    assert (by_staff.status_code, by_staff.json()["status"]) == (200, "cancelled")


def test_a_taken_start_brings_a_guest_others(api: TestClient, place: World, slot_id: str) -> None:
    assert hold(api, place, slot_id).status_code == 201
    refused = hold(api, place, slot_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable")
    assert "blocking" not in refused.json()
    other = refused.json()["alternatives"][0]["id"]
    assert hold(api, place, other).status_code == 201
    place.slot_ids.remove(other)


def test_one_address_holds_so_many_at_once_and_no_more(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = build_world(count=8)
    monkeypatch.setattr(settings(), "holds_per_address", 3)
    held = [hold(api, place, place.slot_ids.pop(0)) for _ in range(3)]
    assert {answer.status_code for answer in held} == {201}
    refused = hold(api, place, place.slot_ids[0])
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-holds")
    # Until the first of the three has run out.
    assert 120 < int(refused.headers["retry-after"]) <= 300
    with TestClient(api.app, base_url="http://localhost:8000", client=("192.0.2.8", 5)) as elsewhere:
        assert hold(elsewhere, place, place.slot_ids.pop(0)).status_code == 201
    # What is booked is held no longer, and a client of the clinic is not counted.
    api.post(f"{URL}/{held[0].json()['id']}/confirm", headers=with_token(held[0]))
    assert hold(api, place, place.slot_ids.pop(0)).status_code == 201
    body = {"slot_id": place.slot_ids[0], "service_id": place.service_id, "patient_id": place.patient()}
    assert api.post(URL, json=body, headers=place.headers(api)).status_code == 201


def test_guests_of_one_address_hold_at_a_bounded_rate(
    api: TestClient, place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "HOLDING", Limit(new_id().hex, times=2, seconds=60))
    statuses = [hold(api, place, str(UUID(int=1))).status_code for _ in range(3)]
    assert statuses == [409, 409, 429]
    body = {"slot_id": str(UUID(int=1)), "service_id": place.service_id, "patient": PERSON}
    assert api.post(URL, json=body, headers=place.headers(api)).status_code == 409


def test_a_host_name_that_is_no_clinics_holds_nothing(api: TestClient, place: World) -> None:
    body = {"slot_id": place.slot_ids[0], "service_id": place.service_id, "patient": PERSON}
    headers = {"Host": "nowhere.example", "Idempotency-Key": new_id().hex}
    assert api.post(URL, json=body, headers=headers).status_code == 404


def test_a_guest_without_a_key_is_refused(api: TestClient, place: World) -> None:
    body = {"slot_id": place.slot_ids[0], "service_id": place.service_id, "patient": PERSON}
    refused = api.post(URL, json=body, headers={"Host": place.host})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency-key-missing")
