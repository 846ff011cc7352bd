"""Every refusal is a problem that names what was wrong; nothing that a stranger sends is our failure."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import World

BASE = "/api/v1"
# Nobody's, and always the same: it stands in the names of the tests.
ID = "0198c0de-0000-7000-8000-00000000ffff"
MEMBERS = {"type", "title", "status", "detail", "code", "instance"}


def require_problem(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) >= MEMBERS
    assert body["status"] == status
    assert code is None or body["code"] == code
    assert ("errors" in body) == (status == 422)
    assert body["instance"].endswith(answer.headers["x-request-id"])
    return body


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{BASE}/nothing", 404, "not-found"),
        ("GET", f"{BASE}/services/", 404, "not-found"),
        ("GET", "/nothing", 404, "not-found"),
        ("DELETE", f"{BASE}/services", 405, "method-not-allowed"),
        ("PUT", f"{BASE}/appointments/{ID}", 405, "method-not-allowed"),
        ("POST", "/healthz", 405, "method-not-allowed"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    api: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = api.request(method, path)
    require_problem(answer, status, code)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("content", "media", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-body"),
        (b"\xff\xfe", "application/json", 400, "malformed-body"),
        (b"[" * 50_000, "application/json", 400, "malformed-body"),
        (b'{"slot_id": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed-body"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b"{}", "", 415, "unsupported-media-type"),
        (b"slot_id=1", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b'{"comment": "' + b"x" * 70_000 + b'"}', "application/json", 413, "body-too-large"),
        (b"[]", "application/json", 422, "invalid-field"),
        (b"null", "application/json", 422, "invalid-field"),
    ],
)
def test_a_body_that_cannot_be_read(
    api: TestClient, world: World, content: bytes, media: str, status: int, code: str
) -> None:
    headers = world.headers(api) | ({"Content-Type": media} if media else {})
    require_problem(api.post(f"{BASE}/appointments", content=content, headers=headers), status, code)


def test_a_body_without_a_length_is_bounded_too(api: TestClient, world: World) -> None:
    def parts() -> Any:
        for _ in range(100):
            yield b" " * 1024

    headers = {**world.headers(api), "Content-Type": "application/json"}
    require_problem(api.post(f"{BASE}/appointments", content=parts(), headers=headers), 413, "body-too-large")


HOLD = {"slot_id": ID, "service_id": ID, "patient_id": ID}
SERIES = {
    **dict.fromkeys(("patient_id", "service_id", "practitioner_id", "location_id"), ID),
    **{"every": 1, "unit": "week", "first_on": "2027-01-05", "time": "09:00", "times": 4},
}
PERSON = {"given_name": "Ana", "family_name": "Example", "birth_date": "1984-05-17"}


BAD_INPUT: list[tuple[str, str, Any, str]] = [
    ("POST", "/appointments", {**HOLD, "slot_id": "x"}, "slot_id"),
    ("POST", "/appointments", {**HOLD, "slot_id": ID}, "slot_id"),
    ("POST", "/appointments", {"service_id": ID, "patient_id": ID}, "slot_id"),
    ("POST", "/appointments", {**HOLD, "surprise": 1}, "surprise"),
    ("POST", "/appointments", {**HOLD, "comment": "a\x00b"}, "comment"),
    ("POST", "/appointments", {**HOLD, "overbook_reason": "x" * 201}, "overbook_reason"),
    ("POST", "/appointments", {**HOLD, "overbook_reason": "  "}, "overbook_reason"),
    ("POST", f"/appointments/{ID}/reschedule", {}, "slot_id"),
    ("POST", f"/appointments/{ID}/reschedule", {"slot_id": ID, "overbook_reason": ""}, "overbook_reason"),
    ("POST", f"/appointments/{ID}/room", {"room_id": "x"}, "room_id"),
    ("POST", "/appointments/x/arrive", None, "appointment_id"),
    (
        "POST",
        "/appointments",
        {"slot_id": ID, "service_id": ID, "patient": {"given_name": "A"}},
        "patient.family_name",
    ),
    ("POST", f"/appointments/{ID}/cancel", {"reason": "hold-expired"}, "reason"),
    ("POST", f"/appointments/{ID}/cancel", {}, "reason"),
    ("POST", "/appointments/x/confirm", None, "appointment_id"),
    ("GET", "/appointments?limit=201", None, "limit"),
    ("GET", "/appointments?limit=99999999999999999999999", None, "limit"),
    ("GET", "/appointments?cursor=%00", None, "cursor"),
    ("GET", "/appointments?cursor=W10", None, "cursor"),
    ("GET", "/appointments?cursor=WyI5OTk5IiwieCJd", None, "cursor"),
    ("GET", "/appointments?status=asleep", None, "status.0"),
    ("GET", "/appointments?from=tomorrow", None, "from"),
    ("GET", "/appointments?from=1767600000", None, "from"),
    ("GET", "/appointments?from=2026-01-05T08:00:00", None, "from"),
    ("GET", "/appointments?from=9999-12-31T23:59:59-14:00", None, "from"),
    ("GET", "/appointments?from=2026-02-02&to=2026-01-01", None, "to"),
    ("GET", "/appointments?practitioner_id=%00", None, "practitioner_id"),
    ("GET", "/slots", None, "service_id"),
    ("GET", f"/slots?service_id={ID}", None, "service_id"),
    ("GET", f"/slots?service_id={ID}&specialty=%00", None, "specialty"),
    ("GET", f"/slots?service_id={ID}&limit=0", None, "limit"),
    ("GET", f"/slots?service_id={ID}&from=2026-01-01&to=2026-06-01", None, "to"),
    ("GET", "/slots/explain", None, "start"),
    ("GET", f"/slots/explain?service_id={ID}&practitioner_id={ID}&start=2026-01-05", None, "start"),
    ("GET", f"/slots/explain?service_id={ID}&practitioner_id={ID}&start=9999-12-31T23:00:00Z", None, "start"),
    (
        "GET",
        f"/slots/explain?service_id={ID}&practitioner_id=x&start=2026-01-05T08:00:00Z",
        None,
        "practitioner_id",
    ),
    ("GET", f"/slots/explain?service_id={ID}&practitioner_id={ID}&start=2026-01-05T08:00:00Z", None, "service_id"),
    ("GET", f"/slots/days?service_id={ID}&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", None, "to"),
    ("GET", "/practitioners?language=" + "x" * 200, None, "language"),
    ("GET", "/services?cursor=WyJhIl0", None, "cursor"),
    ("POST", "/patients", {**PERSON, "birth_date": "2090-01-01"}, "birth_date"),
    ("POST", "/patients", {**PERSON, "birth_date": 12}, "birth_date"),
    ("POST", "/patients", {**PERSON, "given_name": "x" * 500}, "given_name"),
    ("POST", "/patients", {**PERSON, "given_name": "x" * 200}, "given_name"),
    ("POST", "/patients", {**PERSON, "phone": "call me"}, "phone"),
    ("POST", "/patients", {**PERSON, "email": "nobody"}, "email"),
    ("POST", "/patients", {**PERSON, "medical_history": "x"}, "medical_history"),
    ("POST", "/patients/search", {}, "name"),
    ("POST", "/patients/search", {"nickname": "x"}, "nickname"),
    ("PATCH", f"/patients/{ID}", {}, "body"),
    ("PATCH", f"/patients/{ID}", {"verification": "maybe"}, "verification"),
    ("POST", "/series", SERIES, "location_id"),
    ("POST", "/series", {**SERIES, "every": 0}, "every"),
    ("POST", "/series", {**SERIES, "unit": "year"}, "unit"),
    ("POST", "/series", {**SERIES, "time": "24:00"}, "time"),
    ("POST", "/series", {**SERIES, "time": "9:00Z"}, "time"),
    ("POST", "/series", {**SERIES, "first_on": "2027-02-30"}, "first_on"),
    ("POST", "/series", {**SERIES, "times": 105}, "times"),
    ("POST", "/series", {**SERIES, "choices": [{"number": 0}]}, "choices.0.number"),
    ("POST", "/series", {**SERIES, "choices": [{"number": 1}, {"number": 1}]}, "choices"),
    ("POST", "/series/plan", {**SERIES, "skip_conflicts": True}, "skip_conflicts"),
    ("POST", f"/series/{ID}/cancel", {"scope": "some", "reason": "clinic"}, "scope"),
    ("POST", f"/series/{ID}/cancel", {"scope": "all"}, "reason"),
    ("POST", f"/series/{ID}/move", {"scope": "all"}, "time"),
    ("POST", f"/series/{ID}/move/plan", {"scope": "all", "days": 1000}, "days"),
    ("POST", "/series/x/move", {"scope": "all", "days": 1}, "series_id"),
    ("POST", "/waitlist", {"patient_id": ID}, "service_id"),
    ("POST", "/waitlist", {"patient_id": ID, "service_id": ID}, "service_id"),
    ("POST", "/waitlist", {"patient_id": ID, "service_id": ID, "weekdays": []}, "weekdays"),
    ("POST", "/waitlist", {"patient_id": ID, "service_id": ID, "weekdays": ["today"]}, "weekdays.0"),
    ("POST", "/waitlist", {"patient_id": ID, "service_id": ID, "part_of_day": "night"}, "part_of_day"),
    ("POST", "/waitlist", {"patient_id": ID, "service_id": ID, "latest_on": "2026-02-30"}, "latest_on"),
    ("PATCH", f"/waitlist/{ID}", {}, "body"),
    ("PATCH", f"/waitlist/{ID}", {"status": "booked"}, "status"),
    ("GET", f"/waitlist?slot_id={ID}", None, "service_id"),
    ("GET", f"/waitlist?slot_id={ID}&service_id={ID}", None, "slot_id"),
    ("GET", "/waitlist?limit=0", None, "limit"),
    ("POST", "/waitlist/x/withdraw", None, "entry_id"),
    ("POST", "/waitlist/offers/look", {}, "token"),
    ("POST", "/waitlist/offers/accept", {"token": "x" * 300}, "token"),
    ("GET", "/locations?limit=0", None, "limit"),
    ("GET", "/appointments/x", None, "appointment_id"),
    ("GET", "/appointments/x/history", None, "appointment_id"),
    ("POST", "/appointments/x/check-in", None, "appointment_id"),
    ("POST", "/appointments/x/complete", None, "appointment_id"),
    ("POST", "/appointments/x/no-show", None, "appointment_id"),
    ("POST", "/appointments/x/undo", None, "appointment_id"),
    ("GET", "/patients/x", None, "patient_id"),
    ("GET", "/patients/x/documents", None, "patient_id"),
    ("GET", f"/patients/{ID}/documents/x", None, "document_id"),
    ("DELETE", f"/patients/{ID}/documents/x", None, "document_id"),
    ("GET", "/series/x", None, "series_id"),
    ("POST", f"/series/{ID}/cancel/plan", {"scope": "some"}, "scope"),
    ("GET", "/waitlist/x", None, "entry_id"),
    ("POST", "/waitlist/x/accept", None, "entry_id"),
    ("POST", "/waitlist/x/decline", None, "entry_id"),
    ("POST", "/waitlist/offers/decline", {"token": 1}, "token"),
]
# Refused in their own words: a form of the standard (test_identity), and one that holds a file (test_documents).
FORMS = {("POST", "/auth/token"), ("POST", "/auth/revoke"), ("POST", "/patients/{patient_id}/documents")}


def test_every_operation_that_takes_anything_has_a_row(api: TestClient) -> None:
    paths = api.get(f"{BASE}/openapi.json").json()["paths"]
    taking = {
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if operation.get("requestBody") or any(one["in"] != "header" for one in operation.get("parameters", []))
    }
    tried = {(method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for method, path in taking}
    lacking = {
        (method, path)
        for method, pattern, path in tried
        if not any(row[0] == method and pattern.match(row[1].partition("?")[0]) for row in BAD_INPUT)
    }
    assert lacking == FORMS


@pytest.mark.parametrize(("method", "path", "body", "field"), BAD_INPUT)
def test_bad_input_names_its_field(
    api: TestClient, world: World, method: str, path: str, body: Any, field: str
) -> None:
    answer = api.request(method, BASE + path, json=body, headers=world.headers(api))
    problem = require_problem(answer, 422, "invalid-field")
    assert field in {error["field"] for error in problem["errors"]}
    assert all(error["message"].endswith(".") for error in problem["errors"])


def test_a_text_that_is_too_long_is_counted_in_characters(api: TestClient, world: World) -> None:
    answer = api.post(f"{BASE}/appointments", json={**HOLD, "comment": "x" * 1001}, headers=world.headers(api))
    assert "1000 characters" in require_problem(answer, 422)["detail"]


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\udfff name"])
def test_text_that_cannot_be_stored_is_bad_input(api: TestClient, world: World, text: str) -> None:
    headers = {**world.headers(api), "Content-Type": "application/json"}
    content = f'{{"given_name": "{text}", "family_name": "x", "birth_date": "1984-05-17"}}'
    problem = require_problem(api.post(f"{BASE}/patients", content=content, headers=headers), 422)
    assert problem["errors"][0]["field"] == "given_name"


@pytest.mark.parametrize("key", ["x" * 256, "with space", "ü".encode().decode("latin-1")])
def test_a_key_that_cannot_be_kept_is_bad_input(api: TestClient, world: World, key: str) -> None:
    headers = {**world.headers(api), "Idempotency-Key": key}
    answer = api.post(f"{BASE}/appointments", json=HOLD, headers={k: v.encode("latin-1") for k, v in headers.items()})
    problem = require_problem(answer, 422)
    assert problem["errors"][0]["field"] == "Idempotency-Key"


def test_what_was_sent_is_never_said_back(api: TestClient, world: World) -> None:
    person = {**PERSON, "given_name": "Secretname" * 20, "email": "secret-name-at-nowhere"}
    answer = api.post(f"{BASE}/patients", json=person, headers=world.headers(api))
    assert "ecret" not in answer.text


def test_an_unexpected_failure_tells_nothing(
    api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("Ana Example, +49 30 5550199")

    monkeypatch.setattr("app.services.catalogue.read.clinic", fail)
    answer = api.get(f"{BASE}/clinic", headers=world.headers(api))
    require_problem(answer, 500, "internal-error")
    said = capsys.readouterr()
    assert "Ana" not in answer.text + said.out + said.err
    assert "RuntimeError" in said.out + said.err


def test_overload_asks_to_come_back(api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.errors import Overloaded

    def busy(*_: Any, **__: Any) -> None:
        raise Overloaded

    monkeypatch.setattr("app.api.appointment_list.list_appointments", busy)
    answer = api.get(f"{BASE}/appointments", headers=world.headers(api))
    require_problem(answer, 503, "overloaded")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_caller_cannot_choose_what_stands_in_our_logs(api: TestClient) -> None:
    answer = api.get("/healthz", headers={"X-Request-Id": "Ana.Example"})
    assert "Ana" not in answer.headers["x-request-id"]
    assert answer.headers["x-request-id"] != api.get("/healthz").headers["x-request-id"]
