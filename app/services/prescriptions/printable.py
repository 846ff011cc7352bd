"""What a prescription has on paper: one sheet for each practitioner, site and day, and never what was revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField
from app.file_errors import PrescriptionNotFound
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.read import get
from app.services.patients.views import PatientView
from app.services.prescriptions.fields import PrescriptionFields
from app.services.prescriptions.views import COLUMNS, TABLES, PrescriptionView, view_of
from app.words import N_
from models.db import rows
from models.principal import Principal

MOST = 30
WANTED: LiteralString = (
    "SELECT " + COLUMNS + """,
       r.license_number, c.name, coalesce(l.timezone, c.timezone), coalesce(l.name, ''), coalesce(l.address, ''),
       coalesce(l.phone, '')
  FROM """ + TABLES + """
  JOIN clinics c ON c.id = p.clinic_id
  LEFT JOIN locations l ON l.clinic_id = p.clinic_id AND l.id = p.location_id
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = ANY(%(ids)s::uuid[])
 ORDER BY p.created_at, p.id
"""
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who orders, where and when; the date is the site's own."""

    clinic: str
    location: str
    address: str
    phone: str
    practitioner: str
    license_number: str
    on_date: date


@dataclass(frozen=True, slots=True)
class PrescriptionSheet:
    """One sheet of paper: one signature, one patient, the drugs in the order in which they were ordered."""

    head: Letterhead
    patient: PatientView = field(repr=False)
    items: list[PrescriptionFields] = field(repr=False)


def printable(
    session: Session, principal: Principal, *, prescription_ids: Sequence[UUID], now: datetime
) -> list[PrescriptionSheet]:
    """Return the sheets of these prescriptions; each patient named on them was seen, and so was each prescription.

    Raises NotPermitted, InvalidField for too many, and PrescriptionNotFound when one of them is not the clinic's.
    """
    require(principal, Permission.CLINICAL_READ)
    wanted = set(prescription_ids)
    if len(wanted) > MOST:
        raise InvalidField("prescriptions", N_("Print fewer prescriptions at a time."))
    found = _found(session, principal, ids=wanted)
    if {one.id for one, _ in found} != wanted:
        raise PrescriptionNotFound
    standing = [(one, head) for one, head in found if one.revoked_at is None]
    patient_ids = dict.fromkeys(one.patient_id for one, _ in standing)
    patients = {one: get(session, principal, patient_id=one, now=now) for one in patient_ids}
    for patient_id in patients:
        ids = [one.id for one, _ in standing if one.patient_id == patient_id]
        viewed(session, principal, object_kind="prescription", object_id=patient_id, ids=ids, now=now)
    sheets: dict[tuple[UUID, Letterhead], list[PrescriptionFields]] = {}
    for one, head in standing:
        sheets.setdefault((one.patient_id, head), []).append(one.fields)
    return [PrescriptionSheet(head, patients[patient_id], items) for (patient_id, head), items in sheets.items()]


def _found(session: Session, principal: Principal, *, ids: set[UUID]) -> list[tuple[PrescriptionView, Letterhead]]:
    vault = vault_of(session, principal.clinic_id)
    found = rows(session, WANTED, {"clinic_id": principal.clinic_id, "ids": list(ids)})
    return [_opened(vault, row) for row in found]


def _opened(vault: Vault, row: tuple[Any, ...]) -> tuple[PrescriptionView, Letterhead]:
    one = view_of(vault, row[:-6])
    license_number, clinic, zone, location, address, phone = row[-6:]
    on_date = one.created_at.astimezone(ZoneInfo(zone)).date()
    return one, Letterhead(clinic, location, address, phone, one.practitioner, license_number, on_date)
