"""That a clinic keeps an administrator: one change of accounts at a time, and the count after it."""

from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import LastAdministrator
from models.db import execute, first_row

# Two administrators who take each other's role at the same time would both still see the other's.
LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('roles:' || %(clinic_id)s::text, 0))"
ADMINISTRATORS: LiteralString = """
SELECT count(DISTINCT g.user_id) FROM role_grants g JOIN users u ON u.id = g.user_id AND u.is_active
 WHERE g.clinic_id = %(clinic_id)s::uuid AND g.role = 'administrator' AND g.location_id IS NULL
"""


def lock_roles(session: Session, clinic_id: UUID) -> None:
    """Wait until nobody else changes this clinic's accounts, and keep others waiting until the transaction's end."""
    execute(session, LOCK, {"clinic_id": clinic_id})


def require_administrator_left(session: Session, clinic_id: UUID) -> None:
    """Raise LastAdministrator when nobody who can sign in is an administrator everywhere; lock before the change."""
    found = first_row(session, ADMINISTRATORS, {"clinic_id": clinic_id})
    if not found or not found[0]:
        raise LastAdministrator
