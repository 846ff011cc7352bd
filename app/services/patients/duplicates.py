"""Who may be meant by a new file: somebody of the same birth date with a similar name, or of the same phone and name.

Asked before a patient is made, so that one person gets one file. It only warns: families share phones, and
twins a birth date.
"""

from datetime import date, datetime
from difflib import SequenceMatcher

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.fields import good_phone, habits_of
from app.services.patients.normalise import name_words
from app.services.patients.search import standing_in, views_of
from app.services.patients.tokens import find, wanted_tokens
from app.services.patients.views import PatientView
from models.principal import Principal

# So many people of one birth date are compared; a clinic of 500,000 has about 15.
MOST_COMPARED = 200
MOST_SHOWN = 5
# Of the letters of both names, in order: "Anna Muller" and "Ana Müller" agree in 0.95, "Ana" and "Eva" in 0.33.
SIMILAR = 0.8


def similar_patients(
    session: Session,
    principal: Principal,
    *,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str | None = None,
    now: datetime,
) -> list[PatientView]:
    """Return those who may be the same person, the likeliest first; the look is audited. Raises InvalidField."""
    require(principal, Permission.PATIENTS_READ)
    vault = vault_of(session, principal.clinic_id)
    country = habits_of(session, principal.clinic_id, now=now).country
    number = good_phone(phone, country=country) if phone else None
    words = name_words(f"{given_name} {family_name}")
    ids = {
        one
        for tokens in _ways(vault, birth_date=birth_date, phone=number)
        for one in find(session, principal.clinic_id, tokens=tokens, most=MOST_COMPARED)
    }
    candidates = views_of(session, principal, vault, ids=ids)
    alike = {one.id: one for one in candidates if is_similar(words, name_words(one.name.full))}
    shown = standing_in(session, principal, vault, alike.values())
    shown.sort(key=lambda one: (one.birth_date != birth_date, one.phone != number, str(one.id)))
    if shown:
        viewed(session, principal, object_kind="patient", ids=[one.id for one in shown[:MOST_SHOWN]], now=now)
    return shown[:MOST_SHOWN]


def is_similar(mine: list[str], other: list[str]) -> bool:
    """Tell whether two names may be one person's: in any order, a name left out, a letter or two different."""
    if not mine or not other:
        return False
    if set(mine) <= set(other) or set(other) <= set(mine):
        return True
    ours, theirs = (" ".join(sorted(words)) for words in (mine, other))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    # Each of the first two is a bound of the next, and cheaper.
    return all(ratio() >= SIMILAR for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _ways(vault: Vault, *, birth_date: date, phone: str | None) -> list[list[bytes]]:
    ways = [wanted_tokens(vault, birth_date=birth_date)]
    return [*ways, wanted_tokens(vault, phone=phone)] if phone else ways
