"""`./holdfast user` and `./holdfast api-client`: what they print works, what they refuse is one sentence."""

import io

import pytest

from app.cli.__main__ import main
from app.errors import NotSignedIn
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.tokens import issue, verify
from app.services.clock import utc_now
from models.base import new_id
from models.clinics import Clinic
from tests.accounts import enter
from tests.builders import building, make_clinic

pytestmark = pytest.mark.database
PASSWORD = "a long password here"


@pytest.fixture
def clinic(database: DatabaseUrls, valkey: str) -> Clinic:
    with building() as session:
        return make_clinic(session)


def command(clinic: Clinic, name: str, *arguments: str) -> int:
    return main([name, "--clinic", clinic.host_name, *arguments])


def add_user(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> str:
    login = f"user-{new_id()}"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert command(clinic, "user", "create", login, "--role", "manager", "--name", "Robin") == 0
    return login


def test_a_client_made_here_gets_a_token(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(clinic, "api-client", "create", "Laboratory", "--scope", "slots:read patients:read") == 0
    lines = capsys.readouterr().out.splitlines()
    made = dict(line.split("=", 1) for line in lines)
    assert list(made) == ["client_id", "client_secret"]
    token = issue(**made, now=utc_now()).access_token
    assert verify(token, now=utc_now()).permissions == {"slots:read", "patients:read"}
    assert command(clinic, "api-client", "revoke", made["client_id"]) == 0
    with pytest.raises(NotSignedIn):
        verify(token, now=utc_now())
    capsys.readouterr()
    assert command(clinic, "api-client", "list") == 0
    listed = capsys.readouterr().out
    assert "(revoked)" in listed
    assert made["client_secret"] not in listed


def test_a_login_made_here_signs_in_until_it_is_ended(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    login = add_user(clinic, monkeypatch)
    assert enter((clinic, login), password=PASSWORD).display_name == "Robin"
    monkeypatch.setattr("sys.stdin", io.StringIO("another long password\n"))
    assert command(clinic, "user", "password", login) == 0
    assert enter((clinic, login), password="another long password").role.value == "manager"
    assert command(clinic, "user", "deactivate", login) == 0
    with pytest.raises(NotSignedIn):
        enter((clinic, login), password="another long password")


def test_the_list_names_login_role_and_state(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    login = add_user(clinic, monkeypatch)
    command(clinic, "user", "deactivate", login)
    capsys.readouterr()
    assert command(clinic, "user", "list") == 0
    assert capsys.readouterr().out.split() == [login, "manager", "Robin", "(ended)"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("api-client", "create", "Greedy", "--scope", "users:write"), "Unknown scope users:write"),
        (("api-client", "revoke", str(new_id())), "no such API client"),
        (("user", "deactivate", "nobody"), "no such account"),
        (("user", "create", "x", "--role", "nurse"), "A login has 3 to 64"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert command(clinic, *arguments) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line
