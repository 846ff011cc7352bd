"""A practitioner's day at several sites: it goes on where they are or go next, and each line says where it is."""

from datetime import datetime, timedelta

import pytest

from app.services.own_day.late import say_own_late
from app.state.my_day_views import OwnDayView, own_day_view
from models.appointments import Appointment
from models.clinics import Location
from models.schedules import Slot
from tests import calls
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    make_appointment,
    make_location,
    make_schedule,
    make_slots,
)
from tests.services.board_day import make_named_patient
from tests.services.own_practitioner import OwnWorld, make_own_world

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("database")]
NOON = TOMORROW + timedelta(hours=3)


class TwoSites:
    """Anna's Tuesday: an hour at Main from 9, and an hour at Annex from 12 in Berlin's time."""

    def __init__(self, *, annex_zone: str = "Europe/Berlin") -> None:
        self.world: OwnWorld = make_own_world()
        day = self.world.day
        with building() as session:
            # Before "Main" by name, and after it in the day.
            self.annex: Location = make_location(session, clinic=day.clinic, name="Annex", timezone=annex_zone)
            schedule = make_schedule(session, clinic=day.clinic, practitioner=day.anna, location=self.annex)
            self.annex_slots: list[Slot] = make_slots(session, schedule=schedule, count=4, starts_at=NOON)

    def annex_visit(self, name: str, *, place: int = 0) -> Appointment:
        patient = make_named_patient(self.world.day.clinic, name)
        with building() as session:
            slots = [session.get_one(Slot, (one.clinic_id, one.id)) for one in self.annex_slots[place : place + 2]]
            fields = {"timezone": self.annex.timezone, "booked_at": NOW}
            return make_appointment(session, slots=slots, service=self.world.day.service, patient=patient, **fields)

    def view(self, *, now: datetime) -> OwnDayView:
        return own_day_view(self.world.read(now=now))


def names(view: OwnDayView) -> list[str]:
    return [site["name"] for site in view["sites"]]


def test_the_day_goes_on_at_the_first_site_and_then_at_the_second() -> None:
    sites = TwoSites()
    sites.world.visit("Mona Morning")
    sites.annex_visit("Nora Noon")
    morning, noon = sites.view(now=TOMORROW), sites.view(now=NOON)
    assert (names(morning), names(noon)) == (["Main", "Annex"], ["Annex", "Main"])
    assert morning["visits"][morning["next"]]["patient"] == "Mona Morning"
    # She never came, and nobody has noted it yet: still the day goes on elsewhere by noon.
    assert noon["visits"][noon["next"]]["patient"] == "Nora Noon"


def test_who_is_in_the_room_says_where_the_day_is() -> None:
    sites = TwoSites()
    early = sites.annex_visit("Nora Noon")
    calls.visit(sites.world.day.clerk, "arrive", early, now=TOMORROW)
    assert names(sites.view(now=TOMORROW)) == ["Main", "Annex"]
    calls.visit(sites.world.day.clerk, "check_in", sites.world.stored(early), now=TOMORROW)
    calls.visit(sites.world.day.clerk, "enter_room", sites.world.stored(early), now=TOMORROW)
    assert names(sites.view(now=TOMORROW)) == ["Annex", "Main"]


def test_who_waits_at_the_other_site_does_not_come_before_those_of_here() -> None:
    sites, now = TwoSites(), TOMORROW + timedelta(minutes=1)
    early = sites.annex_visit("Nora Noon")
    here = sites.world.visit("Mona Morning")
    calls.visit(sites.world.day.clerk, "arrive", early, now=TOMORROW)
    assert sites.view(now=now)["next"] == str(here.id)
    calls.visit(sites.world.day.clerk, "arrive", here, now=TOMORROW)
    assert (sites.view(now=now)["next"], sites.view(now=now)["waiting"]) == (str(here.id), [str(early.id)])


def test_each_line_of_the_day_says_where_it_is_and_in_its_own_order() -> None:
    sites = TwoSites()
    sites.annex_visit("Nora Noon")
    sites.world.visit("Mona Morning", place=2)
    lines = [(one["kind"], one["place"]) for one in sites.view(now=TOMORROW)["today"]]
    assert lines == [("gap", "Main"), ("visit", "Main"), ("visit", "Annex"), ("gap", "Annex")]
    # With one site in the day nobody needs to read its name.
    alone = make_own_world()
    alone.visit("Mona Morning")
    assert {one["place"] for one in own_day_view(alone.read())["today"]} == {""}


def test_the_clock_is_that_of_the_site_where_the_day_goes_on() -> None:
    sites = TwoSites(annex_zone="Asia/Tokyo")
    sites.annex_visit("Nora Noon")
    assert (sites.view(now=TOMORROW)["day"], sites.view(now=TOMORROW)["zone"]) == ("2027-01-05", "Europe/Berlin")
    assert sites.view(now=NOON)["zone"] == "Asia/Tokyo"


def test_being_late_is_said_of_one_site_and_taken_back_there() -> None:
    sites = TwoSites()
    who, now = sites.world.anna, TOMORROW
    say_own_late(who, location_id=sites.annex.id, minutes=20, now=now)
    assert [(one["name"], one["late"]) for one in sites.view(now=now)["sites"]] == [("Main", 0), ("Annex", 20)]
    assert (sites.view(now=now)["late"], sites.view(now=NOON)["late"]) == (0, 20)
    say_own_late(who, location_id=sites.annex.id, minutes=0, now=now)
    assert [one["late"] for one in sites.view(now=now)["sites"]] == [0, 0]
