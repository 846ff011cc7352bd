"""The whole demonstration goes live: its rows, its public logins, and the way back to it.

A module of its own: a connection keeps the plans by which foreign keys are checked, and small clinics' are slow here.
"""

from typing import Any

import pytest
from psycopg import sql

from app.errors import InvalidField, NotSignedIn
from app.services import demo
from app.services.accounts.sessions import sign_in
from app.services.setup.go_live import Newcomer, go_live
from models.accounts import Role
from models.tables import CLINIC_TABLES
from tests.accounts import PASSWORD
from tests.services.demonstration import NOW, one

pytestmark = pytest.mark.database
# The keys, the first administrator's role, and the log's word of who went live.
KEPT = {"clinic_keys", "role_grants", "audit_events"}


@pytest.mark.long
def test_the_whole_demonstration_goes_and_does_not_come_back(no_demonstration: None, valkey: str) -> None:
    assert demo.load(now=NOW)
    login = next(known for known in demo.LOGINS if known.role is Role.ADMINISTRATOR)
    here: dict[str, Any] = {"now": NOW, "address": "here", "clinic_id": demo.CLINIC_ID}
    admin = sign_in(login=login.login, password=login.password, **here).principal
    newcomer = Newcomer(login="ines", display_name="Ines Ferro", password=PASSWORD)
    go_live(admin, name="riverside  clinics", newcomer=newcomer, now=NOW)
    for table in CLINIC_TABLES - KEPT:
        counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)).as_string()
        assert one(counted) == 0, table  # type: ignore[arg-type]
    for gone in demo.LOGINS:
        with pytest.raises(NotSignedIn):
            sign_in(login=gone.login, password=gone.password, **here)
    assert not demo.is_loaded()
    with pytest.raises(InvalidField, match="went live"):
        demo.load(now=NOW)
    assert sign_in(login="ines", password=PASSWORD, **here).role is Role.ADMINISTRATOR
