"""One keyword builder a table, so that a test says only what matters to it; every test makes its own clinic.

    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        first, *rest = make_slots(session, schedule=schedule, count=4)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        patient = make_patient(session, clinic=clinic)
    answer = hold(clerk_of(clinic), first, service, patient, now=NOW)      # tests/calls.py

Data are committed: clinics do not see each other, so nothing has to be cleaned up.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel

from app.services.accounts.permissions import GUEST_PERMISSIONS, JOB_PERMISSIONS, ROLE_PERMISSIONS
from app.services.queue.ticket import PRESENT, follow
from models.accounts import Role
from models.appointments import Appointment, AppointmentSlot, AppointmentStatus, CancelReason, Channel
from models.base import new_id
from models.clinics import Clinic, Device, Location, Room
from models.db import DatabaseRole, transaction
from models.patients import Patient
from models.practitioners import HealthcareService, Practitioner, PractitionerService
from models.principal import ActorKind, Principal
from models.schedules import Schedule, Slot

# A Monday, 9:00 in Berlin.
NOW = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
Row = TypeVar("Row", bound=SQLModel)
_OWNER = Principal(UUID(int=0), ActorKind.SYSTEM, "tests")


@contextmanager
def building() -> Iterator[Session]:
    """Open a transaction as the tables' owner, whom row security does not bind, and commit it."""
    with transaction(_OWNER, role=DatabaseRole.OWNER) as session:
        yield session


def staff_of(clinic: Clinic | UUID, *, role: Role = Role.RECEPTIONIST, **fields: Any) -> Principal:
    """Return a member of staff with the permissions of the role."""
    actor_id = fields.pop("actor_id", str(new_id()))
    return Principal(_id(clinic), ActorKind.USER, actor_id, ROLE_PERMISSIONS[role], **fields)


def clerk_of(clinic: Clinic | UUID) -> Principal:
    """Return a receptionist."""
    return staff_of(clinic)


def guest_of(clinic: Clinic | UUID, *, actor_id: str = "") -> Principal:
    """Return somebody on the public pages."""
    return Principal(_id(clinic), ActorKind.GUEST, actor_id or str(new_id()), GUEST_PERMISSIONS)


def job_of(clinic: Clinic | UUID) -> Principal:
    """Return the scheduler's principal; use it with `DatabaseRole.WORKER`."""
    return Principal(_id(clinic), ActorKind.SYSTEM, "job", JOB_PERMISSIONS)


def make_clinic(session: Session, **fields: Any) -> Clinic:
    """Make a clinic of its own name."""
    clinic_id = fields.pop("id", None) or new_id()
    defaults = {"name": "Clinic", "host_name": f"{clinic_id}.test", "country": "DE", "currency": "EUR"}
    more = {"timezone": "Europe/Berlin", "created_at": NOW}
    return _added(session, Clinic(id=clinic_id, **{**defaults, **more, **fields}))


def make_location(session: Session, *, clinic: Clinic | UUID, **fields: Any) -> Location:
    """Make a site in Berlin."""
    defaults = {"name": _name("Site"), "timezone": "Europe/Berlin", "country": "DE"}
    return _added(session, Location(clinic_id=_id(clinic), **{**defaults, **fields}))


def make_room(session: Session, *, location: Location, kind: str = "exam", **fields: Any) -> Room:
    """Make a room of a kind."""
    fields = {"name": _name("Room"), **fields}
    return _added(session, Room(clinic_id=location.clinic_id, location_id=location.id, kind=kind, **fields))


def make_device(session: Session, *, location: Location, kind: str = "ultrasound", **fields: Any) -> Device:
    """Make a device of a kind."""
    fields = {"name": _name("Device"), **fields}
    return _added(session, Device(clinic_id=location.clinic_id, location_id=location.id, kind=kind, **fields))


def make_practitioner(session: Session, *, clinic: Clinic | UUID, **fields: Any) -> Practitioner:
    """Make a practitioner of general practice."""
    defaults = {"display_name": _name("Dr"), "specialty": "gp", "license_number": str(new_id())}
    return _added(session, Practitioner(clinic_id=_id(clinic), **{**defaults, **fields}))


def make_service(
    session: Session, *, clinic: Clinic | UUID, practitioners: Sequence[Practitioner | UUID] = (), **fields: Any
) -> HealthcareService:
    """Make a service of 15 minutes without buffers, bookable at once, and offered by the practitioners given."""
    defaults = {"name": _name("Service"), "specialty": "gp", "duration_minutes": 15, "currency": "EUR"}
    more = {"notice_minutes": 0, "horizon_days": 365}
    service = HealthcareService(clinic_id=_id(clinic), **{**defaults, **more, **fields})
    _added(session, service)
    for practitioner in practitioners:
        offer(session, service=service, practitioner=practitioner)
    return service


