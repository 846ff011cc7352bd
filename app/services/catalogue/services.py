"""Services as administrators see them, offered or retired."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import NotFound
from app.services.accounts.permissions import Permission, require
from app.services.catalogue import checks
from app.services.catalogue.editing import (
    done,
    lock_settings,
    put_in_use,
    require_everywhere,
    require_seen,
    version_of,
)
from app.services.catalogue.service_fields import SHAPE, ServiceFields, checked
from app.services.catalogue.still_needed import Needed, require_agreed
from app.services.schedules.effect import Outcome
from app.services.schedules.locks import lock_timetables
from app.words import N_
from models.base import new_id
from models.clinics import Clinic
from models.db import rows
from models.practitioners import HealthcareService
from models.principal import Principal

NAMES = tuple(field.name for field in fields(ServiceFields))
WITH_SESSIONS: LiteralString = """
SELECT DISTINCT h.practitioner_id FROM schedule_rules r
  JOIN schedules h ON h.clinic_id = r.clinic_id AND h.id = r.schedule_id
 WHERE r.clinic_id = %(clinic_id)s::uuid AND r.service_id = %(service_id)s::uuid
"""
OFFERING: LiteralString = """
SELECT practitioner_id FROM practitioner_services
 WHERE clinic_id = %(clinic_id)s::uuid AND service_id = %(service_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service with the currency of its price."""

    id: UUID
    fields: ServiceFields
    currency: str
    is_active: bool

    @property
    def version(self) -> str:
        """What a change says that it has seen."""
        return version_of(self)


def list_services(session: Session, principal: Principal) -> list[ServiceEntry]:
    """Return all services, offered ones first, by name; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    asked = select(HealthcareService).where(HealthcareService.clinic_id == principal.clinic_id)
    ordered = asked.order_by(col(HealthcareService.is_active).desc(), col(HealthcareService.name))
    return [_entry(service) for service in session.exec(ordered)]


def create_service(session: Session, principal: Principal, *, fields: ServiceFields, now: datetime) -> Outcome:
    """Make a service in the clinic's currency; nobody offers it yet. Raises NotPermitted, InvalidField."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = checked(session, principal, fields)
    lock_settings(session, principal.clinic_id)
    _require_free_name(session, principal, wanted.name)
    currency = session.get_one(Clinic, principal.clinic_id).currency
    service_id = new_id()
    ids: dict[str, Any] = {"clinic_id": principal.clinic_id, "id": service_id, "currency": currency}
    session.add(HealthcareService(**ids, **asdict(wanted)))
    return done(session, principal, action="create", kind="service", entry_id=service_id, now=now)


def change_service(
    session: Session, principal: Principal, *, service_id: UUID, fields: ServiceFields, version: str, now: datetime
) -> Outcome:
    """Change a service; what is booked keeps its time and price, sessions are cut anew.

    Raises NotFound, InvalidField, StaleVersion.
    """
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = checked(session, principal, fields)
    service = _reach(session, principal, service_id, version=version)
    _require_free_name(session, principal, wanted.name, but=service_id)
    changed = [name for name in NAMES if getattr(service, name) != getattr(wanted, name)]
    is_reshaped = any(name in SHAPE for name in changed)
    practitioner_ids = _locked(session, principal, service_id) if is_reshaped else _offering(session, service)
    for name in changed:
        setattr(service, name, getattr(wanted, name))
    session.add(service)
    return done(
        session,
        principal,
        action="change",
        kind="service",
        entry_id=service_id,
        practitioner_ids=practitioner_ids,
        is_reconciled=is_reshaped,
        detail={"fields": changed},
        now=now,
    )


def retire_service(
    session: Session, principal: Principal, *, service_id: UUID, version: str, agreed: int, now: datetime
) -> Outcome:
    """Offer it no more; `agreed` appointments to come stay. Raises NotFound, StaleVersion, StillNeeded."""
    service = _reach(session, principal, service_id, version=version)
    require_agreed(session, principal.clinic_id, kind=Needed.SERVICE, entry_id=service_id, agreed=agreed, now=now)
    return _activate(session, principal, service, is_active=False, now=now)


def offer_service_again(
    session: Session, principal: Principal, *, service_id: UUID, version: str, now: datetime
) -> Outcome:
    """Offer a retired service again; raises NotFound, StaleVersion."""
    service = _reach(session, principal, service_id, version=version)
    return _activate(session, principal, service, is_active=True, now=now)


def _activate(
    session: Session, principal: Principal, service: HealthcareService, *, is_active: bool, now: datetime
) -> Outcome:
    offering = _offering(session, service)
    return put_in_use(
        session, principal, service, is_active=is_active, kind="service", practitioner_ids=offering, now=now
    )


def _reach(session: Session, principal: Principal, service_id: UUID, *, version: str) -> HealthcareService:
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    lock_settings(session, principal.clinic_id)
    service = session.get(HealthcareService, (principal.clinic_id, service_id))
    if service is None:
        raise NotFound(N_("There is no such service."))
    require_seen(_entry(service), version)
    return service


def _entry(service: HealthcareService) -> ServiceEntry:
    values = {name: getattr(service, name) for name in NAMES}
    return ServiceEntry(service.id, ServiceFields(**values), service.currency, service.is_active)


def _locked(session: Session, principal: Principal, service_id: UUID) -> list[UUID]:
    about = {"clinic_id": principal.clinic_id, "service_id": service_id}
    practitioner_ids = [found[0] for found in rows(session, WITH_SESSIONS, about)]
    lock_timetables(session, practitioner_ids)
    return practitioner_ids


def _offering(session: Session, service: HealthcareService) -> list[UUID]:
    about = {"clinic_id": service.clinic_id, "service_id": service.id}
    return [found[0] for found in rows(session, OFFERING, about)]


def _require_free_name(session: Session, principal: Principal, name: str, *, but: UUID | None = None) -> None:
    same = select(HealthcareService.id).where(
        HealthcareService.clinic_id == principal.clinic_id, HealthcareService.name == name
    )
    checks.free_name(any(found != but for found in session.exec(same)))
