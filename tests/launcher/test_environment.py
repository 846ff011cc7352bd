"""The environment: made once a lock, never half, and each failure one sentence."""

from pathlib import Path

import pytest

from app.cli import environment


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    lock = tmp_path / "requirements.lock"
    lock.write_text("")
    return lock


def _pretend(monkeypatch: pytest.MonkeyPatch, *, fails: str = "") -> list[str]:
    done: list[str] = []

    def create(venv: Path) -> None:
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(environment.sys.executable)
        done.append("create")

    def install(venv: Path, *, lock: Path) -> None:
        done.append("install")
        if fails:
            raise environment.NoEnvironment(fails)

    monkeypatch.setattr(environment, "create", create)
    monkeypatch.setattr(environment, "install", install)
    return done


def test_a_second_start_with_the_same_lock_does_nothing(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _pretend(monkeypatch)
    environment.ensure(venv=tmp_path / ".venv", lock=lock)
    environment.ensure(venv=tmp_path / ".venv", lock=lock)
    assert done == ["create", "install"]


def test_a_changed_lock_is_installed_into_the_same_environment(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _pretend(monkeypatch)
    environment.ensure(venv=tmp_path / ".venv", lock=lock)
    lock.write_text("changed")
    environment.ensure(venv=tmp_path / ".venv", lock=lock)
    assert done == ["create", "install", "install"]


def test_a_failed_first_build_leaves_nothing(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch, fails="no network")
    with pytest.raises(environment.NoEnvironment):
        environment.ensure(venv=tmp_path / ".venv", lock=lock)
    assert not (tmp_path / ".venv").exists()


def test_an_interrupted_build_is_made_anew(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = tmp_path / ".venv"
    half.mkdir()
    (half / environment.BUILDING).touch()
    (half / "half-made").touch()
    done = _pretend(monkeypatch)
    environment.ensure(venv=half, lock=lock)
    assert done == ["create", "install"]
    assert not (half / "half-made").exists()


def test_the_development_lock_serves_both_stamps(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch)
    (tmp_path / "requirements-dev.lock").write_text("more")
    environment.ensure(venv=tmp_path / ".venv", lock=tmp_path / "requirements-dev.lock")
    assert environment.is_current(venv=tmp_path / ".venv", lock=lock)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("urllib3 NewConnectionError: Failed to establish", "registry cannot be reached"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "differs from the one"),
        ("something else", "pip failed"),
    ],
)
def test_each_failure_is_one_sentence(words: str, sentence: str) -> None:
    said = environment.explain(words, fallback="pip failed")
    assert sentence in said
    assert said.count(".") == 1
