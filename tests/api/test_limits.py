"""Too much at once: attempts that are counted, and work that waits no longer than it may."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from app.api import callers
from app.infra import executor
from app.infra.cache_keys import Key
from app.infra.limits import Limit
from app.services.availability import public
from app.services.catalogue import read
from models.base import new_id
from tests.api.conftest import World

BASE = "/api/v1"


def test_a_guesser_of_secrets_is_slowed(api: TestClient) -> None:
    form = {"grant_type": "client_credentials", "client_id": str(new_id()), "client_secret": "guess"}
    statuses = [api.post("/auth/token", data=form).status_code for _ in range(21)]
    assert statuses[:20] == [401] * 20
    last = api.post("/auth/token", data=form)
    assert (last.status_code, last.json()["code"]) == (429, "too-many-attempts")
    assert 800 < int(last.headers["retry-after"]) <= 900


def test_reading_without_identity_is_slowed_and_a_client_is_not(
    api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "PUBLIC_READING", Limit(new_id().hex, times=3, seconds=600))
    nobody, client = {"Host": world.host}, world.headers(api)
    asked = {"service_id": world.service_id}
    answers = [api.get(f"{BASE}/slots", headers=nobody, params=asked) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "too-many-attempts"
    assert 300 < int(answers[-1].headers["retry-after"]) <= 600
    assert api.get(f"{BASE}/locations", headers=nobody).status_code == 429
    assert api.get(f"{BASE}/slots", headers=client, params=asked).status_code == 200


@pytest.mark.parametrize("path", ["/slots", "/slots/days"])
def test_guests_read_starts_from_copies_and_clients_do_not(
    path: str, api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[Key] = []

    def keep(key: Key, shape: TypeAdapter[Any], load: Callable[[], Any]) -> Any:
        keys.append(key)
        return load()

    monkeypatch.setattr(public, "kept", keep)
    asked = {"service_id": world.service_id, "from": "2000-01-01", "to": "2000-02-01"}
    for _ in range(2):
        assert api.get(f"{BASE}{path}", headers={"Host": world.host}, params=asked).status_code == 200
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert api.get(f"{BASE}{path}", headers=world.headers(api), params=asked).status_code == 200
    assert len(keys) == 2


def test_busy_threads_give_503_soon_and_not_a_queue(
    api: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, real = executor.Lane("tests", threads=1, wait_seconds=0.1), read.locations

    def slow(*arguments: Any) -> Any:
        sleep(0.5)
        return real(*arguments)

    monkeypatch.setattr(executor, "database_lane", lambda: lane)
    monkeypatch.setattr(read, "locations", slow)
    headers = world.headers(api)

    def ask(_: int) -> Any:
        return api.get(f"{BASE}/locations", headers=headers)

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(6)))
    by_status = {answer.status_code: answer for answer in answers}
    assert set(by_status) == {200, 503}
    assert by_status[503].json()["code"] == "overloaded"
    assert int(by_status[503].headers["retry-after"]) >= 1
    sleep(0.6)
    assert ask(0).status_code == 200
