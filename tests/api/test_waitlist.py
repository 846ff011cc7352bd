"""The waitlist over HTTP: join, read the queue, and answer an offer with nothing but the letter's token."""

from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.api import waitlist_offers
from app.infra.limits import Limit
from app.services.clock import utc_now
from app.services.waitlist.rounds import Looks, play_round
from app.services.waitlist.tokens import token_of
from app.settings import settings
from models.base import new_id
from models.db import rows, transaction
from tests.api.conftest import World, build_world
from tests.builders import clerk_of, job_of

URL = "/api/v1/waitlist"


@pytest.fixture(autouse=True)
def no_quiet_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests run at any hour."""
    monkeypatch.setattr(settings(), "waitlist_quiet_from", settings().waitlist_quiet_until)


@pytest.fixture
def waiting() -> World:
    """A clinic of this test alone, with one free place."""
    return build_world(count=1)


def join(api: TestClient, world: World, **more: Any) -> Any:
    body = {"patient_id": more.pop("patient_id", None) or world.patient(), "service_id": world.service_id, **more}
    answer = api.post(URL, json=body, headers=world.headers(api))
    assert answer.status_code == 201, answer.text
    return answer


def offered_token(world: World) -> str:
    """Let the scheduler's round make an offer and return the token that its letter holds."""
    assert play_round(job_of(world.clinic_id), looks=Looks(), clock=utc_now) == 1
    with transaction(clerk_of(world.clinic_id)) as session:
        ((offer_id,),) = rows(session, "SELECT id FROM waitlist_offers WHERE status = 'open'", {})
    return token_of(world.clinic_id, offer_id)


def by_letter(api: TestClient, path: str, token: str, **headers: str) -> Any:
    return api.post(f"{URL}/offers/{path}", json={"token": token}, headers=headers)


def test_joining_twice_answers_with_the_same_entry(api: TestClient, waiting: World) -> None:
    patient_id = waiting.patient()
    first = join(api, waiting, patient_id=patient_id, weekdays=["friday", "monday"], part_of_day="morning")
    assert first.headers["etag"] == '"1"'
    assert first.json()["weekdays"] == ["monday", "friday"]
    body = {"patient_id": patient_id, "service_id": waiting.service_id}
    again = api.post(URL, json=body, headers=waiting.headers(api))
    assert (again.status_code, again.json()) == (200, first.json())


