"""What the desk keeps: each person's own view, closed days, and what was imported."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from models.base import ClinicOwned, Instant, directly_under_clinic, one_of, same_clinic


class ImportKind(StrEnum):
    """What a file held."""

    PATIENTS = "patients"
    APPOINTMENTS = "appointments"


class Preference(ClinicOwned, table=True):
    """How a user likes a page (filters, zoom, sizes, what is parked): ids and settings, no patient's data."""

    __tablename__ = "preferences"
    __table_args__ = (directly_under_clinic(), UniqueConstraint("clinic_id", "user_id", "name"))

    user_id: UUID = Field(foreign_key="users.id")
    name: str = Field(max_length=40)
    value: dict[str, Any] = Field(sa_type=JSONB)
    updated_at: datetime = Field(sa_type=Instant)


class DayClose(ClinicOwned, table=True):
    """That a location's day was closed, by whom; opening it again keeps the row with its end."""

    __tablename__ = "day_closes"
    __table_args__ = (
        same_clinic("location_id", "locations"),
        Index("ix_day_closes_day", "clinic_id", "location_id", "on_date"),
    )

    location_id: UUID
    on_date: date
    closed_by: str
    closed_at: datetime = Field(sa_type=Instant)
    open_items: int = 0
    reopened_by: str | None = None
    reopened_at: datetime | None = Field(default=None, sa_type=Instant)


class Import(ClinicOwned, table=True):
    """A file that was taken over whole; the same file is not taken twice."""

    __tablename__ = "imports"
    __table_args__ = (directly_under_clinic(), UniqueConstraint("clinic_id", "kind", "digest"))

    kind: ImportKind = Field(sa_type=one_of(ImportKind, "import_kind"))
    digest: bytes = Field(sa_type=LargeBinary)
    row_count: int
    made_by: str
    created_at: datetime = Field(sa_type=Instant)
