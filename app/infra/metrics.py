"""Every metric of the product, shared by all its processes through files (prometheus_client's multiprocess mode).

    with booking("hold") as told: answer = ...; told("pending")
    count_cache(layer="process", key="services", result="hit")
    text = exposition()                                     # all processes together, for GET /metrics

The folder is chosen before prometheus_client is first imported, because it looks at the environment only then.
No label holds an id of a person. What is read from the database at a scrape is registered with `add_reader`.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from app.settings import settings

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
os.environ.setdefault(FOLDER_VARIABLE, str(settings().home / "metrics"))
Path(os.environ[FOLDER_VARIABLE]).mkdir(parents=True, exist_ok=True)

import psutil  # noqa: E402
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess  # noqa: E402
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
QUERY_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

BOOKING_SECONDS = Histogram(
    "holdfast_booking_seconds", "A booking verb from call to answer.", ["operation", "outcome"], buckets=SECONDS
)
HOLDS = Counter("holdfast_holds", "Holds by outcome: pending, repeated, or the refusal's code.", ["outcome"])
APPOINTMENTS = Counter("holdfast_appointments", "Appointments by the status that they reached.", ["status"])
QUERY = Histogram("holdfast_db_query_seconds", "A statement by kind.", ["operation"], buckets=QUERY_SECONDS)
CACHE = Counter("holdfast_cache_requests", "Questions to the cache.", ["layer", "key", "result"])
MESSAGES = Counter("holdfast_messages", "Messages to patients.", ["channel", "outcome"])
JOB_RUNS = Counter("holdfast_job_runs", "Runs of the scheduler's jobs.", ["job", "outcome"])
HTTP_REQUESTS = Counter("holdfast_http_requests", "Requests by route template.", ["route", "method", "status"])
HTTP_SECONDS = Histogram("holdfast_http_seconds", "A request by route template.", ["route"], buckets=SECONDS)
EVENT_SECONDS = Histogram("holdfast_event_seconds", "A page's event by its handler.", ["handler"], buckets=SECONDS)
SOCKETS = Gauge("holdfast_ws_connections", "Open websockets.", multiprocess_mode="livesum")

STATEMENTS = frozenset({"select", "insert", "update", "delete", "with"})
# Statements are constants: as many as the program has.
_kinds: dict[str, Histogram] = {}
Reader = Callable[[], Iterable[Metric]]
_readers: list[Reader] = []


@contextmanager
def booking(operation: str) -> Iterator[Callable[[str], None]]:
    """Time a booking verb; the outcome is what the block tells, `error` when it tells nothing."""
    outcome = ["error"]
    began = perf_counter()
    try:
        yield lambda told: outcome.__setitem__(0, told)
    finally:
        BOOKING_SECONDS.labels(operation, outcome[0]).observe(perf_counter() - began)
        if operation == "hold":
            HOLDS.labels(outcome[0]).inc()


def count_refused_holds(outcome: str, *, times: int, seconds: float) -> None:
    """Count holds that were refused in one look, each of which took so long."""
    for _ in range(times):
        BOOKING_SECONDS.labels("hold", outcome).observe(seconds)
    HOLDS.labels(outcome).inc(times)


def count_status(status: str, *, times: int = 1) -> None:
    """Count appointments that reached a status; called after the commit."""
    APPOINTMENTS.labels(status).inc(times)


def count_cache(*, layer: str, key: str, result: str) -> None:
    """Count one question to a layer of the cache; `key` is the kind of key, never the key itself."""
    CACHE.labels(layer, key, result).inc()


def count_message(*, channel: str, outcome: str) -> None:
    """Count one message that was sent or given up."""
    MESSAGES.labels(channel, outcome).inc()


def count_job(*, job: str, outcome: str) -> None:
    """Count one run of a scheduler's job."""
    JOB_RUNS.labels(job, outcome).inc()


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one HTTP request under its route's template."""
    HTTP_REQUESTS.labels(route, method, str(status)).inc()
    HTTP_SECONDS.labels(route).observe(seconds)


def observe_event(handler: str, seconds: float) -> None:
    """Time one event of a page under its handler's name."""
    EVENT_SECONDS.labels(handler).observe(seconds)


@contextmanager
def open_socket() -> Iterator[None]:
    """Count a websocket for as long as it is open."""
    SOCKETS.inc()
    try:
        yield
    finally:
        SOCKETS.dec()


def observe_statement(statement: str, seconds: float) -> None:
    """Time a statement by its first word; installed with `models.db.observe_statements`."""
    kind = _kinds.get(statement)
    if kind is None:
        word = statement.split(None, 1)[0].strip("(").lower()
        kind = _kinds.setdefault(statement, QUERY.labels(word if word in STATEMENTS else "other"))
    kind.observe(seconds)


def add_reader(reader: Reader) -> None:
    """Let a scrape ask this function too; it runs in the scraped process only."""
    if reader not in _readers:
        _readers.append(reader)


def exposition() -> bytes:
    """Return the metrics of all processes in Prometheus' text form."""
    forget_dead_processes()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Processes())
    for reader in _readers:
        registry.register(_Asked(reader))
    return generate_latest(registry)


def forget_dead_processes() -> None:
    """Drop the live gauges of processes that ended without saying so; their counters stay counted."""
    for pid in _pids() - set(psutil.pids()):
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


class _Processes(Collector):
    """What the usual process collector tells, for every process of ours that lives."""

    def collect(self) -> Iterable[Metric]:
        cpu = CounterMetricFamily("process_cpu_seconds", "Processor time.", labels=["pid"])
        memory = GaugeMetricFamily("process_resident_memory_bytes", "Memory in use.", labels=["pid"])
        virtual = GaugeMetricFamily("process_virtual_memory_bytes", "Address space.", labels=["pid"])
        files = GaugeMetricFamily("process_open_fds", "Open files.", labels=["pid"])
        began = GaugeMetricFamily("process_start_time_seconds", "Start, in Unix time.", labels=["pid"])
        for pid in sorted(_pids() | {os.getpid()}):
            try:
                process = psutil.Process(pid)
                with process.oneshot():
                    times, used = process.cpu_times(), process.memory_info()
                    open_files, created = process.num_fds(), process.create_time()
            except psutil.Error:
                continue
            cpu.add_metric([str(pid)], times.user + times.system)
            memory.add_metric([str(pid)], used.rss)
            virtual.add_metric([str(pid)], used.vms)
            files.add_metric([str(pid)], open_files)
            began.add_metric([str(pid)], created)
        return cpu, memory, virtual, files, began


class _Asked(Collector):
    """One reader as a collector."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def describe(self) -> Iterable[Metric]:
        # Registering would otherwise ask the database once more.
        return ()

    def collect(self) -> Iterable[Metric]:
        return self.reader()


def _folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def _pids() -> set[int]:
    endings = {path.stem.rsplit("_", 1)[-1] for path in _folder().glob("*.db")}
    return {int(ending) for ending in endings if ending.isdigit()}
