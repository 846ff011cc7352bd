"""What goes with the demonstration when the clinic goes live: counted before anybody decides."""

from dataclasses import asdict, dataclass
from typing import LiteralString

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.catalogue.editing import require_everywhere
from app.setup_errors import DemonstrationOver
from models.db import first_row
from models.principal import Principal

NAME: LiteralString = "SELECT name FROM clinics WHERE id = %(clinic_id)s::uuid AND is_demonstration"
COUNTS: LiteralString = """
SELECT (SELECT count(*) FROM patients WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM documents WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM messages WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM locations WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM services WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM practitioners WHERE clinic_id = %(clinic_id)s::uuid),
       (SELECT count(*) FROM users WHERE home_clinic_id = %(clinic_id)s::uuid)
"""


@dataclass(frozen=True, slots=True)
class Going:
    """How many of each go."""

    patients: int
    appointments: int
    documents: int
    messages: int
    locations: int
    services: int
    practitioners: int
    logins: int


@dataclass(frozen=True, slots=True)
class Farewell:
    """The demonstration's name, which is typed to confirm, and what goes with it."""

    name: str
    going: Going


def read_farewell(session: Session, principal: Principal) -> Farewell:
    """Return what would go; raises NotPermitted, and DemonstrationOver when there is no demonstration any more."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    about = {"clinic_id": principal.clinic_id}
    found = first_row(session, NAME, about)
    if found is None:
        raise DemonstrationOver
    return Farewell(found[0], Going(*(first_row(session, COUNTS, about) or ())))


def as_detail(going: Going) -> dict[str, int]:
    """Return the counts as the audit row keeps them."""
    return asdict(going)
