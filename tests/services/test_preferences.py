"""What a user keeps of how they like a page: their own only, small, and the same on any computer."""

from typing import Any

import pytest

from app.errors import InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.preferences.own import LARGEST_BYTES, MOST_NAMES, forget_preference, prefer, preference
from models.accounts import User
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.principal import Principal
from tests.builders import NOW, building, guest_of, job_of, make_clinic, staff_of

pytestmark = pytest.mark.database


@pytest.fixture
def clinic(database: DatabaseUrls) -> Clinic:
    """A clinic."""
    with building() as session:
        return make_clinic(session)


@pytest.fixture
def clerk(clinic: Clinic) -> Principal:
    """A receptionist with an account."""
    return somebody(clinic)


def somebody(clinic: Clinic) -> Principal:
    """Make an account and return its principal in the clinic."""
    user = User(login=f"user-{new_id()}", display_name="Robin", password_hash="-", created_at=NOW)
    with building() as session:
        session.add(user)
        session.flush()
        return staff_of(clinic, actor_id=str(user.id))


def kept(who: Principal, name: str = "board") -> dict[str, Any] | None:
    with transaction(who) as session:
        return preference(session, who, name=name)


def keep(who: Principal, value: dict[str, Any], name: str = "board") -> None:
    with transaction(who) as session:
        prefer(session, who, name=name, value=value, now=NOW)


def test_the_last_value_is_the_one_that_stands(clerk: Principal) -> None:
    assert kept(clerk) is None
    keep(clerk, {"zoom": 2.0, "hidden": ["a", "ü"]})
    keep(clerk, {"zoom": 3.0})
    keep(clerk, {"zoom": 3.0})
    assert kept(clerk) == {"zoom": 3.0}
    assert kept(clerk, "calendar") is None


def test_nobody_reads_or_changes_what_another_keeps(clinic: Clinic, clerk: Principal) -> None:
    keep(clerk, {"mine": True})
    colleague = somebody(clinic)
    assert kept(colleague) is None
    keep(colleague, {"mine": False})
    with transaction(colleague) as session:
        forget_preference(session, colleague, name="board")
    assert kept(clerk) == {"mine": True}


def test_the_same_user_keeps_each_clinics_settings_apart(clerk: Principal) -> None:
    keep(clerk, {"place": "here"})
    with building() as session:
        other = make_clinic(session)
    there = staff_of(other, actor_id=clerk.actor_id)
    assert kept(there) is None


def test_what_is_forgotten_is_gone(clerk: Principal) -> None:
    keep(clerk, {"a": 1})
    with transaction(clerk) as session:
        forget_preference(session, clerk, name="board")
    assert kept(clerk) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"text": "x" * LARGEST_BYTES}, id="large"),
        pytest.param({"text": "ü" * (LARGEST_BYTES // 2)}, id="large in bytes"),
        pytest.param({"number": float("nan")}, id="no number"),
        pytest.param({"text": "a\x00b"}, id="nul"),
        pytest.param({"text": "\ud800"}, id="half a character"),
        pytest.param({"thing": object()}, id="no json"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(clerk: Principal, value: dict[str, Any]) -> None:
    keep(clerk, {"a": 1})
    with pytest.raises(InvalidField) as refusal:
        keep(clerk, value)
    assert refusal.value.field == "value"
    assert kept(clerk) == {"a": 1}


def test_the_largest_value_that_fits_is_kept(clerk: Principal) -> None:
    around = len('{"t": ""}')
    keep(clerk, {"t": "x" * (LARGEST_BYTES - around)})
    assert kept(clerk) is not None


@pytest.mark.parametrize("name", ["", "Board", "a b", "x" * 41, "1", "a\n"])
def test_a_name_is_short_and_plain(clerk: Principal, name: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        keep(clerk, {}, name)
    assert refusal.value.field == "name"


def test_a_user_keeps_at_most_fifty_names_and_can_still_change_them(clerk: Principal) -> None:
    for number in range(MOST_NAMES):
        keep(clerk, {"n": number}, f"page-{number}")
    with pytest.raises(InvalidField, match="No more"):
        keep(clerk, {}, "one-more")
    keep(clerk, {"n": -1}, "page-7")
    assert kept(clerk, "page-7") == {"n": -1}
    assert kept(clerk, "one-more") is None


def test_guests_and_jobs_keep_nothing(clinic: Clinic) -> None:
    for who in (guest_of(clinic), job_of(clinic)):
        with pytest.raises(NotPermitted):
            keep(who, {})
        with pytest.raises(NotPermitted):
            kept(who)
