"""The offline sheet: readable with the location's passphrase, and to nobody and nothing without it."""

import hashlib
import json
from base64 import b64decode
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import InvalidField, NotPermitted
from app.services.day.offline import ITERATIONS, bound_to, keep_key, key_from, sealed_sheets
from app.services.day.offline_page import offline_page
from models.accounts import Role
from models.clinics import Location
from models.db import transaction
from tests.builders import building, make_location, staff_of
from tests.services.closing_day import DAY, EVENING, ClosingDay, make_closing_day

pytestmark = pytest.mark.database

PASSPHRASE = "nine lamps over the quay"


@pytest.fixture
def day(database: object) -> ClosingDay:
    made = make_closing_day()
    made.visit("Zoë")
    return made


def set_key(day: ClosingDay, passphrase: str = PASSPHRASE) -> None:
    key = key_from(passphrase)
    with transaction(day.lead) as session:
        keep_key(session, day.lead, place=day.place, key=key, now=EVENING)


def sheets(day: ClosingDay, principal: Any = None) -> list[dict[str, Any]]:
    principal = principal or day.clerk
    with transaction(principal) as session:
        return sealed_sheets(session, principal, now=EVENING)


def opened(sheet: dict[str, Any], passphrase: str = PASSPHRASE, *, location: str = "") -> Any:
    """Open a sheet as the browser does it."""
    salt = b64decode(sheet["salt"])
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, sheet["iterations"])
    bound = bound_to(UUID(location or sheet["location"]), sheet["asOf"])
    return json.loads(AESGCM(key).decrypt(b64decode(sheet["nonce"]), b64decode(sheet["data"]), bound))


def test_the_passphrase_opens_today_and_tomorrow(day: ClosingDay) -> None:
    set_key(day)
    (sheet,) = sheets(day)
    today, tomorrow = opened(sheet)["days"]
    assert (today["day"], tomorrow["lines"]) == (DAY.isoformat(), [])
    assert today["lines"][0][:3] == ["09:00", "Dr Anna", "Zoë Example"]
    assert sheet["iterations"] == ITERATIONS >= 600_000


def test_nothing_of_a_patient_can_be_read_without_it(day: ClosingDay) -> None:
    set_key(day)
    (sheet,) = sheets(day)
    page = offline_page([sheet])
    for secret in ("Zoë", "Example", "1980-", "901820", "Dr Anna", PASSPHRASE):
        assert secret not in json.dumps(sheet, ensure_ascii=False)
        assert secret not in page
    with pytest.raises(InvalidTag):
        opened(sheet, "nine lamps over the quai")


def test_a_sheet_opens_for_its_own_location_and_moment_only(day: ClosingDay) -> None:
    set_key(day)
    (sheet,) = sheets(day)
    for changed in ({"location": str(UUID(int=1))}, {"asOf": "2031-01-01T00:00:00+00:00"}):
        with pytest.raises(InvalidTag):
            opened({**sheet, **changed})


def test_a_new_passphrase_replaces_the_old_one(day: ClosingDay) -> None:
    set_key(day)
    set_key(day, "another quiet passphrase")
    (sheet,) = sheets(day)
    with pytest.raises(InvalidTag):
        opened(sheet)
    assert opened(sheet, "another quiet passphrase")["days"]


def test_the_passphrase_itself_is_kept_nowhere_and_its_key_sealed(day: ClosingDay) -> None:
    set_key(day)
    with building() as session:
        sealed = session.get_one(Location, (day.clinic.id, day.place.id)).sheet_secret_sealed
    assert sealed is not None
    assert PASSPHRASE.encode() not in sealed
    assert b"salt" not in sealed


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "abababababababab"])
def test_a_weak_passphrase_is_refused(weak: str) -> None:
    with pytest.raises(InvalidField):
        key_from(weak)


def test_only_lead_staff_set_it(day: ClosingDay) -> None:
    key = key_from(PASSPHRASE)
    with pytest.raises(NotPermitted), transaction(day.clerk) as session:
        keep_key(session, day.clerk, place=day.place, key=key, now=EVENING)


def test_without_a_passphrase_or_another_site_s_desk_there_is_no_sheet(day: ClosingDay) -> None:
    assert sheets(day) == []
    set_key(day)
    with building() as session:
        other = make_location(session, clinic=day.clinic)
    assert sheets(day, staff_of(day.clinic, role=Role.NURSE, location_ids=frozenset({other.id}))) == []


def test_a_location_s_name_cannot_break_out_of_the_page(day: ClosingDay) -> None:
    set_key(day)
    (sheet,) = sheets(day)
    page = offline_page([{**sheet, "name": "</script><script>alert(1)</script>"}])
    assert "</script><script>alert" not in page
