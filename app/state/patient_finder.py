"""Finding a patient as one types, and making a new one in place: the one search of every page.

Each search field of a page has a purpose ("list", "board", "guardian", ...), and one of them is in use at a time.
Whoever shows one (app/components/patient_search.py) names a handler that runs after a choice and reads `chosen`.
"""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.patients.duplicates import similar_patients
from app.services.patients.search import TYPE_AHEAD_ROWS, type_ahead
from app.services.patients.write import create
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import day_from, text_from
from app.state.patient_views import NO_MATCH, MatchView, match_view

READ, WRITE = "patients:read", "patients:write"
LONGEST_QUERY = 80
KEPT = "list"
SHORTEST_QUERY = 3


class PatientFinder(PageState):
    """What was typed, who was found, and the form of a patient who is not known yet."""

    purpose: str = ""
    query: str = ""
    matches: list[MatchView] = []
    is_searched: bool = False
    has_more: bool = False
    chosen: MatchView = NO_MATCH
    is_new: bool = False
    # What is wrong in the new patient's form: the field's name, and why.
    wrong_field: str = ""
    wrong_reason: str = ""
    # Those who may be meant by the new patient, shown before anything is made.
    twins: list[MatchView] = []

    _draft: dict[str, Any] = {}

    @rx.event
    @policy(permission=READ)
    async def search(self, purpose: str, text: str) -> EventSpec | None:
        """Find patients by what has been typed so far."""
        self.purpose = text_from(purpose)
        return await self._search(text_from(text, longest=LONGEST_QUERY))

    async def _search(self, text: str) -> EventSpec | None:
        self.query, self.chosen = text, NO_MATCH
        try:
            found = await ask(type_ahead, text=self.query, now=utc_now()) if self.query else []
        except ClinicError as error:
            return refused(error)
        self.matches = [match_view(one) for one in found]
        self.is_searched = len(self.query) >= SHORTEST_QUERY
        self.has_more = len(found) >= TYPE_AHEAD_ROWS
        return None

    @rx.event
    @policy(permission=READ)
    def choose(self, patient_id: str) -> None:
        """Take one of those who were found, or who may be meant."""
        offered = [*self.matches, *self.twins]
        self.chosen = next((one for one in offered if one["id"] == patient_id), NO_MATCH)
        self._close()

    @rx.event
    @policy(permission=READ)
    async def choose_first(self, form: dict[str, Any]) -> EventSpec | None:
        """Take the first one: what Enter means in a search field.

        Who types faster than the list follows gets the only one whom all that was typed means, or the list.
        """
        typed = text_from(form.get("query"), longest=LONGEST_QUERY)
        if typed != self.query:
            failure = await self._search(typed)
            if len(self.matches) != 1:
                return failure
        self.chosen = (self.matches or [NO_MATCH])[0]
        self._close()
        return None

    @rx.event
    @policy(permission=WRITE)
    def begin_new(self, purpose: str, is_new: bool) -> None:
        """Open or close the form for a patient who is not known yet."""
        self.purpose, self.is_new, self.chosen = text_from(purpose), bool(is_new), NO_MATCH
        self.wrong_field, self.wrong_reason, self.twins = "", "", []

    @rx.event
    @policy(permission=WRITE)
    async def make(self, form: dict[str, Any]) -> EventSpec | None:
        """Make a patient: name, birth date, phone; first show those who may be the same person."""
        self.chosen = NO_MATCH
        try:
            self._draft = _draft_of(form)
            similar = await ask(similar_patients, **self._draft, now=utc_now())
        except ClinicError as error:
            return self._refused(error)
        self.wrong_field, self.wrong_reason = "", ""
        self.twins = [match_view(one) for one in similar]
        return None if similar else await self._make()

    @rx.event
    @policy(permission=WRITE)
    async def make_anyway(self) -> EventSpec | None:
        """Make the patient although there are similar ones: it is another person."""
        return await self._make() if self._draft else None

    async def _make(self) -> EventSpec | None:
        try:
            made = await ask(create, **self._draft, now=utc_now())
        except ClinicError as error:
            return self._refused(error)
        self.chosen = match_view(made)
        self._close()
        return None

    def _refused(self, error: ClinicError) -> EventSpec | None:
        self.twins = []
        if isinstance(error, InvalidField):
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        return refused(error)

    def _close(self) -> None:
        # A page that lists patients keeps its list beside the open file; elsewhere the search has done its part.
        if self.purpose != KEPT or self.is_new:
            self.query, self.matches, self.is_searched, self.has_more = "", [], False, False
        self.is_new, self.twins, self._draft = False, [], {}
        self.wrong_field, self.wrong_reason = "", ""

    def _empty(self) -> None:
        """Take everything off the page."""
        self.purpose, self.chosen = "", NO_MATCH
        self._close()


def _draft_of(form: dict[str, Any]) -> dict[str, Any]:
    return {
        "given_name": text_from(form.get("given_name")),
        "family_name": text_from(form.get("family_name")),
        "birth_date": day_from("birth_date", form.get("birth_date")),
        "phone": text_from(form.get("phone")) or None,
    }
