"""How often something may be tried: counted in Valkey for all processes together.

With Valkey down each process counts for itself, so sign-in stays limited (at most so many times as often as
there are web processes) instead of open or closed to everybody. Counting may wait for Valkey: off the event loop,
`executor.run_counting` does it without taking a database thread.

    SIGN_IN = Limit("sign-in", times=10, seconds=900)
    if not hit(SIGN_IN, login): raise too_many(SIGN_IN, login)
"""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from app.errors import TooManyAttempts
from app.settings import settings

T = TypeVar("T")
logger = logging.getLogger(__name__)

# A limit that cannot be counted within this time is counted in the process.
ANSWER_SECONDS = 0.3
OUTAGE_SECONDS = 1.0
_outage = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within so many seconds, counted apart for every subject."""

    name: str
    times: int
    seconds: int


def hit(limit: Limit, *subject: str) -> bool:
    """Count one attempt of the subject; False when the limit was reached before, and then it is not counted."""
    return _ask(lambda limiter: limiter.hit(_item(limit), _key(limit, subject)))


def is_open(limit: Limit, *subject: str) -> bool:
    """Tell whether another attempt would be allowed, without counting one."""
    return _ask(lambda limiter: limiter.test(_item(limit), _key(limit, subject)))


def forgive(limit: Limit, *subject: str) -> None:
    """Forget the subject's attempts, as after a success."""

    def clear(limiter: MovingWindowRateLimiter) -> bool:
        limiter.clear(_item(limit), _key(limit, subject))
        return True

    _ask(clear)


def too_many(limit: Limit, *subject: str) -> TooManyAttempts:
    """Return the refusal of a subject that reached its limit, with the seconds until another attempt is allowed."""
    allowed_at = _ask(lambda limiter: limiter.get_window_stats(_item(limit), _key(limit, subject)).reset_time)
    refusal = TooManyAttempts()
    refusal.retry_after_seconds = max(1, ceil(allowed_at - time.time()))
    return refusal


@lru_cache(maxsize=1)
def _shared() -> MovingWindowRateLimiter | None:
    if not settings().redis_url:
        return None
    storage = RedisStorage(
        settings().redis_url,
        key_prefix="holdfast-limit",
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
    )
    return MovingWindowRateLimiter(storage)


@lru_cache(maxsize=1)
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def _ask(question: Callable[[MovingWindowRateLimiter], T]) -> T:
    shared = _shared() if time.monotonic() >= _outage["until"] else None
    if shared is not None:
        try:
            return question(shared)
        except RedisError as failure:
            # Asked again a second later: a server that hangs may not cost every caller its time.
            _outage["until"] = time.monotonic() + OUTAGE_SECONDS
            logger.warning("limits are counted in this process: %s", type(failure).__name__)
    return question(_own())


def _item(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.times, limit.seconds, namespace=limit.name)


def _key(limit: Limit, subject: tuple[str, ...]) -> str:
    # Hashed: a login or an address stands in no key, and no subject can be long or hold a separator.
    return hashlib.sha256("\0".join((limit.name, *subject)).encode(errors="replace")).hexdigest()
