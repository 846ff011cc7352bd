"""What the parts of an open file list: appointments, messages, history. Read when a part is shown."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.clock import utc_now
from app.services.patients.letters import PatientLetter, letters_of
from app.services.patients.trail import TrailEntry, trail_of
from app.services.patients.visits import PatientVisit, visits_of
from app.state.ask import ask
from app.state.base import PageState


class FileVisitView(TypedDict):
    """One appointment in the file; instants as ISO text, `day` is its location's."""

    id: str
    status: str
    starts_at: str
    ends_at: str
    zone: str
    day: str
    location_id: str
    location: str
    practitioner: str
    service_id: str
    service: str
    is_in_series: bool


class LetterView(TypedDict):
    """One message; `outcome` is sent, sink or no-address."""

    id: str
    kind: str
    outcome: str
    at: str
    recipient: str
    subject: str


class TrailView(TypedDict):
    """One thing that was done to the file; `fields` are the names of what was changed."""

    id: str
    at: str
    action: str
    what: str
    kind: str
    who: str
    fields: list[str]


class PatientPartsState(PageState):
    """The lists of the part that is shown; the other parts' are emptied, so that little of a patient is kept."""

    is_read: bool = False
    coming: list[FileVisitView] = []
    past: list[FileVisitView] = []
    has_more_past: bool = False
    letters: list[LetterView] = []
    trail: list[TrailView] = []

    async def _show(self, part: str, patient_id: UUID) -> None:
        """Read one part; raises its refusal."""
        self._clear()
        if part == "visits":
            found = await ask(visits_of, patient_id=patient_id, now=utc_now())
            self.coming, self.past = _visits(found.coming), _visits(found.past)
            self.has_more_past = found.has_more
        elif part == "letters":
            self.letters = [_letter(one) for one in await ask(letters_of, patient_id=patient_id, now=utc_now())]
        elif part == "history":
            self.trail = [_entry(one) for one in await ask(trail_of, patient_id=patient_id)]
        self.is_read = True

    def _clear(self) -> None:
        self.is_read, self.has_more_past = False, False
        self.coming, self.past, self.letters, self.trail = [], [], [], []


def _visits(found: Sequence[PatientVisit]) -> list[FileVisitView]:
    return [
        FileVisitView(
            id=str(one.id),
            status=one.status,
            starts_at=one.starts_at.isoformat(),
            ends_at=one.ends_at.isoformat(),
            zone=one.timezone,
            day=one.starts_at.astimezone(ZoneInfo(one.timezone)).date().isoformat(),
            location_id=str(one.location_id),
            location=one.location,
            practitioner=one.practitioner,
            service_id=str(one.service_id),
            service=one.service,
            is_in_series=one.is_in_series,
        )
        for one in found
    ]


def _letter(one: PatientLetter) -> LetterView:
    return LetterView(
        id=str(one.id),
        kind=one.kind,
        outcome=one.outcome,
        at=one.created_at.isoformat(),
        recipient=one.recipient,
        subject=one.subject,
    )


def _entry(one: TrailEntry) -> TrailView:
    return TrailView(
        id=str(one.id),
        at=one.at.isoformat(),
        action=one.action,
        what=one.object_kind,
        kind=one.actor_kind,
        who=one.actor_name,
        fields=one.fields,
    )
