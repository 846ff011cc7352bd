"""The matrix of who may call what; an operation without a row fails, so that none arrives without its permission."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.services.accounts.permissions import API_SCOPES
from models.base import new_id
from tests.api.conftest import World

BASE = "/api/v1"
ID = str(new_id())
ANYBODY = None
PERSON = {"given_name": "Ana", "family_name": "Example", "birth_date": "1984-05-17"}
HOLD = {"slot_id": ID, "service_id": ID, "patient_id": ID}
SERIES = {
    **dict.fromkeys(("patient_id", "service_id", "practitioner_id", "location_id"), ID),
    **{"every": 1, "unit": "week", "first_on": "2027-01-05", "time": "09:00", "times": 4},
}
# Operation -> the scope it needs, and a body that is well formed.
MATRIX: dict[tuple[str, str], tuple[str | None, Any]] = {
    ("POST", "/auth/token"): (ANYBODY, None),
    ("POST", "/auth/revoke"): (ANYBODY, None),
    ("GET", "/.well-known/jwks.json"): (ANYBODY, None),
    ("GET", "/clinic"): (ANYBODY, None),
    ("GET", "/locations"): (ANYBODY, None),
    ("GET", "/services"): (ANYBODY, None),
    ("GET", "/practitioners"): (ANYBODY, None),
    ("GET", "/slots"): (ANYBODY, None),
    ("GET", "/slots/days"): (ANYBODY, None),
    ("GET", "/slots/explain"): ("slots:explain", None),
    ("GET", "/appointments"): ("appointments:read", None),
    ("POST", "/appointments"): ("appointments:write", HOLD),
    ("GET", "/appointments/{appointment_id}"): ("appointments:read", None),
    ("POST", "/appointments/{appointment_id}/confirm"): ("appointments:write", None),
    ("POST", "/appointments/{appointment_id}/cancel"): ("appointments:write", {"reason": "clinic"}),
    ("POST", "/series/plan"): ("appointments:write", SERIES),
    ("POST", "/series"): ("appointments:write", SERIES),
    ("GET", "/series/{series_id}"): ("appointments:read", None),
    ("POST", "/series/{series_id}/cancel"): ("appointments:write", {"scope": "all", "reason": "clinic"}),
    ("POST", "/series/{series_id}/cancel/plan"): ("appointments:write", {"scope": "all"}),
    ("POST", "/series/{series_id}/move"): ("appointments:write", {"scope": "all", "days": 1}),
    ("POST", "/series/{series_id}/move/plan"): ("appointments:write", {"scope": "all", "days": 1}),
    ("POST", "/appointments/{appointment_id}/reschedule"): ("appointments:write", {"slot_id": ID}),
    ("POST", "/appointments/{appointment_id}/arrive"): ("appointments:write", None),
    ("POST", "/appointments/{appointment_id}/check-in"): ("appointments:write", None),
    ("POST", "/appointments/{appointment_id}/room"): ("appointments:write", {"room_id": ID}),
    ("POST", "/appointments/{appointment_id}/complete"): ("appointments:write", None),
    ("POST", "/appointments/{appointment_id}/no-show"): ("appointments:write", None),
    ("POST", "/appointments/{appointment_id}/undo"): ("appointments:write", None),
    ("GET", "/appointments/{appointment_id}/history"): ("appointments:read", None),
    ("POST", "/patients"): ("patients:write", PERSON),
    ("POST", "/patients/search"): ("patients:read", {"name": "Ana"}),
    ("GET", "/patients/{patient_id}"): ("patients:read", None),
    ("PATCH", "/patients/{patient_id}"): ("patients:write", {"language": "de"}),
    ("POST", "/patients/{patient_id}/documents"): ("documents:write", None),
    ("GET", "/patients/{patient_id}/documents"): ("documents:read", None),
    ("GET", "/patients/{patient_id}/documents/{document_id}"): ("documents:read", None),
    ("DELETE", "/patients/{patient_id}/documents/{document_id}"): ("documents:write", None),
    ("POST", "/waitlist"): ("appointments:write", {"patient_id": ID, "service_id": ID}),
    ("GET", "/waitlist"): ("appointments:read", None),
    ("GET", "/waitlist/{entry_id}"): ("appointments:read", None),
    ("PATCH", "/waitlist/{entry_id}"): ("appointments:write", {"urgent": True}),
    ("POST", "/waitlist/{entry_id}/withdraw"): ("appointments:write", None),
    ("POST", "/waitlist/{entry_id}/accept"): ("appointments:write", None),
    ("POST", "/waitlist/{entry_id}/decline"): ("appointments:write", None),
    ("POST", "/waitlist/offers/look"): (ANYBODY, {"token": "x"}),
    ("POST", "/waitlist/offers/accept"): (ANYBODY, {"token": "x"}),
    ("POST", "/waitlist/offers/decline"): (ANYBODY, {"token": "x"}),
}
GUARDED = [(*operation, scope, body) for operation, (scope, body) in MATRIX.items() if scope is not ANYBODY]
PUBLIC = [(method, path) for (method, path), (scope, _) in MATRIX.items() if scope is ANYBODY and method == "GET"]


def operations(api: TestClient) -> dict[tuple[str, str], Any]:
    document = api.get(f"{BASE}/openapi.json").json()
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def call(api: TestClient, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    url = BASE + re.sub(r"\{\w+\}", ID, path)
    return api.request(method, url, json=body, headers={"Idempotency-Key": new_id().hex, **headers})


def test_every_operation_has_a_row(api: TestClient) -> None:
    assert set(operations(api)) == set(MATRIX)


def test_no_route_is_hidden_from_the_contract(api: TestClient) -> None:
    routes: dict[str, set[str]] = {}
    for route in _routes(api.app):
        routes.setdefault(route.path, set()).update(route.methods)
    outside = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"}
    assert {path: methods for path, methods in routes.items() if path not in outside} == {
        path: {method for method, other in MATRIX if other == path} for _, path in MATRIX
    }


def _routes(app: Any) -> Iterator[Any]:
    for route in app.routes:
        below = getattr(route, "original_router", None) or getattr(route, "app", None)
        if hasattr(route, "methods"):
            yield route
        elif hasattr(below, "routes"):
            yield from _routes(below)


def test_the_contract_names_the_scope_of_each_row(api: TestClient) -> None:
    for operation, described in operations(api).items():
        scope, _ = MATRIX[operation]
        named = {one for need in described.get("security", []) for asked in need.values() for one in asked}
        assert named == (set() if scope is None else {scope}), operation


@pytest.mark.parametrize(("method", "path", "scope", "body"), GUARDED)
def test_nobody_passes_without_a_token(
    api: TestClient, world: World, method: str, path: str, scope: str, body: Any
) -> None:
    refused = call(api, method, path, body, {"Host": world.host})
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize(("method", "path", "scope", "body"), GUARDED)
def test_every_other_scope_together_is_not_enough(
    api: TestClient, world: World, method: str, path: str, scope: str, body: Any
) -> None:
    others = world.headers(api, *(API_SCOPES - {scope}))
    refused = call(api, method, path, body, others)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


@pytest.mark.parametrize(("method", "path", "scope", "body"), GUARDED)
def test_its_own_scope_is_enough(api: TestClient, world: World, method: str, path: str, scope: str, body: Any) -> None:
    answer = call(api, method, path, body, world.headers(api, scope))
    assert answer.status_code not in (401, 403), answer.text
    assert answer.status_code < 500


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_public_reading_needs_no_token(api: TestClient, world: World, method: str, path: str) -> None:
    asked = f"{path}?service_id={world.service_id}" if path.startswith("/slots") else path
    for headers in ({"Host": world.host}, world.headers(api, "patients:read")):
        assert call(api, method, asked, None, headers).status_code == 200


def test_every_operation_has_examples(api: TestClient) -> None:
    for operation, described in operations(api).items():
        bodies = [described.get("requestBody", {"content": {}})]
        bodies += [answer for status, answer in described["responses"].items() if "content" in answer]
        for body in bodies:
            for media in body["content"].values():
                assert media.get("example") is not None, operation
        for parameter in described.get("parameters", []):
            if parameter.get("required") and parameter["in"] == "query":
                assert parameter.get("examples") or parameter["schema"].get("examples"), (operation, parameter["name"])


def test_the_docs_page_needs_no_other_host(api: TestClient) -> None:
    page = api.get(f"{BASE}/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "//" not in page.text.replace("http://localhost", "")
    for _, path in MATRIX:
        assert path in page.text
