"""Real scheduler processes: two copies, one paused and resumed, killed, stopped, and without a database."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg
import pytest

from app.services.clock import utc_now
from app.settings import ROOT
from tests.scheduler.world import World, make_world

pytestmark = [pytest.mark.usefixtures("database", "valkey"), pytest.mark.long]

HOLDS = 12


@contextmanager
def copy_running(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one copy with short intervals; it is killed at the end if it still runs."""
    quick = {"HOLDFAST_SWEEP_SECONDS": "1", "HOLDFAST_OUTBOX_SECONDS": "1", "HOLDFAST_OUTBOX_LEASE_SECONDS": "3"}
    # A paused copy may stand in the middle of a transaction.
    quick["HOLDFAST_IDLE_TIMEOUT_MS"] = "5000"
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler"], cwd=ROOT, env={**os.environ, **quick, **environment}
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()


def until(question: Callable[[], bool], *, seconds: float = 600.0) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


def stopped(process: subprocess.Popen[bytes]) -> float:
    """Ask for the end and return the seconds until it came."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    return time.monotonic() - began


def is_worked_off(world: World) -> bool:
    due = "SELECT 1 FROM outbox_events WHERE clinic_id = %(clinic_id)s AND state = 'ready' AND not_before <= now()"
    over = "SELECT 1 FROM appointments WHERE clinic_id = %(clinic_id)s AND status = 'pending'"
    return not world.ask(due) and not world.ask(over)


def require_told_and_freed_once(world: World, *, booked: int, expired: int) -> None:
    ((taken,),) = world.ask("SELECT sum(current_bookings) FROM slots WHERE clinic_id = %(clinic_id)s")
    ((live,),) = world.ask("SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s AND live")
    ((expiries,),) = world.ask(
        "SELECT count(*) FROM audit_events WHERE clinic_id = %(clinic_id)s AND action = 'expire'"
    )
    assert (taken, live, expiries) == (booked, booked, expired)
    ids = [message_id for _, _, message_id in world.messages()]
    assert (len(ids), len(set(ids))) == (booked, booked)


def add_work(world: World, numbers: range) -> None:
    for number in numbers:
        if number % 2:
            world.book(number)
        else:
            world.hold(number, now=utc_now() - timedelta(minutes=20))


def test_two_copies_of_which_one_is_paused_and_resumed_change_nothing() -> None:
    world = make_world(slots=3 * HOLDS)
    add_work(world, range(HOLDS))
    with copy_running() as first, copy_running() as second:
        until(lambda: bool(world.messages()))
        first.send_signal(signal.SIGSTOP)
        add_work(world, range(HOLDS, 2 * HOLDS))
        # Whatever the paused copy had leased is the other's once the lease has run out.
        until(lambda: is_worked_off(world))
        first.send_signal(signal.SIGCONT)
        add_work(world, range(2 * HOLDS, 3 * HOLDS))
        until(lambda: is_worked_off(world))
        time.sleep(2)
        require_told_and_freed_once(world, booked=18, expired=18)
        assert max(stopped(first), stopped(second)) < 20


def test_what_a_killed_copy_had_leased_the_next_one_takes_up() -> None:
    world = make_world(slots=2 * HOLDS)
    add_work(world, range(2 * HOLDS))
    with copy_running() as first:
        until(lambda: bool(world.messages()))
        first.kill()
    with copy_running():
        until(lambda: is_worked_off(world))
    require_told_and_freed_once(world, booked=12, expired=12)


def test_a_copy_outlives_its_database_and_goes_on_when_it_is_back() -> None:
    world = make_world()
    world.book(0)
    with door() as (port, opened):
        url = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_WORKER_URL"])
        elsewhere = f"postgresql://{url['user']}:{url['password']}@127.0.0.1:{port}/{url['dbname']}"
        with copy_running(DATABASE_WORKER_URL=elsewhere) as process:
            time.sleep(4)
            assert process.poll() is None
            assert world.messages() == []
            opened.set()
            until(lambda: is_worked_off(world))
            opened.clear()
            world.book(1)
            time.sleep(3)
            assert process.poll() is None
            opened.set()
            until(lambda: is_worked_off(world))
            assert stopped(process) < 20
    require_told_and_freed_once(world, booked=2, expired=0)


@contextmanager
def door() -> Iterator[tuple[int, threading.Event]]:
    """A way to the database that is shut until the event is set; shutting it cuts every connection."""
    target = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_WORKER_URL"])
    address = (str(target["host"]), int(str(target["port"])))
    opened = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_let_in, args=(listener, address, opened), daemon=True).start()
        yield listener.getsockname()[1], opened


def _let_in(listener: socket.socket, address: tuple[str, int], opened: threading.Event) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            if not opened.is_set():
                near.close()
                continue
            far = socket.create_connection(address)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(source, sink, opened), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, opened: threading.Event) -> None:
    source.settimeout(0.2)
    with suppress(OSError):
        while opened.is_set():
            with suppress(TimeoutError):
                data = source.recv(65_536)
                if not data:
                    break
                sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
