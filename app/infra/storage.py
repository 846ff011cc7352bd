"""The object store: sealed bytes by key, in a folder beside the embedded servers or in an S3-compatible store.

    store().put("<clinic>/<document>", sealed)      # replaces the whole object or nothing
    store().get(...)    store().delete(...)    store().stored("<clinic>/")

STORAGE_URL names the store: empty for the folder, `s3://KEY:SECRET@host/bucket?region=...` over TLS or
`s3+http://...` without it. Nothing readable ever comes here: what is put was sealed before.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from uuid import uuid4

from app.errors import NotFound
from app.file_errors import StorageUnavailable
from app.settings import settings

KEY = re.compile(r"[0-9a-f-]{36}/[0-9a-f-]{36}")
PREFIX = re.compile(r"[0-9a-f-]{36}/")
CONNECT_SECONDS, READ_SECONDS = 3, 15


class Stored(NamedTuple):
    """One object that lies in the store, and since when."""

    key: str
    at: datetime


class ObjectStore(Protocol):
    """Where sealed bytes lie. Every call raises StorageUnavailable when the store cannot be reached or refuses us."""

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes under the key, all of them or none."""

    def get(self, key: str) -> bytes:
        """Return the bytes; raises NotFound."""

    def delete(self, key: str) -> None:
        """Drop the object; no error when it is not there."""

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Yield every object below the prefix, which ends with a slash."""


class FolderStore:
    """A folder of ours: one file an object, written beside its place and moved there when it is whole."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        half = path.with_name(f".{uuid4().hex}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            raise StorageUnavailable from error

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound from None
        except OSError as error:
            raise StorageUnavailable from error

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable from error

    def stored(self, prefix: str) -> Iterator[Stored]:
        folder = self.root / _checked(prefix, PREFIX)
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            key = f"{prefix}{path.name}"
            if KEY.fullmatch(key):
                yield Stored(key, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def _path(self, key: str) -> Path:
        return self.root / _checked(key, KEY)


class BucketStore:
    """A bucket of an S3-compatible server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.bucket = parts.path.strip("/")
        self.client = _client(parts)

    def put(self, key: str, data: bytes) -> None:
        self._call("put_object", Key=_checked(key, KEY), Body=data)

    def get(self, key: str) -> bytes:
        answer = self._call("get_object", Key=_checked(key, KEY))
        with _failures():
            return bytes(answer["Body"].read())

    def delete(self, key: str) -> None:
        self._call("delete_object", Key=_checked(key, KEY))

    def stored(self, prefix: str) -> Iterator[Stored]:
        with _failures():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=_checked(prefix, PREFIX)
            )
            for page in pages:
                for one in page.get("Contents", ()):
                    yield Stored(one["Key"], one["LastModified"].astimezone(UTC))

    def _call(self, operation: str, **arguments: Any) -> Any:
        with _failures():
            return getattr(self.client, operation)(Bucket=self.bucket, **arguments)


@lru_cache(maxsize=1)
def store() -> ObjectStore:
    """Return the store that the settings name."""
    url = settings().storage_url
    return BucketStore(url) if url else FolderStore(settings().home / "documents")


def forget_store() -> None:
    """Have the next call read the settings anew."""
    store.cache_clear()


class _failures:
    """Turn whatever the S3 library raises into our own refusals; its text may name the bucket and the key."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, failure: BaseException | None, trace: Any) -> None:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        if isinstance(failure, ClientError) and failure.response["Error"].get("Code") in ("NoSuchKey", "404"):
            raise NotFound from None
        if isinstance(failure, (BotoCoreError, ClientError, HTTPClientError)):
            raise StorageUnavailable from failure


def _client(parts: SplitResult) -> Any:
    # The library takes a third of a second to load: only who uses a bucket pays for it.
    import boto3
    from botocore.config import Config

    query = parse_qs(parts.query)
    scheme = "http" if parts.scheme == "s3+http" else "https"
    host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    return boto3.client(
        "s3",
        endpoint_url=f"{scheme}://{host}",
        aws_access_key_id=unquote(parts.username or ""),
        aws_secret_access_key=unquote(parts.password or ""),
        region_name=query.get("region", ["us-east-1"])[0],
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"max_attempts": 2},
            # Servers other than Amazon's do not all know the newer checksum headers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _checked(key: str, form: re.Pattern[str]) -> str:
    # Ids only: no dots, no further slash, so that no key leads out of its folder.
    if not form.fullmatch(key):
        raise ValueError("An object's key is made of two ids.")
    return key
