"""A change of schedules is shown before it is made: what it would do, and whom it would displace."""

from functools import partial
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.infra.executor import run
from app.services.catalogue.editing import change_settings
from app.services.clock import utc_now
from app.services.schedules.closures import add_closure, remove_closure
from app.services.schedules.exceptions import add_exception, remove_exception
from app.services.schedules.holidays import add_holiday, remove_holiday
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.public_holidays import keep_public_holidays
from app.services.schedules.told import Told, tell_effect
from app.services.schedules.week import change_week
from app.state.ask import ask
from app.state.base import acting, say
from app.words import N_, NN_

MOST_DAYS = 60
NO_LONGER_FIT = NN_(
    "Applied. {n} appointment no longer fits: it stands on the worklist.",
    "Applied. {n} appointments no longer fit: they stand on the worklist.",
)
# What may wait for its Apply: the page's state holds its name and its values.
VERBS = {
    verb.__name__: verb
    for verb in (
        change_week,
        add_exception,
        remove_exception,
        add_leave,
        remove_leave,
        add_closure,
        remove_closure,
        add_holiday,
        remove_holiday,
        keep_public_holidays,
    )
}


class DayLine(TypedDict):
    """One day with how many starts come and go."""

    id: str
    day: str
    added: int
    removed: int


class DisplacedLine(TypedDict):
    """Somebody whose time would no longer be there."""

    id: str
    patient: str
    practitioner: str
    service: str
    starts_at: str
    zone: str


class PreviewVars(rx.State, mixin=True):
    """What the change that waits for its Apply would do."""

    is_previewing: bool = False
    is_applying: bool = False
    added: int = 0
    removed: int = 0
    fits_again: int = 0
    days: list[DayLine] = []
    has_more_days: bool = False
    displaced: list[DisplacedLine] = []
    # How many appointments the change that was made last has put on the worklist.
    on_worklist: int = 0

    _verb: str = ""
    _values: dict[str, Any] = {}

    async def _preview(self, verb: str, **values: Any) -> None:
        """Ask what a change would do, and keep it for its Apply; raises its refusal."""
        now = utc_now()
        edit = partial(VERBS[verb], principal=acting(), now=now, **values)
        self._show_effect(await ask(tell_effect, edit=edit, now=now))
        self.on_worklist = 0
        self._verb, self._values, self.is_previewing = verb, values, True

    async def _apply(self) -> EventSpec:
        """Make the change that was shown; raises its refusal."""
        principal = acting()
        edit = partial(VERBS[self._verb], principal=principal, now=utc_now(), **self._values)
        outcome = await run(change_settings, principal, edit)
        self._drop_preview()
        self.on_worklist = len(outcome.effect.displaced)
        if outcome.effect.displaced:
            return say("warning", NO_LONGER_FIT, n=len(outcome.effect.displaced))
        return say("success", N_("Applied."), key="saved")

    def _drop_preview(self) -> None:
        """Forget the change that was shown."""
        self.is_previewing, self._verb, self._values = False, "", {}
        self.days, self.displaced = [], []

    def _show_effect(self, told: Told) -> None:
        self.added, self.removed, self.fits_again = told.added, told.removed, told.fits_again
        self.has_more_days = len(told.days) > MOST_DAYS
        self.days = [
            DayLine(id=f"{day.location_id}{day.day}", day=day.day.isoformat(), added=day.added, removed=day.removed)
            for day in told.days[:MOST_DAYS]
        ]
        self.displaced = [
            DisplacedLine(
                id=str(one.appointment_id),
                patient=one.patient,
                practitioner=one.practitioner,
                service=one.service,
                starts_at=one.starts_at.isoformat(),
                zone=one.timezone,
            )
            for one in told.displaced
        ]
