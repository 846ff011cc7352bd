"""Whatever refuses a start, up to three others come with it, and a hold of the same person accepts each of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from app.services.booking import alternatives as searching
from models.practitioners import HealthcareService
from tests.api.conftest import World, build_world
from tests.builders import (
    building,
    make_clinic,
    make_device,
    make_location,
    make_practitioner,
    make_room,
    make_schedule,
    make_service,
    make_slots,
)

URL = "/api/v1/appointments"
COUNT = 8


@dataclass
class Pair:
    """Two schedules, the second five minutes later; one start of the first is taken by `taken_by`."""

    world: World
    first: list[str]
    second: list[str]
    taken_by: str

    def hold(self, api: TestClient, slot_id: str, patient_id: str) -> httpx.Response:
        body = {"slot_id": slot_id, "service_id": self.world.service_id, "patient_id": patient_id}
        return api.post(URL, json=body, headers=self.world.headers(api))


def pair(api: TestClient, *, kind: str) -> Pair:
    """Make a clinic in which holding about the same time twice is refused for one reason."""
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with building() as session:
        clinic = make_clinic(session)
        site = make_location(session, clinic=clinic)
        make_room(session, location=site)
        make_device(session, location=site)
        person = make_practitioner(session, clinic=clinic)
        first = make_schedule(session, clinic=clinic, location=site, practitioner=person)
        # The same person is at another site at the same time, or somebody else at this one.
        same = {"practitioner": person} if kind == "practitioner" else {"location": site}
        second = make_schedule(session, clinic=clinic, **same)
        needs = {"room": {"room_kind": "exam"}, "device": {"device_kind": "ultrasound"}}.get(kind, {})
        service: HealthcareService = make_service(
            session, clinic=clinic, practitioners={first.practitioner_id, second.practitioner_id}, **needs
        )
        slots = [
            [str(slot.id) for slot in make_slots(session, schedule=schedule, count=COUNT, starts_at=starts_at)]
            for schedule, starts_at in ((first, tomorrow), (second, tomorrow + timedelta(minutes=5)))
        ]
        ids = (str(site.id), str(first.practitioner_id), str(service.id))
        world = World(clinic.id, clinic.host_name, *ids, slot_ids=slots[0], starts_at=tomorrow)
    made = Pair(world, *slots, taken_by=world.patient())
    assert made.hold(api, made.first[0], made.taken_by).status_code == 201
    return made


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("practitioner", "practitioner-overlap"),
        ("room", "room-unavailable"),
        ("device", "device-unavailable"),
        ("patient", "patient-overlap"),
    ],
)
def test_every_refused_start_brings_others_that_are_accepted(api: TestClient, kind: str, code: str) -> None:
    place = pair(api, kind=kind)
    patient_id = place.taken_by if kind == "patient" else place.world.patient()
    refused = place.hold(api, place.second[0], patient_id)
    assert (refused.status_code, refused.json()["code"]) == (409, code), refused.text
    others = refused.json()["alternatives"]
    assert 1 <= len(others) <= 3
    assert place.second[0] not in {start["id"] for start in others}
    for start in others:
        held = place.hold(api, start["id"], patient_id)
        assert (held.status_code, held.json().get("start")) == (201, start["start"]), held.text
        url = f"{URL}/{held.json()['id']}/cancel"
        assert api.post(url, json={"reason": "clinic"}, headers=place.world.headers(api)).status_code == 200


def busy_patient(api: TestClient) -> Pair:
    """Make a patient who is at the first practitioner's for an hour."""
    place = pair(api, kind="patient")
    for slot_id in place.first[1:4]:
        assert place.hold(api, slot_id, place.taken_by).status_code == 201
    return place


def test_nothing_is_offered_while_the_patient_is_elsewhere(api: TestClient) -> None:
    place = busy_patient(api)
    others = place.hold(api, place.second[0], place.taken_by).json()["alternatives"]
    assert [start["id"] for start in others] == place.second[4:7]


def test_control_without_a_look_at_the_patient_the_others_are_refused_too(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_busy", lambda *_, **__: [])
    place = busy_patient(api)
    others = place.hold(api, place.second[0], place.taken_by).json()["alternatives"]
    assert {place.hold(api, start["id"], place.taken_by).status_code for start in others} == {409}


def test_a_full_clinic_has_no_others(api: TestClient) -> None:
    world = build_world(count=1)
    body = {"slot_id": world.slot_ids[0], "service_id": world.service_id}
    answers = [
        api.post(URL, json={**body, "patient_id": world.patient()}, headers=world.headers(api)) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["alternatives"] == []


@pytest.mark.parametrize("whose", ["nobody's", "another clinic's"])
def test_a_start_that_is_not_ours_brings_ours(api: TestClient, elsewhere: World, whose: str) -> None:
    world = build_world(count=4)
    slot_id = elsewhere.slot_ids[0] if whose == "another clinic's" else str(UUID(int=3))
    body = {"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()}
    refused = api.post(URL, json=body, headers=world.headers(api))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable")
    assert [start["id"] for start in refused.json()["alternatives"]] == world.slot_ids[:3]


def test_who_may_write_and_not_read_hears_why_a_move_is_refused_and_what_else_there_is(api: TestClient) -> None:
    world = build_world(count=4)
    scopes = ("slots:read", "patients:read", "patients:write", "appointments:write")
    here, there = (
        api.post(
            URL,
            json={"slot_id": slot_id, "service_id": world.service_id, "patient_id": world.patient()},
            headers=world.headers(api, *scopes),
        ).json()
        for slot_id in world.slot_ids[:2]
    )
    for held in (here, there):
        assert api.post(f"{URL}/{held['id']}/confirm", headers=world.headers(api, *scopes)).status_code == 200
    url = f"{URL}/{here['id']}/reschedule"
    refused = api.post(url, json={"slot_id": there["slot_id"]}, headers=world.headers(api, *scopes))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-unavailable"), refused.text
    assert [start["id"] for start in refused.json()["alternatives"]] == world.slot_ids[2:4]
