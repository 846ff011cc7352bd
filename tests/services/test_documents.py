"""Documents: sealed before they leave, named by what they are, opened by those who may, and nothing left behind."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import AppointmentNotFound, NotPermitted, PatientNotFound
from app.file_errors import DocumentNotFound, FileTooLarge, PatientMerged, StorageUnavailable
from app.infra import storage
from app.infra.crypto import SealBroken
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.keys import vault_of
from app.services.booking.answer import request_key, single_use_key
from app.services.clock import utc_now
from app.services.documents import add as adding
from app.services.documents.add import Upload, add_document
from app.services.documents.read import documents_of, open_document
from app.services.documents.remove import remove_document, sweep_documents
from app.settings import settings
from models.accounts import Role
from models.base import new_id
from models.db import transaction
from models.files import Document, DocumentKind
from models.principal import Principal
from models.records import AuditEvent
from tests.builders import NOW, building, job_of, staff_of
from tests.services.two_files import TwoFiles

pytestmark = pytest.mark.database
TEXT = b"Referred for knee pain.\n"
LETTER = Upload(name="../Brief an\x00 Ana.PDF", kind=DocumentKind.LETTER, data=TEXT)
REFERRAL = Upload(name="referral.txt", kind=DocumentKind.REFERRAL, data=TEXT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this test's own as the store."""
    monkeypatch.setattr(settings(), "home", tmp_path)
    monkeypatch.setattr(settings(), "storage_url", "")
    storage.forget_store()
    yield tmp_path / "documents"
    storage.forget_store()


@pytest.fixture
def files(database: DatabaseUrls, folder: Path) -> TwoFiles:
    return TwoFiles()


def add(files: TwoFiles, upload: Upload = REFERRAL, *, by: Principal | None = None, **more: Any) -> UUID:
    who = by or files.clerk
    given = {"patient_id": files.keep.id, "key": single_use_key(who, "add"), **more}
    return UUID(add_document(who, upload=upload, now=NOW, **given).body["id"])


def seen(files: TwoFiles, who: Principal) -> list[Any]:
    with transaction(who) as session:
        return documents_of(session, who, patient_id=files.keep.id, now=NOW)


def opened(files: TwoFiles, document_id: UUID, *, by: Principal | None = None) -> Any:
    return open_document(by or files.clerk, patient_id=files.keep.id, document_id=document_id, now=NOW)


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_document_comes_back_as_it_was_sent(files: TwoFiles) -> None:
    document_id = add(files)
    assert opened(files, document_id).data == TEXT
    assert opened(files, document_id).name == "referral.txt"


def test_what_lies_in_the_store_tells_nothing(files: TwoFiles, folder: Path) -> None:
    add(files, LETTER)
    (path,) = stored(folder)
    assert b"knee" not in path.read_bytes()
    assert "Ana" not in str(path)
    assert path.stat().st_mode & 0o077 == 0


def test_bytes_that_were_exchanged_in_the_store_do_not_open(files: TwoFiles, folder: Path) -> None:
    first, second = add(files), add(files, Upload("b.txt", DocumentKind.CONSENT, b"Agreed.\n"))
    one, other = (next(path for path in stored(folder) if path.name == str(name)) for name in (first, second))
    other.write_bytes(one.read_bytes())
    with pytest.raises(SealBroken):
        opened(files, second)


def test_the_name_is_cleaned_sealed_and_ends_in_what_the_content_is(files: TwoFiles) -> None:
    document_id = add(files, LETTER)
    nurse = staff_of(files.clinic, role=Role.NURSE)
    assert opened(files, document_id, by=nurse).name == "Brief an Ana.txt"
    with building() as session:
        row = session.exec(select(Document).where(Document.id == document_id)).one()
        assert b"Ana" not in row.name_sealed
        assert vault_of(session, files.clinic.id).open("documents", "name", document_id, row.name_sealed)


def test_clinical_papers_are_opened_by_those_who_care_only(files: TwoFiles) -> None:
    document_id = add(files, LETTER)
    desk, nurse = staff_of(files.clinic), staff_of(files.clinic, role=Role.NURSE)
    with pytest.raises(NotPermitted):
        opened(files, document_id, by=desk)
    assert [(one.name, one.can_open) for one in seen(files, desk)] == [("", False)]
    assert [one.can_open for one in seen(files, nurse)] == [True]


@pytest.mark.parametrize("kind", [DocumentKind.REFERRAL, DocumentKind.CONSENT, DocumentKind.INSURANCE])
def test_office_papers_are_opened_at_the_desk(files: TwoFiles, kind: DocumentKind) -> None:
    document_id = add(files, Upload("a.txt", kind, TEXT))
    assert opened(files, document_id, by=staff_of(files.clinic)).data == TEXT


