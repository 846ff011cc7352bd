"""What was done on the board's page, newest last, and how each of it is taken back: Undo and Z go through them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board import desk, moves, repeat
from app.services.board.blocks import Stretch, block, unblock
from app.services.board.parking import park, unpark
from app.services.board.referral import set_referral_at_desk
from app.services.board.steps import Step, take
from app.services.booking.answer import Answer, Left
from app.services.clock import utc_now
from app.services.series.members import Reach, Scope
from app.state.ask import ask, do
from app.state.base import say
from app.state.board_views import VisitView
from app.state.parse import id_from
from app.words import N_, NN_

MOST = 20
MOST_NAMED = 6
NOT_PARKED = N_("Only what is booked or held can be parked.")


class Deed(TypedDict):
    """One thing that was done: what kind, to which appointment as it is now, and what was there before.

    What was done to several of a series at once has the series' id, and the places that they left.
    """

    kind: str
    id: str
    version: int
    patient: str
    slot_id: NotRequired[str]
    overbook_reason: NotRequired[str]
    minutes: NotRequired[int]
    room_id: NotRequired[str]
    service_id: NotRequired[str]
    patient_id: NotRequired[str]
    tell: NotRequired[bool]
    has_referral: NotRequired[bool]
    stretch: NotRequired[Any]
    reason: NotRequired[str]
    left: NotRequired[tuple[Left, ...]]
    card_id: NotRequired[str]


def deed_of(kind: str, before: VisitView, after: dict[str, Any], *, tell: bool) -> Deed:
    """Return what was done to an appointment: as it was seen before, and the answer that tells what it is now."""
    return Deed(
        kind=kind,
        id=str(after["id"]),
        version=after["version"],
        patient=before["patient"],
        slot_id=before["slot_id"],
        overbook_reason=before["overbook_reason"],
        minutes=before["minutes"],
        room_id=before["room_id"],
        service_id=before["service_id"],
        patient_id=before["patient_id"],
        has_referral=before["has_referral"],
        tell=tell,
    )


def series_deed(visit: VisitView, answer: Answer) -> Deed:
    """Return what was done to a series from one of its cards."""
    return Deed(
        kind="return",
        id=str(answer.body["id"]),
        version=answer.body["version"],
        patient=visit["patient"],
        left=answer.left,
        card_id=visit["id"],
    )


def changed_by(deed: Deed, answer: Answer | UUID | None = None) -> dict[str, Any]:
    """Return what each thing of a deed is now, by the id it had: after the deed, or after it was taken back."""
    if isinstance(answer, UUID):
        return {deed["id"]: {"id": answer, "version": deed["version"]}}
    if "left" not in deed:
        return {deed["id"]: deed if answer is None else answer.body}
    if answer is None:
        return {str(one.appointment_id): {"id": one.appointment_id, "version": one.version} for one in deed["left"]}
    return {one["id"]: one for one in answer.body["appointments"]}


def followed(deed: Deed, now: Mapping[str, Any]) -> Deed:
    """Return an earlier deed as it can be taken back after a later one to the same appointments."""
    if "left" in deed:
        versions = {UUID(one): found["version"] for one, found in now.items()}
        left = (replace(one, version=versions.get(one.appointment_id, one.version)) for one in deed["left"])
        return {**deed, "left": tuple(left)}
    after = now.get(deed["id"])
    return {**deed, "id": str(after["id"]), "version": after["version"]} if after else deed


def those_left(left: Sequence[Left], refusal: ClinicError) -> tuple[tuple[Left, ...], tuple[Left, ...]]:
    """Return of several those that cannot go back, as the refusal names them, and those that still could."""
    named = {one["appointment_id"] for one in refusal.details.get("refused", [])}
    stuck = tuple(one for one in left if str(one.appointment_id) in named)
    return stuck, tuple(one for one in left if one not in stuck)


def stuck_notice(refusal: ClinicError, *, stuck: Sequence[Any], free: int, key: str) -> EventSpec:
    """Say that nothing was undone: why, or which cannot go back while the others can."""
    if not stuck or not free:
        return say("error", N_("Nothing was undone."), detail=str(refusal), key=key)
    which = [*stuck[:MOST_NAMED], *(["…"] if len(stuck) > MOST_NAMED else [])]
    message = NN_(
        "Nothing was undone: {n} of {all} cannot go back, for its time is taken or it was changed.",
        "Nothing was undone: {n} of {all} cannot go back, for their time is taken or they were changed.",
    )
    about = {"n": len(stuck), "all": len(stuck) + free, "which": which}
    return say("error", message, detail="{which}", undo=N_("Undo the others"), key=key, **about)


async def take_back(deed: Deed) -> Answer | UUID | None:
    """Do the opposite; no answer when no appointment was concerned, but the id of what was made anew.

    Raises its refusal: the world may have gone on.
    """
    return await WAYS_BACK[deed["kind"]](deed)


def _seen(deed: Deed) -> dict[str, Any]:
    return {"appointment_id": id_from("card_id", deed["id"]), "version": deed["version"], "now": utc_now()}


async def _step(deed: Deed) -> Answer:
    return await do(take, step=Step.UNDO, tell=deed.get("tell", True), **_seen(deed))


async def _move(deed: Deed) -> Answer:
    reason = deed.get("overbook_reason") or None
    slot_id = id_from("slot_id", deed.get("slot_id"))
    return await do(desk.move, slot_id=slot_id, overbook_reason=reason, tell=deed.get("tell", True), **_seen(deed))


async def _move_held(deed: Deed) -> Answer:
    return await do(moves.move_held, slot_id=id_from("slot_id", deed.get("slot_id")), **_seen(deed))


async def _length(deed: Deed) -> Answer:
    return await do(moves.change_length, minutes=deed.get("minutes", 0), **_seen(deed))


async def _room(deed: Deed) -> Answer:
    room_id = id_from("room_id", deed.get("room_id")) if deed.get("room_id") else None
    return await do(moves.change_room, room_id=room_id, **_seen(deed))


async def _book(deed: Deed) -> Answer:
    return await do(desk.cancel_at_desk, **_seen(deed))


async def _confirm(deed: Deed) -> Answer:
    return await do(moves.hold_again, **_seen(deed))


async def _release(deed: Deed) -> Answer:
    place = {name: id_from(name, deed.get(name)) for name in ("slot_id", "service_id", "patient_id")}
    return await do(desk.hold_start, now=utc_now(), **place)


async def _referral(deed: Deed) -> Answer:
    return await do(set_referral_at_desk, has_referral=deed.get("has_referral", False), **_seen(deed))


async def _series(deed: Deed) -> None:
    reach = Reach(Scope.ALL)
    await do(repeat.cancel, series_id=id_from("series_id", deed["id"]), reach=reach, now=utc_now())


async def _return(deed: Deed) -> Answer:
    about = {"series_id": id_from("series_id", deed["id"]), "left": deed.get("left", ())}
    return await do(repeat.undo, now=utc_now(), **about)


async def _park(deed: Deed) -> None:
    await ask(unpark, appointment_id=id_from("card_id", deed.get("card_id")), now=utc_now())


async def _unpark(deed: Deed) -> None:
    cards = await ask(park, appointment_id=id_from("card_id", deed.get("card_id")), now=utc_now())
    if deed.get("card_id") not in {str(one.id) for one in cards}:
        raise InvalidField("card_id", NOT_PARKED)


async def _block(deed: Deed) -> None:
    await do(unblock, exception_id=id_from("block_id", deed["id"]), now=utc_now())


async def _unblock(deed: Deed) -> UUID | None:
    stretch = deed.get("stretch")
    assert isinstance(stretch, Stretch)
    outcome = await do(block, stretch=stretch, reason=deed.get("reason", ""), now=utc_now())
    # Somebody else's block is not to be taken back by an earlier Undo.
    return None if outcome.was_there else outcome.entry_id


WAYS_BACK: dict[str, Any] = {
    "step": _step,
    "move": _move,
    "move-held": _move_held,
    "length": _length,
    "room": _room,
    "book": _book,
    "confirm": _confirm,
    "release": _release,
    "referral": _referral,
    "series": _series,
    "return": _return,
    "park": _park,
    "unpark": _unpark,
    "block": _block,
    "unblock": _unblock,
}
