"""The page of arrivals: which location's day it follows, whose patients, and where this desk calls them to."""

from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.infra.executor import run
from app.services.audit.record import board_view_at, viewed_board
from app.services.clock import utc_now
from app.services.places import Place
from app.services.preferences import prefer, preference
from app.services.queue.calling import Target
from app.services.queue.places import choices, queue_place, queue_places
from app.services.queue.read import Day, read_queue
from app.state import arrivals_live
from app.state.arrivals_views import NO_QUEUE, ChoiceView, QueueView, choice, queue_view
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.guard import go_to_sign_in, known
from app.state.parse import id_from, text_from
from app.state.pushing import line_of
from app.state.visitor import acting, visitor
from models.db import transaction
from models.principal import Principal

READ = "queue:read"
NAME = "arrivals"
PLANNED, RECEPTION = "planned", "reception"
MOST_IDS = 120


class ArrivalsFeed(PageState):
    """The line to the lists: the browser's copy is set by pushing, the server's stays empty."""

    view: QueueView = NO_QUEUE


class ArrivalsState(PageState):
    """What is chosen on the page; kept for each user on the server."""

    places: list[ChoiceView] = []
    location_id: str = ""
    rooms: list[ChoiceView] = []
    staff: list[ChoiceView] = []
    only: list[str] = []
    # "planned", "reception", or a room's id.
    target: str = PLANNED
    is_denied: bool = False

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Open the queue where the reader left it; also after a reconnect."""
        try:
            found = await ask(queue_places)
            self.places = [ChoiceView(id=str(one.id), name=one.name) for one in found]
            self.is_denied = not found
            if found:
                await self._recall()
                asked = str(self.router.url.query_parameters.get("location", ""))
                wanted = next((one for one in (asked, self.location_id) if one in {p["id"] for p in self.places}), "")
                await self._open(next((one for one in found if str(one.id) == wanted), found[0]))
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=READ)
    async def choose_place(self, location_id: str) -> EventSpec | None:
        """Follow another location's day."""
        try:
            place = await ask(queue_place, location_id=id_from("location_id", location_id))
            self.only, self.target = [], PLANNED
            await self._open(place)
            await self._remember()
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=READ)
    async def filter_person(self, practitioner_id: str) -> EventSpec | None:
        """Show only this practitioner's patients too, or not any more; without any, everybody's are shown."""
        self.only = sorted(set(self.only) ^ {text_from(practitioner_id, longest=36)})[:MOST_IDS]
        return await self._again()

    @rx.event
    @policy(permission=READ)
    async def show_everybody(self) -> EventSpec | None:
        """Show all practitioners' patients."""
        self.only = []
        return await self._again()

    @rx.event
    @policy(permission=READ)
    async def choose_target(self, target: str) -> EventSpec | None:
        """Call from now on to this room, to the reception, or wherever each visit is planned."""
        if target in (PLANNED, RECEPTION, *(room["id"] for room in self.rooms)):
            self.target = target
        try:
            await self._remember()
        except ClinicError as error:
            return refused(error)
        return None

    def _calls_to(self) -> Target:
        if self.target in (PLANNED, RECEPTION):
            return Target(is_reception=self.target == RECEPTION)
        return Target(id_from("room_id", self.target))

    async def _again(self) -> EventSpec | None:
        try:
            await self._open(await ask(queue_place, location_id=id_from("location_id", self.location_id)))
            await self._remember()
        except ClinicError as error:
            return refused(error)
        return None

    async def _open(self, place: Place) -> None:
        self.location_id = str(place.id)
        rooms, staff = await ask(choices, location_id=place.id)
        self.rooms, self.staff = [choice(one) for one in rooms], [choice(one) for one in staff]
        if self.target not in (PLANNED, RECEPTION, *(room["id"] for room in self.rooms)):
            self.target = PLANNED
        await arrivals_live.show(self._tab(place), acting(), place=place, read=read_queue)

    def _tab(self, place: Place) -> arrivals_live.Tab:
        line, opened_by, only, seen = line_of(self), visitor(), tuple(self.only), {"quarter": 0}

        async def show(day: Day) -> None:
            principal = (await known(opened_by)).principal
            if principal is not None:
                await run(_record, principal, place, seen, utc_now())
            await line.set(ArrivalsFeed, "view", queue_view(day, only=only))

        async def who() -> Principal | None:
            principal = (await known(opened_by)).principal
            ids = principal.location_ids if principal else None
            return principal if principal and principal.may(READ) and (ids is None or place.id in ids) else None

        async def turn_away() -> None:
            await line.tell(go_to_sign_in())

        return arrivals_live.Tab(line.client, show, lambda: line.is_open, who, turn_away)

    async def _recall(self) -> None:
        if self.location_id:
            return
        kept: dict[str, Any] = await ask(preference, name=NAME) or {}
        self.location_id, self.target = str(kept.get("place", "")), str(kept.get("target", PLANNED))
        self.only = [str(one) for one in kept.get("only", [])][:MOST_IDS]

    async def _remember(self) -> None:
        kept = {"place": self.location_id, "target": self.target, "only": self.only}
        await ask(prefer, name=NAME, value=kept, now=utc_now())


def _record(principal: Principal, place: Place, seen: dict[str, int], now: datetime) -> None:
    """Write that names were seen, once a quarter of an hour."""
    quarter = board_view_at(now)
    if seen["quarter"] != quarter:
        with transaction(principal) as session:
            viewed_board(session, principal, location_id=place.id, day=place.today(now), now=now)
        seen["quarter"] = quarter
