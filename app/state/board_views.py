"""What the board's page shows beside the board: display values, made from what the services return."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from app.services.board.attendees import SessionDetails
from app.services.board.details import AppointmentDetails
from app.services.board.steps import LEADING
from app.services.booking.history import HistoryEntry
from app.services.phones import readable_phone
from app.services.places import Place

# A no-show is suggested so long after the start, and never set by itself.
GRACE = timedelta(minutes=15)
RESIZABLE = frozenset({"pending", "booked", "arrived", "checked-in", "in-room"})


class PlaceView(TypedDict):
    """A location to choose."""

    id: str
    name: str


class PersonView(TypedDict):
    """A practitioner to filter by."""

    id: str
    name: str
    specialty: str
    is_shown: bool


class RoomView(TypedDict):
    """A free room to choose."""

    id: str
    name: str
    is_planned: bool


class VisitView(TypedDict):
    """The appointment in the pane; instants as ISO text, what is counted down or waited for in milliseconds."""

    id: str
    status: str
    version: int
    held_until: int
    starts_at: str
    ends_at: str
    zone: str
    practitioner: str
    service: str
    price: int
    currency: str
    is_due_at_desk: bool
    channel: str
    comment: str
    room: str
    overbook_reason: str
    series_id: str
    series_number: int
    series_count: int
    # The steps that can be taken, the one that comes next, and the rooms to go to when that is among them.
    steps: list[str]
    next: str
    rooms: list[RoomView]
    begins_at: int
    is_missed_at: int
    practitioner_id: str
    slot_starts_at: str
    patient: str
    birth_date: str
    phone: str
    language: str
    is_verified: bool
    is_first_visit: bool
    needs_interpreter: bool
    alert: str
    insurer: str
    member_number: str
    guardian: str
    needs_referral: bool
    has_referral: bool
    patient_id: str
    service_id: str
    slot_id: str
    room_id: str
    minutes: int
    is_in_session: bool
    can_change: bool
    can_move: bool
    can_resize: bool


class EntryView(TypedDict):
    """One thing that was done to an appointment; the times before and after it when that was a move."""

    id: int
    at: str
    who: str
    kind: str
    action: str
    status: str
    reason: str
    old_at: str
    new_at: str
    zone: str


class AttendeeView(TypedDict):
    """One taken place of a session."""

    id: str
    name: str
    status: str


class SessionView(TypedDict):
    """The session in the pane."""

    id: str
    starts_at: str
    ends_at: str
    zone: str
    practitioner: str
    service_id: str
    service: str
    places: int
    is_full: bool
    has_begun: bool
    attendees: list[AttendeeView]


NO_VISIT = VisitView(
    id="", status="", version=0, held_until=0, starts_at="", ends_at="", zone="", practitioner="", service="", price=0,
    currency="EUR", is_due_at_desk=False, channel="", comment="", room="", overbook_reason="", series_id="",
    series_number=0, series_count=0, steps=[], next="", rooms=[], begins_at=0, is_missed_at=0, practitioner_id="",
    slot_starts_at="", patient="", birth_date="", phone="",
    language="", is_verified=True, is_first_visit=False, needs_interpreter=False, alert="", insurer="",
    member_number="", guardian="",
    needs_referral=False, has_referral=False, patient_id="", service_id="", slot_id="", room_id="", minutes=0,
    is_in_session=False, can_change=False, can_move=False, can_resize=False,
)  # fmt: skip
NO_SESSION = SessionView(
    id="", starts_at="", ends_at="", zone="", practitioner="", service_id="", service="", places=0, is_full=False,
    has_begun=False, attendees=[],
)  # fmt: skip


def place_view(place: Place) -> PlaceView:
    """Show a location."""
    return PlaceView(id=str(place.id), name=place.name)


def people_of(columns: list[list[str]], *, hidden: list[str]) -> list[PersonView]:
    """Show the day's practitioners and which of them stand on the board."""
    return [PersonView(id=one[0], name=one[1], specialty=one[2], is_shown=one[0] not in hidden) for one in columns]


