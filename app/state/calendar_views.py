"""What the page around the calendars shows: display values, made from what the services return."""

from collections.abc import Iterable
from typing import TypedDict
from uuid import UUID

from app.errors import ClinicError
from app.services.board.span import Choice, Whose
from app.state.desk_view import DeskView
from app.state.parse import id_from


class ChoiceView(TypedDict):
    """A practitioner or service to filter by."""

    id: str
    name: str
    detail: str
    is_shown: bool


def people_of(found: Iterable[Choice], *, view: DeskView) -> list[ChoiceView]:
    """Show the practitioners and which of them are looked at."""
    return [ChoiceView(id=str(p.id), name=p.name, detail=p.detail, is_shown=view.shows(str(p.id))) for p in found]


def services_of(found: Iterable[Choice], *, view: DeskView) -> list[ChoiceView]:
    """Show the services and which of them are looked at: all, when none is chosen."""
    chosen = set(view.services)
    return [ChoiceView(id=str(s.id), name=s.name, detail="", is_shown=str(s.id) in chosen) for s in found]


def whose(view: DeskView) -> Whose:
    """Return the filters as the services take them; what is no id any more filters nothing."""
    hidden = () if view.only else view.hidden
    return Whose(only=_known(view.only), hidden=_known(hidden), services=_known(view.services))


def _known(texts: Iterable[str]) -> tuple[UUID, ...]:
    found = []
    for text in texts:
        try:
            found.append(id_from("id", text))
        except ClinicError:
            continue
    return tuple(found)
