"""The supervisor: the dead come back, but not for ever; the end is in order; a killed launcher leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.infra.embedded.failure import StartFailure
from app.infra.processes.remains import MARK, carrying, stop_remains
from app.infra.processes.service import OwnProcess
from app.infra.processes.supervisor import DEATHS_ALLOWED, Supervisor
from app.settings import ROOT

SLEEPER = "import time; time.sleep(60)"
# A process with a child of its own, as the web server with its workers; the child ignores SIGTERM.
PARENT = (
    "import subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c',"
    " 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)']);"
    "print('ready', flush=True); time.sleep(60)"
)

# A signal that comes while Python runs a finaliser: what is raised there reaches nobody.
ASKED_IN_A_FINALISER = """
import os, signal
from app.infra.processes.supervisor import Stopped, Supervisor

class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

supervisor = Supervisor(say=print)
supervisor.listen()
Closing()
print("lost", flush=True)
try:
    supervisor.watch()
except Stopped:
    print("stopped", flush=True)
"""


class FakeService:
    """A service that notes what is done to it."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name = name
        self.notes = notes
        self.alive = False
        self.where = name

    def start(self) -> None:
        self.notes.append(f"start {self.name}")
        self.alive = True

    def stop(self) -> None:
        self.notes.append(f"stop {self.name}")
        self.alive = False

    def is_alive(self) -> bool:
        return self.alive

    def address(self) -> str:
        return self.where


def _supervisor(notes: list[str]) -> tuple[Supervisor, FakeService, FakeService]:
    supervisor = Supervisor(say=lambda line: None)
    first, second = FakeService("first", notes), FakeService("second", notes)
    supervisor.start(first)
    supervisor.start(second)
    notes.clear()
    return supervisor, first, second


def test_what_was_started_last_is_stopped_first() -> None:
    notes: list[str] = []
    supervisor, _, _ = _supervisor(notes)
    supervisor.stop()
    assert notes == ["stop second", "stop first"]


def test_a_dead_service_is_started_again_and_the_others_are_left_alone() -> None:
    notes: list[str] = []
    supervisor, first, _ = _supervisor(notes)
    first.alive = False
    supervisor.look()
    supervisor.look()
    assert notes == ["start first"]


def test_those_that_stand_on_a_service_are_told_its_new_address() -> None:
    notes: list[str] = []
    supervisor, first, _ = _supervisor(notes)
    first.alive = False

    def start_elsewhere() -> None:
        FakeService.start(first)
        first.where = "elsewhere"

    first.start = start_elsewhere  # type: ignore[method-assign]
    supervisor.look()
    assert notes == ["start first", "stop second", "start second"]


def test_a_service_that_keeps_dying_ends_the_run_with_a_sentence() -> None:
    supervisor, first, _ = _supervisor([])
    for _ in range(DEATHS_ALLOWED):
        first.alive = False
        supervisor.look()
    first.alive = False
    with pytest.raises(StartFailure, match="first ended 6 times within a minute"):
        supervisor.look()


def test_a_service_that_fails_to_stop_does_not_keep_the_others() -> None:
    notes: list[str] = []
    supervisor, _, second = _supervisor(notes)

    def fail() -> None:
        raise RuntimeError("stuck")

    second.stop = fail  # type: ignore[method-assign]
    supervisor.stop()
    assert notes == ["stop first"]


def test_a_signal_that_is_lost_in_a_finaliser_ends_the_run_all_the_same() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASKED_IN_A_FINALISER], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout.split() == ["lost", "stopped"]


def test_a_killed_process_takes_its_children_with_it_when_it_is_started_again(tmp_path: Path) -> None:
    process = _parent(tmp_path)
    process.start()
    child = _wait_for_child(process)
    assert process.process is not None
    os.kill(process.process.pid, signal.SIGKILL)
    process.process.wait()
    assert child.is_running()
    process.start()
    try:
        psutil.wait_procs([child], timeout=15)
        assert not child.is_running()
    finally:
        process.stop()


def test_stopping_ends_children_that_do_not_listen(tmp_path: Path) -> None:
    process = _parent(tmp_path)
    process.start()
    child = _wait_for_child(process)
    process.stop()
    psutil.wait_procs([child], timeout=15)
    assert not child.is_running()


def test_remains_of_a_run_are_found_by_their_mark_and_ended(tmp_path: Path) -> None:
    environment = {MARK: str(tmp_path), "PATH": os.environ["PATH"]}
    left = subprocess.Popen([sys.executable, "-c", SLEEPER], env=environment, start_new_session=True)
    other = subprocess.Popen([sys.executable, "-c", SLEEPER], env=environment | {MARK: "/another/home"})
    try:
        assert [process.pid for process in _eventually_carrying(tmp_path)] == [left.pid]
        assert stop_remains(tmp_path) == 1
        left.wait(2)
        assert other.poll() is None
    finally:
        for process in (left, other):
            process.kill()
            process.wait()


# What a launcher does, without servers: a guardian, and a process with a child that ignores SIGTERM.
LAUNCHER = """
import sys
from pathlib import Path
from app.infra.processes.guardian import Guardian
from app.infra.processes.remains import MARK
from app.infra.processes.service import OwnProcess
import os
home = Path(sys.argv[1])
guardian = Guardian(home)
{guard}
child = OwnProcess("child", [sys.executable, "-c", sys.argv[2]], cwd=home, log=home / "log",
                   environment=lambda: os.environ | {{MARK: str(home)}})
child.start()
import time
time.sleep(60)
"""


@pytest.mark.parametrize("guarded", [True, False])
def test_nothing_outlives_a_killed_launcher_and_without_the_guardian_a_grandchild_would(
    tmp_path: Path, guarded: bool
) -> None:
    code = LAUNCHER.format(guard="guardian.start()" if guarded else "")
    launcher = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), PARENT],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    try:
        _eventually_carrying(tmp_path, number=2)
        launcher.kill()
        launcher.wait()
        deadline = time.monotonic() + (30 if guarded else 5)
        while (left := carrying(MARK, home=tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.1)
        # The guardian had its time; a grandchild without one stays.
        assert bool(left) is not guarded
    finally:
        stop_remains(tmp_path)


def _parent(folder: Path) -> OwnProcess:
    return OwnProcess(
        "parent",
        [sys.executable, "-c", PARENT],
        cwd=folder,
        log=folder / "parent.log",
        environment=lambda: os.environ,
    )


def _wait_for_child(process: OwnProcess) -> psutil.Process:
    assert process.process is not None
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if children := psutil.Process(process.process.pid).children():
            return children[0]
        time.sleep(0.02)
    raise AssertionError("no child")


def _eventually_carrying(home: Path, *, number: int = 1) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if len(found := carrying(MARK, home=home)) >= number:
            return found
        time.sleep(0.05)
    raise AssertionError(f"fewer than {number} marked processes")
