"""GET /slots/days: free places by local day, the same as in GET /slots, on the days when the clocks change too."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import World
from tests.builders import (
    building,
    make_clinic,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slots,
)

BASE = "/api/v1"
# Two changes to the same time are up to 53 weeks apart.
FARTHEST = 380
BERLIN = ZoneInfo("Europe/Berlin")
APIA, HONOLULU = ZoneInfo("Pacific/Apia"), ZoneInfo("Pacific/Honolulu")


def midnight(day: date, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def hours_of(day: date) -> int:
    """Return how many hours a day of Berlin has."""
    return int((midnight(day + timedelta(days=1)) - midnight(day)) / timedelta(hours=1))


def days_of_change() -> dict[int, date]:
    """Return the next day of 23 hours and the next one of 25."""
    today = datetime.now(BERLIN).date()
    ahead = [today + timedelta(days=number) for number in range(2, FARTHEST)]
    return {length: next(day for day in ahead if hours_of(day) == length) for length in (23, 25)}


@pytest.fixture(scope="module")
def berlin(api: TestClient) -> dict[str, Any]:
    """A clinic that is open at every hour of the days when the clocks change, and of their neighbours."""
    days = days_of_change()
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id], horizon_days=FARTHEST)
        for day in days.values():
            first = midnight(day - timedelta(days=1))
            make_slots(session, schedule=schedule, count=72, starts_at=first, minutes=60)
        return {"headers": {"Host": clinic.host_name}, "service_id": str(service.id), "days": days}


def free_days(api: TestClient, place: dict[str, Any], **filters: Any) -> dict[str, int]:
    asked = {"service_id": place["service_id"], **filters}
    answer = api.get(f"{BASE}/slots/days", params=asked, headers=place["headers"])
    assert answer.status_code == 200, answer.text
    return {item["date"]: item["free"] for item in answer.json()["items"]}


@pytest.mark.parametrize("length", [23, 25])
def test_a_day_when_the_clocks_change_has_all_its_hours_and_no_others(
    api: TestClient, berlin: dict[str, Any], length: int
) -> None:
    day = berlin["days"][length]
    assert free_days(api, berlin, **{"from": str(day), "to": str(day)}) == {str(day): length}
    before, after = (str(day + timedelta(days=number)) for number in (-1, 1))
    around = free_days(api, berlin, **{"from": before, "to": after})
    assert around == {before: 24, str(day): length, after: min(24, 72 - 24 - length)}


@pytest.mark.parametrize("length", [23, 25])
@pytest.mark.parametrize("path", ["/slots", "/slots/days"])
def test_a_range_is_at_most_62_local_days(api: TestClient, berlin: dict[str, Any], path: str, length: int) -> None:
    since = berlin["days"][length] - timedelta(days=30)
    asked = {"service_id": berlin["service_id"], "from": str(since)}
    for more, status in ((61, 200), (62, 422)):
        until = str(since + timedelta(days=more))
        answer = api.get(BASE + path, params={**asked, "to": until}, headers=berlin["headers"])
        assert answer.status_code == status, (since, until)
        assert status == 200 or answer.json()["errors"][0]["field"] == "to"


@pytest.fixture(scope="module")
def worlds_apart(api: TestClient) -> dict[str, Any]:
    """Two sites between which it is always another day, one with a group of five."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    with building() as session:
        clinic = make_clinic(session, timezone="Pacific/Apia")
        people = [make_practitioner(session, clinic=clinic, specialty=word) for word in ("gp", "heart")]
        service = make_service(session, clinic=clinic, practitioners=people)
        group = make_service(session, clinic=clinic, practitioners=people, capacity=5)
        sites = {}
        for person, zone in zip(people, (APIA, HONOLULU), strict=True):
            site = make_location(session, clinic=clinic, timezone=zone.key)
            schedule = make_schedule(session, clinic=clinic, practitioner=person, location=site)
            make_slots(session, schedule=schedule, count=30, starts_at=start, minutes=60, specialty=person.specialty)
            evening = start + timedelta(hours=31)
            make_slots(session, schedule=schedule, count=2, starts_at=evening, capacity=5, service=group)
            sites[zone.key] = (str(site.id), str(person.id), person.specialty)
        return {
            "headers": {"Host": clinic.host_name},
            "service_id": str(service.id),
            "group": str(group.id),
            "sites": sites,
            "start": start,
        }


def starts(api: TestClient, place: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
    asked = {"service_id": place["service_id"], "limit": 200, **filters}
    answer = api.get(f"{BASE}/slots", params=asked, headers=place["headers"])
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("zone", [APIA, HONOLULU])
@pytest.mark.parametrize("by", ["location_id", "practitioner_id", "specialty"])
def test_the_days_hold_what_the_starts_do_on_the_calendar_of_their_place(
    api: TestClient, worlds_apart: dict[str, Any], zone: ZoneInfo, by: str
) -> None:
    site, person, specialty = worlds_apart["sites"][zone.key]
    only = {by: {"location_id": site, "practitioner_id": person, "specialty": specialty}[by]}
    found = starts(api, worlds_apart, **only)
    assert {item["location_id"] for item in found} == {site}
    expected = Counter(str(datetime.fromisoformat(item["start"]).astimezone(zone).date()) for item in found)
    assert len(expected) >= 2
    assert free_days(api, worlds_apart, **only) == expected


def test_a_groups_places_are_counted_not_its_starts(api: TestClient, worlds_apart: dict[str, Any]) -> None:
    group = {**worlds_apart, "service_id": worlds_apart["group"]}
    for zone in (APIA, HONOLULU):
        site = worlds_apart["sites"][zone.key][0]
        days = free_days(api, group, location_id=site)
        assert sum(days.values()) == 10
        assert sum(item["free"] for item in starts(api, group, location_id=site)) == 10


def test_all_sites_together_are_the_sum_of_each(api: TestClient, worlds_apart: dict[str, Any]) -> None:
    each = [free_days(api, worlds_apart, location_id=site) for site, _, _ in worlds_apart["sites"].values()]
    assert free_days(api, worlds_apart) == Counter(each[0]) + Counter(each[1])


def test_a_place_that_is_held_is_free_no_longer_and_a_day_without_one_is_left_out(
    api: TestClient, world: World
) -> None:
    place = {"service_id": world.service_id, "headers": world.headers(api, "slots:read")}
    day = world.starts_at.astimezone(BERLIN).date()
    asked = {"from": world.starts_at.isoformat(), "to": (world.starts_at + timedelta(minutes=30)).isoformat()}
    assert free_days(api, place, **asked) == {str(day): 2}
    left = [1, None]
    for slot_id in world.slot_ids[:2]:
        body = {"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()}
        assert api.post(f"{BASE}/appointments", json=body, headers=world.headers(api)).status_code == 201
        assert free_days(api, place, **asked).get(str(day)) == left.pop(0)
