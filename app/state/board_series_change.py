"""Changing a series from one of its cards: what would end or move is shown first, and done in one go."""

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board import repeat
from app.services.booking.answer import Answer
from app.services.clock import utc_now
from app.services.series.cancel import plan_cancel
from app.services.series.members import Reach, Scope
from app.services.series.targets import Shift
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_deeds import series_deed
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState
from app.state.board_series_views import move_date_view
from app.state.board_views import iso
from app.state.parse import id_from, number_from, text_from, time_from
from app.words import N_, NN_, Words

WRITE = "appointments:write"
MOVED = NN_("{n} appointment of {patient} is moved.", "{n} appointments of {patient} are moved.")
CANCELLED = NN_("{n} appointment of {patient} is cancelled.", "{n} appointments of {patient} are cancelled.")


class SeriesChangeState(PageState):
    """How much of a series is meant, seen from the open card, and what would end."""

    scope: str = "this"
    ending: list[str] = []
    staying: int = 0

    _shift: dict[str, Any] = {}

    @rx.event
    @policy(permission=WRITE)
    async def look_at_cancel(self, scope: str) -> EventSpec | None:
        """Show which appointments would end."""
        pane = await self.get_state(PaneState)
        try:
            series_id, reach = _reach(pane, scope)
            ending, staying = await ask(plan_cancel, series_id=series_id, reach=reach, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.scope = reach.scope.value
        self.ending, self.staying = [iso(one.row.starts_at) for one in ending], len(staying)
        return None

    @rx.event
    @policy(permission=WRITE)
    async def cancel(self) -> EventSpec | None:
        """End what was shown."""
        pane = await self.get_state(PaneState)
        if not self.ending:
            return None
        try:
            series_id, reach = _reach(pane, self.scope)
            answer = await do(repeat.cancel, series_id=series_id, reach=reach, now=utc_now())
        except ClinicError as error:
            await pane._refresh()
            return refused(error)
        return await self._done(pane, answer, CANCELLED)

    @rx.event
    @policy(permission=WRITE)
    async def begin_move(self) -> None:
        """Ask for another time for what is to come of the series."""
        pane, series = await self.get_state(PaneState), await self.get_state(SeriesState)
        series._forget()
        self.scope, pane.pane = Scope.FOLLOWING.value, "series-move"

    @rx.event
    @policy(permission=WRITE)
    async def choose_scope(self, scope: str) -> None:
        """Move the following or all; what was shown before no longer holds."""
        self.scope = scope if scope in set(Scope) else Scope.FOLLOWING.value
        (await self.get_state(SeriesState))._set_dates([])

    @rx.event
    @policy(permission=WRITE)
    async def plan_move(self, form: dict[str, Any]) -> EventSpec | None:
        """Show where each appointment would go, and what stands in the way of some."""
        self._shift = {name: text_from(form.get(name)) for name in ("time", "days")}
        return await self._plan()

    @rx.event
    @policy(permission=WRITE)
    async def move(self) -> EventSpec | None:
        """Move all that were not left where they are, or none."""
        pane, series = await self.get_state(PaneState), await self.get_state(SeriesState)
        try:
            series_id, shift = self._wanted(pane)
            choices = series._choices()
            answer = await do(repeat.move, series_id=series_id, shift=shift, choices=choices, now=utc_now())
        except ClinicError as error:
            await self._plan(keeps_choices=True)
            return refused(error)
        return await self._done(pane, answer, MOVED)

    async def _done(self, pane: PaneState, answer: Answer, message: Words) -> EventSpec:
        """Show what the series is now; what was done to it can be taken back at once."""
        visit = pane.visit
        self._forget()
        if answer.left:
            pane._remember(series_deed(visit, answer))
        await pane._follow(answer, card_id=visit["id"])
        offered = {"undo": N_("Undo"), "key": "undo"} if answer.left else {}
        return say("success", message, **offered, patient=visit["patient"], n=len(answer.body["appointments"]))

    async def _plan(self, *, keeps_choices: bool = False) -> EventSpec | None:
        pane, series = await self.get_state(PaneState), await self.get_state(SeriesState)
        series.wrong_field, series.wrong_reason = "", ""
        try:
            series_id, shift = self._wanted(pane)
            planned, names = await ask(repeat.plan_move, series_id=series_id, shift=shift, now=utc_now())
        except InvalidField as error:
            series.wrong_field, series.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        series._show([move_date_view(one, names=names) for one in planned], keeps_choices=keeps_choices)
        return None

    def _wanted(self, pane: PaneState) -> tuple[UUID, Shift]:
        series_id, reach = _reach(pane, self.scope)
        time, days = self._shift.get("time"), self._shift.get("days")
        return series_id, Shift(reach, time_from("time", time) if time else None, number_from("days", days or "0"))

    def _forget(self) -> None:
        self.scope, self.ending, self.staying, self._shift = Scope.THIS.value, [], 0, {}


def _reach(pane: PaneState, scope: object) -> tuple[UUID, Reach]:
    try:
        known = Scope(str(scope))
    except ValueError:
        raise InvalidField("scope", N_("Choose how much of the series is meant.")) from None
    return id_from("series_id", pane.visit["series_id"]), Reach(known, id_from("card_id", pane.visit["id"]))
