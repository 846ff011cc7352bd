"""What anybody can book: read together, without what nobody gives."""

import pytest

from app.services.catalogue.offer import read_offer
from app.state.book_views import offer_cards
from models.db import transaction
from tests.builders import building, guest_of, make_clinic, make_schedule, make_service

pytestmark = pytest.mark.usefixtures("database")


def test_a_service_that_nobody_gives_is_not_offered() -> None:
    with building() as session:
        clinic = make_clinic(session, phone="+12125550100")
        schedule = make_schedule(session, clinic=clinic)
        given = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        make_service(session, clinic=clinic)
    guest = guest_of(clinic)
    with transaction(guest) as session:
        offer = read_offer(session, guest)
    assert [one.id for one in offer.services] == [given.id]
    shown = offer_cards(offer)
    assert (shown["clinic"], shown["phone"]) == (clinic.name, "+1 212-555-0100")
    assert [one["id"] for one in shown["places"]] == [str(schedule.location_id)]
    assert [one["service_ids"] for one in shown["people"]] == [[str(given.id)]]
