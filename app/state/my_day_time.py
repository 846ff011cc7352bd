"""My time: hours of a day that are closed, or leave, each looked at before it is done; and what is closed already."""

from datetime import datetime, timedelta
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board.blocks import unblock
from app.services.clock import utc_now
from app.services.own_day.close_time import (
    Away,
    Hours,
    block_own,
    preview_own_block,
    preview_own_leave,
    take_own_leave,
)
from app.services.own_day.me import own_places, require_me
from app.services.own_day.time_off import Kind, TimeOff, own_time_off
from app.services.schedules.away import come_back
from app.services.schedules.effect import Outcome
from app.state import my_day_live
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_views import iso
from app.state.my_day_undo import KEY, Deed, OwnUndoState
from app.state.parse import day_from, id_from, text_from, time_from, wall_from
from app.state.visitor import acting
from app.state.worklists_views import NO_EFFECT, EffectView, effect_view
from app.words import N_, NN_
from models.principal import Principal

OWN = "schedules:own"
WALL = "%Y-%m-%dT%H:%M"
FIELDS = ("location_id", "on_date", "starts", "ends", "leave_from", "leave_until")
LONGEST_REASON = 200
CLOSED = N_("Your time is closed.")
DISPLACING = NN_(
    "Your time is closed. {n} appointment is displaced.", "Your time is closed. {n} appointments are displaced."
)


class PlaceView(TypedDict):
    """A location of one's own."""

    id: str
    name: str
    zone: str


class LosesView(TypedDict):
    """Somebody whose visit lies in the time."""

    id: str
    patient: str
    starts_at: str


class ClosedView(TypedDict):
    """Time that is closed; its times are those of the clock on the wall, written as if that clock were UTC's."""

    id: str
    kind: str
    starts: str
    ends: str
    is_one_day: bool
    reason: str
    place: str


