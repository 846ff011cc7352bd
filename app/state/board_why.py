"""Why a time of the board is not offered, or a whole day: asked by choosing it, answered in the pane."""

from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.availability.explain import Reason
from app.services.board.asked import Near, OfferedService, offered_services, why_day, why_here
from app.services.catalogue.read import practitioners
from app.services.clock import utc_now
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_pane import PaneState
from app.state.board_views import iso
from app.state.parse import day_from, id_from, instant_from, text_from
from models.principal import Principal

READ = "slots:explain"
EVERY = "every"


class ReasonView(TypedDict):
    """One rule: its sentence and what fills its gaps, and until when it holds."""

    code: str
    sentence: str
    values: dict[str, Any]
    until: str


class StartView(TypedDict):
    """A free start near by."""

    practitioner_id: str
    practitioner: str
    starts_at: str
    slot_starts_at: str
    day: str


class AnswerView(TypedDict):
    """What holds for some services."""

    services: str
    reasons: list[ReasonView]
    nearest: list[StartView]


class StretchView(TypedDict):
    """A part of the day and the rules that hold in it."""

    starts_at: str
    ends_at: str
    reasons: list[ReasonView]


class OptionView(TypedDict):
    """A service to ask about."""

    id: str
    name: str


class WhyState(PageState):
    """The time or the day that is asked about, and the answer."""

    practitioner_id: str = ""
    practitioner: str = ""
    # The time that was chosen; empty when the whole day is asked about.
    at: str = ""
    services: list[OptionView] = []
    service_id: str = EVERY
    answers: list[AnswerView] = []
    stretches: list[StretchView] = []
    is_free: bool = False

    @rx.event
    @policy(permission=READ)
    async def ask_here(self, practitioner_id: str, starts_at: str) -> EventSpec | None:
        """Say why the chosen time is not offered."""
        self.at = text_from(starts_at)
        return await self._begin(practitioner_id, service_id=EVERY)

    @rx.event
    @policy(permission=READ)
    async def ask_start(self) -> EventSpec | None:
        """Say why some services do not fit at the start that is being booked."""
        booking = await self.get_state(BookingState)
        self.at = booking.starts_at
        return await self._begin(booking._practitioner_id, service_id=EVERY)

    @rx.event
    @policy(permission=READ)
    async def ask_day(self, practitioner_id: str) -> EventSpec | None:
        """Say why nothing, or not more, is free on the day shown."""
        self.at = ""
        return await self._begin(practitioner_id, service_id="")

    @rx.event
    @policy(permission=READ)
    async def choose_service(self, service_id: str) -> EventSpec | None:
        """Ask the same for another service, or for all of them."""
        self.service_id = text_from(service_id)
        return await self._answer()

    @rx.event
    @policy(permission="appointments:write")
    async def book(self, practitioner_id: str, starts_at: str, day: str) -> EventSpec | None:
        """Book one of the free starts near by; the board goes to its day."""
        board = await self.get_state(BoardState)
        if day != board.day:
            await board._go(day)
        return await (await self.get_state(BookingState))._pick(practitioner_id, starts_at)

    async def _begin(self, practitioner_id: str, *, service_id: str) -> EventSpec | None:
        pane, board = await self.get_state(PaneState), await self.get_state(BoardState)
        try:
            who = id_from("practitioner_id", practitioner_id)
            found = await ask(offered_services, practitioner_id=who)
        except ClinicError as error:
            return refused(error)
        await pane._close()
        self.practitioner_id = str(who)
        self.practitioner = next((one["name"] for one in board.people if one["id"] == self.practitioner_id), "")
        self.services = [OptionView(id=str(one.id), name=one.name) for one in found]
        self.service_id = service_id or (self.services[0]["id"] if self.services else EVERY)
        failure = await self._answer()
        if failure is None:
            pane.pane = "why"
            pane.picked = [self.practitioner_id, self.at] if self.at else []
        return failure

    async def _answer(self) -> EventSpec | None:
        self.answers, self.stretches = [], []
        board = await self.get_state(BoardState)
        wanted = [one for one in self.services if self.service_id in (EVERY, one["id"])]
        asked = {
            "location_id": id_from("location_id", board.location_id),
            "practitioner_id": id_from("practitioner_id", self.practitioner_id),
        }
        try:
            if self.at:
                services = [OfferedService(id_from("service_id", one["id"]), one["name"]) for one in wanted]
                moment = instant_from("starts_at", self.at)
                self.answers = await ask(_answers, **asked, services=services, starts_at=moment)
            elif wanted:
                service_id, day = id_from("service_id", wanted[0]["id"]), day_from("day", board.day)
                self.stretches = await ask(_stretches, **asked, service_id=service_id, day=day)
        except ClinicError as error:
            return refused(error)
        self.is_free = any(not one["reasons"] for one in (*self.answers, *self.stretches))
        return None


def _answers(session: Any, principal: Principal, **asked: Any) -> list[AnswerView]:
    names = {one.id: one.name for one in practitioners(session, principal)}
    return [
        AnswerView(
            services=" · ".join(one.services),
            reasons=[reason_view(reason) for reason in one.reasons],
            nearest=[_start_view(near, names.get(near.start.practitioner_id, "")) for near in one.nearest],
        )
        for one in why_here(session, principal, **asked, now=utc_now())
    ]


def _stretches(session: Any, principal: Principal, **asked: Any) -> list[StretchView]:
    return [
        StretchView(
            starts_at=iso(one.starts_at),
            ends_at=iso(one.ends_at),
            reasons=[reason_view(reason) for reason in one.reasons],
        )
        for one in why_day(session, principal, **asked, now=utc_now())
    ]


def reason_view(reason: Reason) -> ReasonView:
    """Show one rule."""
    return ReasonView(
        code=reason.code.value,
        sentence=reason.sentence,
        values=dict(reason.values),
        until=iso(reason.until) if reason.until else "",
    )


def _start_view(near: Near, practitioner: str) -> StartView:
    start = near.start
    return StartView(
        practitioner_id=str(start.practitioner_id),
        practitioner=practitioner,
        starts_at=iso(start.starts_at),
        slot_starts_at=iso(near.slot_starts_at),
        day=start.starts_at.astimezone(ZoneInfo(start.timezone)).date().isoformat(),
    )
