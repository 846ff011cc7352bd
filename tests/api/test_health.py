"""Alive, ready, counted: what operators ask, and who may ask it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.api import health, scrape
from app.infra.embedded.ports import free_port
from app.settings import ROOT, settings
from models.base import new_id
from tests.api.conftest import World

LOOPBACK = ("127.0.0.1", 50_000)


@pytest.fixture
def local(api: TestClient) -> TestClient:
    """A caller on this machine."""
    return TestClient(api.app, client=LOOPBACK)


def test_the_process_is_alive_and_ready(api: TestClient) -> None:
    assert api.get("/healthz").json() == {"status": "alive"}
    assert api.get("/readyz").json() == {"status": "ready"}


def test_an_old_migration_is_not_ready(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "is_current", lambda _: False)
    answer = api.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert answer.headers["retry-after"]


def test_a_database_out_of_reach_is_not_ready(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OSError("no route")

    monkeypatch.setattr(health, "engine", down)
    assert api.get("/readyz").status_code == 503
    assert api.get("/healthz").status_code == 200


def test_metrics_are_for_this_machine_or_the_token(
    api: TestClient, local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert local.get("/metrics").status_code == 200
    assert api.get("/metrics").status_code == 404
    assert local.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    token = {"Authorization": f"Bearer {'m' * 32}"}
    assert api.get("/metrics", headers=token).status_code == 404
    monkeypatch.setattr(settings(), "metrics_token", "m" * 32)
    assert api.get("/metrics", headers=token).status_code == 200
    assert api.get("/metrics", headers={"Authorization": "Bearer n"}).status_code == 404


def samples(text: str) -> dict[tuple[str, str], float]:
    """Return samples by name and labels."""
    return {
        (sample.name, ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_hold_and_its_confirmation_are_counted(api: TestClient, local: TestClient, world: World) -> None:
    before = samples(local.get("/metrics").text)
    body = {"slot_id": world.slot_ids[0], "service_id": world.service_id, "patient_id": world.patient()}
    held = api.post("/api/v1/appointments", json=body, headers=world.headers(api)).json()
    api.post(f"/api/v1/appointments/{held['id']}/confirm", headers=world.headers(api))
    api.post("/api/v1/appointments", json=body, headers=world.headers(api))
    after = samples(local.get("/metrics").text)

    def grew(name: str, labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert grew("holdfast_holds_total", "outcome=pending") == 1
    assert grew("holdfast_holds_total", "outcome=slot-unavailable") == 1
    assert grew("holdfast_appointments_total", "status=pending") == 1
    assert grew("holdfast_appointments_total", "status=booked") == 1
    assert grew("holdfast_booking_seconds_count", "operation=confirm,outcome=booked") == 1
    route = "/api/v1/appointments/{appointment_id}/confirm"
    assert grew("holdfast_http_requests_total", f"method=POST,route={route},status=200") == 1
    assert grew("holdfast_db_query_seconds_count", "operation=with") >= 2
    assert after["holdfast_db_connections_max", ""] >= 20
    assert ("holdfast_queue_depth", "queue=outbox") in after
    assert any(name == "process_resident_memory_bytes" for name, _ in after)


def test_no_label_holds_an_id(local: TestClient, world: World) -> None:
    text = local.get("/metrics").text
    for value in (str(world.clinic_id), world.service_id, world.practitioner_id, world.host):
        assert value not in text
    local.get(f"/api/v1/appointments/{new_id()}/{new_id()}")
    local.get(f"/api/v1/patients/{new_id()}")
    routes = {labels for name, labels in samples(local.get("/metrics").text) if name == "holdfast_http_requests_total"}
    assert not any("-7" in labels for labels in routes), routes


def test_a_figure_that_cannot_be_read_hides_nothing_else(local: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no route")

    monkeypatch.setattr(scrape.QUEUES, "read", fail)
    monkeypatch.setattr(scrape.QUEUES, "read_at", None)
    text = local.get("/metrics").text
    monkeypatch.setattr(scrape.QUEUES, "read_at", None)
    assert "holdfast_queue_depth" not in text
    assert "holdfast_http_requests_total" in text


@pytest.fixture
def two_workers(database: object, valkey: str, tmp_path: Path) -> Iterator[str]:
    """The API in two processes behind one port."""
    port = free_port()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "2"),
            *("--host", "127.0.0.1", "--port", str(port), "app.api.app:create_api"),
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base)
        yield base
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(15)


def _wait_for(base: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_every_worker_tells_what_all_have_counted(two_workers: str) -> None:
    def asked() -> float:
        text = httpx.get(f"{two_workers}/metrics", timeout=20).text
        return samples(text)["holdfast_http_requests_total", "method=GET,route=/healthz,status=200"]

    for _ in range(60):
        # A new connection each time, so that both workers get some.
        assert httpx.get(f"{two_workers}/healthz").status_code == 200
    assert {asked() for _ in range(10)} == {60}
    text = httpx.get(f"{two_workers}/metrics").text
    assert len({labels for name, labels in samples(text) if name == "process_cpu_seconds_total"}) == 2