def offer(session: Session, *, service: HealthcareService, practitioner: Practitioner | UUID) -> None:
    """Let a practitioner offer a service."""
    ids = {"clinic_id": service.clinic_id, "service_id": service.id, "practitioner_id": _id(practitioner)}
    _added(session, PractitionerService(**ids))


def make_schedule(
    session: Session,
    *,
    clinic: Clinic | UUID,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    **fields: Any,
) -> Schedule:
    """Make a schedule; its practitioner and location too unless they are given."""
    practitioner = practitioner or make_practitioner(session, clinic=clinic)
    location = location or make_location(session, clinic=clinic)
    ids = {"clinic_id": _id(clinic), "practitioner_id": practitioner.id, "location_id": location.id}
    return _added(session, Schedule(**ids, **fields))


def make_slot(
    session: Session,
    *,
    schedule: Schedule,
    starts_at: datetime = TOMORROW,
    minutes: int | None = None,
    capacity: int = 1,
    service: HealthcareService | None = None,
    **fields: Any,
) -> Slot:
    """Make one open slot of a schedule; with a service and a capacity it is a session."""
    defaults = {
        "clinic_id": schedule.clinic_id,
        "schedule_id": schedule.id,
        "practitioner_id": schedule.practitioner_id,
        "location_id": schedule.location_id,
        "specialty": "gp",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes or schedule.slot_minutes),
        "max_capacity": capacity,
        "service_id": service.id if service else None,
    }
    return _added(session, Slot(**{**defaults, **fields}))


def make_slots(
    session: Session, *, schedule: Schedule, count: int, starts_at: datetime = TOMORROW, **fields: Any
) -> list[Slot]:
    """Make slots that follow each other without a gap."""
    step = timedelta(minutes=fields.get("minutes") or schedule.slot_minutes)
    return [make_slot(session, schedule=schedule, starts_at=starts_at + n * step, **fields) for n in range(count)]


def make_patient(session: Session, *, clinic: Clinic | UUID, **fields: Any) -> Patient:
    """Make a patient whose sealed fields hold nothing that opens; the patients' services make real ones."""
    sealed = {"given_name_sealed": b"-", "family_name_sealed": b"-", "birth_date_sealed": b"-"}
    times = {"created_at": NOW, "updated_at": NOW}
    return _added(session, Patient(clinic_id=_id(clinic), **{**sealed, **times, **fields}))


def make_appointment(
    session: Session,
    *,
    slots: Sequence[Slot],
    service: HealthcareService,
    patient: Patient,
    status: AppointmentStatus = AppointmentStatus.BOOKED,
    **fields: Any,
) -> Appointment:
    """Make an appointment that takes the slots, in any status, and count it in them when it is live."""
    first = slots[0]
    starts_at = first.starts_at + timedelta(minutes=service.buffer_before_minutes)
    ends_at = starts_at + timedelta(minutes=service.duration_minutes)
    defaults: dict[str, Any] = {
        **{name: getattr(first, name) for name in ("clinic_id", "practitioner_id", "location_id")},
        **{"slot_id": first.id, "service_id": service.id, "patient_id": patient.id, "status": status},
        **{"starts_at": starts_at, "ends_at": ends_at, "occupies_from": first.starts_at},
        "occupies_until": ends_at + timedelta(minutes=service.buffer_after_minutes),
        **{"starts_local": starts_at.replace(tzinfo=None), "timezone": "UTC", "currency": "EUR"},
        **{"channel": Channel.DESK, "made_by": "user:tests", "created_at": NOW, "updated_at": NOW},
    }
    if status is AppointmentStatus.CANCELLED:
        defaults["cancel_reason"] = CancelReason.CLINIC
    if status is AppointmentStatus.PENDING:
        defaults["hold_expires_at"] = NOW + timedelta(minutes=5)
    appointment = _added(session, Appointment(**{**defaults, **fields}))
    for slot in slots:
        ids = {"clinic_id": slot.clinic_id, "appointment_id": appointment.id, "slot_id": slot.id}
        _added(session, AppointmentSlot(**ids))
        if status.is_live:
            slot.overbooked += appointment.overbook
            slot.current_bookings += not appointment.overbook
    session.flush()
    if status in PRESENT:
        follow(session, appointment.clinic_id, row=_as_booked(appointment), after=AppointmentStatus.ARRIVED, now=NOW)
    if status is AppointmentStatus.CHECKED_IN and appointment.roomed_at is not None:
        follow(session, appointment.clinic_id, row=appointment, after=status, now=NOW)
    return appointment


def _as_booked(appointment: Appointment) -> Appointment:
    places = {"id": appointment.id, "location_id": appointment.location_id}
    return Appointment(clinic_id=appointment.clinic_id, status=AppointmentStatus.BOOKED, **places)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _id(thing: Any) -> UUID:
    return thing if isinstance(thing, UUID) else thing.id


def _name(word: str) -> str:
    return f"{word} {str(new_id())[-12:]}"
