"""My day: whose day it is, and the line to what the page shows of it."""

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.infra.executor import run
from app.services.clock import utc_now
from app.services.own_day.me import me_of, own_places
from app.services.own_day.read import OwnDay, read_own_day
from app.state import my_day_live
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.guard import go_to_sign_in, known
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_views import NO_DAY, OwnDayView, own_day_view
from app.state.pushing import Line, line_of
from app.state.visitor import acting, visitor
from models.db import transaction
from models.principal import Principal

READ = "own-day:read"


class MyDayFeed(PageState):
    """The line to the page: the browser's copy is set by pushing, the server's stays empty."""

    view: OwnDayView = NO_DAY


class MyDayState(PageState):
    """Whether the account is a practitioner's: "", own, or nobody."""

    standing: str = ""
    practitioner_id: str = ""
    has_failed: bool = False

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Open the reader's own day; also after a reconnect."""
        self.has_failed = False
        try:
            me = await ask(me_of)
            if me is None:
                self.standing = "nobody"
                return None
            self.standing, self.practitioner_id = "own", str(me.id)
            await my_day_live.follow(self._tab(), acting().clinic_id, await ask(own_places, me=me))
            day = own_day_view(await ask(read_own_day, now=utc_now()))
            return await (await self.get_state(MyDayPatient))._open_first(day)
        except ClinicError as error:
            self.has_failed = True
            return refused(error)

    def _tab(self) -> my_day_live.Tab:
        line, opened_by, sent = line_of(self), visitor(), {"mark": 0}

        async def show() -> bool:
            principal = (await known(opened_by)).principal
            if principal is None or not principal.may(READ):
                await line.tell(go_to_sign_in())
                return False
            await _send(line, await run(_read, principal), sent)
            return True

        return my_day_live.Tab(line.client, show, lambda: line.is_open)


def _read(principal: Principal) -> OwnDay:
    with transaction(principal) as session:
        return read_own_day(session, principal, now=utc_now())


async def _send(line: Line, day: OwnDay, sent: dict[str, int]) -> None:
    """Send what has changed; nobody's name is kept, only a mark of what the tab was sent."""
    view = own_day_view(day)
    mark = hash(repr(view))
    if mark != sent["mark"]:
        sent["mark"] = mark
        await line.set(MyDayFeed, "view", view)
