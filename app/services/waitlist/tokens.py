"""The secret of an offer: who has it may answer this one offer. It is derived, so no row holds it.

The token names clinic and offer and proves both by an HMAC under a key of its own. Letters carry it behind the `#`
of a link, which browsers keep to themselves; requests carry it in their body.
"""

import base64
import binascii
import hmac
from uuid import UUID

from app.errors import OfferNotFound
from app.infra.addresses import home_of
from app.infra.crypto import derived_key

PAGE = "/offer"
ID_BYTES = 16
PROOF_BYTES = 16
TOKEN_LENGTH = 64


def token_of(clinic_id: UUID, offer_id: UUID) -> str:
    """Return the token that answers an offer."""
    place = clinic_id.bytes + offer_id.bytes
    return base64.urlsafe_b64encode(place + _proof(place)).decode()


def link_to(clinic_id: UUID, offer_id: UUID, *, host_name: str) -> str:
    """Return the link to the page on which an offer is answered."""
    return f"{home_of(host_name)}{PAGE}#{token_of(clinic_id, offer_id)}"


def offer_of(token: str) -> tuple[UUID, UUID]:
    """Return the clinic and the offer of a token; raises OfferNotFound for one that we did not make."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise OfferNotFound from None
    place, proof = raw[: 2 * ID_BYTES], raw[2 * ID_BYTES :]
    if not hmac.compare_digest(_proof(place), proof):
        raise OfferNotFound
    return UUID(bytes=place[:ID_BYTES]), UUID(bytes=place[ID_BYTES:])


def _proof(place: bytes) -> bytes:
    return hmac.digest(derived_key(b"waitlist-offer"), place, "sha256")[:PROOF_BYTES]
