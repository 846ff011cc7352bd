"""`once`: run a booking verb for a caller who brings no key of their own, as a press at the desk does."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.services.booking.answer import Answer, single_use_key
from app.services.booking.retry import attempt
from models.principal import Principal


def once(principal: Principal, verb: Callable[..., Answer], *, name: str, now: datetime) -> Answer:
    """Run a verb that lacks its session, principal, key and time; our retry after a lost commit does it only once.

    Its answer is kept under the name. Raises the verb's refusals.
    """
    key = single_use_key(principal, name)
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)
