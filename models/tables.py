"""Every table, imported once, so that the metadata is complete."""

from models import (
    accounts,
    appointments,
    clinics,
    desk,
    displaced,
    files,
    patients,
    practitioners,
    queue,
    records,
    schedules,
    series,
    waiting,
)
from models.base import metadata as metadata

GLOBAL_TABLES = frozenset(
    {
        "clinics",
        "users",
        "sessions",
        "api_clients",
        "revoked_tokens",
        "signing_keys",
        "inbox_events",
        "job_runs",
        "alembic_version",
    }
)
MODULES = (
    accounts,
    appointments,
    clinics,
    desk,
    displaced,
    files,
    patients,
    practitioners,
    queue,
    records,
    schedules,
    series,
    waiting,
)
CLINIC_TABLES = frozenset(metadata.tables) - GLOBAL_TABLES
