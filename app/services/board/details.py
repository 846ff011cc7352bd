"""What the pane beside the board shows of an appointment: the visit, its patient, and what can be done next."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import require
from app.services.audit.record import viewed
from app.services.board.rooms import FreeRoom, free_rooms
from app.services.board.steps import Step, steps_of
from app.services.patients.sealing import name_of, opened
from models.db import first_row
from models.principal import Principal

# A VisitRow, then a PatientRow.
READ_APPOINTMENT: LiteralString = """
SELECT a.id, a.status, a.version, a.roomed_at IS NOT NULL, a.hold_expires_at, a.starts_at, a.ends_at,
       coalesce(a.cancelled_at, a.noshow_at, a.fulfilled_at), a.cancel_reason, a.location_id, l.timezone,
       a.practitioner_id, d.display_name, s.id, s.name, a.price_amount, a.currency, a.is_due_at_desk, a.channel,
       a.comment_sealed, coalesce(r.name, ''), a.room_id, a.slot_id, a.occupies_from, t.service_id IS NOT NULL,
       coalesce(a.overbook_reason, ''), a.series_id, coalesce(a.series_number, 0), coalesce(q.occurrences, 0),
       s.needs_referral, a.has_referral,
       p.id, p.given_name_sealed, p.family_name_sealed, p.birth_date_sealed, p.phone_sealed, p.language,
       p.verification = 'verified',
       NOT EXISTS (SELECT 1 FROM appointments e WHERE e.clinic_id = a.clinic_id AND e.patient_id = a.patient_id
                      AND e.status = 'fulfilled' AND e.id <> a.id),
       p.needs_interpreter, p.alert_sealed, p.insurer_sealed, p.member_number_sealed, p.guardian_id,
       g.given_name_sealed, g.family_name_sealed
  FROM appointments a
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN slots t ON t.clinic_id = a.clinic_id AND t.id = a.slot_id
  LEFT JOIN patients g ON g.clinic_id = p.clinic_id AND g.id = p.guardian_id
  LEFT JOIN rooms r ON r.clinic_id = a.clinic_id AND r.id = a.room_id
  LEFT JOIN series q ON q.clinic_id = a.clinic_id AND q.id = a.series_id
 WHERE a.clinic_id = %(clinic_id)s AND a.id = %(id)s