class MyTimeState(PageState):
    """The form ("block" or "leave"), what it would do, and what is closed already."""

    is_open: bool = False
    kind: str = Kind.BLOCK.value
    places: list[PlaceView] = []
    location_id: str = ""
    on_date: str = ""
    starts: str = ""
    ends: str = ""
    leave_from: str = ""
    leave_until: str = ""
    effect: EffectView = NO_EFFECT
    loses: list[LosesView] = []
    wrong_field: str = ""
    wrong_reason: str = ""
    closed: list[ClosedView] = []

    @rx.event
    @policy(permission=OWN)
    async def begin(self) -> EventSpec | None:
        """Open the form at the next hour, with what is closed already."""
        try:
            found = await ask(_places)
            self.places = [PlaceView(id=str(one.id), name=one.name, zone=one.timezone) for one in found]
            self.closed = await self._read()
        except ClinicError as error:
            return refused(error)
        self._empty()
        self.is_open = True
        return await self._look()

    @rx.event
    @policy(permission=OWN)
    def close(self, is_open: bool) -> None:
        """Put the form away."""
        self.is_open = bool(is_open)

    @rx.event
    @policy(permission=OWN)
    async def choose_kind(self, kind: str) -> EventSpec | None:
        """Close hours of a day, or be away."""
        self.kind = Kind.LEAVE.value if kind == Kind.LEAVE else Kind.BLOCK.value
        return await self._look()

    @rx.event
    @policy(permission=OWN)
    async def choose(self, field: str, value: str) -> EventSpec | None:
        """Say where or when, and see what that would do."""
        if field not in FIELDS:
            return None
        setattr(self, field, text_from(value))
        return await self._look()

    @rx.event
    @policy(permission=OWN)
    async def enter(self, form: dict[str, Any]) -> EventSpec | None:
        """Close the time that stands in the form, for the reason that was given."""
        for field in FIELDS:
            setattr(self, field, text_from(form.get(field)) or getattr(self, field))
        reason = text_from(form.get("reason"), longest=LONGEST_REASON)
        try:
            if self.kind == Kind.LEAVE:
                outcome: Outcome = await do(take_own_leave, away=self._away(reason), now=utc_now())
                deed = Deed("leave", {"leave_id": outcome.entry_id})
            else:
                outcome = await do(block_own, hours=self._hours(), reason=reason, now=utc_now())
                deed = Deed("block", {"exception_id": outcome.entry_id})
            self.closed = await self._read()
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self._empty()
        self._wake()
        count = len(outcome.effect.displaced)
        undo, message = await self.get_state(OwnUndoState), DISPLACING if count else CLOSED
        if outcome.was_there:
            undo._forget()
            return say("success", message, key=KEY, n=count)
        return undo._said(deed, message, n=count)

    @rx.event
    @policy(permission=OWN)
    async def open_again(self, kind: str, entry_id: str) -> EventSpec | None:
        """Open time again that was closed."""
        try:
            entry = id_from("id", entry_id)
            if kind == Kind.LEAVE:
                deed = Deed("end-leave", {"away": await do(come_back, leave_id=entry, now=utc_now())})
            else:
                was = await do(unblock, exception_id=entry, now=utc_now())
                deed = Deed("unblock", {"stretch": was.stretch, "reason": was.reason})
            self.closed = await self._read()
        except ClinicError as error:
            return refused(error)
        self._wake()
        return (await self.get_state(OwnUndoState))._said(deed, N_("The time is open again."))

    async def _refresh(self) -> None:
        """Show what is closed by now, if it is looked at."""
        if self.is_open:
            self.closed = await self._read()

    async def _look(self) -> EventSpec | None:
        """Show what it would do, as soon as everything is said."""
        self.effect, self.loses, self.wrong_field, self.wrong_reason = NO_EFFECT, [], "", ""
        try:
            if self.kind == Kind.LEAVE:
                self.effect = effect_view(await ask(preview_own_leave, away=self._away(), now=utc_now()))
                return None
            found = await ask(preview_own_block, hours=self._hours(), now=utc_now())
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self.effect = EffectView(is_known=True, displaced=len(found.displaced), removed=found.starts_taken, days=[])
        self.loses = [
            LosesView(id=str(one.appointment_id), patient=one.patient, starts_at=iso(one.starts_at))
            for one in found.displaced
        ]
        return None

    async def _read(self) -> list[ClosedView]:
        return [_closed(one) for one in await ask(own_time_off, now=utc_now())]

    def _hours(self) -> Hours:
        return Hours(
            id_from("location_id", self.location_id),
            day_from("on_date", self.on_date),
            time_from("starts_local", self.starts),
            time_from("ends_local", self.ends),
        )

    def _away(self, reason: str = "") -> Away:
        return Away(wall_from("starts_local", self.leave_from), wall_from("ends_local", self.leave_until), reason)

    def _empty(self) -> None:
        """Begin at the next whole hour of today, and a leave of the whole next day."""
        known = {one["id"]: one for one in self.places}
        place = known.get(self.location_id) or next(iter(known.values()), None)
        now = utc_now().astimezone(ZoneInfo(place["zone"] if place else self.clinic_zone or "UTC"))
        hour = min(now.replace(minute=0) + timedelta(hours=1), now.replace(hour=22, minute=0))
        midnight = now.replace(hour=0, minute=0) + timedelta(days=1)
        self.location_id = place["id"] if place else ""
        self.on_date, self.starts = now.date().isoformat(), f"{hour:%H:%M}"
        self.ends = f"{hour + timedelta(hours=1):%H:%M}"
        self.leave_from = midnight.strftime(WALL)
        self.leave_until = (midnight + timedelta(days=1)).strftime(WALL)
        self.effect, self.loses = NO_EFFECT, []
        self.wrong_field, self.wrong_reason = "", ""

    def _wake(self) -> None:
        my_day_live.wake(acting().clinic_id)


def _places(session: Any, principal: Principal) -> Any:
    return own_places(session, principal, me=require_me(session, principal))


def _closed(one: TimeOff) -> ClosedView:
    return ClosedView(
        id=str(one.id),
        kind=one.kind.value,
        starts=_wall(one.starts_local),
        ends=_wall(one.ends_local),
        is_one_day=one.starts_local.date() == one.ends_local.date(),
        reason=one.reason,
        place=one.place,
    )


def _wall(local: datetime) -> str:
    return f"{local:%Y-%m-%dT%H:%M}:00Z"
