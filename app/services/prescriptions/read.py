"""The prescriptions of a patient's file, and the drugs that a practitioner ordered lately."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.file_errors import PrescriptionNotFound
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.standing import standing_id
from app.services.prescriptions.fields import TABLE
from app.services.prescriptions.prescriber import prescriber_of, require_prescriber
from app.services.prescriptions.views import COLUMNS, TABLES, PrescriptionView, view_of
from models.db import first_row, rows
from models.principal import Principal

MOST = 50
# Drugs are sealed, so that the database cannot tell one from another: this many orders are opened to find them.
LOOKED_THROUGH = 200
RECENT_DRUGS = 30
OF_PATIENT: LiteralString = (
    "SELECT "
    + COLUMNS
    + " FROM "
    + TABLES
    + """
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.patient_id = %(patient_id)s::uuid
 ORDER BY p.created_at DESC, p.id DESC LIMIT %(most)s::int
"""
)
ONE: LiteralString = (
    "SELECT " + COLUMNS + " FROM " + TABLES + " WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = %(id)s::uuid"
)
RECENT: LiteralString = """
SELECT id, drug_sealed FROM prescriptions
 WHERE clinic_id = %(clinic_id)s::uuid AND practitioner_id = %(practitioner_id)s::uuid AND revoked_at IS NULL
 ORDER BY created_at DESC, id DESC LIMIT %(most)s::int
"""


@dataclass(frozen=True, slots=True)
class PrescriptionPage:
    """What is shown of a patient's prescriptions, and what whoever may order needs to order one."""

    prescriptions: list[PrescriptionView]
    has_more: bool
    can_prescribe: bool
    recent_drugs: list[str] = field(repr=False)


def prescription_page(
    session: Session, principal: Principal, *, patient_id: UUID, most: int = MOST, now: datetime
) -> PrescriptionPage:
    """Return a patient's newest prescriptions with whether there are older ones; raises as `list_prescriptions`."""
    found = list_prescriptions(session, principal, patient_id=patient_id, most=most + 1, now=now)
    can_prescribe = prescriber_of(session, principal) is not None
    drugs = recent_drugs(session, principal, limit=RECENT_DRUGS) if can_prescribe else []
    return PrescriptionPage(found[:most], len(found) > most, can_prescribe, drugs)


def list_prescriptions(
    session: Session, principal: Principal, *, patient_id: UUID, now: datetime, most: int = MOST
) -> list[PrescriptionView]:
    """Return a patient's prescriptions, the newest first, revoked ones too, with one audit row that names them.

    Those of a file that was merged are in the one it was merged into. Raises PatientNotFound, NotPermitted.
    """
    require(principal, Permission.CLINICAL_READ)
    vault, owner = vault_of(session, principal.clinic_id), standing_id(session, principal, patient_id=patient_id)
    place = {"clinic_id": principal.clinic_id, "patient_id": owner, "most": most}
    found = [view_of(vault, row) for row in rows(session, OF_PATIENT, place)]
    ids = [one.id for one in found]
    viewed(session, principal, object_kind="prescription", object_id=owner, ids=ids, now=now)
    return found


def recent_drugs(session: Session, principal: Principal, *, limit: int) -> list[str]:
    """Return the drugs that the actor ordered lately, each once, the newest first; raises NotPermitted."""
    practitioner_id, vault = require_prescriber(session, principal), vault_of(session, principal.clinic_id)
    place = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id, "most": LOOKED_THROUGH}
    drugs: dict[str, str] = {}
    for prescription_id, sealed in rows(session, RECENT, place):
        drug = vault.open(TABLE, "drug", prescription_id, sealed)
        drugs.setdefault(drug.casefold(), drug)
    return list(drugs.values())[:limit]


def load(session: Session, principal: Principal, vault: Vault, *, prescription_id: UUID) -> PrescriptionView:
    """Return one prescription for a caller who was permitted before; raises PrescriptionNotFound."""
    found = first_row(session, ONE, {"clinic_id": principal.clinic_id, "id": prescription_id})
    if found is None:
        raise PrescriptionNotFound
    return view_of(vault, found)
