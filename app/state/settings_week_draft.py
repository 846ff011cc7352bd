"""The draft of a week: its blocks by pointer, by keys and by form, and how the schedule is cut."""

from dataclasses import replace
from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.schedules.read_week import Week
from app.services.schedules.rule_rows import Hours, require_sound
from app.services.schedules.set_up import Settings
from app.services.schedules.week import End, Put
from app.state.base import PageState, policy, refused
from app.state.parse import day_from, id_from, number_from, text_from, time_from
from app.state.settings_forms import FormVars
from app.state.settings_week_views import BlockView, Draft, block_view, clock, draft_of, from_then_on, holds, moved
from app.words import N_

WRITE = "schedules:write"
MOST_BLOCKS = 200


class WeekDraftState(FormVars, PageState):
    """What is drawn, with what is not applied yet."""

    today: str = ""
    # Changes hold from this day on, and the week is drawn as it is from then.
    since: str = ""
    slot_minutes: int = 15
    overbook_limit: int = 1
    is_active: bool = True
    is_dirty: bool = False
    drawn: list[BlockView] = []
    # Weekly times that begin later or end before the week that is drawn.
    other: list[BlockView] = []
    removed: int = 0
    block: BlockView = block_view(Draft("", Hours(0, clock(540), clock(720), date.min)), services={}, since=date.min)

    _drafts: list[Draft] = []
    _cut: tuple[int, int, bool] = (15, 1, True)
    _capacities: dict[str, tuple[str, int]] = {}
    _numbered: int = 0

    @rx.event
    @policy(permission=WRITE)
    def choose_since(self, day: str) -> EventSpec | None:
        """Look at the week as it is from another day on; what is changed then holds from that day."""
        try:
            since = day_from("since", day)
            if since < date.fromisoformat(self.today):
                return None
        except ClinicError as error:
            return refused(error)
        self.since = since.isoformat()
        self._redraw()
        return None

    @rx.event
    @policy(permission=WRITE)
    def draw(self, weekday: int, starts: int, ends: int) -> EventSpec | None:
        """Add a stretch to the draft and open its form."""
        return self._add(weekday, starts, ends)

    @rx.event
    @policy(permission=WRITE)
    def begin(self) -> EventSpec | None:
        """Add a stretch by the form alone."""
        return self._add(0, 540, 720)

    @rx.event
    @policy(permission=WRITE)
    def change_block(self, key: str, weekday: int, starts: int, ends: int) -> EventSpec | None:
        """Move or resize a block in the draft."""
        try:
            numbers = [number_from("starts_local", one) for one in (weekday, starts, ends)]
            values = {"weekday": numbers[0] % 7, "starts": numbers[1], "ends": numbers[2]}
            self._put(moved(self._draft(key), **values, since=self._since()))
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    def open_entry(self, key: str) -> None:
        """Open a block's form."""
        self._open(key)

    @rx.event
    @policy(permission=WRITE)
    def close_block(self) -> None:
        """Close the block's form."""
        self._draw()

    @rx.event
    @policy(permission=WRITE)
    def save_block(self, form: dict[str, Any]) -> EventSpec | None:
        """Take what was typed into the draft."""
        try:
            draft = self._draft(self.opened_id)
            self._put(replace(draft, hours=from_then_on(draft, _hours(form), since=self._since()), is_ended=False))
        except ClinicError as error:
            return self._refuse(error, prefix="block")
        self._draw()
        return None

    @rx.event
    @policy(permission=WRITE)
    def remove_block(self, key: str) -> EventSpec | None:
        """Let a block end before the day from which changes hold; a new one is forgotten."""
        try:
            draft = self._draft(key)
        except ClinicError as error:
            return refused(error)
        self._drafts = [one for one in self._drafts if one.key != draft.key]
        if draft.rule_id is not None:
            self._drafts = [*self._drafts, replace(draft, hours=draft.before or draft.hours, is_ended=True)]
        self._draw()
        self._redraw()
        return None

    @rx.event
    @policy(permission=WRITE)
    def cut(self, name: str, value: str) -> EventSpec | None:
        """Set in the draft how long slots are, how far they may be overbooked, or whether the schedule is offered."""
        try:
            number = number_from(name, value)
        except ClinicError as error:
            return refused(error)
        if name == "slot_minutes":
            self.slot_minutes = number
        elif name == "overbook_limit":
            self.overbook_limit = number
        elif name == "is_active":
            self.is_active = bool(number)
        self._redraw()
        return None

    def _start(self, week: Week | None, *, today: date, services: dict[str, tuple[str, int]]) -> None:
        """Begin again with the week as it stands."""
        self.today = today.isoformat()
        self.since = max(self.since, self.today)
        self._capacities = services
        self._drafts = [draft_of(rule) for rule in week.rules] if week else []
        if week:
            self._cut = (week.slot_minutes, week.overbook_limit, week.is_active)
            self.slot_minutes, self.overbook_limit, self.is_active = self._cut
        self._draw()
        self._redraw()

    def _steps(self) -> list[Put | End]:
        """Return what applying the draft does."""
        steps = (one.step(since=self._since()) for one in self._drafts)
        return [step for step in steps if step is not None]

    def _settings(self) -> Settings:
        """Return how the schedule is to be cut."""
        return Settings(self.slot_minutes, self.overbook_limit, self.is_active)

    def _redraw(self) -> None:
        since = self._since()
        views = {one.key: block_view(one, services=self._capacities, since=since) for one in self._drafts}
        here = [one for one in self._drafts if not one.is_ended]
        self.drawn = [views[one.key] for one in here if holds(one.hours, since=since)]
        self.other = [views[one.key] for one in here if not holds(one.hours, since=since)]
        self.removed = sum(one.is_ended for one in self._drafts)
        cut = (self.slot_minutes, self.overbook_limit, self.is_active)
        self.is_dirty = any(one.is_changed for one in self._drafts) or cut != self._cut

    def _add(self, weekday: int, starts: int, ends: int) -> EventSpec | None:
        try:
            numbers = [number_from("starts_local", one) for one in (weekday, starts, ends)]
            hours = Hours(numbers[0] % 7, clock(numbers[1]), clock(numbers[2]), self._since())
        except ClinicError as error:
            return refused(error)
        if len(self._drafts) >= MOST_BLOCKS:
            return None
        self._numbered += 1
        self._put(Draft(f"new-{self._numbered}", hours))
        self._open(f"new-{self._numbered}")
        return None

    def _put(self, draft: Draft) -> None:
        others = [one for one in self._drafts if one.key != draft.key]
        self._drafts = [*others, draft]
        self._redraw()
        if draft.key == self.opened_id:
            self._open(draft.key)

    def _open(self, key: str) -> None:
        found = next((one for one in [*self.drawn, *self.other] if one["id"] == key), None)
        if found is not None:
            hours = self._draft(key).hours
            self.block = {**found, "since": hours.valid_from.isoformat()}
            self._draw(opened_id=key)

    def _draft(self, key: str) -> Draft:
        found = next((one for one in self._drafts if one.key == key), None)
        if found is None:
            raise InvalidField("block", N_("This does not exist."))
        return found

    def _since(self) -> date:
        return date.fromisoformat(self.since) if self.since else utc_now().date()


def _hours(form: dict[str, Any]) -> Hours:
    """Return weekly time as it was typed; an end at midnight is the day's end. Raises InvalidField."""
    service, places = text_from(form.get("service_id")), text_from(form.get("capacity"))
    ends = time_from("ends_local", form.get("ends_local"))
    until = text_from(form.get("valid_until"))
    hours = Hours(
        weekday=number_from("weekday", form.get("weekday")),
        starts_local=time_from("starts_local", form.get("starts_local")),
        ends_local=clock(24 * 60) if ends == clock(0) else ends,
        valid_from=day_from("valid_from", form.get("valid_from")),
        valid_until=day_from("valid_until", until) if until else None,
        service_id=id_from("service_id", service) if service else None,
        capacity=number_from("capacity", places) if service and places else None,
    )
    require_sound(hours)
    return hours
