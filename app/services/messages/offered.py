"""What the letter about an offered place says beside its time: until when it is kept, and where it is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.waitlist.tokens import link_to
from models.db import first_row

OPEN_OFFER: LiteralString = """
SELECT o.id, o.expires_at, e.appointment_id IS NOT NULL, c.host_name
  FROM waitlist_offers o
  JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
  JOIN clinics c ON c.id = o.clinic_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.appointment_id = %(appointment_id)s::uuid
   AND o.status = 'open' AND o.expires_at > %(now)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """The kind of letter, the end of the offer, and its link."""

    kind: str
    until: datetime
    link: str


def open_offer(session: Session, clinic_id: UUID, *, appointment_id: UUID, now: datetime) -> OpenOffer | None:
    """Return the offer that this hold keeps a place for; None once it is answered or over."""
    parameters = {"clinic_id": clinic_id, "appointment_id": appointment_id, "now": now}
    found = first_row(session, OPEN_OFFER, parameters)
    if found is None:
        return None
    offer_id, until, is_earlier, host_name = found
    link = link_to(clinic_id, offer_id, host_name=host_name)
    return OpenOffer("earlier-offer" if is_earlier else "offer", until, link)
