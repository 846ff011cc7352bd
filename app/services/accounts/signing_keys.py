"""The key pairs that sign API tokens: the private half lies sealed in the database, the public half is served."""

import json
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import ECAlgorithm
from sqlmodel import Session

from app.infra.crypto import unwrap, wrap
from app.settings import settings
from models.db import execute, first_row, rows

ALGORITHM = "ES256"
NEWEST: LiteralString = """
SELECT id, private_sealed FROM signing_keys
WHERE retired_at IS NULL AND algorithm = %(algorithm)s ORDER BY created_at DESC, id LIMIT 1
"""
# A retired key is served and accepted until the last token that it signed has ended.
SERVED: LiteralString = """
SELECT id, public_pem FROM signing_keys
WHERE algorithm = %(algorithm)s AND (retired_at IS NULL OR retired_at > %(retired_after)s) ORDER BY created_at
"""
INSERT: LiteralString = """
INSERT INTO signing_keys (id, algorithm, private_sealed, public_pem, created_at)
VALUES (%(id)s, %(algorithm)s, %(private_sealed)s, %(public_pem)s, %(now)s)
"""
RETIRE: LiteralString = """
UPDATE signing_keys SET retired_at = %(now)s WHERE retired_at IS NULL AND id <> %(keep)s
"""


class SigningPair(NamedTuple):
    """The private key that signs now, and its name in the token's header."""

    id: str
    private: ec.EllipticCurvePrivateKey


def signing_pair(session: Session, *, now: datetime) -> SigningPair:
    """Return the newest pair that is not retired; the first one is made on demand."""
    found = first_row(session, NEWEST, {"algorithm": ALGORITHM})
    return _open(found[0], bytes(found[1])) if found else make(session, now=now)


def make(session: Session, *, now: datetime) -> SigningPair:
    """Make a pair, which signs from now on."""
    private = ec.generate_private_key(ec.SECP256R1())
    key_id = secrets.token_hex(8)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    row = {"id": key_id, "algorithm": ALGORITHM, "public_pem": public.decode(), "now": now}
    execute(session, INSERT, {**row, "private_sealed": wrap(pem, context=_context(key_id))})
    return SigningPair(key_id, private)


def rotate(session: Session, *, now: datetime) -> SigningPair:
    """Make a pair and retire all others; tokens that these signed hold until their own end."""
    made = make(session, now=now)
    execute(session, RETIRE, {"now": now, "keep": made.id})
    return made


def public_keys(session: Session, *, now: datetime) -> dict[str, ec.EllipticCurvePublicKey]:
    """Return the public halves by id that a token may be signed with."""
    retired_after = now - timedelta(minutes=settings().api_token_minutes)
    served = rows(session, SERVED, {"algorithm": ALGORITHM, "retired_after": retired_after})
    return {key_id: _load_public(pem) for key_id, pem in served}


def as_jwk(key_id: str, public: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """Return a public half in the form of `/.well-known/jwks.json`."""
    jwk: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(public))
    return {**jwk, "kid": key_id, "alg": ALGORITHM, "use": "sig"}


@lru_cache(maxsize=8)
def _open(key_id: str, sealed: bytes) -> SigningPair:
    private = load_pem_private_key(unwrap(sealed, context=_context(key_id)), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("A signing key is of another kind.")
    return SigningPair(key_id, private)


@lru_cache(maxsize=16)
def _load_public(pem: str) -> ec.EllipticCurvePublicKey:
    public = load_pem_public_key(pem.encode())
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError("A signing key is of another kind.")
    return public


def _context(key_id: str) -> bytes:
    return f"signing_keys.private.{key_id}".encode()
