"""The key of a change, with a keyed digest of its body: what is kept of a body tells nobody who stood in it."""

import hmac
from json import dumps
from typing import Any

from pydantic import BaseModel

from app.infra.crypto import derived_key
from app.services.booking.answer import RequestKey, request_key
from models.principal import Principal


def key_of(principal: Principal, *, path: str, key: str, body: BaseModel | None = None) -> RequestKey:
    """Return the key under which the answer to this POST is kept for its repetition."""
    plain: dict[str, Any] = body.model_dump(mode="json") if body else {}
    # A plain hash of a name and a birth date could be guessed by whoever reads the table.
    digest = hmac.digest(derived_key(b"request-body"), dumps(plain, sort_keys=True).encode(), "sha256")
    return request_key(principal, method="POST", path=path, key=key, body=digest.hex())
