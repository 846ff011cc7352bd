"""Sealing: the master key, the keys it wraps, and the fields and page states sealed under them.

    vault.seal("patients", "given_name", patient_id, "Ana")    # bytes for the column given_name_sealed
    vault.open("patients", "given_name", patient_id, sealed)   # "Ana"; SealBroken when moved or altered
    vault.token("phone", "+4930123456")                        # keyed hash for patient_search_tokens
    seal(data, context=b"page-state:...")                      # page state, under a key of its own

Sealed bytes are `format (1) | key version (2) | nonce (12) | AES-256-GCM text and tag`. The table, column and
row are the additional data, so that a value copied to another row or column does not open there.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import settings

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1
HEADER_BYTES = 3
TOKEN_BYTES = 16


class KeyFailure(RuntimeError):
    """The master key is missing, malformed or not the one that sealed the data; nothing may start."""


class SealBroken(RuntimeError):
    """A sealed value does not open here: it was altered, moved to another place or sealed by another key."""


@lru_cache(maxsize=1)
def master_key() -> bytes:
    """Return the master key from HOLDFAST_MASTER_KEY or the file `master.key`: base64 of 32 bytes."""
    path = settings().home / "master.key"
    text = settings().master_key or (path.read_text() if path.exists() else "")
    if not text.strip():
        raise KeyFailure(f"There is no master key: set HOLDFAST_MASTER_KEY or put it into {path}.")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyFailure("The master key is not base64.") from None
    if len(key) != KEY_BYTES:
        raise KeyFailure(f"The master key has {len(key)} bytes instead of {KEY_BYTES}.")
    return key


def master_key_id() -> str:
    """Return a short name of the master key that tells nothing about the key."""
    return hashlib.sha256(b"holdfast/master-key-id/1" + master_key()).hexdigest()[:16]


def new_key() -> bytes:
    """Make a key from the system's randomness."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(key: bytes, *, context: bytes) -> bytes:
    """Seal a key under the master key, so that it can lie in the database."""
    return _seal(_master_cipher(b"wrap"), 1, key, context)


def unwrap(wrapped: bytes, *, context: bytes) -> bytes:
    """Open a key that `wrap` sealed; raises SealBroken under another master key."""
    return _open(_master_cipher(b"wrap"), wrapped, context)


def seal(plaintext: bytes, *, context: bytes) -> bytes:
    """Seal bytes that leave the process for a short time, such as page state, bound to their context."""
    return _seal(_master_cipher(b"page-state"), 1, plaintext, context)


def open_sealed(sealed: bytes, *, context: bytes) -> bytes:
    """Open what `seal` sealed under the same context; raises SealBroken otherwise."""
    return _open(_master_cipher(b"page-state"), sealed, context)


def refuse_unknown_master_key(ids: set[str]) -> None:
    """Refuse to go on when data lies under a master key other than ours; `ids` are those in use."""
    unknown = ids - {master_key_id()}
    if unknown:
        raise KeyFailure(
            f"The data is sealed under the master key {', '.join(sorted(unknown))}, but this installation has"
            f" {master_key_id()}. Put the right key back (HOLDFAST_MASTER_KEY or .holdfast/master.key)."
        )


@dataclass(frozen=True)
class Vault:
    """A clinic's keys: `data` by version (the newest seals, each opens) and one for search tokens."""

    data: dict[int, bytes] = field(repr=False)
    search: bytes = field(repr=False)
    _ciphers: dict[int, AESGCM] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ciphers", {version: AESGCM(key) for version, key in self.data.items()})

    def seal(self, table: str, column: str, row_id: UUID, text: str) -> bytes:
        """Seal one field of one row under the newest data key."""
        return self.seal_bytes(table, column, row_id, text.encode())

    def seal_bytes(self, table: str, column: str, row_id: UUID, data: bytes) -> bytes:
        """Seal bytes that belong to one row, such as a document's content in the object store."""
        newest = max(self._ciphers)
        return _seal(self._ciphers[newest], newest, data, _place(table, column, row_id))

    def open(self, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Open one field of one row; raises SealBroken when it was sealed for another place."""
        return self.open_bytes(table, column, row_id, sealed).decode()

    def open_bytes(self, table: str, column: str, row_id: UUID, sealed: bytes) -> bytes:
        """Open bytes of one row; raises SealBroken when they were sealed for another place."""
        cipher = self._ciphers.get(int.from_bytes(sealed[1:HEADER_BYTES], "big"))
        if cipher is None:
            raise SealBroken("A value is sealed under a key version that this clinic does not have.")
        return _open(cipher, sealed, _place(table, column, row_id))

    def token(self, kind: str, value: str) -> bytes:
        """Hash a normalised value for search; equal only for the same clinic, kind and value."""
        digest = hmac.digest(self.search, f"{kind}\0{value}".encode(errors="surrogatepass"), "sha256")
        return digest[:TOKEN_BYTES]


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}.{column}.{row_id}".encode()


def forget_keys() -> None:
    """Drop what was derived from the master key, for a process that gets another one."""
    for kept in (master_key, derived_key, _master_cipher):
        kept.cache_clear()


@lru_cache(maxsize=8)
def derived_key(purpose: bytes) -> bytes:
    """Return the key of one purpose: a value sealed or hashed for one can never pass for another."""
    info = b"holdfast/" + purpose + b"/1"
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master_key())


@lru_cache(maxsize=4)
def _master_cipher(purpose: bytes) -> AESGCM:
    return AESGCM(derived_key(purpose))


def _seal(cipher: AESGCM, version: int, plaintext: bytes, context: bytes) -> bytes:
    header = bytes([FORMAT]) + version.to_bytes(2, "big")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, plaintext, header + context)


def _open(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    start = HEADER_BYTES + NONCE_BYTES
    header, nonce, text = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:start], sealed[start:]
    if not header or header[0] != FORMAT:
        raise SealBroken("A sealed value has an unknown format.")
    try:
        return cipher.decrypt(nonce, text, header + context)
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed value was altered, moved, or sealed by another key.") from None
