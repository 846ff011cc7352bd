"""What can be booked, for anybody: filters, pages, dates on the wall clocks of the place."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from app.api import shapes
from tests.api.conftest import World
from tests.builders import (
    building,
    make_clinic,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slot,
)

BASE = "/api/v1"
TOKYO, LIMA = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")


@pytest.fixture(scope="module")
def town(api: TestClient) -> dict[str, Any]:
    """A clinic with two sites half a world apart, three practitioners and two services."""
    day = (datetime.now(UTC) + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    with building() as session:
        clinic = make_clinic(session, timezone="Asia/Tokyo", name="Two Towns")
        tokyo = make_location(session, clinic=clinic, name="East", timezone="Asia/Tokyo")
        lima = make_location(session, clinic=clinic, name="West", timezone="America/Lima")
        people = [
            make_practitioner(session, clinic=clinic, display_name=name, specialty=field, languages=languages)
            for name, field, languages in (
                ("Dr Ames", "gp", ["en"]),
                ("Dr Bo", "heart", ["en", "ja"]),
                ("dr Cid", "gp", ["es"]),
            )
        ]
        away = make_practitioner(session, clinic=clinic, display_name="Dr Gone", is_active=False)
        check = make_service(session, clinic=clinic, name="Check", practitioners=[people[0], people[2], away])
        make_service(session, clinic=clinic, name="Old", is_active=False)
        heart = make_service(
            session, clinic=clinic, name="Heart", specialty="heart", practitioners=[people[1]], price_amount=4500
        )
        schedules = [
            make_schedule(session, clinic=clinic, practitioner=person, location=place)
            for person, place in zip(people, (tokyo, tokyo, lima), strict=True)
        ]
        # Three times a day on two local days, both practitioners of the check at the same instants.
        starts = [day + timedelta(hours=hours) for hours in (13, 14, 14.25, 15, 39)]
        for schedule in (schedules[0], schedules[2]):
            for start in starts:
                make_slot(session, schedule=schedule, starts_at=start)
        return {
            "headers": {"Host": clinic.host_name},
            "clinic": str(clinic.id),
            "check": str(check.id),
            "heart": str(heart.id),
            "tokyo": str(tokyo.id),
            "lima": str(lima.id),
            "people": [str(person.id) for person in people],
            "starts": starts,
        }


def get(api: TestClient, town: dict[str, Any], path: str, **filters: Any) -> dict[str, Any]:
    answer = api.get(BASE + path, params=filters, headers=town["headers"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(page: dict[str, Any]) -> list[str]:
    return [item["name"] for item in page["items"]]


def test_the_clinic_and_its_sites(api: TestClient, town: dict[str, Any]) -> None:
    assert shapes.Clinic.model_validate(get(api, town, "/clinic")).timezone == "Asia/Tokyo"
    found = get(api, town, "/locations")
    assert shapes.Locations.model_validate(found)
    assert names(found) == ["East", "West"]


def test_services_and_their_filters(api: TestClient, town: dict[str, Any]) -> None:
    found = get(api, town, "/services")
    assert shapes.Services.model_validate(found)
    assert names(found) == ["Check", "Heart"]
    heart = found["items"][1]
    assert heart["price"] == {"amount": 4500, "currency": "EUR"}
    assert (heart["prepayment"], heart["capacity"], heart["duration_minutes"]) == ("none", 1, 15)
    assert names(get(api, town, "/services", specialty="heart")) == ["Heart"]
    assert names(get(api, town, "/services", location_id=town["lima"])) == ["Check"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Dr Ames", "Dr Bo", "dr Cid"]),
        ({"specialty": "gp"}, ["Dr Ames", "dr Cid"]),
        ({"language": "ja"}, ["Dr Bo"]),
        ({"location_id": "tokyo"}, ["Dr Ames", "Dr Bo"]),
        ({"service_id": "check"}, ["Dr Ames", "dr Cid"]),
        ({"service_id": "check", "location_id": "lima"}, ["dr Cid"]),
        ({"language": "fr"}, []),
    ],
)
def test_practitioners_and_their_filters(
    api: TestClient, town: dict[str, Any], filters: dict[str, str], expected: list[str]
) -> None:
    asked = {name: town.get(value, value) for name, value in filters.items()}
    found = get(api, town, "/practitioners", **asked)
    assert shapes.Practitioners.model_validate(found)
    assert names(found) == expected


def test_pages_neither_skip_nor_double(api: TestClient, town: dict[str, Any]) -> None:
    first = get(api, town, "/practitioners", limit=2)
    second = get(api, town, "/practitioners", limit=2, cursor=first["next_cursor"])
    assert names(first) + names(second) == ["Dr Ames", "Dr Bo", "dr Cid"]
    assert second["next_cursor"] is None


def test_starts_that_begin_together_page_without_a_gap(api: TestClient, town: dict[str, Any]) -> None:
    whole = get(api, town, "/slots", service_id=town["check"])["items"]
    assert len(whole) == 10
    seen: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = get(api, town, "/slots", service_id=town["check"], limit=3, **cursor)
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == whole


def test_a_page_whose_predecessor_has_passed_meanwhile_goes_on(
    api: TestClient, town: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = get(api, town, "/slots", service_id=town["check"], limit=2)
    whole = get(api, town, "/slots", service_id=town["check"])["items"]
    monkeypatch.setattr("app.api.slots.utc_now", lambda: town["starts"][0] + timedelta(minutes=1))
    page = get(api, town, "/slots", service_id=town["check"], limit=200, cursor=first["next_cursor"])
    assert page["items"] == whole[2:]


def test_the_first_start_over_all_practitioners(api: TestClient, town: dict[str, Any]) -> None:
    found = get(api, town, "/slots", service_id=town["check"], first_available="true")["items"]
    assert [item["start"] for item in found] == [town["starts"][0].isoformat().replace("+00:00", "Z")]
    west = get(api, town, "/slots", service_id=town["check"], first_available="true", location_id=town["lima"])
    assert west["items"][0]["location_id"] == town["lima"]
    assert get(api, town, "/slots", service_id=town["heart"], first_available="true")["items"] == []


def test_days_are_those_of_the_place(api: TestClient, town: dict[str, Any]) -> None:
    for zone, site in ((TOKYO, "tokyo"), (LIMA, "lima")):
        expected: dict[str, int] = {}
        for start in town["starts"]:
            day = start.astimezone(zone).date().isoformat()
            expected[day] = expected.get(day, 0) + 1
        found = get(api, town, "/slots/days", service_id=town["check"], location_id=town[site])
        assert shapes.Days.model_validate(found)
        assert {item["date"]: item["free"] for item in found["items"]} == expected


def test_a_date_is_its_whole_day_on_the_clocks_of_the_place(api: TestClient, town: dict[str, Any]) -> None:
    for zone, site in ((TOKYO, "tokyo"), (LIMA, "lima")):
        day = town["starts"][1].astimezone(zone).date()
        expected = [start for start in town["starts"] if start.astimezone(zone).date() == day]
        asked = {"service_id": town["check"], "location_id": town[site], "from": str(day), "to": str(day)}
        found = get(api, town, "/slots", **asked)["items"]
        assert [datetime.fromisoformat(item["start"]) for item in found] == expected


def test_a_range_of_instants_is_half_open(api: TestClient, town: dict[str, Any]) -> None:
    first, second = (start.isoformat().replace("+00:00", "Z") for start in town["starts"][:2])
    asked = {"service_id": town["check"], "location_id": town["tokyo"], "from": first, "to": second}
    assert [item["start"] for item in get(api, town, "/slots", **asked)["items"]] == [first]


def test_a_held_start_is_no_longer_offered(api: TestClient, world: World) -> None:
    first = api.get(f"{BASE}/slots?service_id={world.service_id}&limit=1", headers={"Host": world.host}).json()
    slot_id = first["items"][0]["id"]
    body = {"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()}
    assert api.post(f"{BASE}/appointments", json=body, headers=world.headers(api)).status_code == 201
    left = api.get(f"{BASE}/slots?service_id={world.service_id}&limit=200", headers={"Host": world.host}).json()
    assert slot_id not in {item["id"] for item in left["items"]}
