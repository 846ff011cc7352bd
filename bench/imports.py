"""Ten thousand patients and as many appointments out of a file: how long its check and its import take.

Beside each, somebody books with the same practitioners again and again: the check may delay that for a moment only;
the import holds all its practitioners until it is committed, and who waits too long is told so.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import LiteralString
from zoneinfo import ZoneInfo

from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.services.booking.hold import Wish
from app.services.clock import utc_now
from app.services.demo import large_sql
from app.services.imports.columns import guessed
from app.services.imports.problems import Progress, Report
from app.services.imports.rehearse import rehearse
from app.services.imports.source import Source
from app.services.imports.table import table_of
from app.services.imports.take import take_over
from bench.callers import Measured, hold_once
from bench.ground import (
    CLINIC,
    FREE,
    OWNER,
    PEOPLE,
    PLACES,
    SERVICE,
    free_start_parameters,
    measured_server,
    patient_id,
    slot_id,
    vacuum,
)
from bench.machine import Machine
from models.accounts import Role
from models.appointments import Channel
from models.db import DatabaseRole, execute, rows, transaction
from models.desk import ImportKind
from models.principal import ActorKind, Principal

ADMIN = Principal(CLINIC, ActorKind.USER, "bench", ROLE_PERMISSIONS[Role.ADMINISTRATOR])
PRACTITIONERS = 20
# More starts than the file takes: for whoever books beside it.
SPARE = 200
PAUSE_SECONDS = 0.02
CHECK_AIM_SECONDS, IMPORT_AIM_SECONDS, WAIT_AIM_MS = 20, 60, 1_000
ZONE = ZoneInfo("Europe/Berlin")
STARTS: LiteralString = """
SELECT p.display_name, s.starts_at FROM slots s
  JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id
 WHERE s.clinic_id = %(clinic_id)s::uuid
   AND s.id IN (SELECT (%(slot)s || lpad((%(first)s + p * %(each)s + k)::text, 12, '0'))::uuid
                  FROM generate_series(0, %(practitioners)s - 1) p, generate_series(0, %(each)s - %(spare)s - 1) k)
 ORDER BY p.id, s.starts_at
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the number of rows."""
    parser.add_argument("--rows", type=int, default=10_000, help="a multiple of 20")


def run(arguments: argparse.Namespace) -> int:
    """Lay the ground, check and import both files; the last line is RESULT."""
    each = arguments.rows // PRACTITIONERS + SPARE
    with measured_server():
        starts = _lay(each)
        patients = Source(ImportKind.PATIENTS, *_read(ImportKind.PATIENTS, _patients(len(starts))))
        appointments = Source(ImportKind.APPOINTMENTS, *_read(ImportKind.APPOINTMENTS, _appointments(starts)))
        _timed("patients, check", rehearse, patients, each=each)
        _timed("patients, import", take_over, patients, each=each)
        check = _timed("appointments, check", rehearse, appointments, each=each)
        take = _timed("appointments, import", take_over, appointments, each=each)
    wait_ms = max(check.waits_ms, default=0.0)
    print(
        f"RESULT imports rows={len(starts)} check_cpu_s={check.cpu_seconds:.1f} import_s={take.seconds:.1f}"
        f" wait_ms={wait_ms:.0f}"
    )
    is_met = check.cpu_seconds <= CHECK_AIM_SECONDS and take.seconds <= IMPORT_AIM_SECONDS and wait_ms <= WAIT_AIM_MS
    return 0 if is_met else 1


def _lay(each: int) -> list[tuple[str, datetime]]:
    """Make the clinic with its free starts, and return those that the file takes, each with its practitioner."""
    asked = {**free_start_parameters(), "practitioners": PRACTITIONERS, "each": each, "patients": SPARE * PRACTITIONERS}
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        execute(session, large_sql.MAKE_CLINIC, {"now": utc_now()})
        for statement in (PLACES, FREE, PEOPLE):
            execute(session, statement, asked)
    vacuum()
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        return [(name, at) for name, at in rows(session, STARTS, {**asked, "spare": SPARE})]


def _patients(people: int) -> str:
    head = "Nr,First name,Last name,DOB,Phone\n"
    return head + "".join(
        f"{n},Given{n},Family{n % 997},19{n % 70 + 10}-{n % 12 + 1:02}-{n % 28 + 1:02},020 {n + 7_000_000}\n"
        for n in range(people)
    )


def _appointments(starts: Sequence[tuple[str, datetime]]) -> str:
    head = "patient number,practitioner,service,start\n"
    return head + "".join(
        f"{n},{name},Bench visit,{at.astimezone(ZONE):%Y-%m-%d %H:%M}\n" for n, (name, at) in enumerate(starts)
    )


def _read(kind: ImportKind, text: str) -> tuple[bytes, list[str]]:
    data = text.encode()
    return data, guessed(kind, table_of(data).header)


def _timed(what: str, verb: Callable[..., Report], source: Source, *, each: int) -> Measured:
    """Do it beside somebody who books, and return what it took and what they heard meanwhile."""
    machine, began, worked = Machine(), time.perf_counter(), time.process_time()
    with _booking_beside(each) as beside:
        report = verb(ADMIN, source=source, progress=Progress(), now=utc_now())
        beside.seconds, own, spent = time.perf_counter() - began, time.process_time() - worked, machine.since()
    if report.problems:
        raise RuntimeError(f"This file should be without fault: {report.problems[0]}")
    beside.cpu_seconds = own + spent.servers
    print(
        f"  {what:<22} {beside.seconds:6.1f} s, CPU {own:.1f} s of ours and {spent.servers:.1f} s of the server's"
        f" ({spent}); beside it {len(beside.waits_ms)} holds, p50 {beside.percentile(0.5):.0f} ms, longest"
        f" {beside.percentile(1):.0f} ms, heard {dict(beside.heard)}",
        flush=True,
    )
    return beside


@contextmanager
def _booking_beside(each: int) -> Iterator[Measured]:
    """Hold the spare starts one after the other, with one practitioner after the other."""
    beside, over = Measured(0.0), threading.Event()
    thread = threading.Thread(target=_book, args=(beside, over, each))
    thread.start()
    try:
        yield beside
    finally:
        over.set()
        thread.join()


def _book(beside: Measured, over: threading.Event, each: int) -> None:
    while not over.wait(PAUSE_SECONDS):
        number = next(_numbers) % (SPARE * PRACTITIONERS)
        spare, practitioner = divmod(number, PRACTITIONERS)
        slot = slot_id(practitioner * each + each - SPARE + spare)
        began = time.perf_counter()
        heard = hold_once(Wish(slot, SERVICE, patient_id(number), Channel.DESK), f"beside-{number}-{began}")
        beside.waits_ms.append((time.perf_counter() - began) * 1000)
        beside.heard[heard] += 1


_numbers = count()
