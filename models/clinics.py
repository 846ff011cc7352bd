"""The clinic (the tenant) and its places: locations, rooms and devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import ClinicOwned, Instant, directly_under_clinic, new_id, same_clinic, stored_default


class Clinic(SQLModel, table=True):
    """The organisation that owns everything below; also the directory of its home database and host name."""

    __tablename__ = "clinics"
    __table_args__ = (CheckConstraint("lock_minutes BETWEEN 0 AND 60", name="lock_minutes"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    host_name: str = Field(unique=True)
    home_database: str = "default"
    country: str = Field(max_length=2)
    currency: str = Field(max_length=3)
    language: str = Field(default="en", max_length=8)
    timezone: str
    phone: str = ""
    is_demonstration: bool = False
    # After so many idle minutes a shared computer hides its names until a PIN is given; 0 never.
    lock_minutes: int = Field(default=2, sa_column_kwargs=stored_default("2"))
    # Until its first time can be booked, pages say so and lead to the set-up guide.
    is_being_set_up: bool = Field(default=False, sa_column_kwargs=stored_default("false"))
    # Of the code that makes somebody the first administrator, while there is none.
    set_up_code_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Instant)


class Location(ClinicOwned, table=True):
    """One site of a clinic, with the zone in which its wall clocks run."""

    __tablename__ = "locations"
    __table_args__ = (directly_under_clinic(), UniqueConstraint("clinic_id", "name"))

    name: str
    timezone: str
    address: str = ""
    phone: str = ""
    country: str = Field(max_length=2)
    # Whose public holidays it keeps by itself: "" the country's, "BY" also its region's, None none.
    holiday_region: str | None = Field(default=None, max_length=8)
    # Opens the waiting room's display; only the key's hash is kept.
    display_key_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    # What the offline day sheet is encrypted with, sealed.
    sheet_secret_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    is_active: bool = True


class Room(ClinicOwned, table=True):
    """A room that a visit may need; a service asks for a kind of room, never for one room."""

    __tablename__ = "rooms"
    __table_args__ = (
        same_clinic("location_id", "locations"),
        UniqueConstraint("clinic_id", "location_id", "name"),
        CheckConstraint("kind <> ''", name="kind_given"),
    )

    location_id: UUID
    name: str
    kind: str
    is_active: bool = True


class Device(ClinicOwned, table=True):
    """A device that a visit may need, asked for by kind."""

    __tablename__ = "devices"
    __table_args__ = (
        same_clinic("location_id", "locations"),
        UniqueConstraint("clinic_id", "location_id", "name"),
        CheckConstraint("kind <> ''", name="kind_given"),
    )

    location_id: UUID
    name: str
    kind: str
    is_active: bool = True
