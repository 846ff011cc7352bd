"""Kill each process of the clinic in turn while somebody books: it recovers, and nothing acknowledged is lost."""

import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.launcher.booker import SCOPES, Booker
from tests.running_clinic import RunningClinic

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

VICTIMS = ("guardian", "scheduler", "web-worker-0", "web", "valkey", "postgres-backend", "postgres", "launcher")
GONE_WITHIN_SECONDS = 5.0
# Of `yardstick`: ten seconds of two cores where nothing else runs.
WORK_OF_A_LATER_START = 30


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    clinic = RunningClinic(tmp_path_factory.mktemp("killed") / "home")
    clinic.start()
    yield clinic
    clinic.stop()


@pytest.fixture(scope="module")
def credentials(clinic: RunningClinic) -> dict[str, str]:
    answer = clinic.command("api-client", "create", "kill-test", "--scope", SCOPES)
    assert answer.returncode == 0, answer.stderr
    return dict(line.split("=", 1) for line in answer.stdout.split())


@pytest.mark.parametrize("victim", VICTIMS)
def test_every_acknowledged_appointment_is_there_after_a_kill(
    clinic: RunningClinic, credentials: dict[str, str], victim: str
) -> None:
    booker = Booker(clinic.url, **credentials)
    booker.start()
    booker.wait_for_more(3)
    _victim(clinic, victim).kill()
    if victim == "launcher":
        _nothing_runs_soon(clinic)
        clinic.start()
    booker.wait_for_more(3)
    booker.stop()
    # And the hard way down and up again, whatever was killed before.
    before = _kill_launcher(clinic)
    clinic.start()
    assert _alive(before) == []
    assert _lost(clinic, booker.acknowledged) == []


def _victim(clinic: RunningClinic, name: str) -> psutil.Process:
    processes = clinic.processes()
    if name != "postgres-backend":
        return processes[name]
    backends = processes["postgres"].children()
    serving = [backend for backend in backends if "holdfast_app" in " ".join(backend.cmdline())]
    return serving[0]


def _kill_launcher(clinic: RunningClinic) -> list[psutil.Process]:
    before = clinic.everything_below()
    assert clinic.launcher is not None
    clinic.launcher.kill()
    clinic.launcher.wait()
    return before


def _nothing_runs_soon(clinic: RunningClinic) -> None:
    assert clinic.launcher is not None
    clinic.launcher.wait()
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while time.monotonic() < deadline and clinic.left_running():
        time.sleep(0.05)
    assert clinic.left_running() == []


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def _lost(clinic: RunningClinic, acknowledged: list[str]) -> list[str]:
    assert len(acknowledged) >= 6
    with clinic.connect() as database:
        rows = database.execute(
            "SELECT id::text FROM appointments WHERE status = 'booked' AND id = ANY(%s::uuid[])", (acknowledged,)
        ).fetchall()
    return sorted(set(acknowledged) - {row[0] for row in rows})


def test_sigterm_stops_everything_in_order_within_ten_seconds(clinic: RunningClinic) -> None:
    below = clinic.everything_below()
    assert clinic.stop(signal.SIGTERM) < 10
    assert clinic.launcher is not None
    assert clinic.launcher.returncode == 0
    assert _alive(below) == []
    log = (clinic.home / "logs" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    clinic.start()


def test_ctrl_c_does_the_same(clinic: RunningClinic) -> None:
    below = clinic.everything_below()
    assert clinic.stop(signal.SIGINT) < 10
    assert _alive(below) == []
    clinic.start()


def yardstick() -> float:
    """Return the processor seconds that a fixed piece of work takes here and now."""
    begun = time.process_time()
    sum(one * one for one in range(10_000_000))
    return time.process_time() - begun


def test_a_later_start_makes_nothing_anew_and_is_little_work(clinic: RunningClinic) -> None:
    clinic.stop()
    before = yardstick()
    clinic.start()
    said = clinic.output.read_text()
    assert "Building" not in said
    assert "Making" not in said
    assert "Loading" not in said
    # Work, not time: beside other programs a core does less in each of its seconds.
    assert clinic.processor_seconds() < WORK_OF_A_LATER_START * (before + yardstick()) / 2


def test_a_second_up_in_the_same_folder_and_one_on_the_same_port_are_refused_in_a_sentence(
    clinic: RunningClinic, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = clinic.command("up", "--port", "1")
    assert again.returncode == 1
    assert "already runs in this folder" in again.stderr
    other = RunningClinic(tmp_path_factory.mktemp("other") / "home", port=clinic.port)
    refused = other.command("up", "--port", str(clinic.port))
    assert refused.returncode == 1
    assert "is taken by another program" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_no_child_of_ours_can_become_the_databases_owner(clinic: RunningClinic) -> None:
    processes = clinic.processes()
    for name in ("web", "web-worker-0", "scheduler"):
        environment = processes[name].environ()
        assert "DATABASE_OWNER_URL" not in environment
        assert "holdfast_owner" not in str(environment)
