"""A stranger at the websocket gets nothing; the control shows what he gets without the guard."""

import hashlib
from collections.abc import Callable

import httpx

from app.infra import cookies
from app.services.accounts import sessions
from app.services.clock import utc_now
from models.accounts import Role
from tests.state.conftest import Worker
from tests.state.probe_app import STATE
from tests.state.raw_socket import ROOT, RawSocket, scripts, value

SessionOf = Callable[[Role], str]


def _cookie(session: str = "", browser: str = "a-browser") -> str:
    pairs = {cookies.SESSION: session, cookies.BROWSER: browser}
    named = {cookies.cookie_name(base, secure=True): text for base, text in pairs.items() if text}
    return "; ".join(f"{name}={text}" for name, text in named.items())


def _open(worker: Worker, *, session: str = "", browser: str = "a-browser", token: str = "") -> RawSocket:
    return RawSocket(worker.url, origin=worker.url, cookie=_cookie(session, browser), token=token)


def test_a_handler_without_policy_is_refused(worker: Worker, session_of: SessionOf) -> None:
    with _open(worker, session=session_of(Role.ADMINISTRATOR)) as socket:
        socket.hydrate()
        answer = socket.call(f"{STATE}.forgotten")
    assert value(answer, "count") is None
    assert "This is not possible." in scripts(answer)


def test_a_handler_without_policy_runs_when_the_guard_is_off(unguarded: Worker) -> None:
    with _open(unguarded) as socket:
        socket.hydrate()
        assert value(socket.call(f"{STATE}.forgotten"), "count") == 1


def test_a_setter_cannot_be_reached_past_its_policy(worker: Worker) -> None:
    with _open(worker) as socket:
        socket.hydrate()
        answer = socket.call(f"{STATE}.setvar", var_name="count", value=99)
    assert value(answer, "count") is None


def test_a_setter_is_reached_past_its_policy_when_the_guard_is_off(unguarded: Worker) -> None:
    with _open(unguarded) as socket:
        socket.hydrate()
        assert value(socket.call(f"{STATE}.setvar", var_name="count", value=99), "count") == 99


def test_without_a_session_a_permitted_handler_leads_to_the_sign_in_page(worker: Worker) -> None:
    with _open(worker) as socket:
        socket.hydrate()
        answer = socket.call(f"{STATE}.for_the_desk")
    assert value(answer, "count") is None
    assert "/sign-in" in scripts(answer)


def test_an_invented_session_is_no_session(worker: Worker) -> None:
    with _open(worker, session="x" * 43) as socket:
        socket.hydrate()
        assert value(socket.call(f"{STATE}.for_the_desk"), "count") is None


def test_a_role_does_what_it_may_and_nothing_more(worker: Worker, session_of: SessionOf) -> None:
    with _open(worker, session=session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate()
        allowed = socket.call(f"{STATE}.for_the_desk")
        refused = socket.call(f"{STATE}.for_administrators")
    assert value(allowed, "count") == 1
    assert str(value(allowed, "seen")).startswith("user:")
    assert value(refused, "count") is None
    assert "Your role does not permit this." in scripts(refused)


def test_signing_out_ends_what_an_open_page_may_do(worker: Worker, session_of: SessionOf) -> None:
    token = session_of(Role.RECEPTIONIST)
    with _open(worker, session=token) as socket:
        socket.hydrate()
        assert value(socket.call(f"{STATE}.for_the_desk"), "count") == 1
        sessions.sign_out(token, now=utc_now())
        # The guard may know an answer for two seconds; the owner of this page state stays the same.
        socket.listen(2.2)
        answer = socket.call(f"{STATE}.for_the_desk")
    assert value(answer, "count") is None
    assert "/sign-in" in scripts(answer)


def test_signing_out_holds_at_once_in_the_worker_that_did_it(worker: Worker, session_of: SessionOf) -> None:
    token = session_of(Role.RECEPTIONIST)
    with _open(worker, session=token) as socket:
        socket.hydrate()
        assert value(socket.call(f"{STATE}.for_the_desk"), "count") == 1
        headers = {"Origin": worker.url, "Cookie": _cookie(token)}
        assert httpx.post(f"{worker.url}/auth/sign-out", headers=headers).status_code == 303
        answer = socket.call(f"{STATE}.for_the_desk")
    assert value(answer, "count") is None
    assert "/sign-in" in scripts(answer)


def test_page_state_is_wiped_when_another_browser_brings_its_token(worker: Worker) -> None:
    with _open(worker, browser="first") as first:
        first.hydrate()
        assert value(first.call(f"{STATE}.remember", note="CANARY"), "note") == "CANARY"
    with _open(worker, browser="second", token=first.token) as second:
        assert "CANARY" not in str(second.hydrate())


def test_page_state_is_handed_over_when_the_guard_is_off(unguarded: Worker) -> None:
    with _open(unguarded, browser="first") as first:
        first.hydrate()
        first.call(f"{STATE}.remember", note="CANARY")
    with _open(unguarded, browser="second", token=first.token) as second:
        assert "CANARY" in str(second.hydrate())


def test_another_browser_cannot_act_on_page_state_without_loading_the_page(worker: Worker) -> None:
    with _open(worker, browser="first") as first:
        first.hydrate()
        first.call(f"{STATE}.remember", note="CANARY")
    with _open(worker, browser="second", token=first.token) as second:
        answer = second.call(f"{STATE}.anybody")
    assert "CANARY" not in str(answer)
    assert "reload" in scripts(answer)


def test_a_page_of_the_staff_sends_a_stranger_to_the_sign_in_page(worker: Worker) -> None:
    with _open(worker) as socket:
        answer = socket.hydrate("/for-staff-only")
    assert answer["delta"] == {}
    assert "/sign-in" in scripts(answer)


def test_the_session_token_never_reaches_the_browser(worker: Worker, session_of: SessionOf) -> None:
    token = session_of(Role.RECEPTIONIST)
    with _open(worker, session=token) as socket:
        sent = str(socket.hydrate())
    owner = hashlib.sha256(f"{token}\na-browser".encode()).hexdigest()
    assert token not in sent
    assert owner not in sent
    assert "A receptionist" in sent


def test_a_failure_shows_a_number_and_nothing_else(worker: Worker) -> None:
    with _open(worker) as socket:
        socket.hydrate()
        answer = socket.call(f"{STATE}.fail")
    assert "Something went wrong on our side." in scripts(answer)
    assert "CANARY" not in str(answer)


def test_an_unknown_handler_changes_nothing(worker: Worker) -> None:
    with _open(worker) as socket:
        socket.hydrate()
        answer = socket.call(f"{ROOT}.no_such_handler")
    assert value(answer, "count") is None
