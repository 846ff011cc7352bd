"""Recurring series: one patient, one service, one practitioner, at the same wall-clock time again and again."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.base import ClinicOwned, Instant, one_of, same_clinic, stored_default


class SeriesUnit(StrEnum):
    """What a series counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Series(ClinicOwned, table=True):
    """The rule of a series; its appointments carry its id and their number in it, from 1.

    The time is the location's wall clock, so it stays the same across a clock change.
    """

    __tablename__ = "series"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("service_id", "services"),
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        CheckConstraint("every BETWEEN 1 AND 366", name="every"),
        CheckConstraint("occurrences BETWEEN 1 AND 104", name="occurrences"),
        Index("ix_series_patient", "clinic_id", "patient_id"),
    )

    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID
    location_id: UUID
    every: int
    unit: SeriesUnit = Field(sa_type=one_of(SeriesUnit, "series_unit"))
    first_on: date
    starts_local: time
    occurrences: int
    made_by: str
    created_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column_kwargs=stored_default("1"))
