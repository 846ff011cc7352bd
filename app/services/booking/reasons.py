"""The sentence with which staff answer for what the rules alone would refuse."""

from app.errors import InvalidField
from app.services.accounts.permissions import Permission, require
from app.words import N_
from models.principal import Principal

LONGEST_REASON = 200
SAY_WHY = N_("Say why, in at most 200 characters.")


def checked_reason(field: str, text: str) -> str:
    """Return the reason without blanks around it; raises InvalidField when it is empty or too long."""
    reason = text.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidField(field, SAY_WHY)
    return reason


def optional_reason(text: str) -> str | None:
    """Return the reason that staff gave without being asked to, None when they gave none; raises InvalidField."""
    return checked_reason("reason", text) if text.strip() else None


def checked_overbooking(principal: Principal, reason: str | None) -> str | None:
    """Return the reason to overbook, None when nobody wants to; raises NotPermitted and InvalidField."""
    if reason is None:
        return None
    require(principal, Permission.APPOINTMENTS_OVERBOOK)
    return checked_reason("overbook_reason", reason)
