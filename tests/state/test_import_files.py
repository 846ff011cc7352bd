"""Sending a file to import over HTTP: only for who may change the settings, from our own page, within a size."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from app.import_errors import UploadNotFound
from app.infra import cookies
from app.infra.storage import store
from app.services.accounts.keys import vault_of
from app.services.imports.decode import MOST_BYTES
from app.services.imports.uploads import drop_upload, open_upload, read_upload
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from tests.builders import building, make_clinic, staff_of
from tests.state.conftest import Worker

SESSION = cookies.cookie_name(cookies.SESSION, secure=True)
FILE = "given name,birth date\nJosé,1984-03-09\n".encode()
SessionOf = Callable[[Role], str]


def send(worker: Worker, data: bytes, token: str = "", *, origin: str | None = None) -> httpx.Response:
    headers = {"Origin": worker.url if origin is None else origin, "Content-Type": "text/csv"}
    if token:
        headers["Cookie"] = f"{SESSION}={token}"
    return httpx.post(f"{worker.url}/desk/imports", content=data, headers=headers, timeout=30)


def test_a_file_is_kept_for_its_own_clinic_until_it_is_dropped(
    worker: Worker, workplace: Clinic, session_of: SessionOf
) -> None:
    answer = send(worker, FILE, session_of(Role.ADMINISTRATOR))
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    admin = staff_of(workplace, role=Role.ADMINISTRATOR)
    upload_id = UUID(answer.json()["id"])
    with transaction(admin) as session:
        assert read_upload(session, admin, upload_id=upload_id).header == ["given name", "birth date"]
    with building() as session:
        other = staff_of(make_clinic(session), role=Role.ADMINISTRATOR)
    with transaction(other) as session, pytest.raises(UploadNotFound):
        open_upload(session, other, upload_id=upload_id)
    with transaction(admin) as session:
        drop_upload(session, admin, upload_id=upload_id)
        with pytest.raises(UploadNotFound):
            open_upload(session, admin, upload_id=upload_id)


def test_a_patients_document_is_neither_opened_nor_dropped_as_an_upload(database: object, workplace: Clinic) -> None:
    admin, document_id = staff_of(workplace, role=Role.ADMINISTRATOR), new_id()
    key = f"{workplace.id}/{document_id}"
    with transaction(admin) as session:
        store().put(key, vault_of(session, workplace.id).seal_bytes("documents", "content", document_id, b"%PDF-"))
        drop_upload(session, admin, upload_id=document_id)
        assert store().get(key)
        with pytest.raises(UploadNotFound):
            open_upload(session, admin, upload_id=document_id)


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.PRACTITIONER, Role.NURSE, Role.MANAGER])
def test_nobody_else_sends_or_fetches(worker: Worker, session_of: SessionOf, role: Role) -> None:
    token = session_of(role)
    assert send(worker, FILE, token).status_code == 403
    cookie = {"Cookie": f"{SESSION}={token}"}
    assert httpx.get(f"{worker.url}/desk/imports/patients.csv", headers=cookie).status_code == 403


def test_without_a_session_or_from_a_foreign_page_nothing_is_kept(worker: Worker, session_of: SessionOf) -> None:
    assert send(worker, FILE).status_code == 401
    assert send(worker, FILE, session_of(Role.ADMINISTRATOR), origin="https://elsewhere.example").status_code == 403


def test_what_is_too_large_or_no_table_is_refused_with_a_sentence(worker: Worker, session_of: SessionOf) -> None:
    token = session_of(Role.ADMINISTRATOR)
    large = send(worker, b"x" * (MOST_BYTES + 1), token)
    assert (large.status_code, large.json()["code"]) == (413, "import-too-large")
    twice = send(worker, b"name,born,Name\n1,2,3\n", token)
    assert (twice.status_code, twice.json()["values"]) == (422, {"name": "Name"})


def test_templates_come_as_files(worker: Worker, session_of: SessionOf) -> None:
    cookie = {"Cookie": f"{SESSION}={session_of(Role.ADMINISTRATOR)}"}
    for kind in ("patients", "appointments"):
        answer = httpx.get(f"{worker.url}/desk/imports/{kind}.csv", headers=cookie)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.csv"'
    assert httpx.get(f"{worker.url}/desk/imports/doctors.csv", headers=cookie).status_code == 404
