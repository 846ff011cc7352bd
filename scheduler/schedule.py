"""What runs when. APScheduler is only the metronome: its jobs live in memory, its intervals are UTC.

Nothing relies on a tick: each one asks the database what is due, so a doubled, late or missed one changes
nothing, and any number of copies may tick at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.infra.metrics import count_job
from app.services.clock import utc_now
from app.settings import settings
from scheduler.jobs import (
    Stopping,
    Work,
    clean_up,
    fill_horizon,
    nightly,
    offer_places,
    sweep_holds,
    sweep_stored_documents,
    work_off_outbox,
)

# How often the nightly jobs ask whether this night's run is still to be done.
ASK_SECONDS = 600
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable."""

    name: str
    seconds: int
    work: Work


def timetable() -> tuple[Entry, ...]:
    """Return every job with its interval."""
    return (
        Entry("sweep", settings().sweep_seconds, sweep_holds),
        Entry("outbox", settings().outbox_seconds, work_off_outbox),
        Entry("waitlist", settings().waitlist_seconds, offer_places),
        Entry("horizon", ASK_SECONDS, nightly("horizon", fill_horizon)),
        Entry("clean-up", ASK_SECONDS, nightly("clean-up", clean_up)),
        Entry("documents", ASK_SECONDS, nightly("documents", sweep_stored_documents)),
    )


def metronome(is_stopping: Stopping) -> BackgroundScheduler:
    """Return the scheduler with every job, each due at once and then in its interval; not started."""
    entries = timetable()
    made = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(entries))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for entry in entries:
        made.add_job(
            _tick(entry, is_stopping),
            "interval",
            seconds=entry.seconds,
            id=entry.name,
            name=entry.name,
            next_run_time=utc_now(),
        )
    return made


def _tick(entry: Entry, is_stopping: Stopping) -> Callable[[], None]:
    def tick() -> None:
        if is_stopping():
            return
        try:
            count = entry.work(is_stopping)
        except Exception as failure:
            # The database may be away: the next tick tries again, nothing was lost.
            _log.warning("job failed", job=entry.name, error=type(failure).__name__)
            count_job(job=entry.name, outcome="failed")
            return
        count_job(job=entry.name, outcome="done")
        if count:
            _log.info("job done", job=entry.name, count=count)

    return tick
