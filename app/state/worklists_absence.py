"""Who is away: a practitioner's sickness or leave, first as a preview of what it does, then for real."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.catalogue.read import practitioners
from app.services.clock import utc_now
from app.services.schedules.absences import absences
from app.services.schedules.away import Away, come_back, go_away
from app.services.schedules.edit import preview
from app.services.schedules.effect import Effect, Outcome
from app.services.schedules.leave import add_leave
from app.services.schedules.local_now import local_now
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from, text_from
from app.state.worklists_deeds import Deed
from app.state.worklists_undo import KEY
from app.state.worklists_views import NO_EFFECT, AbsenceView, EffectView, absence_view, effect_view
from app.words import N_, NN_
from models.principal import Principal

READ, WRITE = "schedules:read", "absences:write"
FORMAT = "%Y-%m-%dT%H:%M"
LONGEST_REASON = 200


class PersonView(TypedDict):
    """A practitioner who can be away."""

    id: str
    name: str


class AbsenceState(PageState):
    """The form, what it would do, and who is away already."""

    is_open: bool = False
    people: list[PersonView] = []
    practitioner_id: str = ""
    # Wall-clock times of each site, as the browser's fields write them. The fields begin with these and keep what is
    # typed into them; another key draws them anew.
    starts: str = ""
    ends: str = ""
    times_key: int = 0
    reason: str = ""
    effect: EffectView = NO_EFFECT
    wrong_field: str = ""
    wrong_reason: str = ""
    away: list[AbsenceView] = []

    # The times as they stand in the fields, and how long it lasts from now on; 0 when times were typed.
    _starts: str = ""
    _ends: str = ""
    _days: int = 1

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> EventSpec | None:
        """Open the form for the rest of today."""
        await self._begin("")
        return None

    @rx.event
    @policy(permission=WRITE)
    def give_up(self) -> None:
        """Close the form."""
        self._close()

    @rx.event
    @policy(permission=WRITE)
    async def choose_person(self, practitioner_id: str) -> EventSpec | None:
        """Say who is away."""
        self.practitioner_id = text_from(practitioner_id)
        return await self._fill() or await self._preview()

    @rx.event
    @policy(permission=WRITE)
    async def choose_start(self, at: str, times_key: int) -> EventSpec | None:
        """Say from when."""
        self._starts = text_from(at)
        return await self._typed(times_key)

    @rx.event
    @policy(permission=WRITE)
    async def choose_end(self, at: str, times_key: int) -> EventSpec | None:
        """Say until when."""
        self._ends = text_from(at)
        return await self._typed(times_key)

    @rx.event
    @policy(permission=WRITE)
    def choose_reason(self, text: str) -> None:
        """Say why, for colleagues."""
        self.reason = text_from(text, longest=LONGEST_REASON)

    @rx.event
    @policy(permission=WRITE)
    async def choose_days(self, days: int) -> EventSpec | None:
        """Say that it lasts so many days from now on, today included."""
        self._days = days if isinstance(days, int) and 1 <= days <= 31 else 1
        return await self._fill() or await self._preview()

    @rx.event
    @policy(permission=WRITE)
    async def enter(self) -> Any:
        """Enter the absence, and look at once where those it displaces can go."""
        from app.state.worklists_displaced import DisplacedState

        try:
            outcome: Outcome = await do(go_away, away=Away(**self._asked(), reason=self.reason), now=utc_now())
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        name = next((one["name"] for one in self.people if one["id"] == self.practitioner_id), "")
        self._close()
        await self._did(None if outcome.was_there else Deed("away", name, {"leave_id": outcome.entry_id}))
        offered = {} if outcome.was_there else {"undo": N_("Undo")}
        count = len(outcome.effect.displaced)
        message = NN_(
            "{name} is away. {n} appointment is displaced.", "{name} is away. {n} appointments are displaced."
        )
        said = say("success", message, name=name, n=count, key=KEY, **offered)
        return [said, DisplacedState.find] if count else said

    @rx.event
    @policy(permission=WRITE)
    async def take_back(self, leave_id: str) -> EventSpec | None:
        """Take an absence back: the times open again, and who still stands there fits again."""
        name = next((one["practitioner"] for one in self.away if one["id"] == leave_id), "")
        try:
            asked = {"leave_id": id_from("id", leave_id)}
            was = await do(come_back, **asked, now=utc_now())
            await self._did(Deed("here", name, {**asked, "away": was}))
        except ClinicError as error:
            return refused(error)
        message = N_("The absence is taken back and the times are open again.")
        return say("success", message, undo=N_("Undo"), key=KEY)

    async def _read(self, _location_id: UUID | None) -> None:
        self.away = [absence_view(one) for one in await ask(absences, now=utc_now())]

    async def _begin(self, practitioner_id: str) -> None:
        self.people = [PersonView(id=str(one.id), name=one.name) for one in await ask(practitioners)]
        self._close()
        self.is_open = True
        self.practitioner_id = practitioner_id if practitioner_id in {one["id"] for one in self.people} else ""
        self._days = 1
        await self._fill()
        await self._preview()

    async def _fill(self) -> EventSpec | None:
        """Write from when until when so many days last, by the clock where the practitioner works now or next."""
        if not self._days:
            return None
        try:
            who = id_from("practitioner_id", self.practitioner_id) if self.practitioner_id else None
            now = await ask(local_now, practitioner_id=who, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self._starts, self._ends = now.strftime(FORMAT), _midnight_after(now, days=self._days).strftime(FORMAT)
        self._draw_times()
        return None

    async def _typed(self, times_key: int) -> EventSpec | None:
        self._days = 0
        if times_key != self.times_key:
            # Into fields that stand there no more: those that do show what is meant.
            self._draw_times()
        return await self._preview()

    def _draw_times(self) -> None:
        self.starts, self.ends = self._starts, self._ends
        self.times_key += 1

    async def _preview(self) -> EventSpec | None:
        """Show what it would do, as soon as everything is said."""
        self.effect, self.wrong_field, self.wrong_reason = NO_EFFECT, "", ""
        if not (self.practitioner_id and self._starts and self._ends):
            return None
        try:
            self.effect = effect_view(await ask(_effect, **self._asked()))
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
        except ClinicError as error:
            return refused(error)
        return None

    async def _did(self, deed: Deed | None) -> None:
        from app.state.worklists_displaced import DisplacedState

        displaced = await self.get_state(DisplacedState)
        if deed is not None:
            displaced._remember(deed)
        await displaced._read_all()

    def _asked(self) -> dict[str, Any]:
        return {
            "practitioner_id": id_from("practitioner_id", self.practitioner_id),
            "starts_local": _wall_clock("starts_local", self._starts),
            "ends_local": _wall_clock("ends_local", self._ends),
        }

    def _close(self) -> None:
        self.is_open, self.practitioner_id, self.reason = False, "", ""
        self.effect, self.wrong_field, self.wrong_reason = NO_EFFECT, "", ""


def _wall_clock(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise InvalidField(field, N_("Give a time.")) from None


def _midnight_after(now: datetime, *, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(hour=0, minute=0)


def _effect(session: Any, principal: Principal, **asked: Any) -> Effect:
    now = utc_now()
    return preview(session, principal, partial(add_leave, principal=principal, **asked, now=now), now=now)
