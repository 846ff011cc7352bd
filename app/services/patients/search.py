"""Find patients by keyed tokens, equality only; at most 50 candidates are opened, and the list is audited."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import InvalidField
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.fields import good_email, good_phone, habits_of
from app.services.patients.normalise import (
    digits_of,
    name_words,
    normal_number,
    normal_phone,
    possible_dates,
)
from app.services.patients.tokens import LAST_DIGITS, MOST_CANDIDATES, find, wanted_tokens
from app.services.patients.views import PatientView, view_of
from app.words import N_
from models.patients import Patient
from models.principal import Principal

LONGEST_QUERY = 200
MOST_WORDS = 8
SHORTEST_NUMBER = 4
TYPE_AHEAD_ROWS = 12


@dataclass(frozen=True, slots=True)
class Found:
    """Patients by name; `is_complete` is False when there are more, and the search should be narrowed."""

    items: list[PatientView]
    is_complete: bool


def search(
    session: Session,
    principal: Principal,
    *,
    name: str | None = None,
    birth_date: date | None = None,
    phone: str | None = None,
    email: str | None = None,
    now: datetime,
) -> Found:
    """Return the patients that match every given criterion; raises InvalidField when none is given.

    A name matches by the beginnings of its words in any order; four digits match the end of a phone number.
    """
    require(principal, Permission.PATIENTS_READ)
    words = _words(name)
    vault = vault_of(session, principal.clinic_id)
    country = habits_of(session, principal.clinic_id, now=now).country
    end = digits_of(phone or "")
    is_end = len(end) == LAST_DIGITS
    tokens = wanted_tokens(
        vault,
        words=words,
        birth_date=birth_date,
        phone=good_phone(phone, country=country) if phone and not is_end else None,
        phone_end=end if is_end else None,
        email=good_email(email) if email else None,
    )
    if not tokens:
        raise InvalidField("name", N_("Give a name, a birth date, a phone number or an e-mail address."))
    found = _open(session, principal, vault, tokens=tokens, words=words)
    viewed(session, principal, object_kind="patient", ids=[one.id for one in found.items], now=now)
    return found


def type_ahead(session: Session, principal: Principal, *, text: str, now: datetime) -> list[PatientView]:
    """Return a few patients for what somebody has typed so far: a name, a birth date, a phone or member number, e-mail.

    Too little to search by (one or two letters of a longer name, three digits) gives an empty list.
    """
    require(principal, Permission.PATIENTS_READ)
    text = text.strip()[:LONGEST_QUERY]
    vault = vault_of(session, principal.clinic_id)
    country = habits_of(session, principal.clinic_id, now=now).country
    items: dict[UUID, PatientView] = {}
    for tokens, words in _readings(vault, text, country=country):
        found = _open(session, principal, vault, tokens=tokens, words=words)
        items |= {one.id: one for one in found.items}
    shown = sorted(items.values(), key=_by_name)[:TYPE_AHEAD_ROWS]
    if shown:
        viewed(session, principal, object_kind="patient", ids=[one.id for one in shown], now=now)
    return shown


def _readings(vault: Vault, text: str, *, country: str) -> list[tuple[list[bytes], list[str]]]:
    """Return every way to read the text, as the tokens to find and the name's words to check."""
    if "@" in text:
        return [(wanted_tokens(vault, email=text), [])]
    return _plain_readings(vault, text, country=country) + _number_reading(vault, text)


def _number_reading(vault: Vault, text: str) -> list[tuple[list[bytes], list[str]]]:
    number = normal_number(text)
    is_number = len(number) >= SHORTEST_NUMBER and any(sign.isdigit() for sign in number)
    if not is_number:
        return []
    return [(wanted_tokens(vault, member_number=number), []), (wanted_tokens(vault, external_number=number), [])]


def _plain_readings(vault: Vault, text: str, *, country: str) -> list[tuple[list[bytes], list[str]]]:
    dates, names = _split(text)
    if dates:
        words = _words(names)
        return [(wanted_tokens(vault, words=words, birth_date=day), words) for day in dates]
    digits = digits_of(text)
    if digits and not name_words("".join(sign for sign in text if not sign.isdigit())):
        return _phone_readings(vault, text, digits=digits, country=country)
    words = _words(text)
    return [(wanted_tokens(vault, words=words), words)] if words else []


def _phone_readings(vault: Vault, text: str, *, digits: str, country: str) -> list[tuple[list[bytes], list[str]]]:
    if len(digits) < LAST_DIGITS:
        return []
    if len(digits) == LAST_DIGITS:
        return [(wanted_tokens(vault, phone_end=digits), [])]
    return [(wanted_tokens(vault, phone=normal_phone(text, country=country)), [])]


def _split(text: str) -> tuple[list[date], str]:
    """Take a birth date off the beginning or the end of a text, the rest being a name."""
    parts = text.split()
    for taken in (3, 1):
        for date_text, rest in ((parts[-taken:], parts[:-taken]), (parts[:taken], parts[taken:])):
            dates = possible_dates(" ".join(date_text)) if len(parts) >= taken else []
            if dates:
                return dates, " ".join(rest)
    return [], text


def _open(session: Session, principal: Principal, vault: Vault, *, tokens: list[bytes], words: list[str]) -> Found:
    ids = find(session, principal.clinic_id, tokens=tokens)
    found = [view for view in views_of(session, principal, vault, ids=ids) if _has_words(view, words)]
    items = sorted(standing_in(session, principal, vault, found), key=_by_name)
    return Found(items=items, is_complete=len(ids) < MOST_CANDIDATES)


def views_of(session: Session, principal: Principal, vault: Vault, *, ids: Collection[UUID]) -> list[PatientView]:
    """Open the rows of some patients, in no order."""
    if not ids:
        return []
    wanted = select(Patient).where(Patient.clinic_id == principal.clinic_id, col(Patient.id).in_(ids))
    return [view_of(vault, patient) for patient in session.exec(wanted)]


def standing_in(
    session: Session, principal: Principal, vault: Vault, found: Iterable[PatientView]
) -> list[PatientView]:
    """Put in the place of each merged file the one that stands for it: it is found by its old name all the same."""
    kept = {view.id: view for view in found}
    wanted = {view.merged_into_id for view in kept.values() if view.merged_into_id} - kept.keys()
    kept |= {view.id: view for view in views_of(session, principal, vault, ids=wanted)}
    return [view for view in kept.values() if view.merged_into_id is None]


def _has_words(view: PatientView, words: list[str]) -> bool:
    # A token holds eight letters at most: the rest of a long word is compared here.
    own = name_words(view.name.full)
    return all(any(word.startswith(wanted) for word in own) for wanted in words)


def _words(name: str | None) -> list[str]:
    if name is not None and len(name) > LONGEST_QUERY:
        raise InvalidField("name", f"A search may have at most {LONGEST_QUERY} characters.")
    return name_words(name or "")[:MOST_WORDS]


def _by_name(view: PatientView) -> tuple[list[str], list[str], str]:
    return name_words(view.family_name), name_words(view.given_name), str(view.id)
