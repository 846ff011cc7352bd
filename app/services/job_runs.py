"""The right to run a job once for a period: whoever writes the row has it, whichever copy that is."""

from datetime import datetime
from typing import LiteralString

from sqlmodel import Session

from models.db import execute, first_row

# A run that never ended (its process was killed) is taken over after an hour.
BEGIN: LiteralString = """
INSERT INTO job_runs (job, period, started_at) VALUES (%(job)s::text, %(period)s::text, clock_timestamp())
ON CONFLICT (job, period) DO UPDATE SET started_at = clock_timestamp(), outcome = NULL
 WHERE job_runs.finished_at IS NULL AND job_runs.started_at <= now() - interval '1 hour'
RETURNING started_at
"""
# Only the run that still has the right may end it: a paused one that was taken over changes nothing.
END: LiteralString = """
UPDATE job_runs SET finished_at = CASE WHEN %(is_done)s::boolean THEN now() END, outcome = %(outcome)s::text
 WHERE job = %(job)s::text AND period = %(period)s::text AND started_at = %(started_at)s::timestamptz
"""


def begin_run(session: Session, *, job: str, period: str) -> datetime | None:
    """Take the right to run the job for the period; None when somebody has it or it was run."""
    found = first_row(session, BEGIN, {"job": job, "period": period})
    return found[0] if found else None


def end_run(
    session: Session, *, job: str, period: str, started_at: datetime, outcome: str, is_done: bool = True
) -> bool:
    """Write how the run ended; one that is not done is run again in an hour. False when it was taken over."""
    parameters = {"job": job, "period": period, "started_at": started_at, "outcome": outcome, "is_done": is_done}
    return execute(session, END, parameters) == 1
