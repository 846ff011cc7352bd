"""The booking flow's practitioner, day and time; what this browser holds is shown among the free times."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.availability.browse import DAYS_AT_ONCE, Choice, OwnTime, free_days, free_times
from app.services.availability.start import Start
from app.services.clock import utc_now
from app.state.base import PageState, policy, refused
from app.state.book import BookState
from app.state.book_views import DayCard, TimeCard, time_card
from app.state.guest import browse
from app.state.parse import day_from, id_from, instant_from, text_from


class BookTimesState(PageState):
    """A fortnight of days, and the times of one of them."""

    days: list[DayCard] = []
    has_earlier: bool = False
    has_later: bool = False
    day: str = ""
    times: list[TimeCard] = []
    has_zones: bool = False

    # The first days of the fortnights seen so far, the one on screen last.
    _seen: list[str] = []

    @rx.event
    @policy(public=True)
    async def choose_person(self, practitioner_id: str) -> EventSpec | None:
        """Choose a practitioner, or with an empty id whoever is free first; show the days."""
        book = await self.get_state(BookState)
        if book.step != "place":
            return None
        known = {person["id"] for person in book.people}
        wanted = text_from(practitioner_id)
        book.practitioner_id = wanted if wanted in known else ""
        self._seen = []
        return await self._open(book, notice="")

    @rx.event
    @policy(public=True)
    async def choose_day(self, day: str) -> EventSpec | None:
        """Show the times of a day."""
        book = await self.get_state(BookState)
        try:
            return await self._show_times(book, day_from("day", day)) if book.step == "time" else None
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(public=True)
    async def later(self) -> EventSpec | None:
        """Show the next fortnight."""
        if not self.has_later:
            return None
        since = day_from("day", self._seen[-1]) + timedelta(days=DAYS_AT_ONCE)
        return await self._show_days(await self.get_state(BookState), since=since)

    @rx.event
    @policy(public=True)
    async def earlier(self) -> EventSpec | None:
        """Show the fortnight before."""
        if not self.has_earlier:
            return None
        *self._seen, _ = self._seen
        return await self._again(await self.get_state(BookState))

    @rx.event
    @policy(public=True)
    async def choose_time(self, slot_id: str) -> None:
        """Choose a time; the one that is held already only has to be confirmed."""
        book = await self.get_state(BookState)
        found = next((one for one in self.times if one["slot_id"] == slot_id), None)
        if found is not None and book.step == "time":
            book.chosen, book.notice = found, ""
            book.step = "confirm" if found["is_held"] else "details"

    async def _open(self, book: BookState, *, notice: str) -> EventSpec | None:
        """Go to the times, which are read again, and say why the reader is there."""
        book.step, book.notice = "time", notice
        return await self._again(book)

    async def _again(self, book: BookState) -> EventSpec | None:
        """Read the fortnight on screen again, or the first one."""
        since = day_from("day", self._seen.pop()) if self._seen else None
        return await self._show_days(book, since=since)

    async def _show_days(self, book: BookState, *, since: date | None) -> EventSpec | None:
        try:
            found = await browse(book, free_days, choice=_choice(book), since=since, own=_own(book), now=utc_now())
        except ClinicError as error:
            return refused(error)
        if found is None:
            self.days, self.times, self.day, self.has_later = [], [], "", False
            return None
        self._seen = [*self._seen, found.since.isoformat()]
        self.has_earlier, self.has_later = len(self._seen) > 1, found.has_more
        self.days = [DayCard(day=day.isoformat(), free=free) for day, free in found.days]
        shown = [day["day"] for day in self.days]
        kept = [day for day in (self.day, book.held_time["day"]) if day in shown]
        return await self._show_times(book, day_from("day", (kept or shown)[0]))

    async def _show_times(self, book: BookState, day: date) -> EventSpec | None:
        try:
            starts = await browse(book, free_times, choice=_choice(book), day=day, now=utc_now())
        except ClinicError as error:
            return refused(error)
        cards = [_card(book, start, day=day) for start in starts]
        own = _own(book)
        if own is not None and own.day == day:
            place = (book.held_time["starts_at"], book.held_time["location_id"])
            cards = [card for card in cards if (card["starts_at"], card["location_id"]) != place]
            cards = sorted([*cards, book.held_time], key=lambda card: card["starts_at"])
        self.day, self.times = day.isoformat(), cards
        self.has_zones = _needs_zones(cards)
        return None

    def _forget(self) -> None:
        self.days, self.times, self.day, self._seen = [], [], "", []
        self.has_earlier, self.has_later = False, False


def _choice(book: BookState) -> Choice:
    return Choice(
        service_id=id_from("service_id", book.service["id"]),
        practitioner_id=UUID(book.practitioner_id) if book.practitioner_id else None,
        location_id=UUID(book.location_id) if book.location_id else None,
    )


def _card(book: BookState, start: Start, *, day: date) -> TimeCard:
    people = {person["id"]: person["name"] for person in book.people}
    places = {place["id"]: place for place in book.places}
    return time_card(start, day=day.isoformat(), people=people, places=places)


def _needs_zones(cards: list[TimeCard]) -> bool:
    """Tell whether a wall time alone is not enough: clocks of several zones, or an hour that a clock shows twice."""
    return len({card["zone"] for card in cards}) > 1 or any(map(_is_shown_twice, cards))


def _is_shown_twice(card: TimeCard) -> bool:
    at = instant_from("starts_at", card["starts_at"]).astimezone(ZoneInfo(card["zone"]))
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


def _own(book: BookState) -> OwnTime | None:
    """Return the held time when it is one of those that the reader asks for."""
    time = book.held_time
    fits_person = book.practitioner_id in ("", time["practitioner_id"])
    fits = fits_person and book.location_id in ("", time["location_id"])
    if not book.held["id"] or book.held["service_id"] != book.service["id"] or not fits:
        return None
    starts_at = instant_from("starts_at", time["starts_at"])
    return OwnTime(day_from("day", time["day"]), starts_at, UUID(time["location_id"]))
