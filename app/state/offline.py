"""Setting the passphrase under which a location's offline day sheet is encrypted."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.infra.executor import run_password
from app.services.board.read import place_of
from app.services.clock import utc_now
from app.services.day.offline import keep_key, key_from
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from
from app.words import N_

SEAL = "day:seal"


class OfflineState(PageState):
    """The form; the passphrase itself is never kept."""

    is_open: bool = False
    wrong_field: str = ""
    wrong_reason: str = ""
    # Counts the passphrases set on this page: the browser then fetches its sheets anew.
    stamp: int = 0

    @rx.event
    @policy(permission=SEAL)
    def show(self, is_open: bool) -> None:
        """Open or close the form."""
        self.is_open, self.wrong_field, self.wrong_reason = bool(is_open), "", ""

    @rx.event
    @policy(permission=SEAL)
    async def save(self, location_id: str, form: dict[str, Any]) -> EventSpec | None:
        """Take the passphrase that was typed twice."""
        typed, again = form.get("passphrase"), form.get("passphrase_again")
        try:
            if not isinstance(typed, str) or typed != again:
                raise InvalidField("passphrase_again", N_("The two passphrases are not the same."))
            place = await ask(place_of, location_id=id_from("location_id", location_id))
            key = await run_password(key_from, typed)
            await ask(keep_key, place=place, key=key, now=utc_now())
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self.is_open, self.wrong_field, self.wrong_reason = False, "", ""
        self.stamp += 1
        return say("success", N_("The passphrase is set. Browsers fetch the new sheet within minutes."))
