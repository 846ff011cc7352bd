"""The token of a guest's hold: for that appointment only, until a day after the visit, and nothing of it is kept."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.api import callers
from app.infra.limits import Limit
from app.services.booking.guest_access import access_token
from models.base import new_id
from models.db import rows
from tests.api.conftest import World
from tests.api.guest_calls import BASE, PERSON, URL, hold, with_token
from tests.builders import building

pytestmark = pytest.mark.usefixtures("guests_uncounted")


def test_a_token_opens_its_own_appointment_and_nothing_else(api: TestClient, place: World) -> None:
    mine, theirs = (hold(api, place, place.slot_ids.pop(0)) for _ in range(2))
    headers, other = with_token(mine), f"{URL}/{theirs.json()['id']}"
    assert api.get(other, headers=headers).status_code == 404
    assert api.post(f"{other}/confirm", headers=headers).status_code == 404
    assert api.post(f"{other}/cancel", json={"reason": "patient"}, headers=headers).status_code == 404
    assert api.get(f"{other}/history", headers=headers).status_code == 404
    assert api.post(f"{other}/reschedule", json={"slot_id": place.slot_ids[0]}, headers=headers).status_code == 404
    for method, path, body in (
        ("GET", "/appointments", None),
        ("POST", "/appointments", {"slot_id": place.slot_ids[0], "service_id": place.service_id, "patient": PERSON}),
        ("POST", "/patients/search", {"name": "Noor"}),
        ("GET", f"/patients/{new_id()}", None),
    ):
        refused = api.request(method, BASE + path, json=body, headers=with_token(mine))
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted"), path
    # Of two appointments of one guest each still has its token: the key is part of who made it.
    assert api.get(other, headers=with_token(theirs)).status_code == 200


def test_one_address_and_key_after_the_keys_day_still_has_two_tokens(
    api: TestClient, place: World, slot_id: str
) -> None:
    key = new_id().hex
    first = hold(api, place, slot_id, key=key)
    with building() as session:
        rows(
            session,
            "DELETE FROM idempotency_keys WHERE clinic_id = %(clinic_id)s AND key = %(key)s RETURNING key",
            {"clinic_id": place.clinic_id, "key": key},
        )
    second = hold(api, place, place.slot_ids.pop(0), key=key)
    assert api.get(f"{URL}/{second.json()['id']}", headers=with_token(first)).status_code == 404
    assert api.get(f"{URL}/{second.json()['id']}", headers=with_token(second)).status_code == 200


def test_a_token_that_is_not_ours_opens_nothing(api: TestClient, place: World, slot_id: str) -> None:
    held = hold(api, place, slot_id)
    token, url = held.json()["access_token"], f"{URL}/{held.json()['id']}"
    last = "A" if token[-1] != "A" else "B"
    other_clinic = access_token(new_id(), UUID(held.json()["id"]))
    unknown = access_token(place.clinic_id, new_id())
    for bad in (token[:-1] + last, token + "A", token[:-4], f"{token}!", "hfg_", "hfg_\u00fc", other_clinic, unknown):
        headers = {"Authorization": f"Bearer {bad}".encode("latin-1")}
        refused = api.get(url, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in"), bad


def test_a_token_for_what_staff_made_opens_nothing(api: TestClient, place: World, slot_id: str) -> None:
    body = {"slot_id": slot_id, "service_id": place.service_id, "patient_id": place.patient()}
    made = api.post(URL, json=body, headers=place.headers(api)).json()
    headers = {"Authorization": f"Bearer {access_token(place.clinic_id, UUID(made['id']))}"}
    assert api.get(f"{URL}/{made['id']}", headers=headers).status_code == 401


def test_a_token_ends_a_day_after_the_visit(
    api: TestClient, place: World, slot_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(api, place, slot_id)
    url, ends = f"{URL}/{held.json()['id']}", held.json()["end"]
    over = datetime.fromisoformat(ends) + timedelta(days=1)
    for now, status in ((over - timedelta(seconds=1), 200), (over, 401)):
        monkeypatch.setattr(callers, "utc_now", lambda now=now: now)
        assert api.get(url, headers=with_token(held)).status_code == status


def test_nothing_of_the_token_is_stored(api: TestClient, place: World, slot_id: str) -> None:
    held = hold(api, place, slot_id)
    secret = held.json()["access_token"][-43:]
    with building() as session:
        for table in ("idempotency_keys", "appointments", "audit_events", "outbox_events"):
            found = rows(
                session,
                f"SELECT t::text FROM {table} t WHERE clinic_id = %(clinic_id)s",
                {"clinic_id": place.clinic_id},
            )
            assert found
            assert not any(secret in row[0] for row in found)


def test_guests_with_tokens_act_at_a_bounded_rate(
    api: TestClient, place: World, slot_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(api, place, slot_id)
    monkeypatch.setattr(callers, "GUEST_ACTING", Limit(new_id().hex, times=2, seconds=60))
    url = f"{URL}/{held.json()['id']}"
    assert [api.get(url, headers=with_token(held)).status_code for _ in range(3)] == [200, 200, 429]


def test_a_guests_token_reads_what_is_public_as_everybody_does(
    api: TestClient, place: World, slot_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = with_token(hold(api, place, slot_id))
    monkeypatch.setattr(callers, "PUBLIC_READING", Limit(new_id().hex, times=1, seconds=60))
    assert [api.get(f"{BASE}/clinic", headers=headers).status_code for _ in range(2)] == [200, 429]
