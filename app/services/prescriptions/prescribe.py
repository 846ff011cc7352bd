"""`prescribe`: order a drug for a patient, as the practitioner whom the actor's role is linked to."""

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.audit.record import record
from app.services.booking.read import read_row
from app.services.patients.standing import require_own_visit, require_standing
from app.services.prescriptions.fields import PrescriptionFields, checked, sealed
from app.services.prescriptions.prescriber import place_of, require_prescriber
from app.services.prescriptions.read import load
from app.services.prescriptions.views import COLUMNS, TABLES, PrescriptionView, view_of
from models.base import new_id
from models.db import execute, rows
from models.principal import Principal

# In one visit the same order twice is always one; without a visit it is one press too many within this time.
TWICE_WITHIN = timedelta(minutes=10)
TWINS: LiteralString = (
    "SELECT "
    + COLUMNS
    + " FROM "
    + TABLES
    + """
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.patient_id = %(patient_id)s::uuid AND p.revoked_at IS NULL
   AND p.practitioner_id = %(practitioner_id)s::uuid
   AND p.appointment_id IS NOT DISTINCT FROM %(appointment_id)s::uuid
   AND (p.appointment_id IS NOT NULL OR p.created_at >= %(since)s::timestamptz)
 ORDER BY p.id
"""
)
INSERT: LiteralString = """
INSERT INTO prescriptions (clinic_id, id, patient_id, appointment_id, practitioner_id, location_id, drug_sealed,
                           dosage_sealed, frequency_sealed, duration_sealed, advice_sealed, made_by, created_at)
VALUES (%(clinic_id)s, %(id)s, %(patient_id)s, %(appointment_id)s, %(practitioner_id)s, %(location_id)s,
        %(drug_sealed)s, %(dosage_sealed)s, %(frequency_sealed)s, %(duration_sealed)s, %(advice_sealed)s,
        %(made_by)s, %(now)s)
"""


def prescribe(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    fields: PrescriptionFields,
    appointment_id: UUID | None = None,
    now: datetime,
) -> PrescriptionView:
    """Order a drug; called twice it is ordered once.

    Raises NotPermitted, NotAPrescriber, InvalidField, PatientNotFound, PatientMerged, AppointmentNotFound.
    """
    practitioner_id, clean = require_prescriber(session, principal), checked(fields)
    # Whoever adds to this file too waits here, so that a second press finds what the first one ordered.
    require_standing(session, principal, patient_id=patient_id)
    require_own_visit(session, principal, patient_id=patient_id, appointment_id=appointment_id)
    scope = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "appointment_id": appointment_id}
    order: dict[str, Any] = {**scope, "practitioner_id": practitioner_id, "made_by": principal.actor, "now": now}
    vault = vault_of(session, principal.clinic_id)
    twin = _twin(session, vault, order, fields=clean)
    return twin or _insert(session, principal, vault, order, fields=clean)


def _twin(
    session: Session, vault: Vault, order: dict[str, Any], *, fields: PrescriptionFields
) -> PrescriptionView | None:
    """Return the order that this one only repeats."""
    found = (view_of(vault, row) for row in rows(session, TWINS, {**order, "since": order["now"] - TWICE_WITHIN}))
    return next((one for one in found if one.fields == fields), None)


def _insert(
    session: Session, principal: Principal, vault: Vault, order: dict[str, Any], *, fields: PrescriptionFields
) -> PrescriptionView:
    prescription_id, now = new_id(), order["now"]
    place = {"location_id": _location(session, principal, order)}
    execute(session, INSERT, {**order, **place, "id": prescription_id, **sealed(vault, prescription_id, fields=fields)})
    detail = {"patient_id": str(order["patient_id"]), "practitioner_id": str(order["practitioner_id"])}
    record(
        session, principal, action="prescribe", object_kind="prescription", object_id=prescription_id, detail=detail,
        now=now,
    )  # fmt: skip
    return load(session, principal, vault, prescription_id=prescription_id)


def _location(session: Session, principal: Principal, order: dict[str, Any]) -> UUID | None:
    if order["appointment_id"] is not None:
        visit = read_row(session, principal, appointment_id=order["appointment_id"])
        return visit.location_id if visit else None
    return place_of(session, principal.clinic_id, practitioner_id=order["practitioner_id"], now=order["now"])
