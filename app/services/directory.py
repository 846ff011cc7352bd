"""The directory of clinics: who there is, whose host name a visitor came to, and which is a demonstration."""

from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.settings import settings
from models.db import first_row, rows

EVERY: LiteralString = "SELECT id FROM clinics ORDER BY id"
# A host name nobody has is the only clinic's, when there is only one.
AT_HOST: LiteralString = """
(SELECT id FROM clinics WHERE host_name = %(host)s)
UNION ALL
(SELECT id FROM clinics WHERE NOT EXISTS (SELECT 1 FROM clinics WHERE host_name = %(host)s) LIMIT 2)
"""
IS_DEMONSTRATION: LiteralString = "SELECT 1 FROM clinics WHERE id = %(clinic_id)s::uuid AND is_demonstration"


def every_clinic(session: Session) -> list[UUID]:
    """Return the ids of all clinics, for jobs that go through them one by one."""
    return [clinic_id for (clinic_id,) in rows(session, EVERY, {})]


def clinic_at(session: Session, *, host: str) -> UUID:
    """Return the clinic of a Host header's name, or the only clinic; raises NotFound when it could be several."""
    found = rows(session, AT_HOST, {"host": _name_of(host)})
    if len(found) != 1:
        raise NotFound("There is no clinic at this address.")
    return found[0][0]  # type: ignore[no-any-return]


def is_demonstration(session: Session, clinic_id: UUID) -> bool:
    """Tell whether a clinic is only shown; production knows no demonstration, whatever the database says."""
    return settings().is_demonstration and first_row(session, IS_DEMONSTRATION, {"clinic_id": clinic_id}) is not None


def _name_of(host: str) -> str:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.strip("[]").rstrip(".").lower() if name.isprintable() else ""