def test_joining_under_one_key_is_one_entry(api: TestClient, waiting: World) -> None:
    body = {"patient_id": waiting.patient(), "service_id": waiting.service_id}
    headers = waiting.headers(api)
    first, again = (api.post(URL, json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_the_queue_says_who_is_next_and_why(api: TestClient, waiting: World) -> None:
    first = join(api, waiting).json()
    urgent = join(api, waiting, urgent=True).json()
    never = join(api, waiting, latest_on=utc_now().date().isoformat()).json()
    asked = f"{URL}?service_id={waiting.service_id}"
    queue = api.get(asked, headers=waiting.headers(api)).json()["items"]
    assert [(one["id"], one["position"], one["reason"]["code"]) for one in queue] == [
        (urgent["id"], 1, "urgent"),
        (first["id"], 2, "waiting"),
        (never["id"], 3, "waiting"),
    ]
    assert queue[1]["reason"]["text"] == f"Waiting since {first['created_at']}."
    for_place = api.get(f"{asked}&slot_id={waiting.slot_ids[0]}", headers=waiting.headers(api)).json()["items"]
    assert [(one["id"], one["position"]) for one in for_place] == [
        (urgent["id"], 1),
        (first["id"], 2),
        (never["id"], None),
    ]
    assert for_place[2]["reason"] == {"code": "dates", "text": "Cannot come on this date."}


def test_the_queue_is_read_page_by_page(api: TestClient, waiting: World) -> None:
    entries = [join(api, waiting).json()["id"] for _ in range(3)]
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{URL}?limit=2{cursor and '&cursor=' + cursor}", headers=waiting.headers(api)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == entries


def test_a_change_keeps_what_is_not_named_and_insists_on_the_version(api: TestClient, waiting: World) -> None:
    entry = join(api, waiting, weekdays=["monday"], part_of_day="evening").json()
    url, headers = f"{URL}/{entry['id']}", waiting.headers(api)
    changed = api.patch(url, json={"weekdays": None, "urgent": True}, headers={**headers, "If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert len(changed.json()["weekdays"]) == 7
    assert (changed.json()["part_of_day"], changed.json()["urgent"]) == ("evening", True)
    assert api.patch(url, json={"urgent": False}, headers={**headers, "If-Match": '"1"'}).status_code == 412
    assert api.get(url, headers=headers).json() == changed.json()
    assert api.get(url, headers={**headers, "If-None-Match": '"2"'}).status_code == 304


def test_the_letters_token_is_enough_to_look_and_to_accept(api: TestClient, waiting: World) -> None:
    patient_id = waiting.patient()
    entry = join(api, waiting, patient_id=patient_id).json()
    token = offered_token(waiting)
    seen = by_letter(api, "look", token)
    assert (seen.status_code, seen.json()["status"]) == (200, "open")
    assert patient_id not in seen.text
    assert "Example" not in seen.text
    answer = by_letter(api, "accept", token)
    assert (answer.status_code, answer.json()["status"]) == (200, "booked")
    assert patient_id not in answer.text
    again = by_letter(api, "accept", token)
    assert (again.status_code, again.json()["code"]) == (409, "offer-answered")
    assert by_letter(api, "look", token).json()["status"] == "accepted"
    assert api.get(f"{URL}/{entry['id']}", headers=waiting.headers(api)).json()["status"] == "booked"


def test_an_answer_under_a_key_is_heard_again(api: TestClient, waiting: World) -> None:
    join(api, waiting)
    token, key = offered_token(waiting), {"Idempotency-Key": new_id().hex}
    first, again = (by_letter(api, "accept", token, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())


def test_what_is_declined_is_answered_and_the_entry_stays(api: TestClient, waiting: World) -> None:
    entry = join(api, waiting).json()
    token = offered_token(waiting)
    assert by_letter(api, "decline", token).json() == {"status": "declined"}
    assert by_letter(api, "accept", token).json()["code"] == "offer-answered"
    assert api.get(f"{URL}/{entry['id']}", headers=waiting.headers(api)).json()["status"] == "waiting"


def test_staff_answer_for_who_telephones(api: TestClient, waiting: World) -> None:
    entry = join(api, waiting).json()
    url = f"{URL}/{entry['id']}"
    nothing = api.post(f"{url}/accept", headers=waiting.headers(api))
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not-found")
    offered_token(waiting)
    answer = api.post(f"{url}/accept", headers=waiting.headers(api))
    assert (answer.status_code, answer.json()["status"]) == (200, "booked")
    assert api.post(f"{url}/decline", headers=waiting.headers(api)).json()["code"] == "offer-answered"


def test_who_leaves_is_not_in_the_queue_any_more(api: TestClient, waiting: World) -> None:
    entry = join(api, waiting).json()
    url, headers = f"{URL}/{entry['id']}/withdraw", waiting.headers(api)
    left = api.post(url, headers=headers)
    assert (left.status_code, left.json()["status"]) == (200, "withdrawn")
    assert api.post(url, headers=headers).json() == left.json()
    assert api.post(url, headers=waiting.headers(api)).json()["code"] == "waitlist-entry-ended"
    assert api.get(URL, headers=waiting.headers(api)).json()["items"] == []


def test_a_token_of_nobody_opens_nothing(api: TestClient, waiting: World) -> None:
    join(api, waiting)
    token = offered_token(waiting)
    other = token_of(waiting.clinic_id, new_id())
    last = "A" if token[-1] != "A" else "Q"
    for wrong in ("x", "ü", "\u2066", token[:-1], token[:-1] + last, other, token + "A", "A" * 64):
        for path in ("look", "accept", "decline"):
            answer = by_letter(api, path, wrong)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    assert by_letter(api, "look", token).json()["status"] == "open"


def test_another_clinic_sees_neither_entry_nor_offer(api: TestClient, waiting: World, elsewhere: World) -> None:
    entry = join(api, waiting).json()
    offered_token(waiting)
    headers = elsewhere.headers(api)
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"urgent": True}),
        ("POST", "/withdraw", None),
        ("POST", "/accept", None),
    ):
        answer = api.request(method, f"{URL}/{entry['id']}{path}", json=body, headers=headers)
        assert answer.status_code == 404, answer.text
    assert entry["id"] not in api.get(URL, headers=headers).text


def test_attempts_with_tokens_are_counted_by_address(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitlist_offers, "ANSWERING", Limit(f"offers-{new_id()}", times=3, seconds=60))
    heard = [by_letter(api, "look", "x").status_code for _ in range(4)]
    assert heard == [404, 404, 404, 429]


def test_the_wish_to_be_moved_earlier_names_an_appointment_of_the_patient(api: TestClient, waiting: World) -> None:
    body = {"patient_id": waiting.patient(), "service_id": waiting.service_id, "appointment_id": str(UUID(int=7))}
    refused = api.post(URL, json=body, headers=waiting.headers(api))
    assert refused.json()["errors"][0]["field"] == "appointment_id"
