"""The close of a day: what is open, what closes it, and the close itself."""

from contextlib import suppress
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board.read import place_of, places
from app.services.clock import utc_now
from app.services.day.close import Closed, Reopened, close_day, closed_day, reopen_day
from app.services.day.open_items import ORDER, Kind, OpenItem, open_items
from app.services.day.outcome import Ended, Outcome, Report, close_all, send_again
from app.services.places import Place
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_views import PlaceView, place_view
from app.state.close_undo import CloseUndoState, Deed
from app.state.parse import day_from, id_from, text_from
from app.words import N_

CLOSE = "day:close"


class ItemView(TypedDict):
    """One line; `starts_at` is an ISO instant, `reason` why the last press on its button was refused."""

    id: str
    kind: str
    version: int
    starts_at: str
    practitioner: str
    service: str
    patient_id: str
    patient: str
    reason: str


class GroupView(TypedDict):
    """All lines of one kind."""

    kind: str
    items: list[ItemView]


class CloseState(PageState):
    """One location's day as its close sees it."""

    places: list[PlaceView] = []
    location_id: str = ""
    zone: str = ""
    day: str = ""
    is_loaded: bool = False
    has_failed: bool = False
    is_future: bool = False
    groups: list[GroupView] = []
    count: int = 0
    closed_at: str = ""
    closed_by: str = ""
    left_open: int = 0
    # What the dialog asks about: the kind and the outcome for all of its lines.
    asked_kind: str = ""
    asked_outcome: str = ""
    asked_count: int = 0
    is_confirming: bool = False

    @rx.event
    @policy(permission=CLOSE)
    async def load(self) -> EventSpec | None:
        """Open the close of today, or of the place and day that the address names."""
        try:
            found = await ask(places)
        except ClinicError as error:
            self.has_failed = True
            return refused(error)
        self.places = [place_view(place) for place in found]
        if not found:
            self.is_loaded = True
            return None
        query = dict(self.router.url.query_parameters)
        wanted = [str(query.get("location", "")), self.location_id]
        place = next((one for text in wanted for one in found if str(one.id) == text), found[0])
        self.location_id = str(place.id)
        return await self._show(str(query.get("day", "")) or self.day)

    @rx.event
    @policy(permission=CLOSE)
    async def choose_place(self, location_id: str) -> EventSpec | None:
        """Look at another location."""
        self.location_id = text_from(location_id)
        return await self._show(self.day)

    @rx.event
    @policy(permission=CLOSE)
    async def choose_day(self, day: str) -> EventSpec | None:
        """Look at another day."""
        return await self._show(text_from(day)) if day else None

    @rx.event
    @policy(permission=CLOSE)
    async def settle(self, item_id: str, outcome: str) -> EventSpec | list[EventSpec] | None:
        """Close one line."""
        try:
            if outcome == "send-again":
                await ask(send_again, message_id=id_from("item", item_id), now=utc_now())
                return await self._show_after(say("success", N_("The message is on its way again.")))
            chosen = [item for group in self.groups for item in group["items"] if item["id"] == item_id]
            return await self._close_all(chosen, outcome)
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(permission=CLOSE)
    def ask_all(self, kind: str, outcome: str) -> None:
        """Ask before all lines of a kind are closed at once."""
        self.asked_kind, self.asked_outcome = text_from(kind), text_from(outcome)
        self.asked_count = len(self._of_kind(self.asked_kind))

    @rx.event
    @policy(permission=CLOSE)
    def ask_nothing(self) -> None:
        """Leave the question unanswered."""
        self.asked_kind, self.asked_outcome, self.asked_count = "", "", 0

    @rx.event
    @policy(permission=CLOSE)
    async def settle_all(self) -> EventSpec | list[EventSpec] | None:
        """Close all lines of the kind that was asked about."""
        chosen, outcome = self._of_kind(self.asked_kind), self.asked_outcome
        self.asked_kind, self.asked_outcome, self.asked_count = "", "", 0
        try:
            return await self._close_all(chosen, outcome)
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(permission=CLOSE)
    def confirm_close(self, is_open: bool) -> None:
        """Ask before a day with open items is closed."""
        self.is_confirming = bool(is_open)

    @rx.event
    @policy(permission=CLOSE)
    async def close(self) -> EventSpec | list[EventSpec]:
        """Close the day as it is."""
        self.is_confirming = False
        try:
            place = await self._place()
            closed = await ask(close_day, place=place, day=day_from("day", self.day), now=utc_now())
        except ClinicError as error:
            return refused(error)
        is_mine = "appointments:reopen" in self.permissions and not closed.was_there
        said = await self._done(N_("The day is closed."), "close" if is_mine else "", close_id=closed.id)
        return await self._show_after(said)

    @rx.event
    @policy(permission="appointments:reopen")
    async def reopen(self) -> EventSpec | list[EventSpec]:
        """Open a closed day again."""
        try:
            place = await self._place()
            reopened = await ask(reopen_day, place=place, day=day_from("day", self.day), now=utc_now())
        except ClinicError as error:
            return refused(error)
        return await self._show_after(await self._done(N_("The day is open again."), "reopen", reopened=reopened))

    async def _close_all(self, chosen: list[ItemView], outcome: str) -> list[EventSpec]:
        try:
            wanted = Outcome(outcome)
        except ValueError:
            raise InvalidField("outcome", N_("This is not possible.")) from None
        visits = [(id_from("item", item["id"]), int(item["version"])) for item in chosen]
        report = await do(close_all, outcome=wanted, visits=visits, now=utc_now())
        told = await self._show_after(await self._told(report))
        self._explain(report)
        return told

    async def _told(self, report: Report) -> EventSpec | None:
        # What was only held is not held again.
        ended = tuple(one for one in report.ended if one.outcome is not Outcome.RELEASED)
        kind = "outcomes" if ended else ""
        if report.refused:
            message = N_("Closed: {closed}. Not possible: {refused}. The reasons stand beside the lines.")
            counts = {"closed": report.closed, "refused": len(report.refused)}
            return await self._done(message, kind, ended=ended, level="warning", **counts)
        if report.closed:
            return await self._done(N_("Closed: {closed}."), kind, ended=ended, closed=report.closed)
        return None

    async def _done(
        self,
        message: str,
        kind: str,
        *,
        ended: tuple[Ended, ...] = (),
        close_id: UUID | None = None,
        reopened: Reopened | None = None,
        level: str = "success",
        **named: int,
    ) -> EventSpec:
        """Say what was done; a kind of deed can be taken back."""
        where = id_from("location_id", self.location_id), day_from("day", self.day)
        deed = Deed(kind, *where, ended, close_id, reopened) if kind else None
        return (await self.get_state(CloseUndoState))._said(message, deed, level=level, **named)

    def _explain(self, report: Report) -> None:
        reasons = {str(one.id): one.reason for one in report.refused}
        self.groups = [
            {**group, "items": [{**item, "reason": reasons.get(item["id"], "")} for item in group["items"]]}
            for group in self.groups
        ]

    def _of_kind(self, kind: str) -> list[ItemView]:
        return [item for group in self.groups if group["kind"] == kind for item in group["items"]]

    async def _place(self) -> Place:
        return await ask(place_of, location_id=id_from("location_id", self.location_id))

    async def _show_after(self, said: EventSpec | None) -> list[EventSpec]:
        """Read the day again; what was done is said all the same where that fails."""
        failed = await self._show(self.day)
        return [one for one in (said, failed) if one is not None]

    async def _show(self, day: str) -> EventSpec | None:
        try:
            place = await self._place()
            chosen = place.today(utc_now())
            with suppress(InvalidField):
                chosen = day_from("day", day)
            found = await ask(open_items, place=place, day=chosen, now=utc_now())
            closed = await ask(closed_day, place=place, day=chosen)
        except ClinicError as error:
            self.has_failed = True
            return refused(error)
        self.zone, self.day, self.is_loaded, self.has_failed = place.timezone, chosen.isoformat(), True, False
        self.is_future = chosen > place.today(utc_now())
        self.groups, self.count = _groups(found), len(found)
        self._take_close(closed)
        return None

    def _take_close(self, closed: Closed | None) -> None:
        self.closed_at = closed.closed_at.isoformat() if closed else ""
        self.closed_by = closed.closed_by if closed else ""
        self.left_open = closed.open_items if closed else 0


def _groups(found: list[OpenItem]) -> list[GroupView]:
    by_kind: dict[Kind, list[ItemView]] = {kind: [] for kind in ORDER}
    for item in found:
        by_kind[item.kind].append(_view(item))
    return [GroupView(kind=kind.value, items=items) for kind, items in by_kind.items() if items]


def _view(item: OpenItem) -> ItemView:
    return ItemView(
        id=str(item.id),
        kind=item.kind.value,
        version=item.version,
        starts_at=item.starts_at.isoformat(),
        practitioner=item.practitioner,
        service=item.service,
        patient_id=str(item.patient_id),
        patient=item.patient,
        reason="",
    )
