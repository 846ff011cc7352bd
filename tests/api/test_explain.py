"""GET /slots/explain, and `blocking` on a refused start: for staff, and for nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.services.accounts.permissions import API_SCOPES
from tests.api.conftest import World, build_world
from tests.api.test_problems import require_problem

BASE = "/api/v1"


@pytest.fixture
def own(api: TestClient) -> World:
    """A clinic of the test's own."""
    return build_world()


def asked(world: World, **more: str) -> dict[str, str]:
    start = world.starts_at.isoformat().replace("+00:00", "Z")
    return {"service_id": world.service_id, "practitioner_id": world.practitioner_id, "start": start, **more}


def explained(api: TestClient, world: World, **more: str) -> Any:
    answer = api.get(f"{BASE}/slots/explain", params=asked(world, **more), headers=world.headers(api))
    assert answer.status_code == 200, answer.text
    return answer.json()


def hold(api: TestClient, world: World, *scopes: str, slot: int = 0) -> Any:
    body = {"slot_id": world.slot_ids[slot], "service_id": world.service_id, "patient_id": world.patient()}
    return api.post(f"{BASE}/appointments", json=body, headers=world.headers(api, *scopes))


def test_what_is_offered_has_no_reasons(api: TestClient, own: World) -> None:
    assert explained(api, own) == {"offered": True, "reasons": []}


def test_a_held_time_says_until_when(api: TestClient, own: World) -> None:
    held = hold(api, own).json()
    text = "Somebody is holding the time."
    reasons = [{"code": "held", "text": text, "until": held["hold_expires_at"]}]
    assert explained(api, own) == {"offered": False, "reasons": reasons}


def test_a_location_and_an_offset_may_be_named(api: TestClient, own: World) -> None:
    shifted = (own.starts_at + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+02:00"
    assert explained(api, own, start=shifted, location_id=own.location_id)["offered"]


def test_a_refusal_tells_staff_what_is_blocking_and_nobody_else(api: TestClient, own: World) -> None:
    held = hold(api, own).json()
    refused = require_problem(hold(api, own), 409, "slot-unavailable")
    reason = {"code": "held", "text": "Somebody is holding the time.", "until": held["hold_expires_at"]}
    assert refused["blocking"] == [reason]
    assert refused["alternatives"]
    others = API_SCOPES - {"slots:explain"}
    assert "blocking" not in require_problem(hold(api, own, *others), 409, "slot-unavailable")


def test_a_refusal_names_the_patients_other_appointment(api: TestClient, own: World) -> None:
    patient_id = own.patient()
    for slot, status in ((0, 201), (1, 201)):
        body = {"slot_id": own.slot_ids[slot], "service_id": own.service_id, "patient_id": patient_id}
        assert api.post(f"{BASE}/appointments", json=body, headers=own.headers(api)).status_code == status
    refused = require_problem(
        api.post(f"{BASE}/appointments", json=body, headers=own.headers(api)), 409, "slot-unavailable"
    )
    assert [reason["code"] for reason in refused["blocking"]] == ["held", "patient-overlap"]


def test_a_refused_move_tells_what_is_blocking_but_not_itself(api: TestClient, own: World) -> None:
    moved = hold(api, own).json()
    confirmed = api.post(f"{BASE}/appointments/{moved['id']}/confirm", headers=own.headers(api))
    assert confirmed.status_code == 200
    taken = hold(api, own, slot=1).json()
    url = f"{BASE}/appointments/{moved['id']}/reschedule"
    refused = require_problem(
        api.post(url, json={"slot_id": own.slot_ids[1]}, headers=own.headers(api)), 409, "slot-unavailable"
    )
    reason = {"code": "held", "text": "Somebody is holding the time.", "until": taken["hold_expires_at"]}
    assert refused["blocking"] == [reason]


def test_a_patient_is_never_named_in_the_address(api: TestClient, own: World) -> None:
    hold(api, own)
    named = explained(api, own, patient_id=own.patient())
    assert [reason["code"] for reason in named["reasons"]] == ["held"]


def test_another_clinics_practitioner_is_unknown(api: TestClient, own: World, elsewhere: World) -> None:
    answer = api.get(f"{BASE}/slots/explain", params=asked(own), headers=elsewhere.headers(api))
    assert require_problem(answer, 422, "invalid-field")["errors"][0]["field"] == "service_id"
