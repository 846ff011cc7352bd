"""What no honest program sends: every one of it is refused as a problem that names the field, none is our failure."""

import base64
import gzip
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.base import new_id
from tests.api.conftest import World
from tests.api.test_permissions import MATRIX
from tests.api.test_problems import require_problem

BASE = "/api/v1"
ID = "0198c0de-0000-7000-8000-00000000ffff"
# Each list, and which ids it cannot do without.
LISTS: dict[str, tuple[str, ...]] = {
    "/appointments": (),
    "/slots": ("service_id",),
    "/slots/days": ("service_id",),
    "/practitioners": (),
    "/services": (),
    "/locations": (),
}
DATED = ["/appointments", "/slots", "/slots/days"]
PAGED = [path for path in LISTS if path != "/slots/days"]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def ask(api: TestClient, world: World, path: str, **filters: str) -> Any:
    known = dict.fromkeys(LISTS[path], world.service_id)
    return api.get(BASE + path, params={**known, **filters}, headers=world.headers(api))


def named(answer: Any, field: str) -> bool:
    problem = require_problem(answer, 422, "invalid-field")
    return field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize("path", DATED)
@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "0000-01-01",
        "1899-12-31T23:59:59Z",
        "9999-12-31",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "10000-01-01",
        "-0001-01-01",
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:01Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00+99:99",
        "2026-01-01T00:00:00",
        "2026-W01-1",
        "２０２６-01-01",
        "now",
        "1e308",
        "NaN",
        " ",
        "2026-01-01\x00",
    ],
)
def test_a_time_that_cannot_be_names_its_field(api: TestClient, world: World, path: str, time: str) -> None:
    for field in ("from", "to"):
        assert named(ask(api, world, path, **{field: time}), field), (field, time)


@pytest.mark.parametrize("path", DATED)
def test_the_ends_of_the_calendar_are_no_failure(api: TestClient, world: World, path: str) -> None:
    for since, until in (("1900-01-01", "1900-01-02"), ("2199-12-30", "2199-12-31"), ("2200-01-01", "2200-01-01")):
        answer = ask(api, world, path, **{"from": since, "to": until})
        assert (answer.status_code, answer.json().get("items")) == (200, []), answer.text
    for only in ({"from": "2200-01-01T00:00:00Z"}, {"to": "1900-01-01"}, {"to": "2200-01-01"}, {"from": "1900-01-01"}):
        assert ask(api, world, path, **only).status_code in (200, 422), only


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("limit", ["0", "-1", "201", "1e3", "1.5", "NaN", "9" * 400, "", "0x10", "٣x", "\x00"])
def test_a_limit_that_cannot_be_names_its_field(api: TestClient, world: World, path: str, limit: str) -> None:
    assert named(ask(api, world, path, limit=limit), "limit")


