"""A shared computer: it locks, opens with a PIN where it was used today, and is handed over; guessing ends soon."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotSignedIn, PinBlocked, TooManyAttempts, WrongPin
from app.services.accounts import attempts, locking, passwords, pins
from app.services.accounts.locking import lock, locked_desk, unlock
from app.services.accounts.sessions import SignedIn, principal_of, sign_in
from models.accounts import Role, User
from models.clinics import Clinic
from models.records import AuditEvent
from tests.accounts import PASSWORD, make_user
from tests.builders import NOW, building, make_clinic

pytestmark = pytest.mark.database

PIN, OTHER_PIN = "4071", "92635"


@dataclass(frozen=True)
class Desk:
    """One computer at a desk, with whoever signed in there."""

    clinic: Clinic
    browser: str
    address: str

    def enter(self, login: str, *, now=NOW, browser: str | None = None) -> SignedIn:
        where = self.browser if browser is None else browser
        return sign_in(login=login, password=PASSWORD, now=now, address=self.address, browser=where)

    def unlock(self, token: str, who: SignedIn, pin: str, *, now=NOW, browser: str | None = None) -> SignedIn:
        where = self.browser if browser is None else browser
        return unlock(token, browser=where, user_id=who.user_id, pin=pin, now=now)


@pytest.fixture(scope="module")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def desk(database: object) -> Desk:
    with building() as session:
        return Desk(make_clinic(session), f"browser {uuid4()}", f"address {uuid4()}")


@pytest.fixture
def person(desk: Desk, password_hash: str):
    """Make somebody of the desk's clinic, with a PIN unless it is empty, and sign them in at the desk."""

    def make(pin: str = PIN, *, clinic: Clinic | None = None, now=NOW) -> SignedIn:
        with building() as session:
            login = make_user(session, clinic or desk.clinic, password_hash=password_hash, role=Role.RECEPTIONIST)
        entered = desk.enter(login, now=now)
        if pin:
            pins.set_pin(entered.principal, password=PASSWORD, pin=pin, now=now)
        return entered

    return make


def names(desk: Desk, token: str, *, now=NOW, browser: str | None = None) -> list[UUID]:
    return [one.id for one in locked_desk(token, browser=browser or desk.browser, now=now)]


def test_a_locked_session_is_nobody_s(person) -> None:
    robin = person()
    assert lock(robin.token, now=NOW)
    assert principal_of(robin.token, now=NOW) is None


def test_locking_twice_changes_nothing(desk: Desk, person) -> None:
    robin = person()
    assert lock(robin.token, now=NOW)
    assert lock(robin.token, now=NOW)
    assert actions(desk).count("lock") == 1


def test_whoever_locked_it_goes_on_in_the_same_session(desk: Desk, person) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    opened = desk.unlock(robin.token, robin, PIN)
    assert opened.token == robin.token
    assert principal_of(robin.token, now=NOW) == opened


def test_somebody_else_gets_a_session_of_their_own_and_the_former_ends(desk: Desk, person) -> None:
    alex, robin = person(OTHER_PIN), person()
    lock(robin.token, now=NOW)
    opened = desk.unlock(robin.token, alex, OTHER_PIN)
    assert (opened.user_id, opened.token == robin.token) == (alex.user_id, False)
    assert principal_of(opened.token, now=NOW) == opened
    assert principal_of(robin.token, now=NOW) is None
    with pytest.raises(NotSignedIn):
        desk.unlock(robin.token, robin, PIN)
    assert "hand-over" in actions(desk)


def test_the_former_person_comes_back_with_a_pin(desk: Desk, person) -> None:
    alex, robin = person(OTHER_PIN), person()
    lock(robin.token, now=NOW)
    handed = desk.unlock(robin.token, alex, OTHER_PIN)
    lock(handed.token, now=NOW)
    assert desk.unlock(handed.token, robin, PIN).user_id == robin.user_id


def test_a_pin_opens_nothing_that_is_not_locked(desk: Desk, person) -> None:
    robin = person()
    with pytest.raises(NotSignedIn):
        desk.unlock(robin.token, robin, PIN)
    with pytest.raises(NotSignedIn):
        desk.unlock("", robin, PIN)


def test_a_pin_counts_in_the_browser_of_the_session_only(desk: Desk, person) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    for browser in ("", "another browser"):
        with pytest.raises(NotSignedIn):
            desk.unlock(robin.token, robin, PIN, browser=browser)


def test_a_pin_counts_while_the_session_lives(desk: Desk, person) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    with pytest.raises(NotSignedIn):
        desk.unlock(robin.token, robin, PIN, now=NOW + timedelta(minutes=15))


def test_the_lock_names_who_signed_in_here_today_with_a_pin_and_nobody_else(desk: Desk, person, password_hash) -> None:
    alex, without, robin = person(OTHER_PIN), person(""), person()
    with building() as session:
        login = make_user(session, desk.clinic, password_hash=password_hash)
    elsewhere = desk.enter(login, browser="elsewhere")
    pins.set_pin(elsewhere.principal, password=PASSWORD, pin=PIN, now=NOW)
    lock(robin.token, now=NOW)
    assert set(names(desk, robin.token)) == {alex.user_id, robin.user_id}
    for stranger in (without, elsewhere):
        with pytest.raises(WrongPin):
            desk.unlock(robin.token, stranger, PIN)


