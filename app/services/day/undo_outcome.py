"""Taking back an outcome that the close gave: each visit stands where it stood, or stays closed with the reason."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from app.errors import ClinicError
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.once import once
from app.services.booking.undo import undo
from app.services.day.outcome import Ended, Outcome, Refused
from models.principal import Principal


def open_all(principal: Principal, *, visits: Sequence[Ended], now: datetime) -> tuple[Refused, ...]:
    """Take back the outcome of each visit that nobody has gone on with; return those that stay closed, and why.

    Whose time was free again claims it once more; what was only held is not held again. Raises NotPermitted.
    """
    require(principal, Permission.DAY_CLOSE)
    refused = []
    for ended in visits:
        try:
            once(principal, partial(_opened, ended=ended), name="close-undo", now=now)
        except ClinicError as refusal:
            refused.append(Refused(ended.id, str(refusal)))
    return tuple(refused)


def _opened(session: Session, principal: Principal, *, ended: Ended, key: RequestKey, **asked: Any) -> Answer:
    """Go back over all the steps that it took in one transaction; who left got no letter, and gets none now."""
    back = partial(undo, session, principal, appointment_id=ended.id, **asked)
    version = ended.version
    for _ in range(ended.steps - 1):
        version = back(version=version, key=single_use_key(principal, "close-undo-step")).body["version"]
    return back(version=version, key=key, tell=ended.outcome is not Outcome.LEFT)
