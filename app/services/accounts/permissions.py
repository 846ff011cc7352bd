"""Who may do what: permission strings by role, and the one check that every service makes.

A permission is `thing:verb`. The API's scopes are the same strings. Pages, API and kiosk end in `require`.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from app.errors import InvalidField, NotPermitted
from models.accounts import Role
from models.principal import Principal


class Permission(StrEnum):
    """Everything that can be permitted."""

    SLOTS_READ = "slots:read"
    SLOTS_EXPLAIN = "slots:explain"
    SLOTS_OUTSIDE_WINDOW = "slots:outside-window"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    APPOINTMENTS_OVERBOOK = "appointments:overbook"
    APPOINTMENTS_REOPEN = "appointments:reopen"
    APPOINTMENTS_CORRECT = "appointments:correct"
    APPOINTMENTS_OWN = "appointments:own"
    APPOINTMENTS_EXPIRE = "appointments:expire"
    PATIENTS_READ = "patients:read"
    PATIENTS_WRITE = "patients:write"
    CLINICAL_READ = "clinical:read"
    CLINICAL_WRITE = "clinical:write"
    BOARD_READ = "board:read"
    SCHEDULES_READ = "schedules:read"
    SCHEDULES_WRITE = "schedules:write"
    SCHEDULES_OWN = "schedules:own"
    # Hours of one day, closed or opened again from the board; never the weekly rules or anybody's leave.
    SCHEDULES_BLOCK = "schedules:block"
    ABSENCES_WRITE = "absences:write"
    REPORTS_READ = "reports:read"
    MESSAGES_READ = "messages:read"
    MESSAGES_WRITE = "messages:write"
    SETTINGS_WRITE = "settings:write"
    USERS_WRITE = "users:write"
    AUDIT_READ = "audit:read"
    KIOSK_USE = "kiosk:use"
    WAITLIST_OFFER = "waitlist:offer"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    PATIENTS_MERGE = "patients:merge"
    QUEUE_READ = "queue:read"
    QUEUE_WRITE = "queue:write"
    DAY_CLOSE = "day:close"
    DAY_EXPORT = "day:export"
    DAY_SEAL = "day:seal"
    OWN_DAY = "own-day:read"


P = Permission
_DESK = frozenset(
    {
        P.SLOTS_READ,
        P.SLOTS_EXPLAIN,
        P.SLOTS_OUTSIDE_WINDOW,
        P.APPOINTMENTS_READ,
        P.APPOINTMENTS_WRITE,
        P.PATIENTS_READ,
        P.PATIENTS_WRITE,
        P.BOARD_READ,
        P.SCHEDULES_READ,
        P.WAITLIST_OFFER,
        P.DOCUMENTS_READ,
        P.DOCUMENTS_WRITE,
        P.QUEUE_READ,
        P.QUEUE_WRITE,
    }
)
_CARE = frozenset({*_DESK, P.CLINICAL_READ, P.CLINICAL_WRITE})
_LEAD = frozenset(
    {
        *_DESK,
        P.APPOINTMENTS_OVERBOOK,
        P.APPOINTMENTS_REOPEN,
        P.SCHEDULES_WRITE,
        P.ABSENCES_WRITE,
        P.REPORTS_READ,
        P.MESSAGES_READ,
        P.MESSAGES_WRITE,
        P.PATIENTS_MERGE,
        P.DAY_CLOSE,
        P.DAY_EXPORT,
        P.DAY_SEAL,
    }
)
ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.RECEPTIONIST: frozenset(
        {
            *_DESK,
            P.ABSENCES_WRITE,
            P.APPOINTMENTS_OVERBOOK,
            P.SCHEDULES_BLOCK,
            P.MESSAGES_READ,
            P.PATIENTS_MERGE,
            P.DAY_CLOSE,
            P.DAY_EXPORT,
        }
    ),
    Role.PRACTITIONER: frozenset({*_CARE, P.APPOINTMENTS_OVERBOOK, P.APPOINTMENTS_REOPEN, P.SCHEDULES_OWN, P.OWN_DAY}),
    Role.NURSE: _CARE,
    Role.MANAGER: _LEAD,
    Role.ADMINISTRATOR: frozenset({*_LEAD, P.APPOINTMENTS_CORRECT, P.SETTINGS_WRITE, P.USERS_WRITE, P.AUDIT_READ}),
}

# People without a staff account: their own appointments only, which the booking verbs check.
PATIENT_PERMISSIONS: frozenset[str] = frozenset({P.SLOTS_READ, P.APPOINTMENTS_OWN})
GUEST_PERMISSIONS: frozenset[str] = frozenset({P.SLOTS_READ, P.APPOINTMENTS_OWN})
KIOSK_PERMISSIONS: frozenset[str] = frozenset({P.SLOTS_READ, P.APPOINTMENTS_OWN, P.KIOSK_USE})

# Whoever has the machine and uses its command line.
OPERATOR_PERMISSIONS: frozenset[str] = frozenset({P.USERS_WRITE, P.SETTINGS_WRITE})
# The scheduler's jobs, which act for nobody.
JOB_PERMISSIONS: frozenset[str] = frozenset(
    {P.APPOINTMENTS_EXPIRE, P.SCHEDULES_WRITE, P.MESSAGES_WRITE, P.WAITLIST_OFFER}
)

# What an API client can be given; the rest belongs to people who answer for it by name.
API_SCOPES: frozenset[str] = frozenset(
    {
        P.SLOTS_READ,
        P.SLOTS_EXPLAIN,
        P.APPOINTMENTS_READ,
        P.APPOINTMENTS_WRITE,
        P.APPOINTMENTS_OVERBOOK,
        P.PATIENTS_READ,
        P.PATIENTS_WRITE,
        P.BOARD_READ,
        P.REPORTS_READ,
        P.MESSAGES_READ,
        P.SCHEDULES_READ,
        P.DOCUMENTS_READ,
        P.DOCUMENTS_WRITE,
    }
)


def require(principal: Principal, permission: str, *, location_id: UUID | None = None) -> None:
    """Raise NotPermitted unless the actor holds the permission, at that location when one is named."""
    if not principal.may(permission):
        raise NotPermitted(permission=permission)
    elsewhere = principal.location_ids is not None and location_id not in principal.location_ids
    if location_id is not None and elsewhere:
        raise NotPermitted(permission=permission, location_id=location_id)


def require_at(principal: Principal, location_id: UUID) -> None:
    """Raise NotPermitted when the actor's permissions do not reach the location."""
    if principal.location_ids is not None and location_id not in principal.location_ids:
        raise NotPermitted(location_id=location_id)


def require_any(principal: Principal, *permissions: str) -> None:
    """Raise NotPermitted unless the actor holds at least one of the permissions."""
    if not any(principal.may(permission) for permission in permissions):
        raise NotPermitted(permission=permissions[0])


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes in order without repeats; raises InvalidField when one is unknown."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in API_SCOPES]
    if unknown:
        known = ", ".join(sorted(API_SCOPES))
        raise InvalidField("scope", f"Unknown scope {', '.join(unknown)}. Known are: {known}.")
    if not wanted:
        raise InvalidField("scope", "Give at least one scope.")
    return wanted
