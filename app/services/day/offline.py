"""The day sheet for when nothing works: today and tomorrow, encrypted here before they leave, kept by the browser.

Each location has a passphrase that lead staff set. Only the key derived from it is kept, sealed; the browser derives
it again from what is typed. Whoever finds the computer's disk finds ciphertext.
"""

import hashlib
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record, viewed_board
from app.services.board.read import places
from app.services.day.sheet import Line, lines_of
from app.services.places import Place
from app.words import N_
from models.db import execute, rows
from models.principal import Principal

# OWASP's number for PBKDF2 with SHA-256.
ITERATIONS = 600_000
SHORTEST, LONGEST, FEWEST_DIFFERENT = 12, 200, 6
SALT_BYTES, NONCE_BYTES = 16, 12
KEEP: LiteralString = """
UPDATE locations SET sheet_secret_sealed = %(sealed)s WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""
READ: LiteralString = """
SELECT id, sheet_secret_sealed FROM locations
 WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[]) AND sheet_secret_sealed IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SheetKey:
    """The key of a location's sheets with what is needed to derive it from the passphrase."""

    salt: str
    key: str


def key_from(passphrase: str) -> SheetKey:
    """Derive a new key from a passphrase, which takes a while; raises InvalidField for a weak one."""
    if not SHORTEST <= len(passphrase) <= LONGEST or len(set(passphrase)) < FEWEST_DIFFERENT:
        raise InvalidField("passphrase", N_("Give at least 12 characters that are not all alike."))
    salt = secrets.token_bytes(SALT_BYTES)
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ITERATIONS)
    return SheetKey(_text(salt), key.hex())


def keep_key(session: Session, principal: Principal, *, place: Place, key: SheetKey, now: datetime) -> None:
    """Have the sheets of a location encrypted under this key from now on; raises NotPermitted."""
    require(principal, Permission.DAY_SEAL, location_id=place.id)
    sealed = vault_of(session, principal.clinic_id).seal(
        "locations", "sheet_secret", place.id, json.dumps({"salt": key.salt, "key": key.key})
    )
    execute(session, KEEP, {"clinic_id": principal.clinic_id, "id": place.id, "sealed": sealed})
    record(session, principal, action="set-sheet-passphrase", object_kind="location", object_id=place.id, now=now)


def sealed_sheets(session: Session, principal: Principal, *, now: datetime) -> list[dict[str, Any]]:
    """Return the encrypted sheet of each location whose board the actor may read and that has a passphrase.

    Readable in it are the location and the moment only. It counts as a look at both days' boards.
    """
    by_id = {place.id: place for place in places(session, principal)}
    vault = vault_of(session, principal.clinic_id)
    found = rows(session, READ, {"clinic_id": principal.clinic_id, "ids": list(by_id)})
    made = []
    for location_id, sealed in found:
        opened = json.loads(vault.open("locations", "sheet_secret", location_id, sealed))
        made.append(_sealed(session, principal, by_id[location_id], SheetKey(opened["salt"], opened["key"]), now=now))
    return made


def _sealed(session: Session, principal: Principal, place: Place, key: SheetKey, *, now: datetime) -> dict[str, Any]:
    days = []
    for day in (place.today(now), place.today(now) + timedelta(days=1)):
        viewed_board(session, principal, location_id=place.id, day=day, now=now)
        lines = lines_of(session, principal, place=place, day=day, now=now)
        days.append({"day": day.isoformat(), "lines": [_cells(line) for line in lines]})
    nonce, as_of = secrets.token_bytes(NONCE_BYTES), now.isoformat()
    plain = json.dumps({"days": days}, ensure_ascii=False).encode()
    cipher = AESGCM(bytes.fromhex(key.key)).encrypt(nonce, plain, bound_to(place.id, as_of))
    return {
        "location": str(place.id),
        "name": place.name,
        "zone": place.timezone,
        "asOf": as_of,
        "salt": key.salt,
        "iterations": ITERATIONS,
        "nonce": _text(nonce),
        "data": _text(cipher),
    }


def bound_to(location_id: UUID, as_of: str) -> bytes:
    """Return what a sheet is bound to: under another location or moment it does not open."""
    return f"holdfast-sheet/1|{location_id}|{as_of}".encode()


def _cells(line: Line) -> list[str]:
    time = f"{line.starts_at:%H:%M}"
    return [time, line.practitioner, line.patient, line.birth_date.isoformat(), line.phone, line.service, line.room,
            line.status]  # fmt: skip


def _text(data: bytes) -> str:
    return b64encode(data).decode()
