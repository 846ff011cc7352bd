"""On which paper somebody prints: what they chose last, else what their clinic's country uses."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.errors import InvalidField
from app.services.patients.fields import habits_of
from app.services.preferences import prefer, preference
from app.words import N_
from models.principal import Principal

NAME = "prescription-paper"
# Where Letter is the paper in the drawer.
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "PA", "DO", "NI", "SV", "PR"})


class Paper(StrEnum):
    """A sheet's size."""

    A4 = "a4"
    LETTER = "letter"
    A5 = "a5"


def paper_of(session: Session, principal: Principal, *, now: datetime) -> Paper:
    """Return the paper to begin with."""
    kept = (preference(session, principal, name=NAME) or {}).get("paper")
    if kept in set(Paper):
        return Paper(kept)
    country = habits_of(session, principal.clinic_id, now=now).country
    return Paper.LETTER if country in LETTER_COUNTRIES else Paper.A4


def choose_paper(session: Session, principal: Principal, *, paper: str, now: datetime) -> Paper:
    """Keep what somebody prints on; raises InvalidField."""
    try:
        chosen = Paper(paper)
    except ValueError:
        raise InvalidField("paper", N_("This does not exist.")) from None
    prefer(session, principal, name=NAME, value={"paper": chosen.value}, now=now)
    return chosen
