"""Everything that anybody can book at a clinic: what the booking pages read when they open."""

from dataclasses import dataclass

from sqlmodel import Session

from app.services.catalogue.read import (
    ClinicView,
    LocationView,
    PractitionerView,
    ServiceView,
    clinic,
    locations,
    practitioners,
    services,
)
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Offer:
    """The clinic with what it offers, where and by whom; a service that nobody gives is not offered."""

    clinic: ClinicView
    services: list[ServiceView]
    locations: list[LocationView]
    practitioners: list[PractitionerView]


def read_offer(session: Session, principal: Principal) -> Offer:
    """Return what can be booked."""
    return Offer(
        clinic=clinic(session, principal),
        services=[one for one in services(session, principal) if one.location_ids],
        locations=locations(session, principal),
        practitioners=practitioners(session, principal),
    )
