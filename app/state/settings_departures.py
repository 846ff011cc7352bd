"""What departs from a practitioner's week: single days, leave, closures; each is shown before it is made."""

from datetime import datetime, time, timedelta
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.schedules.read_week import WeekOf
from app.state.base import PageState, policy
from app.state.parse import day_from, id_from, text_from, time_from
from app.state.settings_forms import FormVars
from app.state.settings_preview import PreviewVars
from app.words import N_
from models.schedules import Closure, ExceptionKind, Leave, ScheduleException

WRITE = "schedules:write"


class ExceptionView(TypedDict):
    """One day's departure."""

    id: str
    day: str
    starts: str
    ends: str
    kind: str
    reason: str


class AwayView(TypedDict):
    """A leave or a closure, in wall-clock time."""

    id: str
    first: str
    last: str
    starts: str
    ends: str
    reason: str


class DeparturesState(FormVars, PreviewVars, PageState):
    """The lists, and the change that waits for its Apply."""

    schedule_id: str = ""
    practitioner_id: str = ""
    exceptions: list[ExceptionView] = []
    leaves: list[AwayView] = []
    closures: list[AwayView] = []

    @rx.event
    @policy(permission=WRITE)
    async def add_day(self, form: dict[str, Any]) -> EventSpec | None:
        """Show what a single day's departure would do."""
        try:
            await self._preview(
                "add_exception",
                schedule_id=id_from("schedule_id", self.schedule_id),
                on_date=day_from("on_date", form.get("on_date")),
                starts_local=time_from("starts_local", form.get("starts_local")),
                ends_local=ending(time_from("ends_local", form.get("ends_local"))),
                kind=ExceptionKind.EXTRA if form.get("kind") == "extra" else ExceptionKind.CLOSED,
                reason=text_from(form.get("reason")),
            )
        except ClinicError as error:
            return self._refuse(error, prefix="departure")
        return None

    @rx.event
    @policy(permission=WRITE)
    async def remove_day(self, exception_id: str) -> EventSpec | None:
        """Show what it would do if the weekly rules held again on a day."""
        return await self._wait("remove_exception", exception_id=exception_id)

    @rx.event
    @policy(permission=WRITE)
    async def add_leave(self, form: dict[str, Any]) -> EventSpec | None:
        """Show what a leave would do."""
        try:
            person = id_from("practitioner_id", self.practitioner_id)
            await self._preview("add_leave", practitioner_id=person, **interval(form))
        except ClinicError as error:
            return self._refuse(error, prefix="leave")
        return None

    @rx.event
    @policy(permission=WRITE)
    async def remove_leave(self, leave_id: str) -> EventSpec | None:
        """Show what taking a leave back would do."""
        return await self._wait("remove_leave", leave_id=leave_id)

    @rx.event
    @policy(permission=WRITE)
    def back(self) -> None:
        """Change nothing."""
        self._drop_preview()

    @rx.event
    @policy(permission=WRITE)
    async def apply(self) -> EventSpec | None:
        """Make the change that was shown; the page then reads the lists anew."""
        try:
            said = await self._apply()
        except ClinicError as error:
            self._drop_preview()
            return self._refuse(error, prefix="departure")
        self._draw()
        return said

    async def _wait(self, verb: str, **ids: str) -> EventSpec | None:
        try:
            await self._preview(verb, **{name: id_from(name, value) for name, value in ids.items()})
        except ClinicError as error:
            return self._refuse(error, prefix="departure")
        return None

    def _fill(self, found: WeekOf, *, practitioner_id: str) -> None:
        self.practitioner_id = practitioner_id
        self.schedule_id = str(found.week.schedule_id) if found.week else ""
        self.exceptions = [exception_view(one) for one in found.week.exceptions] if found.week else []
        self.leaves = [away_view(one) for one in found.leaves]
        self.closures = [away_view(one) for one in found.closures]


def interval(form: dict[str, Any]) -> dict[str, Any]:
    """Return wall-clock time from a first to a last day, both included, or between two times; raises InvalidField."""
    first = day_from("first_on", form.get("first_on"))
    last = day_from("last_on", form.get("last_on") or form.get("first_on"))
    if last < first:
        raise InvalidField("last_on", N_("The last day must not be before the first."))
    starts = time_from("starts_local", form.get("starts_local") or "00:00")
    ends_at = text_from(form.get("ends_local"))
    until = datetime.combine(last, time_from("ends_local", ends_at)) if ends_at else _midnight_after(last)
    return {
        "starts_local": datetime.combine(first, starts),
        "ends_local": until,
        "reason": text_from(form.get("reason")),
    }


def ending(at: time) -> time:
    """Return an end of the day: midnight ends it."""
    return time.max if at == time.min else at


def exception_view(one: ScheduleException) -> ExceptionView:
    """Return a departure as the list shows it."""
    return ExceptionView(
        id=str(one.id),
        day=one.on_date.isoformat(),
        starts=f"{one.starts_local:%H:%M}",
        ends="24:00" if one.ends_local == time.max else f"{one.ends_local:%H:%M}",
        kind=one.kind.value,
        reason=one.reason,
    )


def away_view(one: Leave | Closure) -> AwayView:
    """Return a leave or closure as the list shows it; whole days have no times."""
    is_whole = one.starts_local.time() == time.min and one.ends_local.time() == time.min
    last = one.ends_local - timedelta(days=1) if is_whole else one.ends_local
    return AwayView(
        id=str(one.id),
        first=one.starts_local.date().isoformat(),
        last=last.date().isoformat(),
        starts="" if is_whole else f"{one.starts_local:%H:%M}",
        ends="" if is_whole else f"{one.ends_local:%H:%M}",
        reason=one.reason,
    )


def _midnight_after(day: Any) -> datetime:
    return datetime.combine(day, time.min) + timedelta(days=1)
