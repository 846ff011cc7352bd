"""What can be done on the worklists' page, and how each of it is taken back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.services.booking.answer import Answer, Left
from app.services.clock import utc_now
from app.services.displaced import desk
from app.services.schedules.away import Away, come_back, go_away
from app.services.schedules.effect import Outcome
from app.services.waitlist.desk import change_wish, put_back, take_off
from app.services.waitlist.entries import Entry
from app.state.ask import do
from app.words import N_
from models.principal import Principal

MOST = 20


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done: its kind, to whom, and what its way back has to know.

    Of a move or a cancellation that are the places that were left, and whose they were by their appointments.
    """

    kind: str
    name: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    @property
    def patients(self) -> int:
        """How many patients it is about; of somebody's absence nobody is named."""
        return 0 if self.kind in ("away", "here") else max(1, len(self.left))


@dataclass(frozen=True, slots=True)
class WayBack:
    """The verb that does the opposite, and what is said of it; `{name}` is the patient's or the practitioner's."""

    verb: Callable[..., Any]
    said: str


def _leave_again(principal: Principal, *, away: Away, leave_id: UUID, now: datetime) -> Outcome:
    """Enter once more the leave that had this id: it gets another one."""
    return go_away(principal, away=away, now=now)


WAYS_BACK = {
    "left": WayBack(desk.undo, ""),
    "kept": WayBack(desk.list_again, N_("{name} is on this list again.")),
    "away": WayBack(come_back, N_("{name} is not away: the times are open again.")),
    "here": WayBack(_leave_again, N_("{name} is away again, as it was entered.")),
    "joined": WayBack(take_off, N_("{name} is off the waitlist again.")),
    "removed": WayBack(put_back, N_("{name} is on the waitlist again, at the same place.")),
    "changed": WayBack(change_wish, N_("The wish of {name} is as it was.")),
}


async def take_back(deed: Deed) -> Any:
    """Do the opposite and return what that answers. Raises its refusal: the world may have gone on."""
    about = {**deed.about, "left": deed.left} if deed.left else deed.about
    return await do(WAYS_BACK[deed.kind].verb, **about, now=utc_now())


def followed(deed: Deed, last: Deed, after: Any) -> Deed:
    """Return an earlier deed as it can be taken back once the last one, done or taken back, has answered `after`."""
    is_same = any(name in deed.about and deed.about[name] == last.about.get(name) for name in ("entry_id", "leave_id"))
    return replace(deed, about={**deed.about, **_become(after)}) if is_same else deed


def _become(after: Any) -> dict[str, Any]:
    """Return by what the same entry or leave is known from now on."""
    if isinstance(after, Entry):
        return {"version": after.version}
    if isinstance(after, Answer):
        return {"version": after.body["version"]}
    return {"leave_id": after.entry_id} if isinstance(after, Outcome) else {}
