"""Make a patient, and change one: checked, sealed, findable, and with a row in the audit log."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select, update

from app.errors import PatientNotFound, StaleVersion
from app.file_errors import PatientMerged
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.patients import fields
from app.services.patients.check import PLAIN, checked
from app.services.patients.fields import habits_of
from app.services.patients.guardians import require_guardian
from app.services.patients.sealing import SEALED, sealed_columns
from app.services.patients.tokens import replace_tokens, search_tokens
from app.services.patients.views import PatientView, view_of
from models.base import new_id
from models.patients import Patient, Verification
from models.principal import Principal

CLINICAL = frozenset({"medical_history"})
FOUND_BY = ("given_name", "family_name", "birth_date", "phone", "email", "member_number", "external_number")


def create(
    session: Session,
    principal: Principal,
    *,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str | None = None,
    email: str | None = None,
    address: str | None = None,
    medical_history: str | None = None,
    language: str | None = None,
    verification: Verification = Verification.VERIFIED,
    now: datetime,
    **further: Any,
) -> PatientView:
    """Make a patient whom staff have seen; raises InvalidField for a value that cannot be.

    `further` are the other fields of app/services/patients/check.py: alert, insurer, member number, interpreter,
    guardian.
    """
    require(principal, Permission.PATIENTS_WRITE)
    given = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date}
    reach = {"phone": phone, "email": email, "address": address}
    known = {name: value for name, value in further.items() if value is not None}
    values = {**given, **reach, "medical_history": medical_history, "language": language, **known}
    _require_clinical(principal, {name for name, value in values.items() if value is not None})
    return insert(session, principal, values=values, verification=verification, now=now)


def insert(
    session: Session,
    principal: Principal,
    *,
    values: Mapping[str, Any],
    verification: Verification,
    now: datetime,
) -> PatientView:
    """Check, seal and store a patient for a caller who was permitted before."""
    vault = vault_of(session, principal.clinic_id)
    habits = habits_of(session, principal.clinic_id, now=now)
    clean = checked(values, habits=habits)
    fields.require_a_name(clean["given_name"], clean["family_name"])
    patient_id, language = new_id(), clean.pop("language", None) or habits.language
    require_guardian(session, principal, patient_id=patient_id, guardian_id=clean.get("guardian_id"))
    columns = _columns(vault, patient_id, clean)
    patient = Patient(
        clinic_id=principal.clinic_id,
        id=patient_id,
        language=language,
        verification=verification,
        created_at=now,
        updated_at=now,
        **columns,
    )
    session.add(patient)
    session.flush()
    view = view_of(vault, patient)
    replace_tokens(session, principal.clinic_id, patient_id=patient_id, tokens=_tokens(vault, view))
    _record(session, principal, "create", patient_id=patient_id, changed=clean, now=now)
    return view


def change(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    changes: Mapping[str, Any],
    version: int | None = None,
    now: datetime,
) -> PatientView:
    """Change the named fields; None empties an optional one.

    Raises StaleVersion when `version` is not the stored one or somebody else changes the patient at the same
    time, PatientNotFound, and InvalidField for a value or a field that cannot be.
    """
    require(principal, Permission.PATIENTS_WRITE)
    _require_clinical(principal, set(changes))
    vault = vault_of(session, principal.clinic_id)
    before = load(session, principal, patient_id=patient_id)
    if before.merged_into_id is not None:
        raise PatientMerged(patient_id=before.merged_into_id)
    if version is not None and version != before.version:
        raise StaleVersion(version=before.version)
    clean = checked(changes, habits=habits_of(session, principal.clinic_id, now=now))
    require_guardian(session, principal, patient_id=patient_id, guardian_id=clean.get("guardian_id"))
    view = store(session, vault, before, clean=clean, now=now)
    _record(session, principal, "update", patient_id=patient_id, changed=clean, now=now)
    return view


def store(session: Session, vault: Vault, before: Patient, *, clean: Mapping[str, Any], now: datetime) -> PatientView:
    """Seal and store checked values, and keep the patient findable by them; raises StaleVersion, InvalidField."""
    _store(session, before, columns=_columns(vault, before.id, clean), now=now)
    session.refresh(before)
    view = view_of(vault, before)
    fields.require_a_name(view.given_name, view.family_name)
    if clean.keys() & set(FOUND_BY):
        replace_tokens(session, before.clinic_id, patient_id=before.id, tokens=_tokens(vault, view))
    return view


def load(session: Session, principal: Principal, *, patient_id: UUID) -> Patient:
    """Return a patient's row of the principal's clinic; raises PatientNotFound."""
    wanted = select(Patient).where(Patient.clinic_id == principal.clinic_id, Patient.id == patient_id)
    patient = session.exec(wanted).first()
    if patient is None:
        raise PatientNotFound
    return patient


def _columns(vault: Vault, patient_id: UUID, clean: Mapping[str, Any]) -> dict[str, Any]:
    # A language is never emptied; a guardian can be.
    plain = {n: v for n, v in clean.items() if n not in SEALED and (n in PLAIN or v is not None)}
    return plain | sealed_columns(vault, patient_id, fields={name: clean[name] for name in clean if name in SEALED})


def _store(session: Session, before: Patient, *, columns: dict[str, Any], now: datetime) -> None:
    # The version in the condition decides between two who change the same patient at once.
    mine = (
        col(Patient.clinic_id) == before.clinic_id,
        col(Patient.id) == before.id,
        col(Patient.version) == before.version,
    )
    values = {**columns, "version": before.version + 1, "updated_at": now}
    statement = update(Patient).where(*mine).values(**values).execution_options(synchronize_session=False)
    if session.exec(statement).rowcount != 1:
        raise StaleVersion


def _tokens(vault: Vault, view: PatientView) -> set[bytes]:
    return search_tokens(vault, **{name: getattr(view, name) for name in FOUND_BY})


def _require_clinical(principal: Principal, names: set[str]) -> None:
    if names & CLINICAL:
        require(principal, Permission.CLINICAL_WRITE)


def _record(
    session: Session,
    principal: Principal,
    action: str,
    *,
    patient_id: UUID,
    changed: Mapping[str, Any],
    now: datetime,
) -> None:
    # The names of the fields only: the log holds no patient data.
    detail = {"fields": sorted(name for name, value in changed.items() if value is not None or action == "update")}
    record(session, principal, action=action, object_kind="patient", object_id=patient_id, detail=detail, now=now)
