"""What the frame of every staff page asks the server: who a text may mean, and how this user likes palette and keys."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.catalogue.read import PractitionerView, practitioners
from app.services.clock import utc_now
from app.services.day.open_items import count_unsent
from app.services.patients.normalise import name_words
from app.services.patients.search import type_ahead
from app.services.patients.views import PatientView
from app.services.preferences import prefer, preference
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import text_from

LONGEST_QUERY = 80
# One letter fits half the clinic: neither asked for nor written into the audit log.
SHORTEST_QUERY = 2
MOST_PATIENTS, MOST_PRACTITIONERS = 8, 4
# What is kept of the palette's use: the names of commands, never of people.
PALETTE = "palette"
MOST_RECENT, LONGEST_COMMAND = 5, 60
KEYS = "keys"


class Finding(TypedDict):
    """One line of the answer; `date` is a birth date, to be written as the reader writes dates."""

    id: str
    kind: str
    title: str
    detail: str
    date: str
    to: str


class Answer(TypedDict):
    """What was found, and for which text: the browser waits for the answer to what stands in the field."""

    asked: str
    items: list[Finding]


NOTHING = Answer(asked="", items=[])


class ShellState(PageState):
    """The answer to what stands in the search field; empty again as soon as the field is left."""

    found: Answer = NOTHING
    # Messages that were given up and wait for a person.
    unsent: int = 0
    # The commands that this user chose last, newest first.
    recent: list[str] = []
    # Whether keys of one character do anything for this user (assets/letters.js).
    has_letters: bool = True

    _is_recalled: bool = False

    @rx.event
    @policy(signed_in=True)
    async def search(self, text: str) -> EventSpec | None:
        """Find patients and practitioners by what has been typed so far, each if the reader may see them."""
        asked = text_from(text, longest=LONGEST_QUERY)
        if len(asked) < SHORTEST_QUERY:
            self.found = Answer(asked=asked, items=[])
            return None
        items: list[Finding] = []
        try:
            if "patients:read" in self.permissions:
                found = await ask(type_ahead, text=asked, now=utc_now())
                items += [_patient(one) for one in found[:MOST_PATIENTS]]
            if "slots:read" in self.permissions:
                items += _practitioners(await ask(practitioners), asked)
        except ClinicError as error:
            return refused(error)
        self.found = Answer(asked=asked, items=items)
        return None

    @rx.event
    @policy(signed_in=True)
    async def used(self, command: str) -> EventSpec | None:
        """Remember a command that was chosen, on any computer of this user."""
        chosen = text_from(command, longest=LONGEST_COMMAND)
        if not chosen:
            return None
        try:
            await self._recall()
            self.recent = [chosen, *(one for one in self.recent if one != chosen)][:MOST_RECENT]
            await ask(prefer, name=PALETTE, value={"recent": self.recent}, now=utc_now())
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(signed_in=True)
    async def use_letters(self, is_on: bool) -> EventSpec | None:
        """Let keys of one character do what they stand for, or nothing, on any computer of this user."""
        wanted = is_on is True
        try:
            await ask(prefer, name=KEYS, value={"letters": wanted}, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.has_letters = wanted
        return None

    @rx.event
    @policy(signed_in=True, automatic=True)
    async def look(self) -> EventSpec | None:
        """Count what was not sent, for those who may know; a page asks each minute."""
        try:
            await self._recall()
            if "messages:read" in self.permissions:
                unsent = await ask(count_unsent)
                if unsent != self.unsent:
                    self.unsent = unsent
        except ClinicError:
            # The status bar says what it last knew; the next minute asks again.
            return None
        return None

    async def _recall(self) -> None:
        if self._is_recalled:
            return
        kept = await ask(preference, name=PALETTE) or {}
        self.recent = [str(one) for one in kept.get("recent", [])][:MOST_RECENT]
        self.has_letters = (await ask(preference, name=KEYS) or {}).get("letters") is not False
        self._is_recalled = True


def _patient(view: PatientView) -> Finding:
    return Finding(
        id=str(view.id),
        kind="patient",
        title=view.name.full,
        detail="",
        date=view.birth_date.isoformat(),
        to=routes.patient_file(view.id),
    )


def _practitioners(known: list[PractitionerView], asked: str) -> list[Finding]:
    wanted = name_words(asked)
    fitting = [
        one
        for one in known
        if wanted and all(any(word.startswith(part) for word in name_words(one.name)) for part in wanted)
    ]
    return [
        Finding(
            id=str(one.id),
            kind="practitioner",
            title=one.name,
            detail=one.specialty,
            date="",
            to=routes.practitioner_days(one.id),
        )
        for one in fitting[:MOST_PRACTITIONERS]
    ]
