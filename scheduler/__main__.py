"""The scheduler process: `python -m scheduler`. Any number of copies may run; SIGTERM ends one within seconds."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

import structlog

from app.infra.logging import configure
from models.db import DatabaseRole, engine
from scheduler.schedule import metronome

# What is still running then is left: its lease runs out and another copy takes it up.
PATIENCE_SECONDS = 6.0
_log = structlog.get_logger("scheduler")


def main() -> int:
    """Run the timetable until a signal asks for the end."""
    configure()
    # APScheduler tells every tick; that a tick of a running job is skipped is what we want of it.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # No role may stand in for another: without the worker's URL this raises at once.
    engine(DatabaseRole.WORKER)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler = metronome(stopping.is_set)
    scheduler.start()
    _log.info("scheduler started")
    stopping.wait()
    ended = threading.Thread(target=scheduler.shutdown, daemon=True)
    ended.start()
    ended.join(PATIENCE_SECONDS)
    _log.info("scheduler stopped", outcome="left work to others" if ended.is_alive() else "in order")
    sys.stderr.flush()
    # Threads that are stuck in a network call must not keep the process: the pool waits for them at exit.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
