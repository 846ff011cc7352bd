"""`book_series`: every chosen time of a series in one transaction, or none of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, SeriesConflicts, SlotUnavailable
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, Change, RequestKey, single_use_key
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import keep, require_new
from app.services.booking.refusals import Contended
from app.services.series.clearing import clear_the_way
from app.services.series.record import record_booked, record_rule
from app.services.series.takes import OF_ONE_TIME, Choices, Conflict, Take, slots_at, takes_of
from app.services.series.wish import SeriesWish, ground_of, occurrences_of
from app.words import N_
from models.appointments import AppointmentStatus, Channel
from models.principal import Principal

# Held is the first version of an appointment, booked the second.
BOOKED_VERSION = 2


def book_series(
    session: Session,
    principal: Principal,
    *,
    wish: SeriesWish,
    choices: Choices,
    channel: Channel = Channel.DESK,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Book a series at once; the answer is a 201 with its appointments and what is not among them.

    Raises SeriesConflicts (409) with all that is not possible, unless it may be skipped; then nothing was done. Also
    NotPermitted, PatientNotFound, InvalidField, OutsideBookingWindow. Call it through `retry.attempt`. Everything is
    locked at the first look, so `clearing` has no meaning here.
    """
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=wish.location_id)
    require_new(session, principal.clinic_id, key)
    takes, occurrences = _takes(session, principal, wish=wish, choices=choices, now=now)
    expired = _made_way(session, principal, wish=wish, takes=takes, now=now)
    # Once more, for a twin may have been waited for.
    require_new(session, principal.clinic_id, key)
    held, conflicts = _held(session, principal, wish=wish, takes=takes, channel=channel, now=now)
    if not held or (conflicts and not choices.skip_conflicts):
        raise SeriesConflicts(conflicts=[conflict.body() for conflict in conflicts])
    series = record_rule(session, principal, wish=wish, occurrences=occurrences, now=now)
    ids = {number: UUID(answer.body["id"]) for number, answer in held.items()}
    record_booked(session, principal, series, held=ids, now=now)
    body = _body(series.id, held, conflicts)
    if not keep(session, principal.clinic_id, key, status=201, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    booked = (replace(answer.change, version=BOOKED_VERSION) for answer in held.values() if answer.change)
    return Answer(201, body, also=(*expired, *booked))


def _takes(
    session: Session, principal: Principal, *, wish: SeriesWish, choices: Choices, now: datetime
) -> tuple[list[Take], int]:
    """Return what is to be taken, and how many times the rule has."""
    ground = ground_of(session, principal, wish=wish, now=now)
    occurrences = occurrences_of(wish.rule, ground, now=now)
    slots = slots_at(
        session,
        principal.clinic_id,
        practitioner_id=wish.practitioner_id,
        location_id=wish.location_id,
        starts=[occurrence.starts_at for occurrence in occurrences if occurrence.starts_at],
        buffer_minutes=ground.terms.rules.buffer_before_minutes,
    )
    takes = takes_of(occurrences, slots=slots, window=ground.window, choices=choices)
    if not takes:
        raise InvalidField("choices", N_("Leave at least one time in the series."))
    return takes, len(occurrences)


def _made_way(
    session: Session, principal: Principal, *, wish: SeriesWish, takes: Sequence[Take], now: datetime
) -> list[Change]:
    return clear_the_way(
        session,
        principal,
        patient_id=wish.patient_id,
        service_id=wish.service_id,
        slot_ids={take.slot_id for take in takes if take.slot_id},
        now=now,
    )


def _held(
    session: Session,
    principal: Principal,
    *,
    wish: SeriesWish,
    takes: Sequence[Take],
    channel: Channel,
    now: datetime,
) -> tuple[dict[int, Answer], list[Conflict]]:
    """Hold each time in turn; what is refused leaves the others standing."""
    held: dict[int, Answer] = {}
    conflicts: list[Conflict] = []
    for take in takes:
        try:
            held[take.occurrence.number] = _held_one(session, principal, wish=wish, take=take, channel=channel, now=now)
        except OF_ONE_TIME as refusal:
            conflicts.append(Conflict(take.occurrence, refusal))
        except Contended as contended:
            # The run-out holds are gone, so what is in the way now is final.
            conflicts.append(Conflict(take.occurrence, contended.refusal))
        except InvalidField:
            # A slot that is gone, or does not fit the service.
            conflicts.append(Conflict(take.occurrence, SlotUnavailable()))
    return held, conflicts


def _held_one(
    session: Session, principal: Principal, *, wish: SeriesWish, take: Take, channel: Channel, now: datetime
) -> Answer:
    if take.slot_id is None:
        raise take.refusal or SlotUnavailable()
    wanted = Wish(take.slot_id, wish.service_id, wish.patient_id, channel)
    # A constraint that says no would end the whole transaction.
    with session.begin_nested():
        return hold(session, principal, wish=wanted, key=single_use_key(principal, "series-hold"), now=now)


def _body(series_id: UUID, held: dict[int, Answer], conflicts: Sequence[Conflict]) -> dict[str, Any]:
    booked = {"status": AppointmentStatus.BOOKED.value, "hold_expires_at": None, "version": BOOKED_VERSION}
    return {
        "id": str(series_id),
        # As `members.version_of`: the series' own and each appointment's.
        "version": 1 + BOOKED_VERSION * len(held),
        "appointments": [{**answer.body, **booked, "series_number": number} for number, answer in held.items()],
        "skipped": [conflict.body() for conflict in conflicts],
    }
