"""What a scrape of /metrics asks the database: read at most every few seconds a process, left out when it fails."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from threading import Lock
from typing import Any, Generic, TypeVar

from prometheus_client.core import GaugeMetricFamily, Metric

from app.infra import metrics
from app.infra.logging import log_failure
from app.services import directory
from app.services.accounts.permissions import Permission
from app.services.clock import utc_now
from app.services.reports import figures
from app.services.reports.figures import Outcomes, Queues, Share
from models.db import global_transaction, observe_statements, transaction
from models.principal import ActorKind, Principal

T = TypeVar("T")
FRESH_SECONDS, SLOW_SECONDS = 5, 300


@dataclass
class Reading(Generic[T]):
    """A figure of all clinics that is read again when it is older than `seconds`."""

    read: Callable[[], T]
    seconds: int
    value: T | None = None
    read_at: datetime | None = None

    def __post_init__(self) -> None:
        self.lock = Lock()

    def get(self) -> T | None:
        """Return the figure, None when it cannot be read now."""
        with self.lock:
            now = utc_now()
            if self.read_at is None or (now - self.read_at).total_seconds() >= self.seconds:
                self.value = self._read()
                self.read_at = now
            return self.value

    def _read(self) -> T | None:
        try:
            return self.read()
        except Exception as failure:
            # A scrape that fails would hide every other metric just when they are needed.
            log_failure("figure not read", failure)
            return None


def install() -> None:
    """Let this process's scrapes ask the database, and time its statements."""
    observe_statements(metrics.observe_statement)
    metrics.add_reader(_families)


def _families() -> Iterable[Metric]:
    yield from _of_connections(CONNECTIONS.get())
    yield from _of_queues(QUEUES.get())
    yield from _ratio("holdfast_confirmation_ratio", "Holds booked within 5 minutes, last hour.", CONFIRMATION.get())
    outcomes = OUTCOMES.get() or Outcomes()
    yield from _ratio("holdfast_cancellation_ratio", "Appointments cancelled, last 30 days.", outcomes.cancellation)
    yield from _ratio("holdfast_utilisation_ratio", "Bookable minutes taken, last 7 days.", outcomes.utilisation)
    yield from _ratio(
        "holdfast_patient_retention_ratio", "Patients seen 120 to 30 days ago who came back.", outcomes.retention
    )


def _of_connections(found: tuple[dict[str, int], int] | None) -> Iterable[Metric]:
    if found is None:
        return
    by_state, most = found
    family = GaugeMetricFamily("holdfast_db_connections", "Connections to the database.", labels=["state"])
    for state, count in by_state.items():
        family.add_metric([state], count)
    yield family
    yield GaugeMetricFamily("holdfast_db_connections_max", "Connections that it allows.", value=most)


def _of_queues(found: Queues | None) -> Iterable[Metric]:
    if found is None:
        return
    family = GaugeMetricFamily("holdfast_queue_depth", "Outbox rows that wait, or need a person.", labels=["queue"])
    family.add_metric(["outbox"], found.ready)
    family.add_metric(["dead"], found.dead)
    yield family
    yield GaugeMetricFamily(
        "holdfast_outbox_oldest_seconds", "How long the oldest due row waits.", value=found.oldest_seconds
    )


def _ratio(name: str, text: str, share: Share | None) -> Iterable[Metric]:
    if share is not None and share.ratio is not None:
        yield GaugeMetricFamily(name, text, value=share.ratio)


def _over_clinics(read: Any, nothing: T) -> T:
    with global_transaction() as session:
        clinics = directory.every_clinic(session)
    now, found = utc_now(), []
    for clinic_id in clinics:
        principal = Principal(clinic_id, ActorKind.SYSTEM, "metrics", frozenset({Permission.REPORTS_READ}))
        with transaction(principal) as session:
            found.append(read(session, principal, now=now))
    return reduce(add, found, nothing)


def _connections() -> tuple[dict[str, int], int]:
    with global_transaction() as session:
        return figures.connections(session)


CONNECTIONS = Reading(_connections, FRESH_SECONDS)
QUEUES = Reading(lambda: _over_clinics(figures.queues, Queues()), FRESH_SECONDS)
CONFIRMATION = Reading(lambda: _over_clinics(figures.confirmation, Share()), FRESH_SECONDS)
OUTCOMES = Reading(lambda: _over_clinics(figures.outcomes, Outcomes()), SLOW_SECONDS)
