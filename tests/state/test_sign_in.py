"""Signing in and out over HTTP: cookie, generic refusal, attempts, revocation, and where each role begins."""

from collections.abc import Callable

import httpx
import pytest

from app.infra import cookies
from app.routes import HOME_OF_ROLE, local_path
from app.services.accounts import sessions
from app.services.clock import utc_now
from models.accounts import Role
from tests.state.conftest import PASSWORD, Worker

NAME = cookies.cookie_name(cookies.SESSION, secure=True)


def _post(worker: Worker, path: str, *, cookie: str = "", **form: str) -> httpx.Response:
    headers = {"Origin": worker.url} | ({"Cookie": cookie} if cookie else {})
    return httpx.post(f"{worker.url}{path}", data=form, headers=headers, follow_redirects=False)


def _token(answer: httpx.Response) -> str:
    lines = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{NAME}=")]
    return lines[0].split(";")[0].removeprefix(f"{NAME}=") if lines else ""


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_at_its_home(worker: Worker, staff: Callable[[Role], str], role: Role) -> None:
    answer = _post(worker, "/auth/sign-in", login=staff(role), password=PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["location"] == HOME_OF_ROLE[role.value]
    signed_in = sessions.principal_of(_token(answer), now=utc_now())
    assert signed_in is not None
    assert signed_in.role is role


def test_the_cookie_is_bound_to_host_and_hidden_from_pages(worker: Worker, staff: Callable[[Role], str]) -> None:
    answer = _post(worker, "/auth/sign-in", login=staff(Role.NURSE), password=PASSWORD)
    line = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(NAME))
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= {part.strip() for part in line.split(";")}
    assert "Domain" not in line
    assert answer.headers["cache-control"] == "no-store"


def test_wrong_password_and_unknown_login_look_alike(worker: Worker, staff: Callable[[Role], str]) -> None:
    wrong = _post(worker, "/auth/sign-in", login=staff(Role.MANAGER), password="wrong")
    unknown = _post(worker, "/auth/sign-in", login="nobody-at-all", password="wrong")
    empty = _post(worker, "/auth/sign-in")
    assert wrong.headers["location"] == unknown.headers["location"] == empty.headers["location"]
    assert "problem=refused" in wrong.headers["location"]
    assert not _token(wrong)
    assert not _token(unknown)


def test_guessing_is_stopped(worker: Worker) -> None:
    answers = [_post(worker, "/auth/sign-in", login="somebody", password=f"guess {n}") for n in range(14)]
    assert "problem=wait" in answers[-1].headers["location"]


def test_signing_out_revokes_the_session_and_clears_the_cookie(worker: Worker, staff: Callable[[Role], str]) -> None:
    token = _token(_post(worker, "/auth/sign-in", login=staff(Role.RECEPTIONIST), password=PASSWORD))
    answer = _post(worker, "/auth/sign-out", cookie=f"{NAME}={token}")
    assert answer.status_code == 303
    assert any("Max-Age=0" in line for line in answer.headers.get_list("set-cookie"))
    assert sessions.principal_of(token, now=utc_now()) is None


def test_after_signing_in_the_page_asked_for_is_loaded(worker: Worker, staff: Callable[[Role], str]) -> None:
    form = {"login": staff(Role.RECEPTIONIST), "password": PASSWORD}
    answer = _post(worker, "/auth/sign-in", next="/mail?day=2027-01-04", **form)
    assert answer.headers["location"] == "/mail?day=2027-01-04"


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x"])
def test_no_address_leads_to_another_site(worker: Worker, staff: Callable[[Role], str], path: str) -> None:
    form = {"login": staff(Role.RECEPTIONIST), "password": PASSWORD}
    answer = _post(worker, "/auth/sign-in", next=path, **form)
    assert answer.headers["location"] == HOME_OF_ROLE["receptionist"]
    assert local_path(path) == ""


def test_signing_in_is_a_post_only(worker: Worker) -> None:
    answer = httpx.get(f"{worker.url}/auth/sign-in", headers={"Origin": worker.url})
    assert answer.status_code in (404, 405)
