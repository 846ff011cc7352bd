"""What `up` does as the database's owner for an installation without a demonstration: one clinic, one code."""

from datetime import datetime
from typing import LiteralString

from app.services.setup.code import hash_of, make_code
from models.base import new_id
from models.db import DatabaseRole, execute, first_row, global_transaction

# The benchmarks' clinic is nobody's.
ANY_CLINIC: LiteralString = "SELECT 1 FROM clinics WHERE host_name <> 'large.localhost' LIMIT 1"
ALONE: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('make-first-clinic', 0))"
# Country, money and zone are only where the guide begins to ask.
MAKE: LiteralString = """
INSERT INTO clinics (id, name, host_name, home_database, country, currency, language, timezone, phone,
                     is_demonstration, is_being_set_up, created_at)
VALUES (%(id)s, '', %(host)s, 'default', 'US', 'USD', 'en', 'UTC', '', false, true, %(now)s)
"""
RENEW: LiteralString = """
UPDATE clinics c SET set_up_code_hash = %(code_hash)s
 WHERE c.host_name = %(host)s AND c.is_being_set_up
   AND NOT EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = c.id)
"""


def has_clinic() -> bool:
    """Tell whether this installation has any clinic, a demonstration or a real one."""
    with global_transaction(role=DatabaseRole.OWNER) as session:
        return first_row(session, ANY_CLINIC, {}) is not None


def make_first_clinic(*, now: datetime, host: str = "localhost") -> bool:
    """Make the first clinic, still without a name and without anybody; False when there is a clinic already."""
    with global_transaction(role=DatabaseRole.OWNER) as session:
        execute(session, ALONE, {})
        if first_row(session, ANY_CLINIC, {}) is not None:
            return False
        execute(session, MAKE, {"id": new_id(), "host": host, "now": now})
        return True


def renew_code(*, host: str = "localhost") -> str | None:
    """Return a new set-up code, after which the former is worth nothing; None when the clinic has its people."""
    code = make_code()
    with global_transaction(role=DatabaseRole.OWNER) as session:
        is_open = execute(session, RENEW, {"host": host, "code_hash": hash_of(code)}) > 0
    return code if is_open else None
