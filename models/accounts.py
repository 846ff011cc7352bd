"""Accounts: users, their roles in clinics, sessions, API clients, and the keys that sign and seal."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.base import ClinicOwned, Instant, directly_under_clinic, new_id, one_of, same_clinic


class Role(StrEnum):
    """What a user is at a clinic; permissions follow from it."""

    RECEPTIONIST = "receptionist"
    PRACTITIONER = "practitioner"
    NURSE = "nurse"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class KeyPurpose(StrEnum):
    """What a clinic's key is for: sealing fields, or hashing what patients are found by."""

    DATA = "data"
    SEARCH = "search"


class User(SQLModel, table=True):
    """A member of staff who signs in; global, because one person may work for several clinics."""

    __tablename__ = "users"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    login: str = Field(unique=True)
    display_name: str
    password_hash: str
    # Opens a locked computer where somebody is still signed in, and nothing else.
    pin_hash: str | None = None
    is_active: bool = True
    language: str = Field(default="en", max_length=8)
    # The clinic whose administrators end the account and set its password; without one only the operator does.
    home_clinic_id: UUID | None = Field(default=None, foreign_key="clinics.id")
    created_at: datetime = Field(sa_type=Instant)


class RoleGrant(ClinicOwned, table=True):
    """That a user has a role at a clinic, at one location or (without one) at all of them."""

    __tablename__ = "role_grants"
    __table_args__ = (
        directly_under_clinic(),
        same_clinic("location_id", "locations"),
        same_clinic("practitioner_id", "practitioners"),
        # A role at every location has no location: it too is given once.
        UniqueConstraint("clinic_id", "user_id", "role", "location_id", postgresql_nulls_not_distinct=True),
    )

    user_id: UUID = Field(foreign_key="users.id")
    role: Role = Field(sa_type=one_of(Role, "role"))
    location_id: UUID | None = None
    practitioner_id: UUID | None = None


class UserSession(SQLModel, table=True):
    """A signed-in browser: the token's hash only, with its idle limit, its end and its revocation."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user", "user_id"),
        Index("ix_sessions_ends", "ends_at"),
        Index("ix_sessions_browser", "browser_hash"),
    )

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id")
    clinic_id: UUID = Field(foreign_key="clinics.id")
    created_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    locked_at: datetime | None = Field(default=None, sa_type=Instant)
    # Of the browser's random id: who signed in there may open it with a PIN on the same day.
    browser_hash: bytes | None = Field(default=None, sa_type=LargeBinary)


class ApiClient(SQLModel, table=True):
    """A program that may call the API of one clinic within its scopes."""

    __tablename__ = "api_clients"
    __table_args__ = (Index("ix_api_clients_clinic", "clinic_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    clinic_id: UUID = Field(foreign_key="clinics.id")
    name: str
    secret_hash: bytes = Field(sa_type=LargeBinary)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class RevokedToken(SQLModel, table=True):
    """An API token that was revoked before its end."""

    __tablename__ = "revoked_tokens"

    token_id: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=Instant)


class SigningKey(SQLModel, table=True):
    """A key pair that signs API tokens; the private half is sealed under the master key."""

    __tablename__ = "signing_keys"

    id: str = Field(primary_key=True)
    algorithm: str
    private_sealed: bytes = Field(sa_type=LargeBinary)
    public_pem: str
    created_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class ClinicKey(SQLModel, table=True):
    """A clinic's own key, wrapped by the master key, which never reaches the database."""

    __tablename__ = "clinic_keys"
    __table_args__ = (PrimaryKeyConstraint("clinic_id", "purpose", "version"),)

    clinic_id: UUID = Field(foreign_key="clinics.id")
    purpose: KeyPurpose = Field(sa_type=one_of(KeyPurpose, "key_purpose"))
    version: int
    wrapped: bytes = Field(sa_type=LargeBinary)
    master_key_id: str
    created_at: datetime = Field(sa_type=Instant)
