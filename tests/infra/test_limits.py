"""Limits: counted for all processes together in Valkey, for each apart when it is down."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis

from app.infra import limits
from app.infra.limits import Limit, forgive, hit, is_open, too_many
from app.settings import settings

LIMIT = Limit("test", times=3, seconds=900)


@pytest.fixture
def subject(valkey: str) -> str:
    return str(uuid4())


@pytest.fixture
def valkey_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(limits._outage, "until", 0.0)
    limits._shared.cache_clear()
    yield
    limits._shared.cache_clear()


def test_so_many_times_and_no_more(subject: str) -> None:
    assert [hit(LIMIT, subject) for _ in range(5)] == [True, True, True, False, False]
    assert not is_open(LIMIT, subject)
    assert is_open(LIMIT, f"not {subject}")


def test_who_was_refused_hears_when_the_first_attempt_is_forgotten(subject: str) -> None:
    for _ in range(3):
        hit(LIMIT, subject)
    assert 890 <= too_many(LIMIT, subject).retry_after_seconds <= 900


def test_forgiven_attempts_do_not_count(subject: str) -> None:
    for _ in range(3):
        hit(LIMIT, subject)
    forgive(LIMIT, subject)
    assert hit(LIMIT, subject)


def test_asking_counts_nothing(subject: str) -> None:
    assert [is_open(LIMIT, subject) for _ in range(5)] == [True] * 5


def test_subjects_of_several_parts_do_not_run_together(subject: str) -> None:
    for _ in range(3):
        hit(LIMIT, subject, "a b")
    assert hit(LIMIT, subject, "a", "b")


def test_many_at_the_same_instant_do_not_slip_through(subject: str) -> None:
    allowed, together = [], threading.Barrier(16)

    def work() -> None:
        together.wait(10)
        allowed.append(hit(LIMIT, subject))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 3


def test_processes_count_together(subject: str) -> None:
    for _ in range(3):
        hit(LIMIT, subject)
    # Another process has another limiter over the same Valkey.
    limits._shared.cache_clear()
    limits._own.cache_clear()
    assert not hit(LIMIT, subject)


def test_no_key_holds_the_subject_and_every_key_ends(subject: str, valkey: str) -> None:
    hit(LIMIT, subject)
    with redis.Redis.from_url(valkey) as client:
        ours = [key for key in client.keys("holdfast-limit*") if client.ttl(key) != -1]
        assert ours
        assert len(ours) == len(client.keys("holdfast-limit*"))
        assert not any(subject.encode() in key for key in client.keys("*"))


class Hanging:
    """A limiter whose server never answers in time."""

    def __init__(self) -> None:
        self.asked = 0

    def hit(self, *_: object) -> bool:
        self.asked += 1
        raise redis.TimeoutError


def test_a_valkey_that_hangs_costs_its_time_once_and_not_every_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, subject = Hanging(), str(uuid4())
    monkeypatch.setattr(limits, "_shared", lambda: hanging)
    monkeypatch.setitem(limits._outage, "until", 0.0)
    assert [hit(LIMIT, subject) for _ in range(5)] == [True, True, True, False, False]
    assert hanging.asked == 1
    # The pause is over: it is asked again.
    limits._outage["until"] = 0.0
    hit(LIMIT, subject)
    assert hanging.asked == 2


def test_with_valkey_down_this_process_counts_for_itself(subject: str, valkey_down: None) -> None:
    assert [hit(LIMIT, subject) for _ in range(4)] == [True, True, True, False]
    forgive(LIMIT, subject)
    assert is_open(LIMIT, subject)
