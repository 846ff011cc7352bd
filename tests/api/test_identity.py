"""Tokens, sessions and clinics: who a request speaks for, and that nobody reaches another clinic."""

import base64
import json
from typing import Any

import jwt
import pytest
from jwt import PyJWK
from starlette.testclient import TestClient

from app.infra import cookies
from app.services.accounts import users
from app.services.accounts.sessions import sign_in
from app.services.clock import utc_now
from models.accounts import Role
from models.base import new_id
from models.db import transaction
from tests.api.conftest import ORIGIN, World
from tests.builders import building, make_clinic, make_location, staff_of

BASE = "/api/v1"
PASSWORD = "a long enough sentence 7"


def ask(api: TestClient, world: World, path: str = "/auth/token", **changed: str) -> Any:
    client_id, secret = world.client("slots:read", "appointments:read")
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **changed}
    return api.post(path, data=form)


@pytest.mark.parametrize("path", ["/auth/token", f"{BASE}/auth/token"])
def test_a_token_names_client_clinic_and_scopes(api: TestClient, world: World, path: str) -> None:
    answer = ask(api, world, path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 900, "appointments:read slots:read")
    assert answer.headers["cache-control"] == "no-store"
    key = PyJWK(api.get("/.well-known/jwks.json").json()["keys"][0])
    claims = jwt.decode(body["access_token"], key, algorithms=["ES256"], audience="holdfast-api", issuer="holdfast")
    assert claims["clinic_id"] == str(world.clinic_id)
    assert claims["exp"] - claims["iat"] == 900
    assert {"sub", "jti", "scope"} <= set(claims)


def test_a_token_may_have_fewer_scopes_but_not_more(api: TestClient, world: World) -> None:
    assert ask(api, world, scope="slots:read").json()["scope"] == "slots:read"
    refused = ask(api, world, scope="slots:read patients:write")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "scope")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": str(new_id())}, 401),
        ({"client_id": "nobody"}, 401),
        ({"grant_type": "password"}, 422),
    ],
)
def test_a_wrong_client_gets_no_token(api: TestClient, world: World, changed: dict[str, str], status: int) -> None:
    refused = ask(api, world, **changed)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_revoked_token_is_refused_at_once(api: TestClient, world: World) -> None:
    token = ask(api, world).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert api.get(f"{BASE}/appointments", headers=headers).status_code == 200
    assert api.post("/auth/revoke", data={"token": token}).status_code == 200
    assert api.get(f"{BASE}/appointments", headers=headers).status_code == 401
    assert api.post("/auth/revoke", data={"token": "not a token"}).status_code == 200


