"""The request's transactions beside ours, by pgbench, so that anyone can see why ours is as it is.

`serializable`: SERIALIZABLE with FOR UPDATE and three retries (the request's 3.1 and 3.2); `version`: the optimistic
version column (3.3), one try; `ours`: the engine's own statements. The first two do less (no idempotency key, no
outbox row, no plan); all write to the same tables, under the same constraints and row security.
"""

from itertools import count
from statistics import median
from typing import LiteralString

from app.infra.embedded.postgres import EmbeddedPostgres
from app.services.demo.ids import Kind
from bench.ground import CLINIC, FREE_STARTS, LOCATION, OWNER, SERVICE, SESSION_SERVICE, lay_hot_sessions, sql_id
from bench.hold_script import hold_script, principal_values, transaction_setup
from bench.pgbench import run_pgbench, statement, transaction_script
from models.db import SET_PRINCIPAL, DatabaseRole, engine, rows, transaction

UNCONTENDED, HOT = 16, 64
CALLS_A_RUN = 20_000
DAYS = count(500)

READ = "SELECT practitioner_id, starts_at, ends_at, version FROM slots WHERE clinic_id = {clinic} AND id = {slot}"
TWICE = (
    "SELECT count(*) AS twice FROM (SELECT id FROM appointments"
    " WHERE clinic_id = {clinic} AND slot_id = {slot} AND patient_id = {patient} AND live FOR UPDATE) found"
)
INSERT = """
WITH made AS (
  INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                            starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone,
                            hold_expires_at, currency, channel, made_by, created_at, updated_at)
  VALUES ({clinic}, gen_random_uuid(), {patient}, :p_practitioner_id, {location}, {service}, {slot}, 'pending',
          :p_starts_at, :p_ends_at, :p_starts_at, :p_ends_at, :p_starts_at::timestamptz AT TIME ZONE 'Europe/Berlin',
          'Europe/Berlin', now() + interval '5 minutes', 'EUR', 'desk', 'user-bench', now(), now()) RETURNING id
)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT {clinic}, id, {slot} FROM made
"""
COUNT = "UPDATE slots SET current_bookings = current_bookings + 1 WHERE clinic_id = {clinic} AND id = {slot}"
AUDIT = (
    "INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind)"
    " VALUES ({clinic}, gen_random_uuid(), now(), 'user-bench', 'hold', 'appointment')"
)
VERSION = (
    "WITH won AS (UPDATE slots SET current_bookings = current_bookings + 1, version = version + 1"
    " WHERE clinic_id = {clinic} AND id = {slot} AND version = :p_version::int RETURNING 1)"
    " SELECT count(*) AS won FROM won \\gset"
)
BOOKED: LiteralString = "SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s"


def compare(server: EmbeddedPostgres, *, seconds: int, rounds: int) -> None:
    """Print, for each way, bookings a second and the share of attempts that failed, uncontended and on hot slots."""
    starts = count(0, CALLS_A_RUN)
    for clients, name in ((UNCONTENDED, "uncontended"), (HOT, "ten hot sessions")):
        measured: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds):
            for way in ("serializable", "version", "ours"):
                script = _script(way, clients=clients, is_hot=clients == HOT)
                result = _run(server, script, clients=clients, seconds=seconds, start=next(starts))
                measured.setdefault(way, []).append(result)
        for way, results in measured.items():
            rate, failed = median(r for r, _ in results), median(f for _, f in results)
            words = f"{name}, {clients} clients, {way}: {rate:.0f} bookings/s, {failed:.1%} of attempts failed"
            print(words, flush=True)
            key = f"{'hot' if clients == HOT else 'free'}_{way}"
            print(f"RESULT compare {key}_tps={rate:.0f} {key}_failed={failed:.3f}", flush=True)


def _run(server: EmbeddedPostgres, script: str, *, clients: int, seconds: int, start: int) -> tuple[float, float]:
    before = _booked()
    url = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    variables = {"round": start, "stride": 7_919, "i": 0}
    result = run_pgbench(
        server.binaries.bin / "pgbench", url, script, clients=clients, seconds=seconds, variables=variables, tries=4
    )
    booked = _booked() - before
    return booked / seconds, 1 - booked / max(booked, result.attempts)


def _booked() -> int:
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        ((number,),) = rows(session, BOOKED, {"clinic_id": CLINIC})
    return int(number)


def _script(way: str, *, clients: int, is_hot: bool) -> str:
    service, slot, slots = SERVICE, sql_id(Kind.SLOT, ":s"), FREE_STARTS
    if is_hot:
        day = next(DAYS)
        lay_hot_sessions(day=day, capacity=30_000)
        service, slots = SESSION_SERVICE, 10
        slot = sql_id(Kind.SLOT, f"{FREE_STARTS + day * 10 + 1} + :s")
    patient = sql_id(Kind.PATIENT, ":p")
    ids = {"clinic_id": str(CLINIC), "service_id": str(service), "slot": slot, "patient": patient}
    if way == "ours":
        return hold_script(**ids, clients=clients, slots=slots)
    names = {"clinic": f"'{CLINIC}'", "location": f"'{LOCATION}'", "service": f"'{service}'"}
    values = {**names, "slot": slot, "patient": patient}
    lock = " FOR UPDATE" if way == "serializable" else ""
    statements = [statement(SET_PRINCIPAL, principal_values(str(CLINIC))), READ.format(**values) + lock + r" \gset p_"]
    changes = [INSERT.format(**values), AUDIT.format(**values)]
    if way == "serializable":
        twice = TWICE.format(**values) + r" \gset p_"
        statements += [twice, *changes, COUNT.format(**values)]
        return transaction_script(transaction_setup(clients, slots), statements, isolation="SERIALIZABLE")
    statements += [VERSION.format(**values), r"\if :won", *changes, r"\endif"]
    return transaction_script(transaction_setup(clients, slots), statements)
