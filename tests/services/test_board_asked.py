"""Why a time or a day of the board is not offered, and what is free nearest to it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from app.errors import NotPermitted
from app.services.availability.explain import ReasonCode
from app.services.board.asked import OfferedService, Stretch, WhyHere, offered_services, why_day, why_here
from models.db import transaction
from models.principal import Principal
from tests.builders import NOW, TOMORROW, guest_of
from tests.calls import confirm, hold
from tests.services.board_day import DAY, BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.usefixtures("database")


def here(day: BoardDay, at: Any, reader: Principal | None = None) -> list[WhyHere]:
    reader = reader or day.clerk
    with transaction(reader) as session:
        services = offered_services(session, reader, practitioner_id=day.boris.id)
        return why_here(
            session,
            reader,
            location_id=day.location.id,
            practitioner_id=day.boris.id,
            services=services,
            starts_at=at,
            now=NOW,
        )


def whole_day(day: BoardDay) -> list[Stretch]:
    with transaction(day.clerk) as session:
        return why_day(
            session,
            day.clerk,
            location_id=day.location.id,
            practitioner_id=day.boris.id,
            service_id=day.service.id,
            day=DAY,
            now=NOW,
        )


def test_what_a_practitioner_offers_is_asked_about_single_visits_first() -> None:
    day = make_board_day()
    with transaction(day.clerk) as session:
        found = offered_services(session, day.clerk, practitioner_id=day.boris.id)
    assert found == [OfferedService(day.service.id, "Check"), OfferedService(day.group.id, "Vaccination")]


def test_a_taken_time_names_what_takes_it_and_the_three_nearest_starts_in_time_order() -> None:
    day = make_board_day()
    patient = make_named_patient(day.clinic, "Ana Silva")
    confirm(day.clerk, hold(day.clerk, day.boris_slots[0], day.service, patient))
    check = next(one for one in here(day, day.boris_slots[0].starts_at) if one.services == ["Check"])
    assert [reason.code for reason in check.reasons] == [ReasonCode.BUSY]
    assert check.reasons[0].until == day.boris_slots[1].ends_at
    # First the practitioner's own, then what is nearest with anybody there.
    assert [near.start.id for near in check.nearest] == [
        day.anna_slots[0].id,
        day.anna_slots[1].id,
        day.boris_slots[2].id,
    ]
    assert [near.slot_starts_at for near in check.nearest] == [near.start.starts_at for near in check.nearest]


def test_a_free_time_has_no_reason() -> None:
    day = make_board_day()
    check = next(one for one in here(day, day.boris_slots[1].starts_at) if "Check" in one.services)
    assert check.reasons == []


def test_services_that_the_same_rules_keep_out_are_told_together() -> None:
    day = make_board_day()
    found = here(day, NOW - timedelta(days=1))
    assert [one.services for one in found] == [["Check", "Vaccination"]]
    assert ReasonCode.PAST in [reason.code for reason in found[0].reasons]


def test_a_day_is_told_in_stretches_that_cover_it_and_differ_from_their_neighbours() -> None:
    day = make_board_day()
    found = whole_day(day)
    assert found[-1].ends_at - found[0].starts_at == timedelta(days=1)
    for one, following in pairwise(found):
        assert one.ends_at == following.starts_at
        assert [reason.code for reason in one.reasons] != [reason.code for reason in following.reasons]
    free = [one for one in found if not one.reasons]
    assert [(one.starts_at, one.ends_at) for one in free] == [(TOMORROW, TOMORROW + timedelta(minutes=45))]


def test_it_is_for_who_may_hear_of_leave() -> None:
    day = make_board_day()
    with pytest.raises(NotPermitted):
        here(day, TOMORROW, guest_of(day.clinic))
