"""One round of the waitlist: what has run out is passed on, and what is free is offered to who is next.

A round compares the queue with availability itself, so it misses nothing: neither what was cancelled, expired or
moved, nor what a schedule opened or what time brought within the notice. Whoever's wish finds a place, the place
goes to the first of its queue. What was looked at is looked at again after a change, and once a minute without one;
that saves work and decides nothing, so a copy of the scheduler that knows of no looks does the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import LiteralString, NamedTuple
from uuid import UUID

from app.errors import ClinicError, PatientOverlap
from app.services.accounts.permissions import Permission, require
from app.services.availability import Start
from app.services.booking.announce import announce
from app.services.booking.answer import single_use_key
from app.services.booking.retry import attempt
from app.services.waitlist.entries import Entry
from app.services.waitlist.free_places import Search
from app.services.waitlist.matching import Proposal, proposals
from app.services.waitlist.offer import NotNext, keep_clash, offer
from app.services.waitlist.settle import end_needless_offers, end_run_out_offers, settle
from models.db import DatabaseRole, first_row, rows, transaction
from models.principal import Principal

SEARCHES: LiteralString = """
SELECT e.service_id, e.practitioner_id, e.location_id, v.horizon_days, max(e.updated_at),
       bool_or(e.status = 'waiting')
  FROM waitlist_entries e JOIN services v ON v.clinic_id = e.clinic_id AND v.id = e.service_id
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.status IN ('waiting', 'offered')
 GROUP BY e.service_id, e.practitioner_id, e.location_id, v.horizon_days
"""
# Every change of the clinic leaves an audit row; those that free nothing are left out. A hold also ends by itself.
CHANGED: LiteralString = """
SELECT greatest(
  (SELECT max(at) FROM audit_events
    WHERE clinic_id = %(clinic_id)s::uuid AND at > %(since)s::timestamptz AND action <> ALL(%(harmless)s::text[])),
  (SELECT max(hold_expires_at) FROM appointments
    WHERE clinic_id = %(clinic_id)s::uuid AND status = 'pending' AND hold_expires_at <= %(now)s::timestamptz))
"""
HARMLESS = ["view", "list", "hold", "confirm", "arrive", "check-in", "complete", "waitlist-offer", "waitlist-clash"]
LOOK_AGAIN = timedelta(minutes=1)
# A change may be committed this long after the time that it bears, on a machine whose clock is off by a little.
LATE = timedelta(seconds=20)
MOST_SEARCHES, MOST_OFFERS = 20, 20


@dataclass(slots=True)
class Looks:
    """When each search of each clinic was last looked at by this process."""

    at: dict[UUID, dict[Search, datetime]] = field(default_factory=dict)

    def of(self, clinic_id: UUID, searches: Iterable[Search]) -> dict[Search, datetime]:
        """Return the looks of a clinic, without those at what nobody searches for any more."""
        known = self.at.get(clinic_id, {})
        self.at[clinic_id] = {search: known[search] for search in searches if search in known}
        return self.at[clinic_id]


class Due(NamedTuple):
    """A search that is to be looked at, and how far ahead its service is booked."""

    search: Search
    horizon: timedelta


def play_round(
    principal: Principal,
    *,
    looks: Looks,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Pass on what has run out and offer what is free in one clinic; return how many offers were made."""
    require(principal, Permission.WAITLIST_OFFER)
    now = clock()
    offered = 0
    for due in _due(principal, looks, now=now):
        if is_stopping():
            break
        with transaction(principal, role=DatabaseRole.WORKER) as session:
            found = proposals(session, principal, **due._asdict(), most=MOST_OFFERS, now=now)
        for proposal in found:
            for entry in proposal.clashing:
                _pass_over(principal, entry, proposal.place, now=now)
        made = [_offered(principal, proposal, clock=clock) for proposal in found if proposal.suited]
        offered += sum(made)
        if all(made) and len(found) < MOST_OFFERS:
            looks.at[principal.clinic_id][due.search] = now
    return offered


def _due(principal: Principal, looks: Looks, *, now: datetime) -> list[Due]:
    clinic = {"clinic_id": principal.clinic_id}
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        if not rows(session, SEARCHES, clinic):
            return []
        ended = [
            *end_run_out_offers(session, principal, now=now),
            *end_needless_offers(session, principal, now=now),
        ]
        settle(session, principal, now=now)
        searches = rows(session, SEARCHES, clinic)
        since = {"since": now - LOOK_AGAIN - LATE, "harmless": HARMLESS}
        (changed_at,) = first_row(session, CHANGED, {**clinic, **since, "now": now}) or (None,)
    announce(ended)
    looked = looks.of(principal.clinic_id, (Search(*columns[:3]) for columns in searches))
    due: list[tuple[datetime, Due]] = []
    for *columns, horizon_days, updated_at, is_wanted in searches:
        search = Search(*columns)
        looked_at = looked.get(search, datetime.min.replace(tzinfo=now.tzinfo))
        changes = [at for at in (changed_at, updated_at) if at is not None]
        is_due = looked_at <= now - LOOK_AGAIN or any(at > looked_at - LATE for at in changes)
        if is_wanted and is_due:
            due.append((looked_at, Due(search, timedelta(days=horizon_days))))
    due.sort(key=lambda one: one[0])
    return [one for _, one in due[:MOST_SEARCHES]]


def _offered(principal: Principal, proposal: Proposal, *, clock: Callable[[], datetime]) -> bool:
    """Offer one place to the first who can have it; those who cannot are passed over."""
    for entry in proposal.suited:
        now, key = clock(), single_use_key(principal, "waitlist-offer")
        verb = partial(offer, principal=principal, entry=entry, place=proposal.place, key=key, now=now)
        try:
            attempt(principal, verb, key=key, now=now, role=DatabaseRole.WORKER)
        except PatientOverlap:
            _pass_over(principal, entry, proposal.place, now=now)
        except NotNext:
            continue
        except ClinicError:
            # The place is gone, or the database is busy: the search stays due, and the next round looks again.
            return False
        else:
            return True
    return False


def _pass_over(principal: Principal, entry: Entry, place: Start, *, now: datetime) -> None:
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        keep_clash(session, principal, entry=entry, place=place, now=now)
