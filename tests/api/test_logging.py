"""What is written to the logs holds no patient and no query string."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from app.infra.logging import configure, log_failure, masked
from tests.api.conftest import World


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """The logs as a process of ours writes them, line by line."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_only_known_keys_pass_and_persons_are_masked(lines: Any) -> None:
    structlog.get_logger("x").info(
        "seen", status=200, name="Ana", email="a@b.example", phone="+49 30 1", diagnosis="flu"
    )
    (line,) = lines()
    assert (line["name"], line["email"], line["phone"]) == ("***", "***@***.***", "***-****")
    assert line["status"] == 200
    assert line["left_out"] == 1
    assert "flu" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail to ana@example.org failed", "mail to ***@***.*** failed"),
        ("call +49 (30) 555-0199 now", "call ***-**** now"),
        ("GET /patients?name=Ana&born=1984 200", "GET /patients?… 200"),
        ("at 2026-01-05T08:00:00Z", "at 2026-01-05T08:00:00Z"),
        ("on 2026-01-05", "on 2026-01-05"),
        ("id 0198c0de-0000-7000-8000-000000000001", "id 0198c0de-0000-7000-8000-000000000001"),
        ("took 12 ms on port 8000", "took 12 ms on port 8000"),
    ],
)
def test_text_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_the_libraries_take_the_same_way_out(lines: Any) -> None:
    logging.getLogger("some.library").warning("cannot send to %s", "ana@example.org")
    (line,) = lines()
    assert line["event"] == "cannot send to ***@***.***"
    assert line["logger"] == "some.library"


def test_a_failure_is_told_by_kind_and_place(lines: Any) -> None:
    for tell in (
        lambda failure: log_failure("unexpected failure", failure),
        lambda _: logging.getLogger("some.library").exception("unexpected failure"),
    ):
        try:
            raise ValueError("Ana Example, born 1984-05-17")
        except ValueError as failure:
            tell(failure)
        (line,) = lines()
        assert line["error"] == "ValueError"
        assert "test_logging.py" in line["where"][-1]
        assert "Ana" not in json.dumps(line)


def test_the_access_log_knows_routes_and_no_queries(api: TestClient, world: World, lines: Any) -> None:
    api.get("/api/v1/practitioners", params={"language": "klingon"}, headers={"Host": world.host})
    api.get("/api/v1/appointments/ana-example", headers=world.headers(api))
    found = [line for line in lines() if line["event"] == "request"]
    assert found[0]["route"] == "/api/v1/practitioners"
    assert found[-1]["route"] == "/api/v1/appointments/{appointment_id}"
    assert {"method", "status", "milliseconds", "request_id"} <= set(found[0])
    assert "klingon" not in json.dumps(found)
    assert "ana-example" not in json.dumps(found)
