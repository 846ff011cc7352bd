"""Documents over the API: a form of bounded size, known by its content, downloaded and never shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.infra import storage
from app.services.accounts import sessions, users
from app.services.clock import utc_now
from app.settings import settings
from models.accounts import Role
from models.base import new_id
from tests.api.conftest import ORIGIN, World
from tests.api.test_problems import require_problem
from tests.builders import building, staff_of

BASE = "/api/v1"
TEXT = b"Referred for knee pain.\n"
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(settings(), "home", tmp_path)
    storage.forget_store()
    yield tmp_path / "documents"
    storage.forget_store()


def send(
    api: TestClient,
    world: World,
    patient_id: str,
    *,
    data: bytes = TEXT,
    name: str = "a.txt",
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> Any:
    return api.post(
        f"{BASE}/patients/{patient_id}/documents",
        files={"file": (name, data, "text/html")},
        data={"kind": "referral", **fields},
        headers=headers or {**world.headers(api), "Idempotency-Key": new_id().hex},
    )


def test_a_document_is_added_listed_downloaded_and_removed(api: TestClient, world: World) -> None:
    patient_id = world.patient()
    made = send(api, world, patient_id)
    assert made.status_code == 201, made.text
    assert (made.json()["content_type"], made.json()["size_bytes"]) == ("text/plain", len(TEXT))
    there, headers = f"{BASE}/patients/{patient_id}/documents", world.headers(api)
    (listed,) = api.get(there, headers=headers).json()["items"]
    assert (listed["id"], listed["name"]) == (made.json()["id"], "a.txt")
    got = api.get(f"{there}/{listed['id']}", headers=headers)
    assert got.content == TEXT
    assert api.delete(f"{there}/{listed['id']}", headers=headers).status_code == 204
    require_problem(api.get(f"{there}/{listed['id']}", headers=headers), 404, "not-found")
    require_problem(api.delete(f"{there}/{listed['id']}", headers=headers), 404, "not-found")


def test_a_download_is_saved_and_never_shown_or_kept_by_a_cache(api: TestClient, world: World) -> None:
    patient_id = world.patient()
    made = send(api, world, patient_id, name='x"; filename=evil.html')
    got = api.get(f"{BASE}/patients/{patient_id}/documents/{made.json()['id']}", headers=world.headers(api))
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "html" not in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert got.headers["cache-control"] == "no-store"


def test_a_repeated_upload_is_the_same_document(api: TestClient, world: World) -> None:
    patient_id = world.patient()
    headers = {**world.headers(api), "Idempotency-Key": new_id().hex}
    first, again = (send(api, world, patient_id, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    require_problem(send(api, world, patient_id, data=b"other\n", headers=headers), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"<html><script>alert(1)</script>", 415, "file-refused"), (b"", 415, "file-refused")],
)
def test_what_could_run_is_refused(api: TestClient, world: World, data: bytes, status: int, code: str) -> None:
    require_problem(send(api, world, world.patient(), data=data), status, code)


def test_a_file_that_is_too_large_is_refused_while_it_comes(
    api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "document_megabytes", 1)
    patient_id, sent = world.patient(), 0
    require_problem(send(api, world, patient_id, data=b"x" * 1_100_000), 413, "file-too-large")

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while sent < 50_000_000:
            sent += 65_536
            yield b"x" * 65_536

    headers = {**world.headers(api), "Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": "endless"}
    answer = api.post(f"{BASE}/patients/{patient_id}/documents", content=endless(), headers=headers)
    require_problem(answer, 413, "file-too-large")


def test_no_other_request_may_be_as_long_as_a_file(api: TestClient, world: World) -> None:
    headers = {**world.headers(api), "Content-Type": "application/json"}
    for path in (f"/patients/{new_id()}", "/patients", f"/patients/{new_id()}/documents/{new_id()}"):
        answer = api.post(f"{BASE}{path}", content=b"x" * 70_000, headers=headers)
        require_problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"x", "multipart/form-data", 422),
        (b"x", "multipart/form-data; boundary=b", 422),
        (b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nreferral\r\n--b--\r\n',
         "multipart/form-data; boundary=b", 422),
    ],
    ids=["json", "no boundary", "no parts", "no file"],
)  # fmt: skip
def test_a_form_that_cannot_be_read(api: TestClient, world: World, content: bytes, media: str, status: int) -> None:
    headers = {**world.headers(api), "Content-Type": media, "Idempotency-Key": new_id().hex}
    answer = api.post(f"{BASE}/patients/{world.patient()}/documents", content=content, headers=headers)
    require_problem(answer, status)


@pytest.mark.parametrize("fields", [{"kind": "secret"}, {"kind": ""}, {"appointment_id": "x"}])
def test_a_field_that_cannot_be_used(api: TestClient, world: World, fields: dict[str, str]) -> None:
    require_problem(send(api, world, world.patient(), **fields), 422, "invalid-field")


def test_a_key_is_needed_and_the_patient_must_be_there(api: TestClient, world: World) -> None:
    keyless = {name: value for name, value in world.headers(api).items() if name != "Idempotency-Key"}
    require_problem(send(api, world, world.patient(), headers=keyless), 400, "idempotency-key-missing")
    require_problem(send(api, world, str(new_id())), 404, "not-found")


def test_a_session_uploads_from_our_own_pages_only(api: TestClient, world: World) -> None:
    patient_id, login = world.patient(), f"desk-{new_id().hex[-8:]}"
    with building() as session:
        admin = staff_of(world.clinic_id, role=Role.ADMINISTRATOR)
        users.create(
            session, admin, login=login, display_name="Desk", password=PASSWORD, role=Role.RECEPTIONIST, now=utc_now()
        )
    token = sessions.sign_in(login=login, password=PASSWORD, now=utc_now()).token
    cookie = {"Cookie": f"__Host-holdfast-session={token}; holdfast-session={token}"}
    own = {**cookie, "Origin": ORIGIN, "Idempotency-Key": new_id().hex}
    foreign = {**own, "Origin": "https://evil.example"}
    require_problem(send(api, world, patient_id, headers=foreign), 403, "foreign-origin")
    assert send(api, world, patient_id, headers=own).status_code == 201
