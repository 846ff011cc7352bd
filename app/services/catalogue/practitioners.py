"""Practitioners as administrators see them, with the services that each offers."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import InvalidField, NotFound
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
from app.services.catalogue.still_needed import Needed, require_agreed
from app.services.schedules.effect import Outcome
from app.services.schedules.locks import lock_timetables
from app.words import N_
from models.base import new_id
from models.db import execute, rows
from models.practitioners import HealthcareService, Practitioner, PractitionerService
from models.principal import Principal

MOST_LANGUAGES = 12
OFFERED: LiteralString = """
SELECT practitioner_id, service_id FROM practitioner_services
 WHERE clinic_id = %(clinic_id)s::uuid ORDER BY practitioner_id, service_id
"""
STOP: LiteralString = """
DELETE FROM practitioner_services
 WHERE clinic_id = %(clinic_id)s::uuid AND practitioner_id = %(practitioner_id)s::uuid
   AND NOT service_id = ANY(%(service_ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class PractitionerFields:
    """What is typed of a practitioner; `languages` are codes or names, as patients read them."""

    display_name: str
    specialty: str
    license_number: str
    languages: tuple[str, ...] = ()
    # In order, so that the same services are the same words for `version`.
    service_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class PractitionerEntry:
    """A practitioner, working here or retired."""

    id: UUID
    fields: PractitionerFields
    is_active: bool

    @property
    def version(self) -> str:
        """What a change says that it has seen."""
        return version_of(self)


def list_practitioners(session: Session, principal: Principal) -> list[PractitionerEntry]:
    """Return everybody, who works here first, by name; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    asked = select(Practitioner).where(Practitioner.clinic_id == principal.clinic_id)
    ordered = asked.order_by(col(Practitioner.is_active).desc(), col(Practitioner.display_name))
    offered = _offered(session, principal.clinic_id)
    return [_entry(one, offered.get(one.id, ())) for one in session.exec(ordered)]


def create_practitioner(
    session: Session, principal: Principal, *, fields: PractitionerFields, now: datetime
) -> Outcome:
    """Add somebody who gives care, without a schedule yet; raises NotPermitted, InvalidField."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = _checked(session, principal, fields)
    lock_settings(session, principal.clinic_id)
    _require_free_number(session, principal, wanted.license_number)
    practitioner = Practitioner(
        clinic_id=principal.clinic_id,
        id=new_id(),
        display_name=wanted.display_name,
        specialty=wanted.specialty,
        license_number=wanted.license_number,
        languages=list(wanted.languages),
    )
    session.add(practitioner)
    session.flush()
    _offer(session, practitioner, wanted.service_ids)
    return done(session, principal, action="create", kind="practitioner", entry_id=practitioner.id, now=now)


def change_practitioner(
    session: Session,
    principal: Principal,
    *,
    practitioner_id: UUID,
    fields: PractitionerFields,
    version: str,
    now: datetime,
) -> Outcome:
    """Change somebody, and what they offer; raises NotFound, InvalidField, StaleVersion."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = _checked(session, principal, fields)
    practitioner = _reach(session, principal, practitioner_id, version=version)
    _require_free_number(session, principal, wanted.license_number, but=practitioner_id)
    lock_timetables(session, [practitioner_id])
    practitioner.display_name, practitioner.specialty = wanted.display_name, wanted.specialty
    practitioner.license_number, practitioner.languages = wanted.license_number, list(wanted.languages)
    session.add(practitioner)
    session.flush()
    _offer(session, practitioner, wanted.service_ids)
    return done(
        session,
        principal,
        action="change",
        kind="practitioner",
        entry_id=practitioner_id,
        practitioner_ids=[practitioner_id],
        is_reconciled=True,
        detail={"services": len(wanted.service_ids)},
        now=now,
    )


def retire_practitioner(
    session: Session, principal: Principal, *, practitioner_id: UUID, version: str, agreed: int, now: datetime
) -> Outcome:
    """Offer nobody's time any more; `agreed` appointments to come stay, on the displaced worklist.

    Raises NotFound, StaleVersion, StillNeeded when there are more than were agreed to.
    """
    practitioner = _reach(session, principal, practitioner_id, version=version)
    require_agreed(
        session, principal.clinic_id, kind=Needed.PRACTITIONER, entry_id=practitioner_id, agreed=agreed, now=now
    )
    return _activate(session, principal, practitioner, is_active=False, now=now)


def bring_practitioner_back(
    session: Session, principal: Principal, *, practitioner_id: UUID, version: str, now: datetime
) -> Outcome:
    """Offer their schedules again; raises NotFound, StaleVersion."""
    practitioner = _reach(session, principal, practitioner_id, version=version)
    return _activate(session, principal, practitioner, is_active=True, now=now)


def _activate(
    session: Session, principal: Principal, practitioner: Practitioner, *, is_active: bool, now: datetime
) -> Outcome:
    lock_timetables(session, [practitioner.id])
    return put_in_use(
        session,
        principal,
        practitioner,
        is_active=is_active,
        kind="practitioner",
        practitioner_ids=[practitioner.id],
        is_reconciled=True,
        now=now,
    )


def _reach(session: Session, principal: Principal, practitioner_id: UUID, *, version: str) -> Practitioner:
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    lock_settings(session, principal.clinic_id)
    practitioner = session.get(Practitioner, (principal.clinic_id, practitioner_id))
    if practitioner is None:
        raise NotFound(N_("There is no such practitioner."))
    seen = _entry(practitioner, _offered(session, principal.clinic_id).get(practitioner_id, ()))
    require_seen(seen, version)
    return practitioner


def _entry(row: Practitioner, service_ids: tuple[UUID, ...]) -> PractitionerEntry:
    fields = PractitionerFields(row.display_name, row.specialty, row.license_number, tuple(row.languages), service_ids)
    return PractitionerEntry(row.id, fields, row.is_active)


def _offered(session: Session, clinic_id: UUID) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, list[UUID]] = {}
    for practitioner_id, service_id in rows(session, OFFERED, {"clinic_id": clinic_id}):
        found.setdefault(practitioner_id, []).append(service_id)
    return {practitioner_id: tuple(sorted(ids)) for practitioner_id, ids in found.items()}


def _offer(session: Session, practitioner: Practitioner, service_ids: tuple[UUID, ...]) -> None:
    """Let somebody offer these services and no others."""
    ids = {"clinic_id": practitioner.clinic_id, "practitioner_id": practitioner.id}
    execute(session, STOP, {**ids, "service_ids": list(service_ids)})
    there = _offered(session, practitioner.clinic_id).get(practitioner.id, ())
    for service_id in sorted(set(service_ids) - set(there)):
        session.add(PractitionerService(**ids, service_id=service_id))
    session.flush()


def _checked(session: Session, principal: Principal, fields: PractitionerFields) -> PractitionerFields:
    known = select(HealthcareService.id).where(
        HealthcareService.clinic_id == principal.clinic_id, col(HealthcareService.id).in_(fields.service_ids)
    )
    if len(session.exec(known).all()) != len(set(fields.service_ids)):
        raise InvalidField("service_ids", N_("One of these services does not exist any more."))
    languages = tuple(checks.text("languages", one, longest=30) for one in fields.languages[:MOST_LANGUAGES])
    return PractitionerFields(
        display_name=checks.name(fields.display_name, field="display_name"),
        specialty=checks.name(fields.specialty, field="specialty"),
        license_number=checks.name(fields.license_number, field="license_number"),
        languages=tuple(one for one in languages if one),
        service_ids=tuple(sorted(set(fields.service_ids))),
    )


def _require_free_number(session: Session, principal: Principal, number: str, *, but: UUID | None = None) -> None:
    same = select(Practitioner.id).where(
        Practitioner.clinic_id == principal.clinic_id, Practitioner.license_number == number
    )
    checks.free_name(any(found != but for found in session.exec(same)), field="license_number")