def test_every_download_and_every_change_is_written_down(files: TwoFiles) -> None:
    document_id = add(files)
    opened(files, document_id)
    with transaction(files.clerk) as session:
        remove_document(session, files.clerk, patient_id=files.keep.id, document_id=document_id, now=NOW)
    with building() as session:
        rows = session.exec(select(AuditEvent).where(AuditEvent.object_id == document_id)).all()
    assert sorted(row.action for row in rows) == ["add", "download", "remove"]
    assert all("referral.txt" not in str(row.detail) for row in rows)


def test_a_document_is_found_in_its_own_patients_file_only(files: TwoFiles) -> None:
    document_id = add(files)
    with pytest.raises(DocumentNotFound):
        open_document(files.clerk, patient_id=files.lose.id, document_id=document_id, now=NOW)
    stranger = staff_of(TwoFiles().clinic)
    with pytest.raises(DocumentNotFound):
        opened(files, document_id, by=stranger)


def test_the_same_request_twice_is_one_document(files: TwoFiles, folder: Path) -> None:
    key = request_key(files.clerk, method="POST", path="/documents", key="once", body="same")
    assert add(files, key=key) == add(files, key=key)
    assert len(seen(files, files.clerk)) == 1
    assert len(stored(folder)) == 1


@pytest.mark.parametrize("refusal", ["no such patient", "merged", "another patient's visit", "too large"])
def test_what_is_refused_leaves_nothing_in_the_store(
    files: TwoFiles, folder: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    visit = files.book(files.here[0], files.lose)
    if refusal == "no such patient":
        with pytest.raises(PatientNotFound):
            add(files, patient_id=new_id())
    elif refusal == "merged":
        files.merge()
        with pytest.raises(PatientMerged):
            add(files, patient_id=files.lose.id)
    elif refusal == "another patient's visit":
        with pytest.raises(AppointmentNotFound):
            add(files, Upload("a.txt", DocumentKind.REFERRAL, TEXT, appointment_id=visit))
    else:
        monkeypatch.setattr(settings(), "document_megabytes", 0)
        with pytest.raises(FileTooLarge):
            add(files)
    assert stored(folder) == []
    assert seen(files, files.clerk) == []


def test_a_store_that_is_away_leaves_no_row(files: TwoFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.parent.joinpath("documents").write_text("not a folder")
    with pytest.raises(StorageUnavailable):
        add(files)
    assert seen(files, files.clerk) == []


def test_the_sweep_deletes_what_no_row_needs_and_nothing_else(files: TwoFiles, folder: Path) -> None:
    kept, removed = add(files), add(files)
    fresh, old = f"{files.clinic.id}/{new_id()}", f"{files.clinic.id}/{new_id()}"
    for key in (fresh, old):
        storage.store().put(key, b"left behind")
    with transaction(files.clerk) as session:
        remove_document(session, files.clerk, patient_id=files.keep.id, document_id=removed, now=utc_now())
    for path in stored(folder):
        if path.name != fresh.partition("/")[2]:
            os.utime(path, (time.time() - 7200,) * 2)
    job = job_of(files.clinic)
    later = utc_now() + timedelta(minutes=1)
    assert sweep_documents(job, now=later, is_stopping=lambda: False) == 1
    assert sweep_documents(job, now=later, is_stopping=lambda: False) == 0
    names = {path.name for path in stored(folder)}
    assert names == {str(kept), str(removed), fresh.partition("/")[2]}


def test_a_removed_document_is_gone_at_once_and_its_object_after_its_days(files: TwoFiles, folder: Path) -> None:
    document_id = add(files)
    with transaction(files.clerk) as session:
        remove_document(session, files.clerk, patient_id=files.keep.id, document_id=document_id, now=NOW)
    assert seen(files, files.clerk) == []
    with pytest.raises(DocumentNotFound):
        opened(files, document_id)
    after = max(NOW, utc_now()) + timedelta(days=settings().removed_document_days + 1)
    assert sweep_documents(job_of(files.clinic), now=after, is_stopping=lambda: False) == 1
    assert stored(folder) == []


def test_a_row_that_may_have_been_written_keeps_its_object(
    files: TwoFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any, **__: Any) -> None:
        raise adding.Overloaded

    monkeypatch.setattr(adding, "attempt", lost)
    with pytest.raises(adding.Overloaded):
        add(files)
    assert len(stored(folder)) == 1


@pytest.mark.parametrize(
    "key", ["../x", "a/b", "", f"{'0' * 36}/../{'0' * 36}", f"{'0' * 36}/{'0' * 36}/x", "/etc/passwd"]
)
def test_no_key_leads_out_of_the_folder(folder: Path, key: str) -> None:
    with pytest.raises(ValueError, match="two ids"):
        storage.store().put(key, b"x")
