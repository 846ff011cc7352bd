"""What the cache's tests ask it."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

from app.infra.cache_keys import Group, Key, Kind

PRACTITIONER = UUID(int=7)


def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


class Source:
    """What is loaded, with how often it was."""

    def __init__(self, value: object = "first") -> None:
        self.value = value
        self.loads = 0

    def __call__(self) -> object:
        self.loads += 1
        return self.value


def some_key(kind: Kind = Kind.STARTS) -> Key:
    return Group(kind, uuid4(), str(PRACTITIONER)).key("from", "to")
