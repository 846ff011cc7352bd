"""What can be set of a service, and between which limits (the same as the table's checks)."""

from dataclasses import dataclass

from sqlmodel import Session

from app.errors import InvalidField
from app.services.catalogue import checks
from app.services.catalogue.checks import Limit
from app.services.catalogue.equipment import Equipment, kinds
from app.words import N_
from models.principal import Principal

LIMITS = {
    "duration_minutes": Limit(5, 480, N_("A visit lasts 5 to 480 minutes.")),
    "buffer_before_minutes": Limit(0, 120, N_("A buffer lasts 0 to 120 minutes.")),
    "buffer_after_minutes": Limit(0, 120, N_("A buffer lasts 0 to 120 minutes.")),
    "capacity": Limit(1, 500, N_("1 to 500 patients can come at a time.")),
    "price_amount": Limit(0, 100_000_000, N_("Give a price of 0 or more.")),
    "hold_minutes": Limit(1, 60, N_("A time is held for 1 to 60 minutes.")),
    "notice_minutes": Limit(0, 60 * 24 * 90, N_("The notice is 0 minutes to 90 days.")),
    "horizon_days": Limit(1, 730, N_("It can be booked 1 to 730 days ahead.")),
}
# Where one of them changes, sessions are cut anew.
SHAPE = ("duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "capacity")


@dataclass(frozen=True, slots=True)
class ServiceFields:
    """What is typed of a service: minutes and days; the price in minor units of the clinic's currency."""

    name: str
    specialty: str
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    capacity: int = 1
    price_amount: int = 0
    hold_minutes: int = 5
    notice_minutes: int = 60
    horizon_days: int = 84
    room_kind: str | None = None
    device_kind: str | None = None
    is_video: bool = False
    needs_referral: bool = False


def checked(session: Session, principal: Principal, fields: ServiceFields) -> ServiceFields:
    """Return the fields as they may be stored; raises InvalidField."""
    numbers = {field: checks.within(field, getattr(fields, field), limit) for field, limit in LIMITS.items()}
    return ServiceFields(
        name=checks.name(fields.name),
        specialty=checks.name(fields.specialty, field="specialty"),
        room_kind=_kind(session, principal, Equipment.ROOM, fields.room_kind),
        device_kind=_kind(session, principal, Equipment.DEVICE, fields.device_kind),
        is_video=fields.is_video,
        needs_referral=fields.needs_referral,
        **numbers,
    )


def _kind(session: Session, principal: Principal, what: Equipment, kind: str | None) -> str | None:
    if not kind:
        return None
    if kind not in kinds(session, principal, what=what):
        raise InvalidField(f"{what.value}_kind", N_("Nothing of this kind is in use. Add one to a location first."))
    return kind
