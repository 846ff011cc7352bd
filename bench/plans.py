"""The plans that the engine's statements really get: auto_explain in the engine's own prepared, walled connection."""

from collections.abc import Callable, Sequence
from typing import LiteralString

import psycopg

from app.infra.embedded.postgres import EmbeddedPostgres
from app.services.availability.free_slots import FREE_SLOTS, NEXT_FREE
from app.services.availability.occupied import OF_PRACTITIONERS
from app.services.booking.claim import CLAIM
from app.services.booking.plan import PLAN
from bench.ground import CLERK, use
from models.db import driver, transaction

NAMES: dict[str, LiteralString] = {
    "PLAN": PLAN,
    "CLAIM": CLAIM,
    "FREE_SLOTS": FREE_SLOTS,
    "NEXT_FREE": NEXT_FREE,
    "OF_PRACTITIONERS": OF_PRACTITIONERS,
}
EXPLAINED: tuple[LiteralString, ...] = (
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "auto_explain.log_analyze = on",
    "auto_explain.log_buffers = on",
    "auto_explain.log_triggers = on",
    "auto_explain.log_level = 'notice'",
    "auto_explain.log_parameter_max_length = 0",
)


def plans_of(server: EmbeddedPostgres, calls: Sequence[Callable[[], object]]) -> str:
    """Return the plans of the hot statements among those that the calls execute, each with its name above."""
    with psycopg.connect(server.urls().superuser, autocommit=True) as connection:
        for setting in EXPLAINED:
            connection.execute("ALTER ROLE holdfast_app SET " + setting)
        try:
            told = _told(server, calls)
        finally:
            connection.execute("ALTER ROLE holdfast_app RESET ALL")
    return "\n\n".join(f"{name}\n{told[name]}" for name in NAMES if name in told) + "\n"


def _told(server: EmbeddedPostgres, calls: Sequence[Callable[[], object]]) -> dict[str, str]:
    use(server, connections=1)
    heard: list[str] = []
    with transaction(CLERK) as session:
        driver(session).add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    for call in calls:
        call()
    told: dict[str, str] = {}
    for message in heard:
        statement = message.partition("Query Text: ")[2].lstrip()
        name = next((name for name, sql in NAMES.items() if statement.startswith(_head(sql))), None)
        if name is not None:
            told[name] = _plan(message)
    return told


def _head(sql: str) -> str:
    return sql.strip().partition("%(")[0]


def _plan(message: str) -> str:
    """Leave the plan: what stands after the query's text, from the first line with a cost."""
    lines = message.splitlines()
    first = next(number for number, line in enumerate(lines) if "(cost=" in line)
    return "\n".join(lines[first:])