"""


class VisitRow(NamedTuple):
    """An appointment as it is stored, with the names around it."""

    id: UUID
    status: str
    version: int
    is_roomed: bool
    hold_expires_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    cancel_reason: str | None
    location_id: UUID
    timezone: str
    practitioner_id: UUID
    practitioner: str
    service_id: UUID
    service: str
    price_amount: int
    currency: str
    is_due_at_desk: bool
    channel: str
    comment: bytes | None
    room: str
    room_id: UUID | None
    slot_id: UUID
    slot_starts_at: datetime
    is_in_session: bool
    overbook_reason: str
    series_id: UUID | None
    series_number: int
    series_count: int
    needs_referral: bool
    has_referral: bool


class PatientRow(NamedTuple):
    """Its patient as stored, still sealed, and who answers for them."""

    id: UUID
    given_name: bytes
    family_name: bytes
    birth_date: bytes | None
    phone: bytes | None
    language: str
    is_verified: bool
    is_first_visit: bool
    needs_interpreter: bool
    alert: bytes | None
    insurer: bytes | None
    member_number: bytes | None
    guardian_id: UUID | None
    guardian_given_name: bytes
    guardian_family_name: bytes


@dataclass(frozen=True, slots=True)
class PatientOnCard:
    """What the desk needs to know who stands there."""

    id: UUID
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    phone: str = field(repr=False)
    language: str
    is_verified: bool
    is_first_visit: bool
    needs_interpreter: bool
    alert: str = field(repr=False)
    insurer: str = field(repr=False)
    member_number: str = field(repr=False)
    guardian: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppointmentDetails:
    """One appointment as the pane shows it, with the steps that the actor can take; money in minor units."""

    id: UUID
    status: str
    version: int
    hold_expires_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    location_id: UUID
    timezone: str
    practitioner_id: UUID
    practitioner: str
    service_id: UUID
    service: str
    price_amount: int
    currency: str
    is_due_at_desk: bool
    channel: str
    comment: str = field(repr=False)
    room: str
    slot_id: UUID
    slot_starts_at: datetime
    is_in_session: bool
    overbook_reason: str = field(repr=False)
    series_id: UUID | None
    series_number: int
    series_count: int
    room_id: UUID | None
    needs_referral: bool
    has_referral: bool
    steps: list[Step]
    rooms: list[FreeRoom]
    patient: PatientOnCard


def appointment_details(
    session: Session, principal: Principal, *, appointment_id: UUID, now: datetime
) -> AppointmentDetails:
    """Return one appointment with its patient, and write that the actor saw them."""
    found = first_row(session, READ_APPOINTMENT, {"clinic_id": principal.clinic_id, "id": appointment_id})
    if found is None:
        raise AppointmentNotFound()
    width = len(VisitRow._fields)
    visit, patient = VisitRow._make(found[:width]), PatientRow._make(found[width:])
    require(principal, "appointments:read", location_id=visit.location_id)
    require(principal, "patients:read", location_id=visit.location_id)
    viewed(session, principal, object_kind="patient", object_id=patient.id, now=now)
    status = "in-room" if visit.is_roomed and visit.status == "checked-in" else visit.status
    steps = steps_of(
        principal,
        status=status,
        starts_at=visit.starts_at,
        ended_at=visit.ended_at,
        cancel_reason=visit.cancel_reason,
        timezone=visit.timezone,
        now=now,
    )
    rooms = free_rooms(session, principal, appointment_id=appointment_id, now=now) if Step.ENTER_ROOM in steps else []
    vault = vault_of(session, principal.clinic_id)
    return _details(visit, vault, status=status, steps=steps, rooms=rooms, patient=_on_card(patient, vault))


def _details(
    visit: VisitRow, vault: Vault, *, status: str, steps: list[Step], rooms: list[FreeRoom], patient: PatientOnCard
) -> AppointmentDetails:
    return AppointmentDetails(
        id=visit.id,
        status=status,
        version=visit.version,
        hold_expires_at=visit.hold_expires_at if status == "pending" else None,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        location_id=visit.location_id,
        timezone=visit.timezone,
        practitioner_id=visit.practitioner_id,
        practitioner=visit.practitioner,
        service_id=visit.service_id,
        service=visit.service,
        price_amount=visit.price_amount,
        currency=visit.currency,
        is_due_at_desk=visit.is_due_at_desk,
        channel=visit.channel,
        comment=vault.open("appointments", "comment", visit.id, visit.comment) if visit.comment else "",
        room=visit.room,
        slot_id=visit.slot_id,
        slot_starts_at=visit.slot_starts_at,
        is_in_session=visit.is_in_session,
        overbook_reason=visit.overbook_reason,
        series_id=visit.series_id,
        series_number=visit.series_number,
        series_count=visit.series_count,
        room_id=visit.room_id,
        needs_referral=visit.needs_referral,
        has_referral=visit.has_referral,
        steps=steps,
        rooms=rooms,
        patient=patient,
    )


def _on_card(patient: PatientRow, vault: Vault) -> PatientOnCard:
    def shown(name: str) -> str:
        return opened(vault, patient.id, field=name, sealed=getattr(patient, name)) or ""

    guardian = (patient.guardian_given_name, patient.guardian_family_name)
    return PatientOnCard(
        id=patient.id,
        name=name_of(vault, patient.id, patient.given_name, patient.family_name),
        birth_date=shown("birth_date"),
        phone=shown("phone"),
        language=patient.language,
        is_verified=patient.is_verified,
        is_first_visit=patient.is_first_visit,
        needs_interpreter=patient.needs_interpreter,
        alert=shown("alert"),
        insurer=shown("insurer"),
        member_number=shown("member_number"),
        guardian=name_of(vault, patient.guardian_id, *guardian) if patient.guardian_id else "",
    )
