"""Who acts at the command line: the operator of the installation, in the clinic that was named."""

from typing import LiteralString

from app.errors import InvalidField
from app.services.accounts.permissions import OPERATOR_PERMISSIONS
from models.db import global_transaction, rows
from models.principal import ActorKind, Principal

MOST_NAMES = 10
CLINICS: LiteralString = "SELECT id, host_name FROM clinics ORDER BY host_name"


def operator_of(host_name: str = "") -> Principal:
    """Return the operator in the clinic of that host name, or in the only clinic; raises InvalidField."""
    with global_transaction() as session:
        clinics = rows(session, CLINICS, {})
    fitting = [clinic_id for clinic_id, name in clinics if not host_name or name == host_name]
    if len(fitting) == 1:
        return Principal(fitting[0], ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)
    names = ", ".join(name for _, name in clinics[:MOST_NAMES]) + (", ..." if len(clinics) > MOST_NAMES else "")
    if not clinics:
        raise InvalidField("clinic", "There is no clinic yet; run `./holdfast up` first.")
    raise InvalidField("clinic", f"Name one clinic by its host name with --clinic: {names}.")
