"""Somebody who books without an account: matched silently to a known patient, or made an unverified one."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require_any
from app.services.booking.locks import lock_names
from app.services.patients import fields
from app.services.patients.check import checked
from app.services.patients.fields import habits_of
from app.services.patients.normalise import name_words, normal_email
from app.services.patients.tokens import find, wanted_tokens
from app.services.patients.views import PatientView, view_of
from app.services.patients.write import insert
from models.patients import Patient, Verification
from models.principal import Principal


def match_or_create_guest(
    session: Session,
    principal: Principal,
    *,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str | None = None,
    email: str | None = None,
    language: str | None = None,
    now: datetime,
) -> UUID:
    """Return the patient with this name, birth date and phone or e-mail, or a new unverified one.

    The caller never learns which, and a match changes nothing of the known patient. Raises InvalidField.
    """
    require_any(principal, Permission.APPOINTMENTS_OWN, Permission.APPOINTMENTS_WRITE, Permission.PATIENTS_WRITE)
    values = {
        "given_name": given_name,
        "family_name": family_name,
        "birth_date": birth_date,
        "phone": phone,
        "email": email,
        "language": language,
    }
    clean = checked(values, habits=habits_of(session, principal.clinic_id, now=now))
    fields.require_a_name(clean["given_name"], clean["family_name"])
    vault = vault_of(session, principal.clinic_id)
    contacts = _contacts(vault, clean)
    # Two requests of one guest at the same instant make one patient: they wait here for each other. Before all
    # other locks of a booking, so the order holds.
    lock_names(session, [f"guest:{principal.clinic_id}:{tokens[0].hex()}" for tokens in contacts])
    known = _known(session, principal, vault, contacts=contacts, clean=clean)
    if known is not None:
        return known
    return insert(session, principal, values=values, verification=Verification.UNVERIFIED, now=now).id


def _contacts(vault: Vault, clean: dict[str, str | None]) -> list[list[bytes]]:
    """Return what must be found together: the phone or the e-mail, each with the birth date."""
    born = date.fromisoformat(clean["birth_date"] or "")
    found = []
    if clean["phone"]:
        found.append(wanted_tokens(vault, phone=clean["phone"], birth_date=born))
    if clean["email"]:
        found.append(wanted_tokens(vault, email=clean["email"], birth_date=born))
    return found


def _known(
    session: Session,
    principal: Principal,
    vault: Vault,
    *,
    contacts: list[list[bytes]],
    clean: dict[str, str | None],
) -> UUID | None:
    ids = {one for tokens in contacts for one in find(session, principal.clinic_id, tokens=tokens)}
    if not ids:
        return None
    wanted = select(Patient).where(Patient.clinic_id == principal.clinic_id, col(Patient.id).in_(ids))
    views = [view_of(vault, patient) for patient in session.exec(wanted)]
    same = [view for view in views if _is_same(view, clean)]
    # Whom staff have seen comes first, then whoever is known longest.
    same.sort(key=lambda view: (view.verification is not Verification.VERIFIED, view.created_at, view.id))
    return same[0].merged_into_id or same[0].id if same else None


def _is_same(view: PatientView, clean: dict[str, str | None]) -> bool:
    # A token may collide or be cut: what was found is compared in full.
    given = name_words(f"{clean['given_name']} {clean['family_name']}")
    if name_words(view.name.full) != given or view.birth_date.isoformat() != clean["birth_date"]:
        return False
    by_phone = bool(clean["phone"]) and view.phone == clean["phone"]
    by_email = bool(clean["email"] and view.email) and (
        normal_email(view.email or "") == normal_email(clean["email"] or "")
    )
    return by_phone or by_email