def test_the_day_of_the_clinic_ends_the_list(desk: Desk, person) -> None:
    # 23:50 and 0:05 of the clinic's clocks: twenty minutes apart and not the same day.
    late = NOW.replace(hour=22, minute=50)
    alex, robin = person(OTHER_PIN, now=late), person(now=late + timedelta(minutes=2))
    lock(robin.token, now=late + timedelta(minutes=5))
    assert set(names(desk, robin.token, now=late + timedelta(minutes=6))) == {alex.user_id, robin.user_id}
    assert names(desk, robin.token, now=late + timedelta(minutes=12)) == [robin.user_id]


def test_another_clinic_s_people_are_not_on_the_list(desk: Desk, person) -> None:
    with building() as session:
        other = make_clinic(session)
    stranger, robin = person(OTHER_PIN, clinic=other), person()
    lock(robin.token, now=NOW)
    assert names(desk, robin.token) == [robin.user_id]
    with pytest.raises(WrongPin):
        desk.unlock(robin.token, stranger, OTHER_PIN)


def test_guessing_a_pin_ends_after_five(desk: Desk, person) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    for guess in range(5):
        with pytest.raises(WrongPin):
            desk.unlock(robin.token, robin, f"88{guess}1")
    with pytest.raises(PinBlocked):
        desk.unlock(robin.token, robin, PIN)


def test_guessing_goes_on_when_nobody_counts(desk: Desk, person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "count_pin", lambda *_args, **_more: None)
    robin = person()
    lock(robin.token, now=NOW)
    for guess in range(20):
        with pytest.raises(WrongPin):
            desk.unlock(robin.token, robin, f"88{guess:02}")
    assert desk.unlock(robin.token, robin, PIN).user_id == robin.user_id


def test_the_password_forgives_the_wrong_pins(desk: Desk, person, password_hash: str) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    for _ in range(5):
        with pytest.raises(WrongPin):
            desk.unlock(robin.token, robin, "8812")
    with building() as session:
        login = session.get_one(User, robin.user_id).login
    again = desk.enter(login)
    lock(again.token, now=NOW)
    assert desk.unlock(again.token, robin, PIN).token == again.token


def test_nobody_and_somebody_without_a_pin_cost_the_same_work(desk: Desk, person, monkeypatch) -> None:
    robin, without = person(), person("")
    lock(robin.token, now=NOW)
    asked: list[str] = []
    monkeypatch.setattr(locking, "is_right", lambda pin, password_hash: asked.append(pin) or False)
    for one in (robin.user_id, without.user_id, uuid4()):
        with pytest.raises(WrongPin):
            unlock(robin.token, browser=desk.browser, user_id=one, pin="8812", now=NOW)
    assert len(asked) == 3


def test_every_step_is_in_the_audit_log(desk: Desk, person) -> None:
    robin = person()
    lock(robin.token, now=NOW)
    with pytest.raises(WrongPin):
        desk.unlock(robin.token, robin, "8812")
    desk.unlock(robin.token, robin, PIN)
    assert actions(desk) == ["sign-in", "set-pin", "lock", "refuse-pin", "unlock"]


@pytest.mark.parametrize(
    "pin", ["", "123", "123456789", "12a4", "1234", "9876", "7890", "1111", "1212", "2027", "١٢٣٥"]
)
def test_a_trivial_pin_is_refused(pin: str) -> None:
    with pytest.raises(InvalidField):
        pins.require_good_pin(pin)


@pytest.mark.parametrize("pin", ["4071", "92635", "80412976"])
def test_a_good_pin_is_taken(pin: str) -> None:
    pins.require_good_pin(pin)


def test_a_pin_is_set_with_the_password_only(person) -> None:
    robin = person("")
    with pytest.raises(InvalidField):
        pins.set_pin(robin.principal, password="not it", pin=PIN, now=NOW)
    with building() as session:
        assert session.get_one(User, robin.user_id).pin_hash is None
    pins.set_pin(robin.principal, password=PASSWORD, pin=PIN, now=NOW)
    with building() as session:
        kept = session.get_one(User, robin.user_id).pin_hash
    assert kept is not None
    assert kept.startswith("$argon2id$")


def test_the_password_cannot_be_guessed_through_the_pin(person) -> None:
    robin = person("")
    for _ in range(10):
        with pytest.raises(InvalidField):
            pins.set_pin(robin.principal, password="not it", pin=PIN, now=NOW)
    with pytest.raises(TooManyAttempts):
        pins.set_pin(robin.principal, password=PASSWORD, pin=PIN, now=NOW)


def actions(desk: Desk) -> list[str]:
    with building() as session:
        wanted = select(AuditEvent).where(AuditEvent.clinic_id == desk.clinic.id)
        return [event.action for event in sorted(session.exec(wanted), key=lambda one: one.id)]
