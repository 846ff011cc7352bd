"""Patients over HTTP: made once for a key, found, changed by version; and what the database keeps of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from starlette.testclient import TestClient

from app.api import shapes
from models.base import new_id
from models.db import rows
from tests.api.conftest import World
from tests.builders import building

BASE = "/api/v1"
URL = f"{BASE}/patients"


def person(**fields: Any) -> dict[str, Any]:
    """Return a patient of a name that nobody else has."""
    name = "Zorn" + "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-8:])
    return {"given_name": "Änne", "family_name": name, "birth_date": "1984-05-17", **fields}


def test_a_patient_is_made_read_found_and_changed(api: TestClient, world: World) -> None:
    sent = person(phone="030 5550199", email="Anne@Example.org", language="de", address="1 Market Square")
    made = api.post(URL, json=sent, headers=world.headers(api))
    assert made.status_code == 201, made.text
    body = made.json()
    assert shapes.Patient.model_validate(body)
    assert (body["phone"], body["verification"], body["version"]) == ("+49305550199", "verified", 1)
    assert made.headers["etag"] == '"1"'
    assert api.get(f"{URL}/{body['id']}", headers=world.headers(api)).json() == body
    for wanted in ({"name": sent["family_name"][:6].lower() + " anne"}, {"phone": "0199", "name": sent["family_name"]}):
        found = api.post(f"{URL}/search", json=wanted, headers=world.headers(api))
        assert [one["id"] for one in found.json()["items"]] == [body["id"]], found.text
    headers = {**world.headers(api), "If-Match": made.headers["etag"]}
    changed = api.patch(f"{URL}/{body['id']}", json={"phone": None, "given_name": "Anna"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["phone"], changed.json()["given_name"], changed.headers["etag"]) == (None, "Anna", '"2"')
    stale = api.patch(f"{URL}/{body['id']}", json={"given_name": "Old"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")


def test_the_same_key_makes_one_patient_even_after_a_change(api: TestClient, world: World) -> None:
    sent, headers = person(), world.headers(api)
    first = api.post(URL, json=sent, headers=headers)
    api.patch(f"{URL}/{first.json()['id']}", json={"given_name": "Other"}, headers=headers)
    second = api.post(URL, json=sent, headers=headers)
    assert (second.status_code, second.json()) == (201, first.json())
    other = api.post(URL, json=person(), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_patient_without_a_key_is_refused(api: TestClient, world: World) -> None:
    headers = world.headers(api)
    del headers["Idempotency-Key"]
    refused = api.post(URL, json=person(), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency-key-missing")


def test_the_same_key_at_once_makes_one_patient(api: TestClient, world: World) -> None:
    sent, headers, barrier = person(), world.headers(api), Barrier(4)

    def post(_: int) -> Any:
        barrier.wait()
        return api.post(URL, json=sent, headers=headers)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    found = api.post(f"{URL}/search", json={"name": sent["family_name"]}, headers=world.headers(api))
    assert len(found.json()["items"]) == 1


def test_the_kept_answer_holds_no_plain_name(api: TestClient, world: World) -> None:
    sent, headers = person(email="plain@example.org"), world.headers(api)
    api.post(URL, json=sent, headers=headers)
    with building() as session:
        kept = rows(
            session,
            "SELECT body::text FROM idempotency_keys WHERE clinic_id = %(clinic_id)s AND key = %(key)s",
            {"clinic_id": world.clinic_id, "key": headers["Idempotency-Key"]},
        )
    assert len(kept) == 1
    assert sent["family_name"] not in kept[0][0]
    assert "plain@example.org" not in kept[0][0]


def test_every_look_leaves_a_row(api: TestClient, world: World) -> None:
    patient_id = api.post(URL, json=person(), headers=world.headers(api)).json()["id"]
    answer = api.get(f"{URL}/{patient_id}", headers=world.headers(api))
    with building() as session:
        found = rows(
            session,
            "SELECT action, actor, request_id FROM audit_events WHERE clinic_id = %(clinic_id)s"
            " AND object_id = %(id)s ORDER BY at",
            {"clinic_id": world.clinic_id, "id": patient_id},
        )
    assert [row[0] for row in found] == ["create", "view"]
    assert found[1][1].startswith("api-client:")
    assert found[1][2] == answer.headers["x-request-id"]
