"""Booking without an account, online and at the kiosk: where the reader stands and what has been chosen so far.

Layered so that none needs the one above: book.py (kind of visit, site) <- book_times.py (practitioner, day, time)
<- book_guest.py (who, hold, confirm) <- book_walk.py (opening, going back, giving back, wiping).

What is held stays held while the reader goes back and forth: it is given up only in the transaction that holds
another time, when the reader gives it back, or when the kiosk is wiped.
"""

from datetime import timedelta
from typing import TypedDict, cast

import reflex as rx

from app.services.clock import utc_now
from app.state.base import PageState, policy
from app.state.book_views import NO_SERVICE, NO_TIME, PersonCard, PlaceCard, ServiceCard, TimeCard
from app.state.parse import instant_from, text_from

STEPS = ("start", "service", "place", "time", "details", "confirm", "done")


class HeldView(TypedDict):
    """What this browser holds: `left_ms` was the rest of its time when the server said so the `told`th time."""

    id: str
    service_id: str
    expires_at: str
    left_ms: int
    told: int


NOT_HELD = HeldView(id="", service_id="", expires_at="", left_ms=0, told=0)


class BookState(PageState):
    """The step, what is offered, what is chosen, and what is held."""

    kind: str = "online"
    step: str = ""
    # Why the reader has to choose again: taken, expired, details, limit or none.
    notice: str = ""
    clinic: str = ""
    phone: str = ""
    services: list[ServiceCard] = []
    places: list[PlaceCard] = []
    people: list[PersonCard] = []
    service: ServiceCard = NO_SERVICE
    location_id: str = ""
    practitioner_id: str = ""
    chosen: TimeCard = NO_TIME
    held: HeldView = NOT_HELD
    held_time: TimeCard = NO_TIME

    @rx.event
    @policy(public=True)
    def choose_service(self, service_id: str) -> None:
        """Choose the kind of visit."""
        found = next((one for one in self.services if one["id"] == service_id), None)
        if found is None or self.step != "service":
            return
        if found["id"] != self.service["id"]:
            self.location_id, self.practitioner_id = "", ""
        self.service, self.step, self.notice = found, "place", ""

    @rx.event
    @policy(public=True)
    def choose_place(self, location_id: str) -> None:
        """Narrow to one site, or with an empty id to none."""
        known = {place["id"] for place in self.places}
        wanted = text_from(location_id)
        self.location_id = wanted if wanted in known else ""

    @property
    def _first_step(self) -> str:
        return "start" if self.kind == "kiosk" else "service"

    def _hold(self, *, appointment_id: str, expires_at: str) -> None:
        """Take note of a fresh hold of the chosen time, and go on to confirm it."""
        self.held = HeldView(
            id=appointment_id,
            service_id=self.service["id"],
            expires_at=expires_at,
            left_ms=0,
            told=self.held["told"],
        )
        self.held_time = cast("TimeCard", {**self.chosen, "is_held": True})
        self.chosen, self.step, self.notice = self.held_time, "confirm", ""
        self._tell_rest()

    def _tell_rest(self) -> bool:
        """Tell the browser how much of the hold's time is left; False when it has run out."""
        if not self.held["id"]:
            return False
        left = instant_from("expires_at", self.held["expires_at"]) - utc_now()
        milliseconds = max(0, left // timedelta(milliseconds=1))
        self.held = cast("HeldView", {**self.held, "left_ms": milliseconds, "told": self.held["told"] + 1})
        return milliseconds > 0

    def _let_go(self) -> None:
        """Forget the hold, which is over."""
        self.held = cast("HeldView", {**NOT_HELD, "told": self.held["told"]})
        self.held_time = NO_TIME

    def _forget(self) -> None:
        """Forget everything that was chosen."""
        self._let_go()
        self.service, self.chosen = NO_SERVICE, NO_TIME
        self.location_id, self.practitioner_id, self.notice = "", "", ""
        self.step = self._first_step
