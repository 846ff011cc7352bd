"""The booking flow's last steps: who the visit is for, the hold, and the confirmation."""

from datetime import date
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    HoldExpired,
    InvalidField,
    OutsideBookingWindow,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
    TooManyHolds,
)
from app.services.booking.answer import Answer
from app.services.booking.guest import Guest, confirm_own, hold_for_guest
from app.services.clock import utc_now
from app.services.patients.normalise import digits_of
from app.state.base import PageState, policy, refused
from app.state.book import BookState
from app.state.book_times import BookTimesState
from app.state.book_views import calendar_link
from app.state.guest import act, this_browser
from app.state.parse import id_from, text_from
from app.words import LANGUAGES, N_


class Details(TypedDict):
    """What the reader typed, as it was typed."""

    given_name: str
    family_name: str
    birth_day: str
    birth_month: str
    birth_year: str
    phone: str
    email: str
    language: str


NO_DETAILS = Details(
    given_name="",
    family_name="",
    birth_day="",
    birth_month="",
    birth_year="",
    phone="",
    email="",
    language="",
)
PROBLEMS = {
    "given_name": N_("Please check this name."),
    "family_name": N_("Please give a name."),
    "birth_date": N_("Please give day, month and year, for example 24, 12 and 1980."),
    "phone": N_("Please check this phone number."),
    "email": N_("Please check this e-mail address."),
    "contact": N_("Please give a phone number or an e-mail address, so that the clinic can reach you."),
}
# Refusals after which another time helps, and the notice that says so.
CHOOSE_AGAIN: dict[type[ClinicError], str] = {
    SlotUnavailable: "taken",
    PractitionerOverlap: "taken",
    RoomUnavailable: "taken",
    DeviceUnavailable: "taken",
    OutsideBookingWindow: "taken",
    HoldExpired: "expired",
}


class BookGuestState(PageState):
    """Who the visit is for; it is forgotten as soon as the visit is booked or the kiosk is wiped."""

    details: Details = NO_DETAILS
    problems: dict[str, str] = {}
    calendar: str = ""

    # What was said when the time was held: the same again needs no other hold.
    _held_for: Details = NO_DETAILS

    @rx.event
    @policy(public=True)
    async def submit(self, form: dict[str, Any]) -> EventSpec | None:
        """Hold the chosen time for the person, instead of what was held before."""
        book = await self.get_state(BookState)
        if book.step != "details" or not book.chosen["slot_id"]:
            return None
        self.details = _typed(form)
        guest, self.problems = _guest(self.details)
        if guest is None:
            return None
        if self._is_held_already(book):
            book.step = "confirm"
            return None
        try:
            answer = await self._held(book, guest)
        except InvalidField as error:
            self.problems = {error.field: PROBLEMS.get(error.field, N_("Please check your details."))}
            return None
        except ClinicError as error:
            return await self._refused(book, error)
        self._held_for = self.details
        book._hold(appointment_id=answer.body["id"], expires_at=answer.body["hold_expires_at"])
        return None

    @rx.event
    @policy(public=True)
    async def confirm(self) -> EventSpec | None:
        """Book what is held."""
        book = await self.get_state(BookState)
        if book.step != "confirm" or not book.held["id"]:
            return None
        held_id = book.held["id"]
        try:
            await act(book, confirm_own, appointment_id=UUID(held_id), now=utc_now())
        except ClinicError as error:
            return await self._refused(book, error)
        self.calendar = calendar_link(book.held_time, appointment_id=held_id, clinic=book.clinic)
        self.details, self.problems, self._held_for = NO_DETAILS, {}, NO_DETAILS
        book._let_go()
        book.step, book.notice = "done", ""
        return None

    def _is_held_already(self, book: BookState) -> bool:
        return bool(book.held["id"]) and book.chosen["is_held"] and self.details == self._held_for

    async def _held(self, book: BookState, guest: Guest) -> Answer:
        return await act(
            book,
            hold_for_guest,
            slot_id=id_from("slot_id", book.chosen["slot_id"]),
            service_id=id_from("service_id", book.service["id"]),
            guest=guest,
            visitor=this_browser(),
            instead_of=UUID(book.held["id"]) if book.held["id"] else None,
            now=utc_now(),
        )

    async def _refused(self, book: BookState, error: ClinicError) -> EventSpec | None:
        """Show a refusal where it helps: at the times when another one does, else as a notice."""
        if isinstance(error, TooManyHolds):
            book.notice = "limit"
            return None
        notice = CHOOSE_AGAIN.get(type(error))
        if notice is None:
            return refused(error)
        if notice == "expired":
            book._let_go()
        return await (await self.get_state(BookTimesState))._open(book, notice=notice)

    def _forget(self) -> None:
        self.details, self.problems, self.calendar, self._held_for = NO_DETAILS, {}, "", NO_DETAILS


def _typed(form: dict[str, Any]) -> Details:
    typed = {name: text_from(form.get(name) if isinstance(form, dict) else "") for name in NO_DETAILS}
    if typed["language"] not in LANGUAGES:
        typed["language"] = "en"
    return Details(**typed)  # type: ignore[typeddict-item]


def _guest(details: Details) -> tuple[Guest | None, dict[str, str]]:
    """Return the person, or what is missing by field; what else is wrong the service says."""
    born = _born(details)
    problems = {}
    if not details["given_name"] and not details["family_name"]:
        problems["family_name"] = PROBLEMS["family_name"]
    if born is None:
        problems["birth_date"] = PROBLEMS["birth_date"]
    if not details["phone"] and not details["email"]:
        problems["phone"] = PROBLEMS["contact"]
    if problems or born is None:
        return None, problems
    phone, email = details["phone"] or None, details["email"] or None
    return Guest(details["given_name"], details["family_name"], born, phone, email, details["language"]), {}


def _born(details: Details) -> date | None:
    # Digits of any script; two digits of a year could be two centuries.
    day, month, year = (digits_of(details[f"birth_{part}"]) for part in ("day", "month", "year"))  # type: ignore[literal-required]
    if len(year) != 4:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
