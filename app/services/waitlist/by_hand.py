"""An offer that the desk makes itself: a free place for somebody in the queue, with the limits that rounds keep.

The desk may pass over the order, and is told whom; it may not pass over what protects people: the day's limit, the
quiet hours, what they said of when they can come.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.permissions import Permission, require
from app.services.availability import Start
from app.services.booking.answer import Answer
from app.services.booking.once import once
from app.services.catalogue.read import services
from app.services.waitlist.entries import Entry, require_entry
from app.services.waitlist.free_places import Search, free_places, place_at
from app.services.waitlist.offer import offer
from app.services.waitlist.places import SENTENCES, PassedOver, Waiting, is_quiet, passed_over
from app.services.waitlist.queue import waiting
from app.words import N_
from models.db import transaction
from models.principal import Principal

MOST = 12
# So many free places are looked at for those that suit.
LOOKED_AT = 2_000
QUIET = N_("Nobody is written to at this hour. Offer it in the morning, or call and book it yourself.")
NOT_WAITING = N_("This entry is not in the queue any more.")


@dataclass(frozen=True, slots=True)
class SuitedPlace:
    """A free place that suits an entry, and how many before it in the queue it would suit as well."""

    start: Start
    before: int


@dataclass(frozen=True, slots=True)
class Suited:
    """The first places that can be offered now; without any, why, when there is a reason that holds for all."""

    places: list[SuitedPlace]
    reason: str = ""


def suited_places(session: Session, principal: Principal, *, entry_id: UUID, now: datetime) -> Suited:
    """Return the first free places that may be offered to an entry at this moment, in time order.

    Raises WaitlistEntryNotFound, WaitlistEntryEnded, NotPermitted.
    """
    require(principal, Permission.WAITLIST_OFFER)
    entry = require_entry(session, principal, entry_id=entry_id)
    people = waiting(session, principal, service_id=entry.service_id, now=now)
    mine = next((one for one in people if one.entry.id == entry_id), None)
    if mine is None:
        return Suited([], NOT_WAITING)
    horizon = next((one.horizon_days for one in services(session, principal) if one.id == entry.service_id), 0)
    search = Search(entry.service_id, entry.practitioner_id, entry.location_id)
    every = free_places(session, principal, search=search, since=now, until=now + timedelta(days=horizon), now=now)
    reached = (one for one in islice(every, LOOKED_AT) if _is_reached(principal, one))
    judged = ((place, _hindrance(mine, place, now=now)) for place in reached)
    last = ""
    suited: list[SuitedPlace] = []
    for place, hindrance in judged:
        if hindrance:
            last = last or (hindrance if hindrance in ALWAYS else "")
            if last:
                break
            continue
        suited.append(SuitedPlace(place, _before(people, mine, place, now=now)))
        if len(suited) == MOST:
            break
    return Suited(suited, last)


def offer_by_hand(principal: Principal, *, entry_id: UUID, slot_id: UUID, now: datetime) -> Answer:
    """Offer one free place to an entry, as a round would; the answer is the hold's.

    Raises WaitlistEntryNotFound, WaitlistEntryEnded, NotPermitted, InvalidField when the place does not suit or
    nobody may be written to now, and what `hold` raises.
    """
    require(principal, Permission.WAITLIST_OFFER)
    with transaction(principal) as session:
        entry, place = _checked(session, principal, entry_id=entry_id, slot_id=slot_id, now=now)
    return once(principal, partial(offer, entry=entry, place=place), name="waitlist-offer-by-hand", now=now)


def _checked(
    session: Session, principal: Principal, *, entry_id: UUID, slot_id: UUID, now: datetime
) -> tuple[Entry, Start]:
    entry = require_entry(session, principal, entry_id=entry_id)
    place = place_at(session, principal, slot_id=slot_id, service_id=entry.service_id)
    people = waiting(session, principal, service_id=entry.service_id, now=now)
    mine = next((one for one in people if one.entry.id == entry_id), None)
    hindrance = NOT_WAITING if mine is None else _hindrance(mine, place, now=now)
    if hindrance:
        raise InvalidField("slot_id", hindrance)
    return entry, place


# These hold whichever place it is.
ALWAYS = {SENTENCES[PassedOver.OFFERED], SENTENCES[PassedOver.DAILY_LIMIT], QUIET}


def _hindrance(one: Waiting, place: Start, *, now: datetime) -> str:
    """Return the sentence that says why the place cannot be offered to them now; empty when it can."""
    reason = passed_over(one, place, now=now)
    if reason is not None:
        return SENTENCES[reason]
    return QUIET if is_quiet(place.timezone, now=now) else ""


def _before(people: list[Waiting], mine: Waiting, place: Start, *, now: datetime) -> int:
    earlier = people[: people.index(mine)]
    return sum(1 for one in earlier if passed_over(one, place, now=now) is None)


def _is_reached(principal: Principal, place: Start) -> bool:
    return principal.location_ids is None or place.location_id in principal.location_ids
