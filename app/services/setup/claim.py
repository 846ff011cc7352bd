"""The first administrator: whoever has the set-up code, and only while the clinic has nobody."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from app.errors import InvalidField, TooManyAttempts
from app.infra.limits import Limit, hit
from app.services.accounts import users
from app.services.accounts.permissions import Permission
from app.services.setup.code import hash_of
from app.services.setup.standing import standing_at
from app.setup_errors import ClinicTaken
from app.words import N_
from models.accounts import Role
from models.db import execute, transaction
from models.principal import ActorKind, Principal

# Of one address only: a bound over all of them would let a stranger keep the founder out, and 59 bits need none.
AT_ADDRESS = Limit("set-up-code-at-address", times=20, seconds=15 * 60)
# The condition and the change are one statement: of two who have the code, one is first and the other too late.
USE_CODE: LiteralString = """
UPDATE clinics c SET set_up_code_hash = NULL
 WHERE c.id = %(clinic_id)s::uuid AND c.set_up_code_hash = %(code_hash)s::bytea
   AND NOT EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = c.id)
"""


def claim(
    *, host: str, code: str, login: str, display_name: str, password: str, language: str, address: str, now: datetime
) -> UUID:
    """Make the first administrator of the clinic at this address and return the account's id.

    Raises ClinicTaken when it has its people, InvalidField for a wrong code or what cannot be an account (the code
    stays good then), TooManyAttempts.
    """
    if not hit(AT_ADDRESS, address):
        raise TooManyAttempts
    standing = standing_at(host)
    if standing.has_people or not standing.is_being_set_up:
        raise ClinicTaken
    founder = Principal(standing.clinic_id, ActorKind.SYSTEM, "set-up", frozenset({Permission.USERS_WRITE}))
    with transaction(founder) as session:
        if not execute(session, USE_CODE, {"clinic_id": founder.clinic_id, "code_hash": hash_of(code)}):
            raise InvalidField("code", N_("This is not the code that the start printed last."))
        return users.create(
            session,
            founder,
            login=login,
            display_name=display_name,
            password=password,
            role=Role.ADMINISTRATOR,
            language=language,
            now=now,
        )
