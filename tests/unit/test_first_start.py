"""What the first start fills the database with, and that nothing is filled twice or over somebody's clinic."""

from pathlib import Path

import pytest

from app.cli import demonstration
from app.services.setup import first_clinic
from app.settings import Mode, settings


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was filled in, in order."""
    done: list[str] = []
    monkeypatch.setattr(first_clinic, "has_clinic", lambda: False)
    monkeypatch.setattr(demonstration, "load_demonstration", lambda: done.append("demonstration"))
    monkeypatch.setattr(demonstration, "make_empty", lambda: done.append("empty"))
    return done


@pytest.mark.parametrize(
    ("is_empty", "mode", "expected"),
    [
        (False, Mode.DEMONSTRATION, "demonstration"),
        (True, Mode.DEMONSTRATION, "empty"),
        (False, Mode.PRODUCTION, "empty"),
        (True, Mode.PRODUCTION, "empty"),
    ],
)
def test_a_new_database_is_filled_once(
    filled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_empty: bool, mode: Mode, expected: str
) -> None:
    monkeypatch.setattr(settings(), "mode", mode)
    for _ in range(2):
        demonstration.fill_once(tmp_path, empty=is_empty)
    assert filled == [expected]


def test_a_database_with_a_clinic_gets_no_demonstration_even_from_a_home_that_knows_nothing(
    filled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_clinic, "has_clinic", lambda: True)
    demonstration.fill_once(tmp_path, empty=False)
    assert filled == []
    # Without that question it would stand beside public logins.
    monkeypatch.setattr(first_clinic, "has_clinic", lambda: False)
    (tmp_path / "other").mkdir()
    demonstration.fill_once(tmp_path / "other", empty=False)
    assert filled == ["demonstration"]


def test_the_code_is_printed_while_there_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(first_clinic, "renew_code", lambda: "K7QX-2MDP-9RTA")
    demonstration.print_code()
    printed = capsys.readouterr().out
    assert "set-up code  K7QX-2MDP-9RTA" in printed
    assert f"http://localhost:{settings().port}/set-up" in printed
    monkeypatch.setattr(first_clinic, "renew_code", lambda: None)
    demonstration.print_code()
    assert capsys.readouterr().out == ""
