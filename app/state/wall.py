"""The waiting room's display: opened by a key in the address's fragment, asked again before every push."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import DisplayNotFound, TooManyAttempts
from app.infra.executor import run, run_counting
from app.infra.limits import Limit, hit, is_open
from app.services.queue.display import KEY_LENGTH, Display, Wall, open_display, read_wall
from app.state import arrivals_live
from app.state.base import PageState, policy
from app.state.board_views import iso
from app.state.parse import text_from
from app.state.pushing import line_of
from app.state.visitor import visitor
from app.words import LANGUAGES
from models.principal import Principal

# Only wrong keys count: a display that reconnects is no guesser.
WRONG_KEYS = Limit("display-key", times=20, seconds=15 * 60)
READ_KEY = "window.location.hash.slice(1)"


class CallView(TypedDict):
    """A number and where to."""

    number: int
    to: str
    calls: int


class WallView(TypedDict):
    """What the display shows; `as_of` is empty until it has been read."""

    as_of: str
    last: CallView
    earlier: list[CallView]
    waiting: int
    has_wait: bool
    shortest: int
    longest: int
    late: int


NO_CALL = CallView(number=0, to="", calls=0)
NO_WALL = WallView(as_of="", last=NO_CALL, earlier=[], waiting=0, has_wait=False, shortest=0, longest=0, late=0)


class WallFeed(PageState):
    """The line to the display."""

    view: WallView = NO_WALL


class WallState(PageState):
    """Which display this is: "", "open" or "closed"."""

    status: str = ""
    place: str = ""
    zone: str = ""

    @rx.event
    @policy(public=True, automatic=True)
    def load(self) -> EventSpec:
        """Ask the browser for the key, which stands where no server sees it."""
        return rx.call_script(READ_KEY, callback=WallState.open)

    @rx.event
    @policy(public=True, automatic=True)
    async def open(self, key: str) -> EventSpec | None:
        """Follow the location's calls, if this is its key; nothing is told of why it is not."""
        given, address = text_from(key, longest=KEY_LENGTH + 1), visitor().address
        try:
            display = await _opened(given, address=address)
        except (DisplayNotFound, TooManyAttempts):
            arrivals_live.leave(line_of(self).client, read=read_wall)
            self.status, self.place, self.zone = "closed", "", ""
            return None
        self.status, self.place, self.zone = "open", display.place.name, display.place.timezone
        await arrivals_live.show(self._tab(given), display.principal, place=display.place, read=read_wall)
        # The clinic's own language, on a screen that nobody uses; the browser's choice stays what it was.
        language = display.language if display.language in LANGUAGES else "en"
        return rx.call_script(f"window.holdfast.setLanguage('{language}', false)")

    def _tab(self, key: str) -> arrivals_live.Tab:
        line = line_of(self)

        async def show(wall: Wall) -> None:
            await line.set(WallFeed, "view", wall_view(wall))

        async def who() -> Principal | None:
            try:
                return (await run(open_display, key)).principal
            except DisplayNotFound:
                return None

        async def turn_away() -> None:
            await line.set(WallFeed, "view", NO_WALL)
            await line.set(WallState, "status", "closed")

        return arrivals_live.Tab(line.client, show, lambda: line.is_open, who, turn_away)


def wall_view(wall: Wall) -> WallView:
    """Show what hangs in the waiting room."""
    calls = [CallView(number=one.number, to=one.to, calls=one.calls) for one in wall.calls]
    shortest, longest = wall.wait or (0, 0)
    return WallView(
        as_of=iso(wall.as_of),
        last=calls[0] if calls else NO_CALL,
        earlier=calls[1:],
        waiting=wall.waiting,
        has_wait=wall.wait is not None,
        shortest=shortest,
        longest=longest,
        late=wall.late_minutes,
    )


async def _opened(key: str, *, address: str) -> Display:
    if not await run_counting(is_open, WRONG_KEYS, address):
        raise TooManyAttempts
    try:
        return await run(open_display, key)
    except DisplayNotFound:
        await run_counting(hit, WRONG_KEYS, address)
        raise
