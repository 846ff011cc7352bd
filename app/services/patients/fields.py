"""What may stand in a patient's fields; every refusal names its field."""

import re
import unicodedata
from datetime import date, datetime
from typing import LiteralString, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField
from app.services.patients.normalise import digits_of, name_words, normal_phone
from app.words import N_
from models.db import first_row

LONGEST_NAME = 100
LONGEST_ADDRESS = 300
LONGEST_HISTORY = 20_000
LONGEST_EMAIL = 254
FEWEST_DIGITS, MOST_DIGITS = 5, 15
OLDEST_YEARS = 130
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]+\.[^\s@.<>()\[\],;:\\\"]{2,}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
PHONE_SIGNS = frozenset(" \u00a0\u202f-‐‑–./()+")
# Joiners belong to Persian and Indic spelling; other invisible signs only disguise.
JOINERS = frozenset("\u200c\u200d")
LINE_ENDS = frozenset("\n\r\t")
TOO_LONG = N_("This text is too long.")
CLINIC: LiteralString = "SELECT country, timezone, language FROM clinics WHERE id = %(clinic_id)s"


class Habits(NamedTuple):
    """What a clinic takes for granted: the country of its phone numbers, today's date, its language."""

    country: str
    today: date
    language: str


def habits_of(session: Session, clinic_id: UUID, *, now: datetime) -> Habits:
    """Return the clinic's habits at this moment."""
    found = first_row(session, CLINIC, {"clinic_id": clinic_id})
    country, zone, language = found or ("", "UTC", "en")
    return Habits(country=country, today=now.astimezone(ZoneInfo(zone)).date(), language=language)


def good_name(field: str, text: str) -> str:
    """Return a given or family name in one spelling; raises InvalidField when too long or not printable."""
    name = " ".join(_visible(field, text, allowed=frozenset()).split())
    if len(name) > LONGEST_NAME:
        raise InvalidField(field, TOO_LONG)
    return name


def good_line(field: str, text: str, *, longest: int = LONGEST_NAME) -> str | None:
    """Return a short text of one line, None when empty; raises InvalidField when too long or not printable."""
    line = " ".join(_visible(field, text, allowed=frozenset()).split())
    if len(line) > longest:
        raise InvalidField(field, TOO_LONG)
    return line or None


def require_a_name(given_name: str, family_name: str) -> None:
    """Raise InvalidField unless there is a letter to find the patient by; one name of two is enough."""
    if not name_words(f"{given_name} {family_name}"):
        raise InvalidField("family_name", N_("Give a name."))


def good_birth_date(value: date, *, today: date) -> date:
    """Return the birth date; raises InvalidField when it lies in the future or too far back."""
    if value > today:
        raise InvalidField("birth_date", N_("The birth date lies in the future."))
    if value.year < today.year - OLDEST_YEARS:
        raise InvalidField("birth_date", N_("The birth date lies more than 130 years back."))
    return value


def good_phone(text: str, *, country: str) -> str | None:
    """Return the phone number in one spelling, None when empty."""
    if not text.strip():
        return None
    strange = any(sign not in PHONE_SIGNS and unicodedata.decimal(sign, None) is None for sign in text.strip())
    count = len(digits_of(text))
    if strange or not FEWEST_DIGITS <= count <= MOST_DIGITS + 2:
        raise InvalidField("phone", N_("This is not a phone number."))
    return normal_phone(text, country=country)


def good_email(text: str) -> str | None:
    """Return the e-mail address, None when empty."""
    text = unicodedata.normalize("NFKC", text.strip())
    if not text:
        return None
    if len(text) > LONGEST_EMAIL or not EMAIL.fullmatch(text) or not text.isprintable():
        raise InvalidField("email", N_("This is not an e-mail address."))
    return text


def good_text(field: str, text: str, *, longest: int) -> str | None:
    """Return a free text of several lines, None when empty."""
    text = _visible(field, text, allowed=LINE_ENDS).strip()
    if len(text) > longest:
        raise InvalidField(field, TOO_LONG)
    return text or None


def good_language(text: str) -> str:
    """Return a language tag such as `de` or `pt-BR`."""
    if not LANGUAGE.fullmatch(text):
        raise InvalidField("language", N_("Give a language such as en, de or pt-BR."))
    return text


def _visible(field: str, text: str, *, allowed: frozenset[str]) -> str:
    if len(text) > LONGEST_HISTORY:
        raise InvalidField(field, TOO_LONG)
    text = unicodedata.normalize("NFC", text)
    kept = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cs", "Cn", "Co") and sign not in allowed:
            raise InvalidField(field, N_("This text holds characters that cannot be written."))
        if kind != "Cf" or sign in JOINERS:
            kept.append(sign)
    return "".join(kept)
