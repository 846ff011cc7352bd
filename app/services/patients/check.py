"""From the values a caller gives to the text that is sealed; every refusal names its field."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.errors import InvalidField
from app.services.patients import fields
from app.services.patients.fields import Habits
from app.services.patients.sealing import SEALED
from app.words import N_
from models.patients import Verification

# What is stored as it is: a flag, a link to another patient.
PLAIN = frozenset({"needs_interpreter", "guardian_id"})
CHANGEABLE = frozenset({*SEALED, *PLAIN, "language", "verification"})
NEVER_EMPTY = frozenset({"given_name", "family_name", "birth_date", "verification", "needs_interpreter"})


def checked(values: Mapping[str, Any], *, habits: Habits) -> dict[str, Any]:
    """Return the values as they are stored, text as text; raises InvalidField, naming the field."""
    unknown = sorted(set(values) - CHANGEABLE)
    if unknown:
        raise InvalidField(unknown[0], "A patient has no such field that can be changed.")
    return {name: _checked(name, value, habits=habits) for name, value in values.items()}


def _checked(name: str, value: Any, *, habits: Habits) -> str | bool | UUID | None:
    if value is None and name in NEVER_EMPTY:
        raise InvalidField(name, N_("This field cannot be left out."))
    if value is None:
        return None
    if name == "birth_date":
        return fields.good_birth_date(value, today=habits.today).isoformat()
    if name == "verification":
        return _verification(value)
    if name in PLAIN:
        return _plain(name, value)
    return _checked_text(name, value, habits=habits)


def _checked_text(name: str, value: str, *, habits: Habits) -> str | None:
    match name:
        case "given_name" | "family_name":
            return fields.good_name(name, value)
        case "phone":
            return fields.good_phone(value, country=habits.country)
        case "email":
            return fields.good_email(value)
        case "language":
            return fields.good_language(value)
        case "address" | "alert":
            return fields.good_text(name, value, longest=fields.LONGEST_ADDRESS)
        case "insurer" | "member_number" | "external_number":
            return fields.good_line(name, value)
        case _:
            return fields.good_text(name, value, longest=fields.LONGEST_HISTORY)


def _plain(name: str, value: Any) -> bool | UUID:
    if not isinstance(value, bool if name == "needs_interpreter" else UUID):
        raise InvalidField(name, N_("This value cannot be used here."))
    return value


def _verification(value: str) -> Verification:
    try:
        return Verification(value)
    except ValueError:
        raise InvalidField("verification", "A patient is verified or unverified.") from None
