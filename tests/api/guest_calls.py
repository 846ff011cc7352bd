"""What somebody without identity sends."""

from typing import Any

import httpx
from starlette.testclient import TestClient

from models.base import new_id
from tests.api.conftest import World

BASE = "/api/v1"
URL = f"{BASE}/appointments"
PERSON = {"given_name": "Noor", "family_name": "Haddad", "birth_date": "1990-02-03", "phone": "+49 30 5550142"}


def somebody(**fields: Any) -> dict[str, Any]:
    """Return a person nobody knows."""
    name = "Zorn" + "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-8:])
    return {**PERSON, "family_name": name, **fields}


def hold(api: httpx.Client, place: World, slot_id: str, *, key: str | None = None, **more: Any) -> httpx.Response:
    """Hold a start as a guest."""
    body = {"slot_id": slot_id, "service_id": place.service_id, "patient": somebody(), **more}
    return api.post(URL, json=body, headers={"Host": place.host, "Idempotency-Key": key or new_id().hex})


def with_token(held: httpx.Response, **more: str) -> dict[str, str]:
    """Return the headers of the guest who got this answer."""
    return {"Authorization": f"Bearer {held.json()['access_token']}", "Idempotency-Key": new_id().hex, **more}


def booked(api: TestClient, place: World, **more: Any) -> httpx.Response:
    """Hold a start as a guest and confirm it."""
    held = hold(api, place, place.slot_ids.pop(0), **more)
    confirmed = api.post(f"{URL}/{held.json()['id']}/confirm", headers=with_token(held))
    assert confirmed.status_code == 200, confirmed.text
    return held
