"""Moving through the booking flow: opening it, going back, going on with or giving back what is held, wiping."""

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.booking.guest import release_own
from app.services.catalogue.offer import read_offer
from app.services.clock import utc_now
from app.settings import settings
from app.state.base import PageState, policy, refused
from app.state.book import STEPS, BookState
from app.state.book_guest import BookGuestState
from app.state.book_times import BookTimesState
from app.state.book_views import offer_cards
from app.state.guest import act, browse
from app.state.set_up_door import SetUpDoorState

# At these steps the reader relies on the time that is held.
WAITING = ("details", "confirm")


class BookWalkState(PageState):
    """The kiosk's patience, in seconds."""

    idle_seconds: int = 30
    countdown_seconds: int = 10

    @rx.event
    @policy(public=True)
    async def open_online(self) -> EventSpec | None:
        """Open the flow at home; a page that is loaded again goes on where it was."""
        return await self._open("online")

    @rx.event
    @policy(public=True)
    async def open_kiosk(self) -> EventSpec | None:
        """Open the flow at the kiosk, also when a lost connection is back; a page that is loaded is wiped besides."""
        return await self._open("kiosk")

    @rx.event
    @policy(public=True)
    async def begin(self) -> EventSpec | None:
        """Leave the kiosk's first screen; after a night alone the page's state is gone and the kiosk opens anew."""
        book = await self.get_state(BookState)
        failed = await self._open("kiosk") if not book.step else None
        if failed is None and book.step == "start":
            book.step = "service"
        return failed

    @rx.event
    @policy(public=True)
    async def back(self) -> EventSpec | None:
        """Go one step back; what is held stays held and can be chosen again."""
        book = await self.get_state(BookState)
        if book.step in ("", "done", book._first_step):
            return None
        before = STEPS[STEPS.index(book.step) - 1]
        if before == "time":
            return await (await self.get_state(BookTimesState))._open(book, notice="")
        book.step, book.notice = before, ""
        return None

    @rx.event
    @policy(public=True)
    async def keep_held(self) -> None:
        """Go on with the time that is held."""
        book = await self.get_state(BookState)
        service = next((one for one in book.services if one["id"] == book.held["service_id"]), None)
        if book.held["id"] and service is not None:
            book.service, book.chosen, book.step, book.notice = service, book.held_time, "confirm", ""

    @rx.event
    @policy(public=True)
    async def give_back(self) -> EventSpec | None:
        """Give the held time back."""
        book = await self.get_state(BookState)
        failed = await self._release(book)
        if failed is None and book.step in (*WAITING, "time"):
            return await (await self.get_state(BookTimesState))._open(book, notice="")
        return failed

    @rx.event
    @policy(public=True)
    async def hold_ended(self) -> EventSpec | None:
        """The browser's countdown is at its end: the server looks at its own clock."""
        book = await self.get_state(BookState)
        if not book.held["id"] or book._tell_rest():
            return None
        book._let_go()
        if book.step not in (*WAITING, "time"):
            return None
        return await (await self.get_state(BookTimesState))._open(book, notice="expired")

    @rx.event
    @policy(public=True)
    async def wipe(self) -> EventSpec:
        """Forget everything at the kiosk: the held time is given back, language and page start anew."""
        book = await self.get_state(BookState)
        await self._release(book)
        await self._forget(book)
        return rx.call_script("window.holdfast.forgetLanguage()")

    @rx.event
    @policy(public=True)
    async def again(self) -> None:
        """Book another visit, from the first step."""
        book = await self.get_state(BookState)
        if book.step == "done":
            await self._forget(book)

    async def _open(self, kind: str) -> EventSpec | None:
        book = await self.get_state(BookState)
        if book.kind != kind or not book.step:
            await self._release(book)
            book.kind = kind
            await self._forget(book)
        self.idle_seconds, self.countdown_seconds = settings().kiosk_idle_seconds, settings().kiosk_countdown_seconds
        book._tell_rest()
        try:
            offer = offer_cards(await browse(book, read_offer))
            await (await self.get_state(SetUpDoorState))._look_unless(bool(offer["services"]), book)
        except ClinicError as error:
            return refused(error)
        book.clinic, book.phone = offer["clinic"], offer["phone"]
        book.services, book.places, book.people = offer["services"], offer["places"], offer["people"]
        return None

    async def _release(self, book: BookState) -> EventSpec | None:
        if not book.held["id"]:
            return None
        try:
            await act(book, release_own, appointment_id=UUID(book.held["id"]), now=utc_now())
        except ClinicError as error:
            # It runs out by itself; the reader may try again.
            return refused(error)
        book._let_go()
        return None

    async def _forget(self, book: BookState) -> None:
        book._forget()
        for kind in (BookTimesState, BookGuestState):
            (await self.get_state(kind))._forget()
