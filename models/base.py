"""What every table shares: ids, the tenant's key, column types and the naming of constraints."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils
from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, MetaData, text
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.metadata.naming_convention = NAMING
metadata: MetaData = SQLModel.metadata


def new_id() -> UUID:
    """Make a UUIDv7: unique everywhere, ascending in time, so that new rows lie together in the indexes."""
    return UUID(int=uuid_utils.uuid7().int)


class Instant(DateTime):
    """An aware UTC instant (`timestamptz`)."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)


def one_of(values: type[StrEnum], name: str) -> Enum:
    """Return a text column type that a CHECK limits to the values of `values`."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name,
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


def same_clinic(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Return a foreign key to another row of the same clinic: `clinic_id` is part of it, so none can leave."""
    return ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{table}.clinic_id", f"{table}.id"],
        name=f"fk_{table}_{column}",
        ondelete=ondelete,
    )


def directly_under_clinic() -> ForeignKeyConstraint:
    """Return the foreign key of a table right below the clinic.

    Tables further down (slots, appointments, audit and outbox rows) reach the clinic through their other keys:
    one more check a row would lock the clinic's single row in every booking.
    """
    return ForeignKeyConstraint(["clinic_id"], ["clinics.id"])


def stored_default(value: str) -> dict[str, Any]:
    """Let the database fill the column too, for rows that SQL statements insert."""
    return {"server_default": text(value)}


class ClinicOwned(SQLModel):
    """A row of one clinic: the tenant is the first column of its key, so tables can be distributed by it."""

    clinic_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