def test_a_forged_token_is_refused(api: TestClient, world: World) -> None:
    header, claims, signature = world.token(api, "slots:read").split(".")
    altered = json.loads(base64.urlsafe_b64decode(claims + "=="))
    altered["scope"] = "patients:read"
    forged = base64.urlsafe_b64encode(json.dumps(altered).encode()).decode().rstrip("=")
    bare = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    for token in (f"{header}.{forged}.{signature}", f"{bare}.{forged}.", "x", ""):
        refused = api.get(f"{BASE}/patients/{new_id()}", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")


def test_public_reading_refuses_a_bad_token_instead_of_forgetting_it(api: TestClient, world: World) -> None:
    headers = {"Authorization": "Bearer nonsense", "Host": world.host}
    assert api.get(f"{BASE}/services", headers=headers).status_code == 401


def test_without_identity_the_host_name_says_which_clinic(api: TestClient, world: World, elsewhere: World) -> None:
    for one in (world, elsewhere):
        found = api.get(f"{BASE}/clinic", headers={"Host": f"{one.host.upper()}:8000"})
        assert found.json()["id"] == str(one.clinic_id)
    nowhere = api.get(f"{BASE}/clinic", headers={"Host": "unknown.test"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")


def test_a_token_reads_its_own_clinic_whatever_the_host_says(api: TestClient, world: World, elsewhere: World) -> None:
    headers = {**world.headers(api), "Host": elsewhere.host}
    assert api.get(f"{BASE}/clinic", headers=headers).json()["id"] == str(world.clinic_id)


def session_of(world: World, **grant: Any) -> dict[str, str]:
    """Sign a receptionist in and return the headers of the browser."""
    admin, login = staff_of(world.clinic_id, role=Role.ADMINISTRATOR), f"desk{new_id().hex[-12:]}"
    named = {"login": login, "display_name": "Desk", "password": PASSWORD, "role": Role.RECEPTIONIST}
    with transaction(admin) as session:
        users.create(session, admin, **named, **grant, now=utc_now())
    token = sign_in(login=login, password=PASSWORD, now=utc_now(), clinic_id=world.clinic_id).token
    return {"Cookie": f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}"}


def test_staff_use_their_session_but_only_from_our_own_page(api: TestClient, world: World) -> None:
    headers = {**session_of(world), "Idempotency-Key": new_id().hex}
    assert api.get(f"{BASE}/appointments", headers=headers).status_code == 200
    body = {"slot_id": world.slot_ids.pop(0), "service_id": world.service_id, "patient_id": world.patient()}
    for origin in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        refused = api.post(f"{BASE}/appointments", json=body, headers={**headers, **origin})
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign-origin")
    held = api.post(f"{BASE}/appointments", json=body, headers={**headers, "Origin": ORIGIN})
    assert held.status_code == 201, held.text


def test_staff_of_one_site_see_and_book_only_there(api: TestClient, world: World) -> None:
    with building() as session:
        other = make_location(session, clinic=world.clinic_id).id
    desk = {**session_of(world, location_id=other), "Origin": ORIGIN}
    body = {"slot_id": world.slot_ids.pop(0), "service_id": world.service_id, "patient_id": world.patient()}
    refused = api.post(f"{BASE}/appointments", json=body, headers={**desk, "Idempotency-Key": new_id().hex})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    held = api.post(f"{BASE}/appointments", json=body, headers=world.headers(api)).json()
    url = f"{BASE}/appointments/{held['id']}"
    assert api.get(url, headers=desk).status_code == 404
    assert api.post(f"{url}/confirm", headers={**desk, "Idempotency-Key": new_id().hex}).status_code == 404
    asked = {"patient_id": body["patient_id"]}
    assert api.get(f"{BASE}/appointments", params=asked, headers=desk).json()["items"] == []
    assert len(api.get(f"{BASE}/appointments", params=asked, headers=world.headers(api)).json()["items"]) == 1


def test_a_session_that_ended_is_nobody(api: TestClient, world: World) -> None:
    name = cookies.cookie_name(cookies.SESSION, secure=True)
    headers = {"Cookie": f"{name}=gone", "Host": "localhost:8000"}
    assert api.get(f"{BASE}/appointments", headers=headers).status_code == 401


def test_nothing_of_another_clinic_can_be_seen_or_used(api: TestClient, world: World, elsewhere: World) -> None:
    slot_id, patient_id = elsewhere.slot_ids.pop(0), elsewhere.patient()
    body = {"slot_id": slot_id, "service_id": elsewhere.service_id, "patient_id": patient_id}
    held = api.post(f"{BASE}/appointments", json=body, headers=elsewhere.headers(api)).json()
    for path in (f"/appointments/{held['id']}", f"/patients/{patient_id}"):
        assert api.get(BASE + path, headers=elsewhere.headers(api)).status_code == 200
        assert api.get(BASE + path, headers=world.headers(api)).status_code == 404
    for path, change in (("confirm", None), ("cancel", {"reason": "clinic"})):
        url = f"{BASE}/appointments/{held['id']}/{path}"
        assert api.post(url, json=change, headers=world.headers(api)).status_code == 404
    url = f"{BASE}/patients/{patient_id}"
    assert api.patch(url, json={"given_name": "X"}, headers=world.headers(api)).status_code == 404
    listed = api.get(f"{BASE}/appointments", params={"patient_id": patient_id}, headers=world.headers(api))
    assert listed.json()["items"] == []
    foreign = {"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()}
    refused = api.post(f"{BASE}/appointments", json=foreign, headers=world.headers(api))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable")
    assert not {start["id"] for start in refused.json()["alternatives"]} & set(elsewhere.slot_ids)
    stranger = {"slot_id": world.slot_ids[0], "service_id": world.service_id, "patient_id": patient_id}
    refused = api.post(f"{BASE}/appointments", json=stranger, headers=world.headers(api))
    assert refused.status_code == 404
    asked = api.get(f"{BASE}/slots", params={"service_id": elsewhere.service_id}, headers=world.headers(api))
    assert asked.status_code == 422


def test_a_clinic_without_anything_answers_with_empty_lists(api: TestClient) -> None:
    with building() as session:
        host = make_clinic(session).host_name
    for path in ("/locations", "/services", "/practitioners"):
        assert api.get(BASE + path, headers={"Host": host}).json() == {"items": [], "next_cursor": None}
