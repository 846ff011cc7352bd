"""`once` and `edit_once`: what is done for a caller who brings no key of their own, as a press at the desk does."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from app.errors import ClinicError, Overloaded
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.idempotency import keep
from app.services.booking.retry import attempt, retrying
from app.services.clock import utc_now
from app.words import N_
from models.db import DatabaseRole, transaction
from models.principal import Principal

T = TypeVar("T")


class OutcomeUnknown(ClinicError):
    """An edit was sent to be committed, no answer came, and the database could not be asked afterwards."""

    status_code = 503
    code = "outcome-unknown"
    message = N_("The connection broke while this was being saved. Look whether it was saved before you try again.")


def once(principal: Principal, verb: Callable[..., Answer], *, name: str, now: datetime) -> Answer:
    """Run a verb that lacks its session, principal, key and time; our retry after a lost commit does it only once.

    Its answer is kept under the name. Raises the verb's refusals.
    """
    key = single_use_key(principal, name)
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)


def edit_once(
    principal: Principal, edit: Callable[[Session], T], *, name: str, role: DatabaseRole = DatabaseRole.APP
) -> T:
    """Make an edit, which is no verb, in a transaction of its own; our retry after a lost commit does it only once.

    Raises the edit's refusals, Overloaded when nothing was done, and OutcomeUnknown when nobody can tell.
    """
    key = single_use_key(principal, name)
    made: list[T] = []

    def step() -> T:
        with transaction(principal, role=role) as session:
            # Waits for a try of ours that is still being committed. If that was, the key is taken, and it stands.
            if keep(session, principal.clinic_id, key, status=200, body={}, now=utc_now()):
                made.clear()
                made.append(edit(session))
        return made[-1]

    try:
        return retrying(step)
    except Overloaded as overloaded:
        if made:
            raise OutcomeUnknown from overloaded
        raise