def visit_view(seen: AppointmentDetails) -> VisitView:
    """Show an appointment with its patient."""
    return VisitView(
        id=str(seen.id),
        status=seen.status,
        version=seen.version,
        held_until=milliseconds(seen.hold_expires_at) if seen.hold_expires_at else 0,
        starts_at=iso(seen.starts_at),
        ends_at=iso(seen.ends_at),
        zone=seen.timezone,
        practitioner=seen.practitioner,
        service=seen.service,
        price=seen.price_amount,
        currency=seen.currency,
        is_due_at_desk=seen.is_due_at_desk,
        channel=seen.channel,
        comment=seen.comment,
        room=seen.room,
        overbook_reason=seen.overbook_reason,
        series_id=str(seen.series_id or ""),
        series_number=seen.series_number,
        series_count=seen.series_count,
        steps=[step.value for step in seen.steps],
        next=seen.steps[0].value if seen.steps and seen.steps[0] in LEADING else "",
        rooms=[RoomView(id=str(room.id), name=room.name, is_planned=room.is_planned) for room in seen.rooms],
        begins_at=milliseconds(seen.starts_at),
        is_missed_at=milliseconds(seen.starts_at + GRACE),
        practitioner_id=str(seen.practitioner_id),
        slot_starts_at=iso(seen.slot_starts_at),
        patient=seen.patient.name,
        birth_date=seen.patient.birth_date,
        phone=readable_phone(seen.patient.phone),
        language=seen.patient.language,
        is_verified=seen.patient.is_verified,
        is_first_visit=seen.patient.is_first_visit,
        needs_interpreter=seen.patient.needs_interpreter,
        alert=seen.patient.alert,
        insurer=seen.patient.insurer,
        member_number=seen.patient.member_number,
        guardian=seen.patient.guardian,
        needs_referral=seen.needs_referral,
        has_referral=seen.has_referral,
        patient_id=str(seen.patient.id),
        service_id=str(seen.service_id),
        slot_id=str(seen.slot_id),
        room_id=str(seen.room_id or ""),
        minutes=minutes_of(seen),
        is_in_session=seen.is_in_session,
        can_change=seen.status in ("pending", "booked"),
        can_move=seen.status in ("pending", "booked"),
        can_resize=seen.status in RESIZABLE and not seen.is_in_session,
    )


def flags_of(seen: VisitView) -> int:
    """Return the flags of a card as bits, as app/services/board/queries.py counts them."""
    set_bits = (
        seen["is_first_visit"],
        seen["alert"] != "",
        seen["needs_interpreter"],
        seen["needs_referral"] and not seen["has_referral"],
        seen["guardian"] != "",
    )
    return sum(1 << place for place, is_set in enumerate(set_bits) if is_set)


def minutes_of(seen: AppointmentDetails) -> int:
    """Return how long the patient's time is."""
    return int((seen.ends_at - seen.starts_at).total_seconds()) // 60


def entry_view(entry: HistoryEntry, *, number: int, zone: str) -> EntryView:
    """Show one thing that was done."""
    return EntryView(
        id=number,
        at=iso(entry.at),
        who=entry.actor_name or "",
        kind=entry.actor_kind,
        action=entry.action,
        status=entry.to_status,
        reason=entry.reason or "",
        old_at=iso(entry.moved_from.starts_at) if entry.moved_from and entry.moved_to else "",
        new_at=iso(entry.moved_to.starts_at) if entry.moved_from and entry.moved_to else "",
        zone=zone,
    )


def session_view(seen: SessionDetails, *, now: datetime) -> SessionView:
    """Show a session with its attendees."""
    attendees = [AttendeeView(id=str(one.id), name=one.name, status=one.status) for one in seen.attendees]
    return SessionView(
        id=str(seen.id),
        starts_at=iso(seen.starts_at),
        ends_at=iso(seen.ends_at),
        zone=seen.timezone,
        practitioner=seen.practitioner,
        service_id=str(seen.service_id),
        service=seen.service,
        places=seen.places,
        is_full=len(attendees) >= seen.places,
        has_begun=seen.starts_at <= now,
        attendees=attendees,
    )


def iso(instant: datetime) -> str:
    """Return an instant as the browser reads it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def milliseconds(instant: datetime) -> int:
    """Return an instant as the browser's clock counts it."""
    return int(instant.timestamp() * 1000)
