"""Display values of what is being booked or moved: the services a start offers, patients found, what is moved."""

from typing import TypedDict

from app.services.board.details import AppointmentDetails
from app.services.board.offers import Offer, Start
from app.state.board_views import iso


class OfferView(TypedDict):
    """A service that can be chosen for a start."""

    id: str
    name: str
    starts_at: str
    minutes: int
    price: int
    currency: str
    fits: bool
    may_overbook: bool


class MoveView(TypedDict):
    """The appointment that is being moved."""

    id: str
    version: int
    patient: str
    service: str
    practitioner: str
    starts_at: str
    zone: str
    # Where it goes back to: its first slot, and why it may stand there beyond the capacity.
    slot_id: str
    overbook_reason: str
    status: str


NO_MOVE = MoveView(
    id="",
    version=0,
    patient="",
    service="",
    practitioner="",
    starts_at="",
    zone="",
    slot_id="",
    overbook_reason="",
    status="",
)


def offer_views(start: Start) -> list[OfferView]:
    """Show what a start offers, what fits first."""
    return [_offer_view(offer) for offer in sorted(start.offers, key=lambda offer: not offer.fits)]


def move_view(seen: AppointmentDetails) -> MoveView:
    """Show what is being moved."""
    return MoveView(
        id=str(seen.id),
        version=seen.version,
        patient=seen.patient.name,
        service=seen.service,
        practitioner=seen.practitioner,
        starts_at=iso(seen.starts_at),
        zone=seen.timezone,
        slot_id=str(seen.slot_id),
        overbook_reason=seen.overbook_reason,
        status=seen.status,
    )


def _offer_view(offer: Offer) -> OfferView:
    return OfferView(
        id=str(offer.service_id),
        name=offer.name,
        starts_at=iso(offer.starts_at),
        minutes=offer.minutes,
        price=offer.price_amount,
        currency=offer.currency,
        fits=offer.fits,
        may_overbook=offer.may_overbook,
    )
