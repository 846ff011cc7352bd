"""How the reader looks at the desk's calendars: place, filters, zoom and view, kept for each user on the server.

The day board, the week, the month and the list share it, so that going from one to another keeps what was chosen;
on another computer it is as it was left here.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.preferences import prefer, preference
from app.state.ask import ask
from app.state.base import PageState

NAME = "desk-view"
SCALES = (1.5, 2.0, 3.0)
VIEWS = ("week", "month", "list")
# As many ids as fit into what a user may keep.
MOST_IDS = 120


@dataclass(frozen=True, slots=True)
class DeskView:
    """What was chosen; `only` names the practitioners that are shown, and where it is empty all but `hidden` are."""

    place: str = ""
    is_everywhere: bool = False
    hidden: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    scale: float = 2.0
    view: str = "week"
    is_table: bool = False
    # What the columns of the day board are, "people" or "rooms".
    columns: str = "people"

    @classmethod
    def kept(cls, value: dict[str, Any] | None) -> Self:
        """Take over what was kept; what this version does not know is left out."""
        found = value if isinstance(value, dict) else {}
        return cls(
            place=str(found.get("place", "")),
            is_everywhere=found.get("is_everywhere") is True,
            hidden=_ids(found.get("hidden")),
            only=_ids(found.get("only")),
            services=_ids(found.get("services")),
            scale=next((one for one in SCALES if one == found.get("scale")), 2.0),
            view=next((one for one in VIEWS if one == found.get("view")), "week"),
            is_table=found.get("is_table") is True,
            columns="rooms" if found.get("columns") == "rooms" else "people",
        )

    def shows(self, practitioner_id: str) -> bool:
        """Tell whether a practitioner stands on the calendars."""
        return practitioner_id in self.only if self.only else practitioner_id not in self.hidden

    def hides(self, practitioner_ids: Iterable[str]) -> list[str]:
        """Return those of the practitioners who do not stand on the calendars."""
        return sorted(one for one in practitioner_ids if not self.shows(one))

    def toggled(self, practitioner_id: str) -> Self:
        """Take a practitioner off the calendars, or put them back."""
        if self.only:
            return replace(self, only=_ids(set(self.only) ^ {practitioner_id}))
        return replace(self, hidden=_ids(set(self.hidden) ^ {practitioner_id}))

    def alone(self, practitioner_id: str) -> Self:
        """Show one practitioner and nobody else."""
        return replace(self, only=(practitioner_id,))

    def everybody(self, practitioner_ids: Iterable[str]) -> Self:
        """Put these practitioners back; who is hidden elsewhere stays so."""
        back = set(practitioner_ids)
        return replace(self, only=(), hidden=tuple(one for one in self.hidden if one not in back))


class DeskViewState(PageState):
    """The reader's own calendars, read from the server once in each tab."""

    _chosen: dict[str, Any] = {}
    _kept: dict[str, Any] = {}
    _is_read: bool = False

    async def _recall(self) -> DeskView:
        if not self._is_read:
            self._chosen = self._kept = _plain(DeskView.kept(await ask(preference, name=NAME)))
            self._is_read = True
        return DeskView.kept(self._chosen)

    async def _remember(self, view: DeskView) -> None:
        """Keep what was chosen; where that is refused, the page shows it all the same and tries again later."""
        self._chosen = _plain(view)
        if self._chosen != self._kept:
            with suppress(ClinicError):
                await ask(prefer, name=NAME, value=self._chosen, now=utc_now())
                self._kept = self._chosen


def _ids(found: Any) -> tuple[str, ...]:
    return tuple(sorted(str(one) for one in found))[:MOST_IDS] if isinstance(found, list | tuple | set) else ()


def _plain(view: DeskView) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(view).items()}
