"""A page that follows what others change: how to reach it, who is looking, and whether they still may."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.services.board.read import PERMISSION
from app.services.places import Place
from models.principal import Principal


@dataclass(slots=True)
class Tab:
    """One page that shows a board or a calendar; `quarter` is when its look was last written down."""

    client: str
    send: Callable[[dict[str, Any]], Awaitable[None]]
    is_open: Callable[[], bool]
    who: Callable[[], Awaitable[Principal | None]]
    turn_away: Callable[[], Awaitable[None]]
    quarter: int = 0


def may_look(principal: Principal, places: Iterable[Place]) -> bool:
    """Tell whether the actor may still read the boards of all these places."""
    ids = principal.location_ids
    return principal.may(PERMISSION) and (ids is None or all(place.id in ids for place in places))
