"""The demonstration's logins: public on purpose, so they are made in demonstration mode only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.passwords import hash_password
from app.services.demo.bulk import copy_rows
from app.services.demo.catalogue import DOCTOR, PEOPLE
from app.services.demo.ids import Kind, numbered
from models.accounts import Role


@dataclass(frozen=True, slots=True)
class Login:
    """One account that anybody may try."""

    role: Role
    login: str
    password: str
    display_name: str


LOGINS = (
    Login(Role.RECEPTIONIST, "reception", "harbour-lights-at-seven", "Rosa Delgado"),
    Login(Role.PRACTITIONER, "doctor", "quiet-river-in-spring", DOCTOR),
    Login(Role.NURSE, "nurse", "seven-paper-boats-afloat", "Thandi Mokoena"),
    Login(Role.MANAGER, "manager", "green-bridge-over-weir", "Oskar Lindqvist"),
    Login(Role.ADMINISTRATOR, "admin", "old-mill-turns-slowly", "Mei Tanaka"),
)
DOCTOR_ID = numbered(Kind.PRACTITIONER, 1 + [person.name for person in PEOPLE].index(DOCTOR))


def user_id(role: Role) -> UUID:
    """Return the id of a role's demonstration account."""
    return numbered(Kind.USER, [login.role for login in LOGINS].index(role) + 1)


def load_logins(session: Session, clinic_id: UUID, *, now: datetime) -> None:
    """Make the accounts, each with its one role at the clinic."""
    users = [
        (user_id(one.role), one.login, one.display_name, hash_password(one.password), True, "en", clinic_id, now)
        for one in LOGINS
    ]
    columns = ("id", "login", "display_name", "password_hash", "is_active", "language", "home_clinic_id", "created_at")
    copy_rows(session, "users", columns, users)
    grants = [
        (
            clinic_id,
            numbered(Kind.ROLE_GRANT, place),
            user_id(one.role),
            one.role.value,
            DOCTOR_ID if one.role is Role.PRACTITIONER else None,
        )
        for place, one in enumerate(LOGINS, 1)
    ]
    copy_rows(session, "role_grants", ("clinic_id", "id", "user_id", "role", "practitioner_id"), grants)
