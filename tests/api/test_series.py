"""Series over HTTP: planned, booked, shown, cancelled and moved, each change after a look at what it would do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from models.base import new_id
from models.clinics import Location
from models.schedules import Schedule
from tests.api.conftest import World, build_world
from tests.api.test_problems import require_problem
from tests.builders import building, make_slots

URL = "/api/v1/series"
DAYS = 4


class Daily:
    """A clinic with the same hour on some days, and a caller with its wish for a daily series."""

    def __init__(self, api: TestClient) -> None:
        self.api = api
        self.world: World = build_world(count=4)
        self.first = self.world.starts_at
        with building() as session:
            location = session.get_one(Location, (self.world.clinic_id, self.world.location_id))
            location.timezone = "UTC"
            schedule = session.exec(select(Schedule).where(Schedule.clinic_id == self.world.clinic_id)).one()
            for day in range(1, DAYS):
                make_slots(session, schedule=schedule, count=4, starts_at=self.first + timedelta(days=day))
        self.wish: dict[str, Any] = {
            "patient_id": self.world.patient(),
            "service_id": self.world.service_id,
            "practitioner_id": self.world.practitioner_id,
            "location_id": self.world.location_id,
            **{"every": 1, "unit": "day", "first_on": self.first.date().isoformat()},
            **{"time": self.clock(0), "times": DAYS},
        }

    def clock(self, minutes: int) -> str:
        return (self.first + timedelta(minutes=minutes)).strftime("%H:%M")

    def send(self, path: str, body: Any, **headers: str) -> Any:
        return self.api.post(URL + path, json=body, headers={**self.world.headers(self.api), **headers})

    def book(self, **more: Any) -> Any:
        booked = self.send("", {**self.wish, **more})
        assert booked.status_code == 201, booked.text
        return booked

    def show(self, series_id: str) -> Any:
        return self.api.get(f"{URL}/{series_id}", headers=self.world.headers(self.api))

    def take_second_day(self, minutes: int = 0) -> None:
        at = self.first + timedelta(days=1, minutes=minutes)
        asked = {"service_id": self.world.service_id, "from": at.isoformat().replace("+00:00", "Z"), "limit": 1}
        (start,) = self.api.get("/api/v1/slots", params=asked, headers={"Host": self.world.host}).json()["items"]
        assert datetime.fromisoformat(start["start"]) == at.astimezone(UTC)
        body = {"slot_id": start["id"], "service_id": self.world.service_id, "patient_id": self.world.patient()}
        held = self.api.post("/api/v1/appointments", json=body, headers=self.world.headers(self.api))
        assert held.status_code == 201, held.text


@pytest.fixture
def daily(api: TestClient) -> Daily:
    return Daily(api)


def test_a_series_is_planned_booked_and_shown(daily: Daily) -> None:
    planned = daily.send("/plan", daily.wish).json()["items"]
    assert [one["number"] for one in planned] == [1, 2, 3, 4]
    assert all(one["slot_id"] and one["code"] is None for one in planned)
    booked = daily.book()
    assert [one["slot_id"] for one in booked.json()["appointments"]] == [one["slot_id"] for one in planned]
    shown = daily.show(booked.json()["id"])
    assert shown.headers["etag"] == booked.headers["etag"]
    assert {name: shown.json()[name] for name in daily.wish} == daily.wish
    assert [one["status"] for one in shown.json()["appointments"]] == ["booked"] * DAYS
    known = {**daily.world.headers(daily.api), "If-None-Match": shown.headers["etag"]}
    assert daily.api.get(f"{URL}/{booked.json()['id']}", headers=known).status_code == 304


def test_the_history_of_an_appointment_names_its_series(daily: Daily) -> None:
    booked = daily.book().json()
    one = booked["appointments"][0]["id"]
    seen = daily.api.get(f"/api/v1/appointments/{one}/history", headers=daily.world.headers(daily.api)).json()["items"]
    assert [(step["action"], step["series_id"]) for step in seen] == [("hold", None), ("confirm", booked["id"])]


def test_conflicts_are_listed_with_alternatives_and_refuse_the_whole(daily: Daily) -> None:
    daily.take_second_day()
    second = daily.send("/plan", daily.wish).json()["items"][1]
    assert (second["slot_id"], second["code"]) == (None, "slot-unavailable")
    assert len(second["alternatives"]) == 3
    refused = require_problem(daily.send("", daily.wish), 409, "series-conflicts")
    assert [(one["number"], one["code"]) for one in refused["conflicts"]] == [(2, "slot-unavailable")]
    chosen = {"choices": [{"number": 2, "slot_id": second["alternatives"][0]["id"]}, {"number": 4}]}
    booked = daily.book(**chosen).json()["appointments"]
    assert [one["series_number"] for one in booked] == [1, 2, 3]
    assert booked[1]["slot_id"] == second["alternatives"][0]["id"]


def test_a_refusal_is_repeated_word_for_word(daily: Daily) -> None:
    daily.take_second_day()
    first, again = (daily.send("", daily.wish, **{"Idempotency-Key": "the-same"}).json() for _ in range(2))
    assert first["conflicts"] == again["conflicts"]
    assert first["detail"] == again["detail"]


def test_the_following_are_cancelled_after_a_look(daily: Daily) -> None:
    booked = daily.book().json()
    path = f"/{booked['id']}/cancel"
    following = {"scope": "following", "appointment_id": booked["appointments"][2]["id"]}
    planned = daily.send(f"{path}/plan", following).json()
    assert [one["series_number"] for one in planned["appointments"]] == [3, 4]
    ended = daily.send(path, {**following, "reason": "patient"}).json()
    assert [(one["series_number"], one["status"]) for one in ended["appointments"]] == [
        (3, "cancelled"),
        (4, "cancelled"),
    ]
    statuses = [one["status"] for one in daily.show(booked["id"]).json()["appointments"]]
    assert statuses == ["booked", "booked", "cancelled", "cancelled"]


def test_all_are_moved_after_a_look_and_what_is_not_possible_stays_or_is_chosen(daily: Daily) -> None:
    booked = daily.book().json()
    daily.take_second_day(minutes=15)
    path, asked = f"/{booked['id']}/move", {"scope": "all", "time": daily.clock(15)}
    planned = daily.send(f"{path}/plan", asked).json()["moves"]
    assert [one["code"] for one in planned] == [None, "slot-unavailable", None, None]
    assert planned[0]["local"][-5:] == daily.clock(15)
    require_problem(daily.send(path, asked), 409, "series-conflicts")
    moved = daily.send(path, {**asked, "skip_conflicts": True}).json()
    assert [one["series_number"] for one in moved["appointments"]] == [1, 3, 4]
    assert [one["number"] for one in moved["skipped"]] == [2]
    assert [one["id"] for one in moved["appointments"]] == [booked["appointments"][n]["id"] for n in (0, 2, 3)]


def test_a_change_names_the_version_that_was_seen(daily: Daily) -> None:
    booked = daily.book()
    path = f"/{booked.json()['id']}"
    tag = booked.headers["etag"]
    one = {"scope": "this", "appointment_id": booked.json()["appointments"][0]["id"]}
    changed = daily.send(f"{path}/cancel", {**one, "reason": "clinic"}, **{"If-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    require_problem(daily.send(f"{path}/move", {"scope": "all", "days": 1}, **{"If-Match": tag}), 412, "stale-version")
    # Also when one of its appointments was changed alone.
    seen = daily.show(booked.json()["id"]).headers["etag"]
    other = booked.json()["appointments"][1]["id"]
    headers = daily.world.headers(daily.api)
    assert daily.api.post(f"/api/v1/appointments/{other}/cancel", json={"reason": "clinic"}, headers=headers).is_success
    stale = daily.send(f"{path}/cancel", {"scope": "all", "reason": "clinic"}, **{"If-Match": seen})
    require_problem(stale, 412, "stale-version")


def test_a_series_of_another_clinic_is_not_there(daily: Daily, elsewhere: World) -> None:
    booked = daily.book().json()
    headers = elsewhere.headers(daily.api)
    require_problem(daily.api.get(f"{URL}/{booked['id']}", headers=headers), 404, "not-found")
    for path, body in (
        ("cancel", {"scope": "all", "reason": "clinic"}),
        ("cancel/plan", {"scope": "all"}),
        ("move", {"scope": "all", "days": 1}),
        ("move/plan", {"scope": "all", "days": 1}),
    ):
        answer = daily.api.post(f"{URL}/{booked['id']}/{path}", json=body, headers=headers)
        require_problem(answer, 404, "not-found")
    stolen = daily.api.post(URL, json=daily.wish, headers={**headers, "Idempotency-Key": new_id().hex})
    require_problem(stolen, 422, "invalid-field")


def test_a_series_needs_a_key(daily: Daily) -> None:
    headers = daily.world.headers(daily.api)
    del headers["Idempotency-Key"]
    require_problem(daily.api.post(URL, json=daily.wish, headers=headers), 400, "idempotency-key-missing")
    assert daily.api.post(f"{URL}/plan", json=daily.wish, headers=headers).status_code == 200
