"""One answer for all who ask: kept in three layers, gone everywhere once it is stale, and never in anybody's way."""

import ast
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from app.infra import cache as cache_module
from app.infra.cache import Cache
from app.infra.cache_keys import Kind, catalogue, starts_of, touched_by_booking
from app.infra.embedded.valkey import EmbeddedValkey
from app.settings import settings
from tests.infra.caches import PRACTITIONER, Source, some_key, until


def test_a_second_question_is_answered_in_process(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, key, source = connect(server.url()), some_key(), Source(["a", 1])
    assert one.get(key, source) == one.get(key, source) == ["a", 1]
    assert source.loads == 1


def test_another_process_finds_it_in_valkey(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    one.get(key, source)
    assert two.get(key, source) == "first"
    assert source.loads == 1


def test_keys_of_a_group_and_of_clinics_are_kept_apart(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one = connect(server.url())
    group = starts_of(uuid4(), PRACTITIONER)
    other = starts_of(uuid4(), PRACTITIONER)
    assert one.get(group.key(1), lambda: "a") == "a"
    assert one.get(group.key(2), lambda: "b") == "b"
    assert one.get(other.key(1), lambda: "c") == "c"
    assert one.get(group.key(1), lambda: "d") == "a"


def test_a_drop_reaches_every_process(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    one.get(key, source)
    two.get(key, source)
    source.value = "second"
    one.drop([key.group])
    assert one.get(key, source) == "second"
    until(lambda: two.get(key, source) == "second")


def test_without_the_message_the_other_process_would_show_the_old(
    server: EmbeddedValkey, connect: Callable[..., Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the harm that the publishing prevents."""
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    two.get(key, source)
    source.value = "second"
    monkeypatch.setattr(cache_module, "tell_drop", lambda *arguments: None)
    one.drop([key.group])
    time.sleep(0.2)
    assert two.get(key, source) == "first"


def test_a_booking_drops_the_practitioners_starts_and_everybodys_and_nothing_else(
    server: EmbeddedValkey, connect: Callable[..., Cache]
) -> None:
    one, clinic_id = connect(server.url()), uuid4()
    mine = [starts_of(clinic_id, PRACTITIONER), starts_of(clinic_id, None)]
    others = [starts_of(clinic_id, uuid4()), catalogue(Kind.SERVICES, clinic_id), starts_of(uuid4(), PRACTITIONER)]
    for group in mine + others:
        one.get(group.key(), lambda: "old")
    one.drop(touched_by_booking(clinic_id, practitioner_id=PRACTITIONER))
    assert [one.get(group.key(), lambda: "new") for group in mine] == ["new"] * 2
    assert [one.get(group.key(), lambda: "new") for group in others] == ["old"] * 3


@pytest.mark.parametrize("dropper", ["the same process", "another process"])
def test_what_was_loaded_before_a_drop_is_not_kept_after_it(
    dropper: str, server: EmbeddedValkey, connect: Callable[..., Cache]
) -> None:
    one, two, key = connect(server.url()), connect(server.url()), some_key()
    who = one if dropper == "the same process" else two

    def load_slowly() -> str:
        who.drop([key.group])
        if who is two:
            until(lambda: one._edition(key.group)[1] > 0)
        return "read before the commit"

    assert one.get(key, load_slowly) == "read before the commit"
    assert one.get(key, lambda: "after") == "after"
    assert two.get(key, lambda: "after") == "after"


def test_nobody_joins_a_load_that_began_before_a_drop(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, key = connect(server.url()), some_key()
    begun, finish = threading.Event(), threading.Event()

    def load() -> str:
        begun.set()
        assert finish.wait(5)
        return "old"

    first = threading.Thread(target=lambda: one.get(key, load))
    first.start()
    assert begun.wait(5)
    one.drop([key.group])
    assert one.get(key, lambda: "new") == "new"
    finish.set()
    first.join(5)
    assert one.get(key, lambda: "newest") == "new"


def test_a_stampede_loads_once(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, key = connect(server.url()), some_key()
    loads: list[int] = []
    barrier = threading.Barrier(40)
    answers: list[object] = []

    def load() -> str:
        loads.append(1)
        time.sleep(0.1)
        return "value"

    def ask() -> None:
        barrier.wait()
        answers.append(one.get(key, load))

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["value"] * 40
    assert len(loads) == 1


def test_an_error_reaches_all_who_wait_and_is_not_kept(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    one, key = connect(server.url()), some_key()
    begun, heard = threading.Event(), []

    def fail() -> object:
        begun.set()
        time.sleep(0.1)
        raise LookupError("gone")

    def ask() -> None:
        try:
            one.get(key, fail)
        except LookupError as error:
            heard.append(str(error))

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert begun.wait(5)
    second.start()
    first.join()
    second.join()
    assert heard == ["gone", "gone"]
    assert one.get(key, lambda: "now") == "now"


def test_copies_end_with_their_time_in_both_layers(
    server: EmbeddedValkey, connect: Callable[..., Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "cache_slots_seconds", 3)
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    one.get(key, source)
    time.sleep(1.6)
    two.get(key, source)
    source.value = "second"
    time.sleep(1.6)
    # The second process found it when half of its time was over: it may not live all of it once more.
    assert two.get(key, source) == "second"
    assert source.loads == 2


def test_each_kind_lives_as_long_as_its_setting() -> None:
    assert Kind.STARTS.seconds == settings().cache_slots_seconds == 30
    assert Kind.SERVICES.seconds == Kind.PRACTITIONERS.seconds == Kind.LOCATIONS.seconds == 3_600
    assert Kind.CLINIC.seconds == 86_400
    assert Kind.PATIENT_APPOINTMENTS.seconds == 60
    assert Kind.SCHEDULES.seconds == 7_200


def test_a_full_process_starts_again_instead_of_growing(
    server: EmbeddedValkey, connect: Callable[..., Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "MOST_COPIES", 8)
    one, group = connect(server.url()), starts_of(uuid4(), None)
    for number in range(50):
        assert one.get(group.key(number), lambda number=number: number) == number
        one.drop([starts_of(uuid4(), None)])
    assert sum(map(len, one._copies.values())) <= 8
    assert len(one._drops) <= 9


def test_questions_are_counted_by_layer(
    server: EmbeddedValkey, connect: Callable[..., Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, str, str]] = []
    monkeypatch.setattr(cache_module, "count_cache", lambda *, layer, key, result: counted.append((layer, key, result)))
    one, two, key = connect(server.url()), connect(server.url()), some_key()
    one.get(key, lambda: 1)
    one.get(key, lambda: 1)
    two.get(key, lambda: 1)
    starts = "starts"
    assert counted == [
        ("process", starts, "miss"),
        ("valkey", starts, "miss"),
        ("database", starts, "loaded"),
        ("process", starts, "hit"),
        ("process", starts, "miss"),
        ("valkey", starts, "hit"),
    ]


def test_no_verb_asks_the_cache() -> None:
    """A hold decides on what the database says; after the commit it only drops."""
    booking = Path(__file__).resolve().parents[2] / "app" / "services" / "booking"
    importers = {
        path.name
        for path in booking.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.infra.cache")
    }
    assert importers == {"announce.py"}
    assert ".get(" not in (booking / "announce.py").read_text(encoding="utf-8")


def test_a_message_that_makes_no_sense_drops_nothing(server: EmbeddedValkey, connect: Callable[..., Cache]) -> None:
    import redis

    one, key, source = connect(server.url()), some_key(), Source()
    one.get(key, source)
    with redis.Redis.from_url(server.url()) as client:
        for text in ("", "null", "5", "{", '["x"]'):
            client.publish("holdfast:cache", text)
    time.sleep(0.2)
    assert one.is_connected
    assert one.get(key, source) == "first"
    assert source.loads == 1
