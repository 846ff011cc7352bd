"""`revoke_prescription`: it counts no longer, and the file says since when, by whom and why."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.file_errors import PrescriptionNotFound
from app.services.accounts.keys import vault_of
from app.services.audit.record import record
from app.services.patients.fields import good_line
from app.services.prescriptions.fields import LONGEST, TABLE
from app.services.prescriptions.prescriber import require_prescriber
from app.services.prescriptions.read import load
from app.services.prescriptions.views import PrescriptionView
from app.words import N_
from models.db import execute
from models.files import RevokeReason
from models.principal import Principal

# Of two who revoke at once the first one's reason stands.
REVOKE: LiteralString = """
UPDATE prescriptions
   SET revoked_at = %(now)s::timestamptz, revoked_by = %(actor)s, revoke_reason = %(reason)s,
       revoke_words_sealed = %(words)s
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND revoked_at IS NULL
"""


def reason_of(text: str) -> RevokeReason:
    """Return the reason; raises InvalidField."""
    try:
        return RevokeReason(text)
    except ValueError:
        raise InvalidField("reason", N_("Say why.")) from None


def revoke_prescription(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    prescription_id: UUID,
    reason: RevokeReason,
    words: str = "",
    now: datetime,
) -> PrescriptionView:
    """Revoke one; a second time nothing changes. `words` say more than the reason, and are sealed.

    Any practitioner of the clinic may, as who ordered it may be away when it has to end. Raises NotPermitted,
    NotAPrescriber, InvalidField, and PrescriptionNotFound also for one of another patient.
    """
    require_prescriber(session, principal)
    vault = vault_of(session, principal.clinic_id)
    said = good_line("words", words, longest=LONGEST)
    found = load(session, principal, vault, prescription_id=prescription_id)
    if found.patient_id != patient_id:
        raise PrescriptionNotFound
    place = {"clinic_id": principal.clinic_id, "id": prescription_id, "actor": principal.actor, "now": now}
    sealed = vault.seal(TABLE, "revoke_words", prescription_id, said) if said else None
    if execute(session, REVOKE, {**place, "reason": reason.value, "words": sealed}):
        detail = {"patient_id": str(patient_id)}
        record(
            session, principal, action="revoke", object_kind="prescription", object_id=prescription_id,
            reason=reason.value, detail=detail, now=now,
        )  # fmt: skip
    return load(session, principal, vault, prescription_id=prescription_id)
