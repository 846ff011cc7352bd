"""Which failures `./holdfast test` tries once more, and that a try which fails again is a failure."""

from pathlib import Path

import pytest

from app.cli import test as command

BROWSER = "tests/e2e/test_board.py::test_a_drag"
SOCKET = "tests/state/test_guard.py::test_a_handler"
ENGINE = "tests/concurrency/test_places.py::test_one_winner"


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        ([BROWSER, SOCKET], [BROWSER, SOCKET]),
        ([ENGINE], []),
        ([BROWSER, ENGINE], []),
        ([f"{BROWSER}[{number}]" for number in range(command.MOST_TRIED_TWICE + 1)], []),
    ],
)
def test_a_few_at_the_browser_are_tried_again_and_nothing_of_the_engine(failed: list[str], again: list[str]) -> None:
    assert command.second_tries(failed) == again


@pytest.mark.parametrize(("passes_at", "has_passed"), [(1, True), (2, True), (3, False)])
def test_two_failures_are_a_failure_and_an_unsteady_test_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    passes_at: int,
    has_passed: bool,
) -> None:
    unsteady = tmp_path / "test_unsteady.py"
    unsteady.write_text(
        "import pytest\n"
        "from pathlib import Path\n"
        "def test_it():\n"
        f"    tries = Path({str(tmp_path / 'tries')!r})\n"
        "    tries.write_text(tries.read_text() + '1' if tries.exists() else '1')\n"
        f"    assert len(tries.read_text()) >= {passes_at}\n"
    )
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "TRIED_TWICE", ("test_unsteady.py",))
    # Its own folders: those of the run around it are in use.
    apart = {"PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    assert command._pytest(["test_unsteady.py"], environment=apart) is has_passed
    told = {
        1: "1 passed",
        2: "Unsteady, failed and then passed: test_unsteady.py::test_it\n",
        3: "Failed twice: test_unsteady.py::test_it\n",
    }
    assert told[passes_at] in capfd.readouterr().out
