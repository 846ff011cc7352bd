"""The end of the demonstration: its data and logins go, the clinic begins with one administrator and nothing else.

One transaction: whatever stops it, the demonstration stands as it was. The removal itself is the database owner's
(`remove_demonstration` in migration 0004), which refuses any clinic that is no demonstration. The audit log of the
demonstration's people goes with them; its first row from then on says who went live and what went.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import LiteralString, TypeVar
from uuid import UUID

from psycopg.errors import ForeignKeyViolation
from sqlmodel import Session

from app.errors import InvalidField, Overloaded
from app.infra import live
from app.infra.cache import cache
from app.infra.cache_keys import EVERYBODY, Group, Kind, starts_of
from app.services.accounts import users
from app.services.accounts.passwords import require_good
from app.services.accounts.permissions import Permission
from app.services.audit.record import record
from app.services.booking.retry import retrying
from app.services.catalogue.editing import lock_settings, require_everywhere
from app.services.setup.going import Farewell, as_detail, read_farewell
from app.words import N_
from models.accounts import Role
from models.db import execute, rows, transaction
from models.principal import ActorKind, Principal

# Somebody may book in the very moment: their row then names one that is just being removed.
TRIES = 3
# A demonstration is some 40,000 rows: a few seconds, longer than a person's request may take otherwise.
PATIENCE: LiteralString = "SELECT set_config('statement_timeout', '120s', true)"
PRACTITIONERS: LiteralString = "SELECT id FROM practitioners WHERE clinic_id = %(clinic_id)s::uuid"
CLIENTS: LiteralString = "SELECT id FROM api_clients WHERE clinic_id = %(clinic_id)s::uuid"
REMOVE: LiteralString = "SELECT remove_demonstration()"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The real clinic's first administrator."""

    login: str
    display_name: str
    password: str
    language: str = "en"


def go_live(principal: Principal, *, name: str, newcomer: Newcomer, now: datetime) -> UUID:
    """Remove the demonstration whose name was typed, and return its successor's first administrator.

    Raises NotPermitted, DemonstrationOver (also the second time), InvalidField (nothing is removed then), Overloaded.
    """
    step = partial(_go_live, principal, name=name, newcomer=newcomer, now=now)
    user_id, stale = _undisturbed(partial(retrying, step))
    cache().drop(stale)
    live.publish_clinic(principal.clinic_id)
    return user_id


def _go_live(principal: Principal, *, name: str, newcomer: Newcomer, now: datetime) -> tuple[UUID, list[Group]]:
    with transaction(principal) as session:
        require_everywhere(principal, Permission.SETTINGS_WRITE)
        require_everywhere(principal, Permission.USERS_WRITE)
        lock_settings(session, principal.clinic_id)
        farewell = read_farewell(session, principal)
        if " ".join(name.split()).casefold() != farewell.name.casefold():
            raise InvalidField("name", N_("This is not the demonstration's name."))
        _require_account(newcomer)
        stale = _copies(session, principal.clinic_id)
        execute(session, PATIENCE, {})
        execute(session, REMOVE, {})
        return _begin(session, principal.clinic_id, newcomer, farewell, now=now), stale


def _require_account(newcomer: Newcomer) -> None:
    """Say at once what cannot be an account, not after seconds of removing."""
    users.good_name(newcomer.display_name)
    require_good(newcomer.password, login=users.good_login(newcomer.login))


def _begin(session: Session, clinic_id: UUID, newcomer: Newcomer, farewell: Farewell, *, now: datetime) -> UUID:
    """Make the first account, and the log's first word."""
    # Nobody who could act is left: the demonstration's administrator is gone by now.
    founder = Principal(clinic_id, ActorKind.SYSTEM, "go-live", frozenset({Permission.USERS_WRITE}))
    user_id = users.create(
        session,
        founder,
        login=newcomer.login,
        display_name=newcomer.display_name,
        password=newcomer.password,
        role=Role.ADMINISTRATOR,
        language=newcomer.language,
        now=now,
    )
    who = Principal(clinic_id, ActorKind.USER, str(user_id))
    detail = as_detail(farewell.going)
    record(session, who, action="clinic.go-live", object_kind="clinic", object_id=clinic_id, detail=detail, now=now)
    return user_id


def _copies(session: Session, clinic_id: UUID) -> list[Group]:
    """Return what may be kept of the demonstration somewhere."""
    about = {"clinic_id": clinic_id}
    starts = [starts_of(clinic_id, one) for (one,) in rows(session, PRACTITIONERS, about)]
    tokens = [Group(Kind.TOKENS, clinic_id, str(one)) for (one,) in rows(session, CLIENTS, about)]
    return [*(Group(kind, clinic_id, EVERYBODY) for kind in Kind), *starts, *tokens]


def _undisturbed(step: Callable[[], T]) -> T:
    """Run a step again when somebody's booking crossed it; raises Overloaded when that goes on."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            return step()
        except ForeignKeyViolation as crossed:
            if not tries_left:
                raise Overloaded from crossed
    raise Overloaded
