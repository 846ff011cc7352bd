"""Documents in a real S3 server: sealed there, refused under wrong keys, and nothing half-done while it is away."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.errors import NotFound
from app.file_errors import StorageUnavailable
from app.infra import storage
from app.infra.embedded.ports import free_port
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import single_use_key
from app.services.clock import utc_now
from app.services.documents.add import Upload, add_document
from app.services.documents.read import documents_of, open_document
from app.services.documents.remove import sweep_documents
from app.settings import settings
from models.base import new_id
from models.db import transaction
from models.files import DocumentKind
from tests.builders import NOW, job_of
from tests.services.two_files import TwoFiles

pytestmark = [pytest.mark.long, pytest.mark.database]
KEY, SECRET, BUCKET = "tests", "a secret of the tests", "documents"
TEXT = b"Referred for knee pain.\n"
PARTS = ("master", "volume", "filer", "s3")


@dataclass
class Bucket:
    """A running S3 server; every port of it is on loopback."""

    folder: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes]

    def url(self, secret: str = SECRET, bucket: str = BUCKET) -> str:
        return f"s3+http://{KEY}:{secret.replace(' ', '%20')}@127.0.0.1:{self.ports['s3']}/{bucket}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def start(folder: Path) -> Bucket:
    ports = {name: free_port() for part in PARTS for name in (part, f"{part}.grpc")}
    identity = {"credentials": [{"accessKey": KEY, "secretKey": SECRET}], "name": KEY}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [{**identity, "actions": actions}]}))
    options = [
        *(f"-{part}.port={ports[part]}" for part in PARTS),
        *(f"-{part}.port.grpc={ports[f'{part}.grpc']}" for part in PARTS),
    ]
    weed = Path(sys.executable).with_name("weed")
    command = [
        str(weed), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}",
        "-s3", f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-master.volumeSizeLimitMB=64", "-volume.max=20", *options,
    ]  # fmt: skip
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
    return Bucket(folder, ports, process)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    made = start(tmp_path_factory.mktemp("s3"))
    _wait_for(made)
    yield made
    made.stop()


@pytest.fixture
def bucket(server: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    use(server.url(), monkeypatch)
    yield server
    storage.forget_store()


def use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "storage_url", url)
    storage.forget_store()


def client(server: Bucket) -> Any:
    return storage.BucketStore(server.url()).client


def add(files: TwoFiles) -> UUID:
    upload = Upload("a.txt", DocumentKind.REFERRAL, TEXT)
    key = single_use_key(files.clerk, "add")
    answer = add_document(files.clerk, patient_id=files.keep.id, upload=upload, key=key, now=NOW)
    return UUID(answer.body["id"])


def test_a_document_lies_sealed_in_the_bucket_and_comes_back(database: DatabaseUrls, bucket: Bucket) -> None:
    files = TwoFiles()
    document_id = add(files)
    stored = client(bucket).get_object(Bucket=BUCKET, Key=f"{files.clinic.id}/{document_id}")["Body"].read()
    assert b"knee" not in stored
    assert len(stored) > len(TEXT)
    opened = open_document(files.clerk, patient_id=files.keep.id, document_id=document_id, now=NOW)
    assert opened.data == TEXT


def test_a_key_that_is_not_there_is_not_found_and_deleted_twice_all_the_same(bucket: Bucket) -> None:
    key = f"{new_id()}/{new_id()}"
    with pytest.raises(NotFound):
        storage.store().get(key)
    storage.store().put(key, b"x")
    assert [one.key for one in storage.store().stored(key[:37])] == [key]
    for _ in range(2):
        storage.store().delete(key)
    assert list(storage.store().stored(key[:37])) == []


@pytest.mark.parametrize("wrong", ["secret", "bucket"])
def test_a_wrong_secret_or_bucket_keeps_nothing(
    database: DatabaseUrls, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    files = TwoFiles()
    url = bucket.url(secret="another secret") if wrong == "secret" else bucket.url(bucket="elsewhere")
    use(url, monkeypatch)
    with pytest.raises(StorageUnavailable):
        list(storage.store().stored(f"{files.clinic.id}/"))
    if wrong == "secret":
        with pytest.raises(StorageUnavailable):
            add(files)
        assert _documents(files) == []


def test_the_sweep_empties_the_bucket_of_what_no_row_needs(database: DatabaseUrls, bucket: Bucket) -> None:
    files = TwoFiles()
    kept = add(files)
    storage.store().put(f"{files.clinic.id}/{new_id()}", b"left behind")
    later = utc_now() + timedelta(hours=2)
    assert sweep_documents(job_of(files.clinic), now=later, is_stopping=lambda: False) == 1
    assert sweep_documents(job_of(files.clinic), now=later, is_stopping=lambda: False) == 0
    assert [one.key.partition("/")[2] for one in storage.store().stored(f"{files.clinic.id}/")] == [str(kept)]


def test_while_the_server_is_away_nothing_is_half_done_and_afterwards_it_goes_on(
    database: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = TwoFiles()
    server = start(tmp_path)
    try:
        _wait_for(server)
        use(server.url(), monkeypatch)
        before = add(files)
    finally:
        server.stop()
    with pytest.raises(StorageUnavailable) as refused:
        add(files)
    assert refused.value.status_code == 503
    assert refused.value.retry_after_seconds
    with pytest.raises(StorageUnavailable):
        open_document(files.clerk, patient_id=files.keep.id, document_id=before, now=NOW)
    assert [one.id for one in _documents(files)] == [before]
    storage.forget_store()


def _documents(files: TwoFiles) -> list[Any]:
    with transaction(files.clerk) as session:
        return documents_of(session, files.clerk, patient_id=files.keep.id, now=NOW)


def _wait_for(server: Bucket) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.process.poll() is None, (server.folder / "log").read_text()[-2000:]
        try:
            httpx.get(f"http://127.0.0.1:{server.ports['s3']}/")
            client(server).create_bucket(Bucket=BUCKET)
            client(server).put_object(Bucket=BUCKET, Key="ready", Body=b"1")
            return
        except Exception:
            time.sleep(0.3)
    raise AssertionError((server.folder / "log").read_text()[-2000:])
