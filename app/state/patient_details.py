"""Changing what a file says of its patient: only what differs is sent on, for the version that was seen."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField, StaleVersion
from app.services.clock import utc_now
from app.services.patients.write import change
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.parse import day_from, id_from, text_from
from app.state.patient_finder import PatientFinder
from app.state.patient_views import NO_MATCH, FileView, MatchView
from app.state.patients import PatientsState
from app.words import N_

WRITE = "patients:write"
NAMES = ("given_name", "family_name")
TEXTS = ("phone", "email", "address", "alert", "insurer", "member_number")
LONGEST = 400
KEY = "details"


@dataclass(frozen=True, slots=True)
class Deed:
    """A change of a file: what it said before, and the version that it got."""

    patient_id: UUID
    before: dict[str, Any]
    version: int


class PatientDetailsState(PageState):
    """The form: whose it is, what is wrong in it, if somebody else was faster, and the guardian that was chosen."""

    patient_id: str = ""
    wrong_field: str = ""
    wrong_reason: str = ""
    is_stale: bool = False
    guardian: MatchView = NO_MATCH

    _last: Deed | None = None

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> None:
        """Show the file's values once more, as nothing was changed."""
        self._clear()
        file = await self._file()
        self.patient_id, self.guardian = file["id"], file["guardian"]

    @rx.event
    @policy(permission=WRITE)
    async def take_guardian(self) -> None:
        """Take whoever was found as the one who answers for this patient; kept when the form is."""
        chosen = (await self.get_state(PatientFinder)).chosen
        if chosen["id"]:
            self.guardian = chosen

    @rx.event
    @policy(permission=WRITE)
    def drop_guardian(self) -> None:
        """Have nobody answer for this patient; kept when the form is."""
        self.guardian = NO_MATCH

    @rx.event
    @policy(permission=WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec | list[Any] | None:
        """Keep what was changed."""
        file = await self._file()
        self._clear()
        try:
            changes = _changes(file, form, guardian=self.guardian["id"])
            if changes:
                patient_id = id_from("patient", file["id"])
                asked = {"patient_id": patient_id, "changes": changes, "version": file["version"]}
                made = await ask(change, **asked, now=utc_now())
                self._last = Deed(patient_id, _before(file, changes), made.version)
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except StaleVersion:
            self.is_stale = True
            return None
        except ClinicError as error:
            return refused(error)
        offered = {"undo": N_("Undo")} if changes else {}
        return [PatientsState.again, say("success", N_("The changes are kept."), key=KEY, **offered)]

    @rx.event
    @policy(permission=WRITE)
    async def undo(self) -> EventSpec | list[Any] | None:
        """Write back what a file said before its last change on this page, unless somebody has changed it since."""
        last, self._last = self._last, None
        if last is None:
            return say("info", N_("There is nothing to undo here."), key=KEY)
        try:
            wanted = {"patient_id": last.patient_id, "changes": last.before, "version": last.version}
            await ask(change, **wanted, now=utc_now())
        except ClinicError as error:
            return refused(error)
        again = [PatientsState.again, PatientDetailsState.begin]
        return [*again, say("success", N_("The file says again what it said before."), key=KEY)]

    async def _file(self) -> FileView:
        return (await self.get_state(PatientsState)).file

    def _clear(self) -> None:
        self.wrong_field, self.wrong_reason, self.is_stale = "", "", False


def _changes(file: FileView, form: dict[str, Any], *, guardian: str) -> dict[str, Any]:
    """Return what differs from what was shown; an emptied text is None. Raises InvalidField."""
    shown: dict[str, Any] = dict(file)
    wanted: dict[str, Any] = {name: text_from(form.get(name), longest=LONGEST) for name in (*NAMES, *TEXTS)}
    changes = {
        name: text or (None if name in TEXTS else "") for name, text in wanted.items() if text != (shown[name] or "")
    }
    if text_from(form.get("birth_date")) != file["birth_date"]:
        changes["birth_date"] = day_from("birth_date", form.get("birth_date"))
    if text_from(form.get("language")) not in ("", file["language"]):
        changes["language"] = text_from(form.get("language"))
    if _is_ticked(form, "needs_interpreter") != file["needs_interpreter"]:
        changes["needs_interpreter"] = _is_ticked(form, "needs_interpreter")
    if _is_ticked(form, "is_verified") != file["is_verified"]:
        changes["verification"] = "verified" if _is_ticked(form, "is_verified") else "unverified"
    if guardian != file["guardian"]["id"]:
        changes["guardian_id"] = id_from("guardian_id", guardian) if guardian else None
    return changes


def _before(file: FileView, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what a file says of the fields that are changed, as a change would write it."""
    guardian = file["guardian"]["id"]
    said: dict[str, Any] = {**file, "guardian_id": id_from("guardian_id", guardian) if guardian else None}
    said["verification"] = "verified" if file["is_verified"] else "unverified"
    said["birth_date"] = day_from("birth_date", file["birth_date"])
    return {name: said[name] or None if name in TEXTS else said[name] for name in changes}


def _is_ticked(form: dict[str, Any], name: str) -> bool:
    return form.get(name) in (True, "on", "true")
