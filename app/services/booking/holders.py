"""How many times one browser and one address may hold at once on the public booking pages."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import TooManyHolds
from app.settings import settings
from models.db import rows

# Read after the holder's advisory locks, so that two tabs cannot both see room for one more.
COUNT_HOLDS: LiteralString = """
SELECT count(*) FILTER (WHERE holder_browser = %(browser)s::bytea),
       count(*) FILTER (WHERE holder_address = %(address)s::bytea), min(hold_expires_at)
  FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND status = 'pending' AND hold_expires_at > %(now)s::timestamptz
   AND (holder_browser = %(browser)s::bytea OR holder_address = %(address)s::bytea)
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds from a public page: keyed hashes of the browser's id and of the network address."""

    browser: bytes
    address: bytes

    @property
    def lock_names(self) -> tuple[str, str]:
        """The advisory locks that count this holder's holds one at a time."""
        return f"browser:{self.browser.hex()}", f"address:{self.address.hex()}"


def require_holds_left(session: Session, clinic_id: UUID, holder: Holder, *, now: datetime) -> None:
    """Refuse one hold more than the settings allow for this browser and this address, until one of them ends."""
    parameters = {"clinic_id": clinic_id, "browser": holder.browser, "address": holder.address, "now": now}
    ((of_browser, of_address, next_end),) = rows(session, COUNT_HOLDS, parameters)
    if of_browser >= settings().holds_per_browser or of_address >= settings().holds_per_address:
        refusal = TooManyHolds()
        if next_end is not None:
            refusal.retry_after_seconds = ceil((next_end - now).total_seconds())
        raise refusal
