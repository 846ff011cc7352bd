"""A doubled request in flight waits for the first and hears the same; the control shows what happens without keys."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.services.booking import hold_for as holding
from models.base import new_id
from tests.api.conftest import World, build_world

URL = "/api/v1/appointments"


@pytest.fixture
def group(api: TestClient) -> World:
    """A clinic of its own."""
    return build_world(count=8)


def post(api: TestClient, group: World, body: dict[str, Any], *, key: str) -> Any:
    return api.post(URL, json=body, headers=group.headers(api, key=key))


def wish(group: World, patient_id: str) -> dict[str, Any]:
    return {"slot_id": group.slot_ids[0], "service_id": group.service_id, "patient_id": patient_id}


def test_a_twin_in_flight_waits_for_the_first_answer(
    api: TestClient, group: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, key = wish(group, group.patient()), new_id().hex
    group.token(api)
    claimed, goes_on, real = Event(), Event(), holding.hold

    def slow_hold(*arguments: Any, **named: Any) -> Any:
        answer = real(*arguments, **named)
        claimed.set()
        goes_on.wait(10)
        return answer

    monkeypatch.setattr(holding, "hold", slow_hold)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(post, api, group, body, key=key)
        assert claimed.wait(10)
        second = threads.submit(post, api, group, body, key=key)
        sleep(0.1)
        is_waiting = not second.done()
        goes_on.set()
        answers = [first.result(20), second.result(20)]
    assert is_waiting
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_twins_at_once_make_one_appointment(api: TestClient, group: World) -> None:
    body, key, barrier = wish(group, group.patient()), new_id().hex, Barrier(8)
    group.token(api)

    def call(_: int) -> Any:
        barrier.wait()
        return post(api, group, body, key=key)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(call, range(8)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_control_without_one_key_the_second_is_refused(api: TestClient, group: World) -> None:
    body = wish(group, group.patient())
    statuses = [post(api, group, body, key=new_id().hex).status_code for _ in range(2)]
    assert statuses == [201, 409]
