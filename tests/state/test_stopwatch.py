"""How long a page's handlers take is counted by handler, and nothing of a handler that was refused."""

import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.state.conftest import Worker
from tests.state.probe_app import STATE
from tests.state.raw_socket import RawSocket, value


def _timed(worker: Worker) -> dict[str, float]:
    """Return how often each handler was timed."""
    text = httpx.get(f"{worker.url}/metrics", timeout=20).text
    return {
        sample.labels["handler"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "holdfast_event_seconds_count"
    }


def test_a_handler_is_timed_when_it_ran_and_not_when_it_was_refused(worker: Worker) -> None:
    before = _timed(worker)
    with RawSocket(worker.url, origin=worker.url) as socket:
        socket.hydrate()
        socket.call(f"{STATE}.forgotten")
        socket.call(f"{STATE}.for_the_desk")
        assert value(socket.call(f"{STATE}.anybody"), "count") == 1
    deadline = time.monotonic() + 10
    # The page hears of it a moment before its state is kept.
    while (after := _timed(worker)).get("ProbeState.anybody", 0) == before.get("ProbeState.anybody", 0):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    grown = {handler for handler, count in after.items() if count > before.get(handler, 0)}
    assert "ProbeState.anybody" in grown
    assert not {"ProbeState.forgotten", "ProbeState.for_the_desk"} & grown
