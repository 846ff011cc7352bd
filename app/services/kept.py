"""Read models through the cache: kept as JSON, given back as what they were. Never patient data."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import TypeAdapter

from app.infra.cache import cache
from app.infra.cache_keys import Key

T = TypeVar("T")


def kept(key: Key, shape: TypeAdapter[T], load: Callable[[], T]) -> T:
    """Return what is kept under the key, or load it; `shape` says what the value is made of.

    The caller has checked the permission before: a kept value knows nothing of who asks.
    """
    return shape.validate_python(cache().get(key, lambda: shape.dump_python(load(), mode="json")))