def cursor(content: Any) -> str:
    """Return a cursor of the right make with this in it."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    "tampered",
    [
        "",
        "x",
        "=",
        "../../etc/passwd",
        "a" * 500,
        "a" * 501,
        "é",
        cursor(b"\xff\xfe"),
        cursor([]),
        cursor({}),
        cursor(None),
        cursor([1, 2]),
        cursor(["a"]),
        cursor(["a", "b", "c"]),
        cursor([["a"], ["b"]]),
        cursor(b"[" * 300),
        cursor(b'["\\ud800", "x"]'),
    ],
)
def test_a_cursor_that_is_not_ours_names_its_field(api: TestClient, world: World, path: str, tampered: str) -> None:
    if path in ("/practitioners", "/services", "/locations") and tampered == cursor(b'["\\ud800", "x"]'):
        # Two texts are a place among names, whoever wrote them.
        assert ask(api, world, path, cursor=tampered).status_code == 200
        return
    assert named(ask(api, world, path, cursor=tampered), "cursor")


@pytest.mark.parametrize("path", ["/appointments", "/slots"])
@pytest.mark.parametrize(
    "place",
    [
        ["0001-01-01T00:00:00+00:00", ID],
        ["9999-12-31T23:59:59+00:00", ID],
        ["9999-12-31T23:59:59-23:59", ID],
        ["2026-01-01T00:00:00", ID],
        ["2026-01-01T00:00:00+00:00", "x"],
        ["2026-01-01T00:00:00+00:00' OR 1=1 --", ID],
        ["", ""],
    ],
)
def test_a_place_in_time_that_cannot_be_names_the_cursor(
    api: TestClient, world: World, path: str, place: list[str]
) -> None:
    assert named(ask(api, world, path, cursor=cursor(place)), "cursor")


@pytest.mark.parametrize("path", ["/appointments", "/slots"])
def test_a_place_at_the_ends_of_time_has_nothing_after_it(api: TestClient, world: World, path: str) -> None:
    for at in ("1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59-12:00"):
        answer = ask(api, world, path, cursor=cursor([at, ID]))
        assert answer.status_code == 200, answer.text


def test_a_method_that_is_not_there_is_a_problem_that_says_which_are(api: TestClient, world: World) -> None:
    known = {"{appointment_id}": ID, "{patient_id}": ID}
    for path in {path for _, path in MATRIX}:
        url = BASE + path
        for name, value in known.items():
            url = url.replace(name, value)
        if "{" in url:
            continue
        for method in METHODS:
            if (method, path) in MATRIX:
                continue
            # The path may be another operation's too, as /patients/search is a patient's.
            answer = api.request(method, url, headers=world.headers(api))
            assert answer.status_code in (404, 405, 422), (method, path, answer.text)
            require_problem(answer, answer.status_code)
            if answer.status_code == 405:
                assert method not in answer.headers["allow"].split(", "), (method, path)


DEEP = '{"a":' * 900 + "1" + "}" * 900
HOLD = f'"slot_id": "{ID}", "service_id": "{ID}"'


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (f'{{{HOLD}, "patient_id": {DEEP}}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient": {{"given_name": {DEEP}}}}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient_id": NaN}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient_id": -Infinity}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient_id": 1e999}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient_id": "{ID}", "slot_id": 1}}'.encode(), "application/json", 422),
        (f'{{{HOLD}, "patient_id": "\xff"}}'.encode("latin-1"), "application/json", 400),
        (b"\xef\xbb\xbf{}", "application/json", 422),
        (gzip.compress(b"{}", mtime=0), "application/json", 400),
        (b"{}\x00", "application/json", 400),
        (b"{} {}", "application/json", 400),
        (b"'", "application/json", 400),
        (b"{" + b'"a":1,' * 9000 + b'"b":1}', "application/json", 422),
        (
            b'--x\r\nContent-Disposition: form-data; name="slot_id"\r\n\r\n1\r\n--x--',
            "multipart/form-data; boundary=x",
            415,
        ),
        (b"{}", "application/jsonp", 415),
        (b"{}", "text/json", 415),
        (b"{}", "application/json, text/plain", 415),
        (b"{}", "\xff", 415),
    ],
)
def test_a_body_of_the_wrong_make(api: TestClient, world: World, content: bytes, media: str, status: int) -> None:
    sent = {**world.headers(api), "Content-Type": media}
    headers = {name: value.encode("latin-1") for name, value in sent.items()}
    problem = require_problem(api.post(f"{BASE}/appointments", content=content, headers=headers), status)
    assert status != 422 or problem["errors"]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Authorization", "Bearer " + "x" * 5000, 401),
        ("Authorization", "Bearer \xff\xfe", 401),
        ("Authorization", "Bearer a.b.c", 401),
        ("Authorization", "Bearer " + ".".join([cursor({"alg": "ES256", "typ": "at+jwt", "kid": "\x00"})] * 3), 401),
        ("Authorization", "Basic dXNlcjpwYXNz", 401),
        ("Authorization", "", 401),
        ("If-Match", "x" * 200, 422),
        ("If-Match", "\xff", 422),
        ("Idempotency-Key", "\xc3\xbc\xf0\x9f", 422),
        ("Idempotency-Key", "x" * 4000, 422),
        ("Idempotency-Key", "\t", 422),
        ("Cookie", "__Host-holdfast-session=\xff; =; ;;;", 404),
        ("Host", "\xff:\xfe", 404),
        ("Host", "[::1", 404),
    ],
)
def test_a_header_of_the_wrong_make(api: TestClient, world: World, header: str, value: str, status: int) -> None:
    sent = {**world.headers(api), header: value}
    headers = {name: text.encode("latin-1") for name, text in sent.items()}
    answer = api.post(f"{BASE}/appointments/{ID}/confirm", headers=headers)
    require_problem(answer, status)


@pytest.mark.parametrize("query", ["%ff", "service_id=%00", "service_id=%ff%fe", "=", "&" * 2000, "service_id=" * 300])
def test_a_query_of_the_wrong_make(api: TestClient, world: World, query: str) -> None:
    require_problem(api.get(f"{BASE}/slots?{query}", headers=world.headers(api)), 422)


@pytest.mark.parametrize("part", ["%00", "%ff", "..%2f..", "x" * 3000, "0198c0de", "{}", "%F0%9F%98%80"])
def test_an_address_of_the_wrong_make(api: TestClient, world: World, part: str) -> None:
    for path in (f"/appointments/{part}", f"/patients/{part}", f"/{part}"):
        answer = api.get(BASE + path, headers=world.headers(api))
        assert answer.status_code in (404, 422), answer.text
        require_problem(answer, answer.status_code)


def test_a_key_in_any_script_is_refused_and_any_printable_one_is_kept(api: TestClient, world: World) -> None:
    body = {"slot_id": ID, "service_id": ID, "patient_id": ID}
    for key in ("schlüssel", "鍵", "a\u00a0b", "\u202e"):
        headers = {**world.headers(api), "Idempotency-Key": key}
        sent = {name: text.encode() for name, text in headers.items()}
        problem = require_problem(api.post(f"{BASE}/appointments", json=body, headers=sent), 422)
        assert problem["errors"][0]["field"] == "Idempotency-Key"
    odd = "'; DROP TABLE slots; --%s{}\\\"".replace(" ", "") + new_id().hex
    for _ in range(2):
        answer = api.post(f"{BASE}/appointments", json=body, headers={**world.headers(api), "Idempotency-Key": odd})
        assert require_problem(answer, 422)["errors"][0]["field"] == "slot_id"
