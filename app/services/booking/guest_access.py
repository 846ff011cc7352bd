"""What the API gives a guest in hand: a token that is good for one appointment, derived from it and kept nowhere."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from app.errors import NotSignedIn
from app.infra.crypto import derived_key
from app.services.accounts.permissions import GUEST_PERMISSIONS
from models.db import first_row, transaction
from models.principal import ActorKind, Principal

PREFIX = "hfg_"
ID_BYTES = 16
# How long after the visit its token still opens it.
LASTS_FOR = timedelta(days=1)
ACTOR_LENGTH = 32
NOT_OURS = "The token is not one of ours."
MADE: LiteralString = """
SELECT made_by, ends_at FROM appointments WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


class GuestAccess(NamedTuple):
    """Who a token speaks for, and the one appointment that it opens."""

    principal: Principal
    appointment_id: UUID


def api_guest(clinic_id: UUID, *, address: str, key: str, request_id: str = "") -> Principal:
    """Return who acts for a request without identity: another guest for each address and Idempotency-Key.

    So a repeated request finds its first answer, and no guest can see or meet what another one made.
    """
    said = f"{clinic_id}\0{address}\0{key}".encode(errors="surrogatepass")
    actor_id = hmac.digest(derived_key(b"guest-caller"), said, "sha256").hex()[:ACTOR_LENGTH]
    return Principal(clinic_id, ActorKind.GUEST, actor_id, GUEST_PERMISSIONS, request_id=request_id)


def access_token(clinic_id: UUID, appointment_id: UUID) -> str:
    """Return the token of one appointment: always the same one."""
    ids = clinic_id.bytes + appointment_id.bytes
    mac = hmac.digest(derived_key(b"guest-access"), ids, "sha256")
    return PREFIX + urlsafe_b64encode(ids + mac).decode().rstrip("=")


def is_access_token(token: str) -> bool:
    """Tell a guest's token from a client's, before either is checked."""
    return token.startswith(PREFIX)


def access_of(token: str, *, now: datetime, request_id: str = "") -> GuestAccess:
    """Return what a token opens until a day after the visit; raises NotSignedIn when it opens nothing."""
    clinic_id, appointment_id = _ids_in(token)
    nobody = Principal(clinic_id, ActorKind.GUEST, "", GUEST_PERMISSIONS)
    with transaction(nobody) as session:
        found = first_row(session, MADE, {"clinic_id": clinic_id, "id": appointment_id})
    kind, _, actor_id = found[0].partition(":") if found else ("", "", "")
    if found is None or kind != ActorKind.GUEST.value:
        raise NotSignedIn(NOT_OURS)
    if now >= found[1] + LASTS_FOR:
        raise NotSignedIn("The token has ended, as the visit is over.")
    principal = Principal(clinic_id, ActorKind.GUEST, actor_id, GUEST_PERMISSIONS, request_id=request_id)
    return GuestAccess(principal, appointment_id)


def _ids_in(token: str) -> tuple[UUID, UUID]:
    try:
        text = token.removeprefix(PREFIX).encode("ascii")
        plain = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        clinic_id, appointment_id = UUID(bytes=plain[:ID_BYTES]), UUID(bytes=plain[ID_BYTES : 2 * ID_BYTES])
    except ValueError:
        raise NotSignedIn(NOT_OURS) from None
    # The whole text: base64 would forgive a letter more or another last one.
    if not hmac.compare_digest(token, access_token(clinic_id, appointment_id)):
        raise NotSignedIn(NOT_OURS)
    return clinic_id, appointment_id
