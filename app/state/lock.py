"""Setting one's own PIN, which opens a locked computer (app/components/lock)."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.infra.executor import run_password
from app.services.accounts.pins import set_pin
from app.services.clock import utc_now
from app.state.base import PageState, acting, policy, refused, say
from app.state.parse import text_from
from app.words import N_

# What the form calls the field that the service calls `password`.
FORM_FIELD = "pin_password"


class LockState(PageState):
    """The form in which people set their PIN; what they type is never kept."""

    is_open: bool = False
    wrong_field: str = ""
    wrong_reason: str = ""

    @rx.event
    @policy(signed_in=True)
    def show(self, is_open: bool) -> None:
        """Open or close the form."""
        self.is_open, self.wrong_field, self.wrong_reason = bool(is_open), "", ""

    @rx.event
    @policy(signed_in=True)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Keep the PIN that was typed twice."""
        pin, password = text_from(form.get("pin")), form.get(FORM_FIELD)
        self.wrong_field, self.wrong_reason = "", ""
        try:
            if pin != text_from(form.get("pin_again")):
                raise InvalidField("pin_again", N_("The two PINs are not the same."))
            given = password if isinstance(password, str) else ""
            await run_password(set_pin, acting(), password=given, pin=pin, now=utc_now())
        except InvalidField as error:
            field = FORM_FIELD if error.field == "password" else error.field
            self.wrong_field, self.wrong_reason = field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self.is_open = False
        return say("success", N_("Your PIN is set. It opens this computer when it is locked."))
