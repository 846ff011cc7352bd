"""The clinic itself: its name and phone, where and in which money it works, when a shared computer locks."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

from babel.numbers import get_currency_precision, list_currencies
from sqlmodel import Session

from app.errors import InvalidField, NotFound
from app.services.accounts.permissions import Permission
from app.services.catalogue import checks
from app.services.catalogue.checks import Limit
from app.services.catalogue.editing import done, lock_settings, require_everywhere, require_seen, version_of
from app.services.schedules.effect import Outcome
from app.words import N_
from models.db import execute, first_row
from models.principal import Principal

LOCK_AFTER = Limit(0, 60, N_("A computer locks after 1 to 60 minutes; 0 is never."))
READ: LiteralString = """
SELECT name, phone, language, timezone, country, currency, lock_minutes FROM clinics WHERE id = %(clinic_id)s::uuid
"""
WRITE: LiteralString = """
UPDATE clinics SET name = %(name)s, phone = %(phone)s, language = %(language)s, timezone = %(timezone)s,
       country = %(country)s, currency = %(currency)s, lock_minutes = %(lock_minutes)s
 WHERE id = %(clinic_id)s::uuid
"""
# The figures that people read stay: 25.00 in another money is 25.00, whatever its minor units are.
PRICES: LiteralString = """
UPDATE services SET currency = %(currency)s, price_amount = round(price_amount * power(10::numeric, %(shift)s::int))
 WHERE clinic_id = %(clinic_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class ClinicFields:
    """What an administrator sets of the clinic."""

    name: str
    phone: str
    language: str
    timezone: str
    country: str
    currency: str
    lock_minutes: int

    @property
    def version(self) -> str:
        """What a change says that it has seen."""
        return version_of(self)


def read_clinic(session: Session, principal: Principal) -> ClinicFields:
    """Return the clinic's settings; raises NotPermitted."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    found = first_row(session, READ, {"clinic_id": principal.clinic_id})
    if found is None:
        raise NotFound
    return ClinicFields(*found)


def change_clinic(
    session: Session, principal: Principal, *, fields: ClinicFields, version: str, now: datetime
) -> Outcome:
    """Set all of it; services take the currency, with the same figures. Raises InvalidField, StaleVersion."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = _checked(fields)
    lock_settings(session, principal.clinic_id)
    before = read_clinic(session, principal)
    require_seen(before, version)
    execute(session, WRITE, {"clinic_id": principal.clinic_id, **asdict(wanted)})
    if wanted.currency != before.currency:
        shift = get_currency_precision(wanted.currency) - get_currency_precision(before.currency)
        execute(session, PRICES, {"clinic_id": principal.clinic_id, "currency": wanted.currency, "shift": shift})
    changed = [name for name, value in asdict(wanted).items() if value != getattr(before, name)]
    return done(
        session,
        principal,
        action="change",
        kind="clinic",
        entry_id=principal.clinic_id,
        detail={"fields": changed},
        now=now,
    )


def _checked(fields: ClinicFields) -> ClinicFields:
    if fields.currency not in list_currencies():
        raise InvalidField("currency", N_("Give the currency's three letters, for example EUR."))
    return ClinicFields(
        name=checks.name(fields.name),
        phone=checks.text("phone", fields.phone, longest=40),
        language=checks.language(fields.language),
        timezone=checks.zone(fields.timezone),
        country=checks.country(fields.country),
        currency=fields.currency,
        lock_minutes=checks.within("lock_minutes", fields.lock_minutes, LOCK_AFTER),
    )
