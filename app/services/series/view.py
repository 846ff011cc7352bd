"""Reading a series: what was asked for, and what has become of each of its appointments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.audit.record import viewed
from app.services.series.members import SeriesRow, find_series, members_of, version_of
from models.principal import Principal


def view_series(session: Session, principal: Principal, *, series_id: UUID, now: datetime) -> dict[str, Any]:
    """Return a series with its rule and its appointments, with an audit row; raises SeriesNotFound."""
    series = find_series(session, principal, series_id=series_id, permission=Permission.APPOINTMENTS_READ)
    members = members_of(session, principal, series_id=series_id)
    viewed(session, principal, object_kind="series", object_id=series_id, now=now)
    version = version_of(series, members)
    return {**_rule(series), "version": version, "appointments": [member.body() for member in members]}


def _rule(series: SeriesRow) -> dict[str, Any]:
    """Return the rule of a series as it was asked for."""
    wish, rule = series.wish, series.wish.rule
    return {
        "id": str(series.id),
        "patient_id": str(wish.patient_id),
        "service_id": str(wish.service_id),
        "practitioner_id": str(wish.practitioner_id),
        "location_id": str(wish.location_id),
        "every": rule.every,
        "unit": rule.unit.value,
        "first_on": rule.first_on.isoformat(),
        "time": rule.at.isoformat(timespec="minutes"),
        "times": rule.times,
    }
