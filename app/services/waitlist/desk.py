"""The wishes of the waitlist as the desk keeps them: each in transactions of its own, and every worklist is told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app.infra.live import publish_clinic
from app.services.booking.answer import Answer
from app.services.booking.once import once
from app.services.waitlist.change import change
from app.services.waitlist.decline import withdraw
from app.services.waitlist.entries import Entry
from app.services.waitlist.join import join
from app.services.waitlist.rejoin import rejoin
from app.services.waitlist.wishes import Wish
from models.db import transaction
from models.principal import Principal


def put_on(
    principal: Principal,
    *,
    patient_id: UUID,
    service_id: UUID,
    wish: Wish,
    appointment_id: UUID | None = None,
    now: datetime,
) -> Answer:
    """Put a patient on the waitlist: 201, or 200 for who waits for this already. Raises as `join`."""
    verb = partial(join, patient_id=patient_id, service_id=service_id, wish=wish, appointment_id=appointment_id)
    return _told(principal, verb, "worklist-join", now=now)


def take_off(principal: Principal, *, entry_id: UUID, version: int, now: datetime) -> Answer:
    """Take an entry off the waitlist, with what is held for it. Raises as `withdraw`."""
    return _told(principal, partial(withdraw, entry_id=entry_id, version=version), "worklist-withdraw", now=now)


def put_back(principal: Principal, *, entry_id: UUID, version: int, now: datetime) -> Answer:
    """Let an entry that was taken off wait again, where it stood. Raises as `rejoin`."""
    return _told(principal, partial(rejoin, entry_id=entry_id, version=version), "worklist-rejoin", now=now)


def change_wish(
    principal: Principal, *, entry_id: UUID, changes: Mapping[str, Any], version: int, now: datetime
) -> Entry:
    """Change what an entry waits for. Raises as `change`."""
    with transaction(principal) as session:
        entry = change(session, principal, entry_id=entry_id, changes=changes, version=version, now=now)
    publish_clinic(principal.clinic_id)
    return entry


def _told(principal: Principal, verb: Callable[..., Answer], name: str, *, now: datetime) -> Answer:
    answer = once(principal, verb, name=name, now=now)
    publish_clinic(principal.clinic_id)
    return answer
