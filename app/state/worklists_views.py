"""What the displaced worklist shows, made from what the services return."""

from typing import TypedDict

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    InvalidTransition,
    OutsideBookingWindow,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.services.availability.explain.reasons import SENTENCES, ReasonCode
from app.services.displaced.calls import ToCall
from app.services.displaced.lines import DisplacedLine
from app.services.displaced.other_places import OtherPlace
from app.services.phones import readable_phone
from app.services.schedules.absences import Absence
from app.services.schedules.effect import Effect
from app.state.board_views import iso
from models.appointments import AppointmentStatus

# A refusal of one of many moves comes as its code.
REFUSALS: dict[str, type[ClinicError]] = {
    kind.code: kind
    for kind in (
        SlotUnavailable,
        PatientOverlap,
        PractitionerOverlap,
        RoomUnavailable,
        DeviceUnavailable,
        OutsideBookingWindow,
        InvalidTransition,
    )
}


class LineView(TypedDict):
    """One displaced visit, where it was and where it would go."""

    id: str
    patient_id: str
    patient: str
    phone: str
    is_reached: bool
    service: str
    status: str
    version: int
    practitioner: str
    location: str
    starts_at: str
    zone: str
    why: str
    since_at: str
    # Only what is booked is moved; the rest is somebody's at this moment.
    can_move: bool
    is_left_out: bool
    # The proposed place; empty before a look and when there is none.
    slot_id: str
    new_at: str
    new_zone: str
    new_practitioner: str
    new_location: str
    is_by_hand: bool
    is_without: bool
    problem: str


class PlaceChoice(TypedDict):
    """A start to choose by hand."""

    slot_id: str
    at: str
    zone: str
    practitioner: str
    location: str


class CallView(TypedDict):
    """A patient whom the desk has to call."""

    id: str
    patient_id: str
    patient: str
    phone: str
    is_moved: bool
    at: str
    zone: str
    practitioner: str
    location: str
    is_called: bool


class AbsenceView(TypedDict):
    """Somebody who is away; wall-clock times."""

    id: str
    practitioner: str
    from_day: str
    from_time: str
    until_day: str
    until_time: str
    reason: str


class EffectDay(TypedDict):
    """How many free starts a day loses."""

    day: str
    removed: int


class EffectView(TypedDict):
    """What entering an absence would do."""

    is_known: bool
    displaced: int
    removed: int
    days: list[EffectDay]


NO_EFFECT = EffectView(is_known=False, displaced=0, removed=0, days=[])
NO_PLACE = {"slot_id": "", "new_at": "", "new_zone": "", "new_practitioner": "", "new_location": ""}


def line_view(line: DisplacedLine, before: LineView | None) -> LineView:
    """Show a displaced visit; what was proposed for it and chosen stays as long as it is the same one."""
    visit = line.visit
    fresh = LineView(
        id=str(visit.appointment_id),
        patient_id=str(visit.patient_id),
        patient=line.patient,
        phone=readable_phone(line.phone),
        is_reached=line.is_reached,
        service=line.service,
        status=visit.status.value,
        version=visit.version,
        practitioner=line.practitioner,
        location=line.location,
        starts_at=iso(visit.starts_at),
        zone=visit.timezone,
        why=SENTENCES[ReasonCode(visit.reason)],
        since_at=iso(visit.since_at),
        can_move=visit.status is AppointmentStatus.BOOKED,
        is_left_out=False,
        slot_id="",
        new_at="",
        new_zone="",
        new_practitioner="",
        new_location="",
        is_by_hand=False,
        is_without=False,
        problem="",
    )
    if before is None or before["version"] != fresh["version"] or not fresh["can_move"]:
        return fresh
    return {**before, **{name: fresh[name] for name in ("patient", "phone", "is_reached", "why", "since_at")}}  # type: ignore[typeddict-item]


def moved_to(line: LineView, choice: PlaceChoice, *, is_by_hand: bool) -> LineView:
    """Show where a visit would go."""
    return {
        **line,
        "slot_id": choice["slot_id"],
        "new_at": choice["at"],
        "new_zone": choice["zone"],
        "new_practitioner": choice["practitioner"],
        "new_location": choice["location"],
        "is_by_hand": is_by_hand,
        "is_without": False,
        # A place chosen by hand is meant to be taken; a look for places decides nothing about who is moved.
        "is_left_out": line["is_left_out"] and not is_by_hand,
        "problem": "",
    }


def without_place(line: LineView) -> LineView:
    """Show that there is no place for a visit."""
    return {**line, **NO_PLACE, "is_by_hand": False, "is_without": True, "problem": ""}  # type: ignore[typeddict-item]


def place_choice(place: OtherPlace) -> PlaceChoice:
    """Show a start."""
    return PlaceChoice(
        slot_id=str(place.start.id),
        at=iso(place.start.starts_at),
        zone=place.start.timezone,
        practitioner=place.practitioner,
        location=place.location,
    )


def call_view(one: ToCall) -> CallView:
    """Show whom to call and what to tell."""
    return CallView(
        id=str(one.id),
        patient_id=str(one.patient_id),
        patient=one.patient,
        phone=readable_phone(one.phone),
        is_moved=one.status is AppointmentStatus.BOOKED,
        at=iso(one.starts_at),
        zone=one.timezone,
        practitioner=one.practitioner,
        location=one.location,
        is_called=one.called_at is not None,
    )


def absence_view(absence: Absence) -> AbsenceView:
    """Show who is away."""
    return AbsenceView(
        id=str(absence.id),
        practitioner=absence.practitioner,
        from_day=absence.starts_local.date().isoformat(),
        from_time=f"{absence.starts_local:%Y-%m-%dT%H:%M}:00Z",
        until_day=absence.ends_local.date().isoformat(),
        until_time=f"{absence.ends_local:%Y-%m-%dT%H:%M}:00Z",
        reason=absence.reason,
    )


def effect_view(effect: Effect) -> EffectView:
    """Show what an absence would do."""
    lost: dict[str, int] = {}
    for one in effect.days:
        lost[one.day.isoformat()] = lost.get(one.day.isoformat(), 0) + one.removed
    days = [EffectDay(day=day, removed=removed) for day, removed in lost.items() if removed]
    return EffectView(is_known=True, displaced=len(effect.displaced), removed=effect.removed, days=days[:14])


def refusal_words(code: str) -> str:
    """Return the sentence of a refusal that came as its code."""
    return REFUSALS.get(code, SlotUnavailable).message
