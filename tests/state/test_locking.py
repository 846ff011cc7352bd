"""A locked computer, spoken to by hand: no handler, no page state, no API; a PIN from our own pages opens it."""

import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from app.infra import cookies
from app.services.accounts import locking, pins, sessions
from app.services.clock import utc_now
from models.accounts import Role
from tests.state.conftest import PASSWORD, Worker
from tests.state.probe_app import STATE
from tests.state.raw_socket import RawSocket, scripts, value

PIN, OTHER_PIN = "4071", "92635"
SESSION = cookies.cookie_name(cookies.SESSION, secure=True)
BROWSER = cookies.cookie_name(cookies.BROWSER, secure=True)


class Computer:
    """One browser of the worker, with its own id."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.jar = {BROWSER: f"browser-{uuid4()}"}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={text}" for name, text in self.jar.items())

    def post(self, path: str, *, origin: str | None = None, **form: str) -> httpx.Response:
        headers = {"Origin": self.worker.url if origin is None else origin, "Cookie": self.cookie}
        answer = httpx.post(f"{self.worker.url}{path}", data=form, headers=headers)
        for line in answer.headers.get_list("set-cookie"):
            name, _, text = line.split(";")[0].partition("=")
            self.jar[name] = text
        return answer

    def enter(self, login: str, *, pin: str = "") -> sessions.SignedIn:
        self.post("/auth/sign-in", login=login, password=PASSWORD)
        entered = sessions.principal_of(self.jar[SESSION], now=utc_now())
        assert entered is not None
        if pin:
            pins.set_pin(entered.principal, password=PASSWORD, pin=pin, now=utc_now())
        return entered

    def socket(self, token: str = "") -> RawSocket:
        return RawSocket(self.worker.url, origin=self.worker.url, cookie=self.cookie, token=token)


@pytest.fixture
def computer(worker: Worker) -> Computer:
    return Computer(worker)


def test_a_locked_session_calls_no_handler(computer: Computer, staff: Callable[[Role], str]) -> None:
    computer.enter(staff(Role.RECEPTIONIST))
    with computer.socket() as socket:
        socket.hydrate("/board")
        assert value(socket.call(f"{STATE}.for_the_desk", path="/board"), "count") == 1
        computer.post("/auth/lock")
        refused = socket.call(f"{STATE}.for_the_desk", path="/board")
        assert refused["delta"] == {}
        assert "holdfast.lock" in scripts(refused)
        # What anybody may do on a public page is refused too where a page of the staff stands.
        assert value(socket.call(f"{STATE}.anybody", path="/board"), "count") is None


def test_a_reload_of_a_locked_page_sends_nothing_of_it(computer: Computer, staff: Callable[[Role], str]) -> None:
    computer.enter(staff(Role.RECEPTIONIST))
    with computer.socket() as socket:
        socket.hydrate("/board")
        socket.call(f"{STATE}.remember", path="/board", note="a patient's name")
        token = socket.token
    computer.post("/auth/lock")
    with computer.socket(token) as socket:
        answer = socket.hydrate("/board")
        assert answer["delta"] == {}
        assert "holdfast.lock" in scripts(answer)
    with computer.socket(token) as socket:
        # Nor does a public address in the same tab.
        assert value(socket.hydrate("/sign-in"), "note") == ""


def test_the_api_refuses_a_locked_session(computer: Computer, staff: Callable[[Role], str]) -> None:
    computer.enter(staff(Role.RECEPTIONIST))
    ask = {"url": f"{computer.worker.url}/api/v1/waitlist", "headers": {"Cookie": computer.cookie}}
    assert httpx.get(**ask).status_code == 200
    computer.post("/auth/lock")
    refused = httpx.get(**ask)
    assert (refused.status_code, refused.json()["code"]) == (401, "session-locked")


def test_the_same_person_goes_on_with_the_page_as_it_was(computer: Computer, staff: Callable[[Role], str]) -> None:
    robin = computer.enter(staff(Role.RECEPTIONIST), pin=PIN)
    with computer.socket() as socket:
        socket.hydrate("/board")
        socket.call(f"{STATE}.remember", path="/board", note="half a sentence")
        token = socket.token
    people = computer.post("/auth/lock").json()["people"]
    assert [(one["id"], one["isCurrent"]) for one in people] == [(str(robin.user_id), True)]
    assert computer.post("/auth/unlock", person=str(robin.user_id), pin=PIN).status_code == 200
    with computer.socket(token) as socket:
        assert value(socket.hydrate("/board"), "note") == "half a sentence"


def test_what_belonged_to_the_former_person_is_gone_after_a_handover(
    computer: Computer, staff: Callable[[Role], str]
) -> None:
    alex = computer.enter(staff(Role.NURSE), pin=OTHER_PIN)
    robin = computer.enter(staff(Role.RECEPTIONIST), pin=PIN)
    with computer.socket() as socket:
        socket.hydrate("/board")
        socket.call(f"{STATE}.remember", path="/board", note="half a sentence")
        token, former = socket.token, computer.jar[SESSION]
    computer.post("/auth/lock")
    answer = computer.post("/auth/unlock", person=str(alex.user_id), pin=OTHER_PIN)
    assert answer.json() == {"person": str(alex.user_id)}
    assert computer.jar[SESSION] != former
    assert sessions.session_of(former, now=utc_now()) is None
    with computer.socket(token) as socket:
        page = socket.hydrate("/board")
        assert value(page, "note") == ""
        assert value(page, "display_name") == alex.display_name != robin.display_name


def test_only_our_own_pages_lock_and_unlock(computer: Computer, staff: Callable[[Role], str]) -> None:
    robin = computer.enter(staff(Role.RECEPTIONIST), pin=PIN)
    assert computer.post("/auth/lock", origin="https://evil.example").status_code == 403
    assert sessions.principal_of(computer.jar[SESSION], now=utc_now()) is not None
    computer.post("/auth/lock")
    person = str(robin.user_id)
    assert computer.post("/auth/unlock", origin="https://evil.example", person=person, pin=PIN).status_code == 403
    assert sessions.principal_of(computer.jar[SESSION], now=utc_now()) is None


def test_nobody_locks_or_unlocks_without_a_session(computer: Computer) -> None:
    assert computer.post("/auth/lock").status_code == 401
    assert computer.post("/auth/unlock", person=str(uuid4()), pin=PIN).status_code == 401
    assert computer.post("/auth/unlock", person="nobody", pin=PIN).status_code == 403


def test_the_password_opens_too_and_ends_the_locked_session(computer: Computer, staff: Callable[[Role], str]) -> None:
    computer.enter(staff(Role.RECEPTIONIST))
    locked = computer.jar[SESSION]
    computer.post("/auth/lock")
    computer.enter(staff(Role.NURSE))
    assert sessions.session_of(locked, now=utc_now()) is None


def test_a_lock_in_another_worker_holds_within_the_cache_s_time(
    computer: Computer, staff: Callable[[Role], str]
) -> None:
    computer.enter(staff(Role.RECEPTIONIST))
    with computer.socket() as socket:
        socket.hydrate("/board")
        # Not through this worker, as another one would: it is not told.
        locking.lock(computer.jar[SESSION], now=utc_now())
        deadline = time.monotonic() + 10
        while value(socket.call(f"{STATE}.for_the_desk", path="/board"), "count") is not None:
            assert time.monotonic() < deadline
    assert sessions.principal_of(computer.jar[SESSION], now=utc_now()) is None
