"""What every settings page's state shares: its list, the form that is open, what was refused in it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField, StaleVersion
from app.infra.executor import run
from app.services.catalogue.editing import change_settings
from app.services.clock import utc_now
from app.services.schedules.effect import Outcome
from app.state.address import Address, address_of
from app.state.base import acting, refused, say
from app.state.parse import number_from
from app.words import N_

SAVED = N_("Saved.")
WRITE = "settings:write"


class LineView(TypedDict):
    """One line of a list."""

    id: str
    title: str
    detail: str
    is_active: bool


async def change(verb: Callable[..., Outcome], **values: Any) -> Outcome:
    """Make one change of the settings; raises its refusal, or Overloaded."""
    principal = acting()
    return await run(change_settings, principal, partial(verb, principal=principal, now=utc_now(), **values))


class FormVars(rx.State, mixin=True):
    """A list, its search, and one open form with what is wrong in it."""

    is_loaded: bool = False
    query: str = ""
    lines: list[LineView] = []
    opened_id: str = ""
    is_new: bool = False
    is_saving: bool = False
    is_stale: bool = False
    # Another key draws the form anew, with the values that are stored.
    form_key: int = 0
    # Which form, which field and why.
    wrong_form: str = ""
    wrong_field: str = ""
    wrong_reason: str = ""
    # How many appointments to come need what is to be retired, while that is asked.
    is_asking: bool = False
    leaving: int = 0

    _version: str = ""
    _asked: Address | None = None

    @rx.var
    def shown(self) -> list[LineView]:
        """The lines that match the search."""
        wanted = self.query.casefold()
        return [line for line in self.lines if wanted in f"{line['title']} {line['detail']}".casefold()]

    def _draw(self, *, opened_id: str = "", is_new: bool = False, version: str = "") -> None:
        """Open a form anew: what was typed and what was wrong in it is gone."""
        self.opened_id, self.is_new, self._version = opened_id, is_new, version
        self.wrong_field, self.wrong_reason, self.is_stale = "", "", False
        self.is_asking, self.leaving = False, 0
        self.form_key += 1

    async def _read_anew(self, show: Callable[[], Awaitable[EventSpec | None]]) -> EventSpec | None:
        """Show what is stored; what is typed stays when a lost line is taken up and the entry is still the same."""
        if self._is_taken_up() and self.is_new and self.lines:
            return None
        drawn = self.is_loaded, self.opened_id, self.is_new, self._version
        key = self.form_key
        said = await show()
        if drawn == (True, self.opened_id, self.is_new, self._version):
            self.form_key = key
        return said

    def _is_taken_up(self) -> bool:
        """Tell whether the page is loaded because a lost line is there again, not because its reader came to it."""
        last, self._asked = self._asked, address_of(self)
        return not self._asked.is_wish(after=last)

    def _refuse(self, error: ClinicError, *, prefix: str) -> EventSpec:
        """Show a refusal where it belongs: at its field, above the form, or as a notice."""
        self.wrong_field, self.wrong_reason = "", ""
        if isinstance(error, InvalidField):
            self.wrong_form, self.wrong_field, self.wrong_reason = prefix, error.field, str(error)
            return rx.call_script(f"document.getElementById({f'{prefix}-{error.field}'!r})?.focus()")
        self.is_stale = isinstance(error, StaleVersion)
        return refused(error)

    def _said(self, message: str = SAVED) -> EventSpec:
        return say("success", message, key="saved")


def whole(form: dict[str, Any], name: str) -> int:
    """Return a whole number of a form; raises InvalidField."""
    return number_from(name, form.get(name))


def is_ticked(form: dict[str, Any], name: str) -> bool:
    """Tell whether a box was ticked."""
    return form.get(name) in (True, "on", "true")


def ids_from(form: dict[str, Any], prefix: str) -> tuple[UUID, ...]:
    """Return the ids whose boxes were ticked: the name of a box is the prefix with its id."""
    ticked = [name.removeprefix(prefix) for name in form if name.startswith(prefix) and is_ticked(form, name)]
    found = []
    for one in ticked:
        try:
            found.append(UUID(one))
        except ValueError:
            raise InvalidField(prefix.rstrip("-"), N_("This does not exist.")) from None
    return tuple(found)
