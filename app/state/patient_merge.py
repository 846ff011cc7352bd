"""Merging the open file with another: both side by side, what moves, which values stay, then the merge itself."""

from functools import partial
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.booking.answer import Answer
from app.services.booking.once import once
from app.services.clock import utc_now
from app.services.patients.merge import merge as merge_files
from app.services.patients.merge_plan import CHOICES, MergePreview, preview
from app.services.patients.views import PatientView
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from, text_from
from app.state.patient_finder import PatientFinder
from app.state.patients import PatientsState
from app.words import N_
from models.principal import Principal

MERGE = "patients:merge"


class ChoiceView(TypedDict):
    """One field in both files; the one that is `taken` from the file that is given up."""

    name: str
    kept: str
    lost: str
    differs: bool
    taken: bool


class CountView(TypedDict):
    """How many entries of one kind would move."""

    kind: str
    n: int


class PatientMergeState(PageState):
    """The dialog: closed, looking for the other file, or showing both."""

    is_open: bool = False
    kept_name: str = ""
    lost_name: str = ""
    choices: list[ChoiceView] = []
    counts: list[CountView] = []
    clashes: list[dict[str, str]] = []
    refusal: str = ""
    wrong: str = ""

    _keep: str = ""
    _lose: str = ""
    _versions: tuple[int, int] = (0, 0)

    @rx.event
    @policy(permission=MERGE)
    def show(self, is_open: bool) -> None:
        """Open or close the dialog."""
        self.is_open = bool(is_open)
        self._forget()

    @rx.event
    @policy(permission=MERGE)
    async def take_chosen(self) -> EventSpec | None:
        """Put the file that was found beside the open one."""
        chosen = (await self.get_state(PatientFinder)).chosen
        # A second press finds nobody, and does not let go whom the first took.
        if not chosen["id"]:
            return None
        self._keep, self._lose = (await self.get_state(PatientsState)).file["id"], chosen["id"]
        return await self._preview()

    @rx.event
    @policy(permission=MERGE)
    async def swap(self) -> EventSpec | None:
        """Keep the other one of the two."""
        self._keep, self._lose = self._lose, self._keep
        return await self._preview() if self._lose else None

    @rx.event
    @policy(permission=MERGE)
    def another(self) -> None:
        """Go back to the search."""
        self._forget()

    @rx.event
    @policy(permission=MERGE)
    def choose(self, name: str, is_taken: bool) -> None:
        """Say from which file a value comes."""
        self.choices = [{**one, "taken": bool(is_taken)} if one["name"] == name else one for one in self.choices]

    @rx.event
    @policy(permission=MERGE)
    async def merge(self) -> EventSpec | list[Any] | None:
        """Make one file of both."""
        taken = frozenset(one["name"] for one in self.choices if one["taken"])
        try:
            keep, lose = id_from("keep_id", self._keep), id_from("lose_id", self._lose)
            await do(_merged, keep_id=keep, lose_id=lose, taken=taken, versions=self._versions)
        except ClinicError as error:
            self.wrong = str(error)
            return None
        self.is_open = False
        self._forget()
        done = say("success", N_("The two files are one now."))
        return [rx.redirect(routes.patient_file(keep)), PatientsState.reopen(str(keep)), done]

    async def _preview(self) -> EventSpec | None:
        try:
            keep, lose = id_from("keep_id", text_from(self._keep)), id_from("lose_id", text_from(self._lose))
            found = await ask(preview, keep_id=keep, lose_id=lose, now=utc_now())
        except ClinicError as error:
            self._lose = ""
            return refused(error)
        self._show(found)
        return None

    def _show(self, found: MergePreview) -> None:
        self._versions = (found.keep.version, found.lose.version)
        self.kept_name, self.lost_name = found.keep.name.full, found.lose.name.full
        self.choices = [_choice(name, found) for name in CHOICES]
        self.counts = [CountView(kind=kind, n=n) for kind, n in found.moved.items() if n]
        self.clashes = [{"at": one.starts_at.isoformat(), "zone": one.timezone} for one in found.clashes]
        self.refusal, self.wrong = found.refusal, ""

    def _forget(self) -> None:
        self.kept_name, self.lost_name, self.refusal, self.wrong = "", "", "", ""
        self.choices, self.counts, self.clashes = [], [], []
        self._keep, self._lose = "", ""


def _merged(principal: Principal, **asked: Any) -> Answer:
    return once(principal, partial(merge_files, **asked), name="merge", now=utc_now())


def _choice(name: str, found: MergePreview) -> ChoiceView:
    kept, lost = _text(found.keep, name), _text(found.lose, name)
    return ChoiceView(name=name, kept=kept, lost=lost, differs=kept != lost, taken=name in found.taken)


def _text(patient: PatientView, name: str) -> str:
    value = getattr(patient, name)
    return value.isoformat() if name == "birth_date" else value or ""
