"""Versions over HTTP: every answer about one entry names its own, a change may insist on the one that was seen."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import World

BASE = "/api/v1"
URL = f"{BASE}/appointments"
# What is sent as If-Match for an entry at version 1, and what comes back when that does not fit.
REFUSED = [
    ('"7"', 412, "stale-version"),
    ('"of-somebody-else"', 412, "stale-version"),
    ('""', 412, "stale-version"),
    ('"0198c0de"', 412, "stale-version"),
    ('"99999999999999999999"', 412, "stale-version"),
    ("nonsense", 422, "invalid-field"),
    ("1", 422, "invalid-field"),
    ('"1', 422, "invalid-field"),
    ("", 422, "invalid-field"),
    ('"1", "2"', 422, "invalid-field"),
    ('* "1"', 422, "invalid-field"),
]


@pytest.fixture
def held(api: TestClient, world: World) -> dict[str, Any]:
    """A hold at version 1."""
    body = {"slot_id": world.slot_ids.pop(0), "service_id": world.service_id, "patient_id": world.patient()}
    answer = api.post(URL, json=body, headers=world.headers(api))
    assert answer.headers["etag"] == '"1"'
    return dict(answer.json())


@pytest.mark.parametrize(("tag", "status", "code"), REFUSED)
def test_a_change_of_another_version_is_refused(
    api: TestClient, world: World, held: dict[str, Any], tag: str, status: int, code: str
) -> None:
    for path, body in (("confirm", None), ("cancel", {"reason": "clinic"})):
        headers = {**world.headers(api), "If-Match": tag}
        refused = api.post(f"{URL}/{held['id']}/{path}", json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert status != 422 or refused.json()["errors"][0]["field"] == "If-Match"
    assert api.get(f"{URL}/{held['id']}", headers=world.headers(api)).json() == held


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", ' "1" ', '"1", "other"', '"1", "1"'])
def test_a_change_of_the_version_that_was_seen_is_made(
    api: TestClient, world: World, held: dict[str, Any], tag: str
) -> None:
    url = f"{URL}/{held['id']}"
    booked = api.post(f"{url}/confirm", headers={**world.headers(api), "If-Match": tag})
    assert (booked.status_code, booked.headers["etag"]) == (200, '"2"')
    headers = {**world.headers(api), "If-Match": tag.replace("1", "2")}
    ended = api.post(f"{url}/cancel", json={"reason": "clinic"}, headers=headers)
    assert (ended.status_code, ended.headers["etag"]) == (200, '"3"')


@pytest.mark.parametrize(("tag", "status", "code"), REFUSED)
def test_a_patient_is_changed_only_as_seen(api: TestClient, world: World, tag: str, status: int, code: str) -> None:
    url = f"{BASE}/patients/{world.patient()}"
    refused = api.patch(url, json={"language": "de"}, headers={**world.headers(api), "If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    for right, version in (("*", 2), ('"2"', 3)):
        changed = api.patch(url, json={"language": "fr"}, headers={**world.headers(api), "If-Match": right})
        assert (changed.status_code, changed.headers["etag"]) == (200, f'"{version}"')


def test_what_is_known_already_is_not_sent_again(api: TestClient, world: World, held: dict[str, Any]) -> None:
    for url in (f"{URL}/{held['id']}", f"{BASE}/patients/{held['patient_id']}"):
        first = api.get(url, headers=world.headers(api))
        for tag in (first.headers["etag"], "*", f'"9", W/{first.headers["etag"]}'):
            again = api.get(url, headers={**world.headers(api), "If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        for tag in ('"9"', "nonsense", ""):
            other = api.get(url, headers={**world.headers(api), "If-None-Match": tag})
            assert (other.status_code, other.json()) == (200, first.json())
    booked = api.post(f"{URL}/{held['id']}/confirm", headers=world.headers(api))
    stale = api.get(f"{URL}/{held['id']}", headers={**world.headers(api), "If-None-Match": '"1"'})
    assert (stale.status_code, stale.headers["etag"]) == (200, booked.headers["etag"])
