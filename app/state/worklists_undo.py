"""Undo on the worklists' page, by button, notice and key: newest first, of several patients all or none."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, Overloaded
from app.state.background import senders_page
from app.state.base import policy, refused, say
from app.state.board_deeds import stuck_notice, those_left
from app.state.worklists_deeds import MOST, WAYS_BACK, Deed, followed, take_back
from app.words import N_, NN_

RETURNING = "returning"
BACK = NN_("{n} stands where they stood, and on this list.", "{n} stand where they stood, and on this list.")
# One notice at a time has an Undo: it stands for what was done last.
KEY = "undo"


class DeedVars(rx.State, mixin=True):
    """Whether anything can be taken back, and of how many patients; of an absence they are not counted."""

    can_undo: bool = False
    undoable: int = 0

    _deeds: list[Deed] = []

    @rx.event(background=True)
    @policy(permission="appointments:write")
    async def undo(self) -> AsyncIterator[EventSpec | None]:
        """Take back what was done last on this page; once more takes back what was before it."""
        async with self:
            last = self._deeds[-1] if self._deeds else None
            is_begun = last is not None and self._begins(RETURNING, last.patients)
        if last is None:
            yield say("info", N_("There is nothing to undo here."), key=KEY)
        elif is_begun:
            async for event in self._long(partial(self._take_back, last)):
                yield event

    async def _take_back(self, deed: Deed) -> EventSpec | None:
        try:
            after = await take_back(deed)
        except Overloaded as busy:
            return refused(busy)
        except ClinicError as refusal:
            async with senders_page(self):
                self._know([one for one in self._deeds if one != deed])
                return self._stuck(deed, refusal) if deed.left else refused(refusal)
        async with senders_page(self):
            self._know([followed(one, deed, after) for one in self._deeds if one != deed])
            await self._read_all()
        if deed.left:
            return say("success", BACK, n=deed.patients, key=KEY)
        return say("success", WAYS_BACK[deed.kind].said, name=deed.name, key=KEY)

    def _stuck(self, deed: Deed, refusal: ClinicError) -> EventSpec:
        """Say why nobody was put back; the others than those who cannot return still can if it is wished."""
        stuck, free = those_left(deed.left, refusal)
        if stuck and free:
            self._remember(replace(deed, left=free))
        who = sorted(deed.names.get(str(one.appointment_id), "") for one in stuck)
        return stuck_notice(refusal, stuck=who, free=len(free), key=KEY)

    def _remember(self, deed: Deed, after: Any = None) -> None:
        """Keep what was done, so that it can be taken back; `after` is the entry that it has changed."""
        self._know([*(followed(one, deed, after) for one in self._deeds), deed][-MOST:])

    def _know(self, deeds: list[Deed]) -> None:
        self._deeds, self.can_undo = deeds, bool(deeds)
        self.undoable = deeds[-1].patients if deeds else 0

    async def _read_all(self) -> None:
        # It imports the state that this is mixed into.
        from app.state.worklists import WorklistsState

        await (await self.get_state(WorklistsState))._read()

    def _begins(self, busy: str, count: int) -> bool:
        """Say what takes long from now on; False while something else does."""
        raise NotImplementedError

    def _long(self, work: Callable[[], Any]) -> AsyncIterator[EventSpec | None]:
        """Do what takes long."""
        raise NotImplementedError
