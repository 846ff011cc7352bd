"""Members of staff who can sign in."""

from typing import Any

from sqlmodel import Session

from app.services.accounts.sessions import SignedIn, sign_in
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.clinics import Clinic
from tests.builders import NOW

PASSWORD = "correct horse battery"
Account = tuple[Clinic, str]


def make_user(session: Session, clinic: Clinic, *, password_hash: str, role: Role = Role.RECEPTIONIST) -> str:
    login = f"user-{new_id()}"
    user = User(login=login, display_name="Robin", password_hash=password_hash, created_at=NOW)
    session.add(user)
    session.flush()
    session.add(RoleGrant(clinic_id=clinic.id, user_id=user.id, role=role))
    return login


def enter(account: Account, **fields: Any) -> SignedIn:
    address = f"address of {account[1]}"
    return sign_in(**{"login": account[1], "password": PASSWORD, "now": NOW, "address": address, **fields})
