"""What a desk does to the queue: each verb in a transaction of its own, announced after the commit, safe twice."""

from datetime import datetime
from functools import partial
from typing import Any, Protocol

from app.services.booking.answer import Answer, request_key
from app.services.booking.retry import attempt
from models.principal import Principal


class QueueVerb(Protocol):
    """One of the queue's verbs."""

    __name__: str

    def __call__(self, *args: Any, **kwargs: Any) -> Answer: ...


def act(principal: Principal, verb: QueueVerb, *, key: str, now: datetime, **asked: Any) -> Answer:
    """Run one verb of the queue; the same key with the same wish gets the first answer. Raises its refusals."""
    scope = request_key(principal, method="QUEUE", path=verb.__name__, key=key, body=asked)
    return attempt(principal, partial(verb, principal=principal, key=scope, now=now, **asked), key=scope, now=now)
