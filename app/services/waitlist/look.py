"""What the holder of an offer's letter sees of it: the time, with whom and where, and nothing about care beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import OfferNotFound
from app.services.audit.record import viewed
from app.services.booking.claim import utc_text
from models.db import first_row
from models.principal import Principal
from models.waiting import OfferStatus

LOOK: LiteralString = """
SELECT o.status, o.expires_at, a.starts_at, a.ends_at, a.timezone, s.name, p.display_name, l.name,
       CASE WHEN b.status = 'booked' THEN b.starts_at END
  FROM waitlist_offers o
  JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN practitioners p ON p.clinic_id = a.clinic_id AND p.id = a.practitioner_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  LEFT JOIN appointments b ON b.clinic_id = e.clinic_id AND b.id = e.appointment_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = %(id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as its page shows it; `replaces_at` is the start of the appointment that is given back for it."""

    status: OfferStatus
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    service: str
    practitioner: str
    location: str
    replaces_at: datetime | None

    def body(self) -> dict[str, Any]:
        """Return the offer as the API shows it."""
        return {
            "status": self.status.value,
            "expires_at": utc_text(self.expires_at),
            "start": utc_text(self.starts_at),
            "end": utc_text(self.ends_at),
            "timezone": self.timezone,
            "service": self.service,
            "practitioner": self.practitioner,
            "location": self.location,
            "replaces_start": utc_text(self.replaces_at),
        }


def look(session: Session, principal: Principal, *, offer_id: UUID, now: datetime) -> OfferView:
    """Return the offer that a token opened, and write down that it was seen; raises OfferNotFound."""
    found = first_row(session, LOOK, {"clinic_id": principal.clinic_id, "id": offer_id})
    if found is None:
        raise OfferNotFound
    viewed(session, principal, object_kind="waitlist-offer", object_id=offer_id, now=now)
    status, expires_at, *rest = found
    is_over = status == OfferStatus.OPEN and expires_at <= now
    return OfferView(OfferStatus.EXPIRED if is_over else OfferStatus(status), expires_at, *rest)
