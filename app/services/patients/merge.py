"""`merge`: two files of one person become one, in one transaction; the other only points to it. There is no undo.

Order of locks: both patients' names, their appointments ascending, their waitlist entries, both patients' rows.
Nothing of a slot changes. Appointments count their version on, so that whoever saw the old patient looks again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import Session

from app.errors import StaleVersion
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_appointments, lock_names, lock_patients
from app.services.patients import merge_sql as sql
from app.services.patients.merge_plan import MOVED, chosen_values, joined, pair, require_possible
from app.services.patients.sealing import opened
from app.services.patients.views import PatientView
from app.services.patients.write import load, store
from app.services.waitlist.trail import step
from models.base import new_id
from models.db import execute, rows
from models.principal import Principal
from models.waiting import EntryStatus

HISTORY = "medical_history"


def merge(
    session: Session,
    principal: Principal,
    *,
    keep_id: UUID,
    lose_id: UUID,
    taken: frozenset[str],
    versions: tuple[int, int],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Make one file of two; `taken` are the fields whose value comes from the file that is given up.

    `versions` are those of both files as they were seen. Raises MergeRefused with what to settle first,
    PatientMerged, StaleVersion, PatientNotFound, InvalidField, NotPermitted. Call it through `retry.attempt`;
    `clearing` has no meaning here.
    """
    require(principal, Permission.PATIENTS_MERGE)
    require_new(session, principal.clinic_id, key)
    place = {"clinic_id": principal.clinic_id, "keep": keep_id, "lose": lose_id, "now": now}
    _lock(session, place)
    kept, lost = pair(session, principal, keep_id=keep_id, lose_id=lose_id)
    if (kept.version, lost.version) != versions:
        raise StaleVersion
    require_possible(session, principal, keep=kept, lose=lost)
    values = chosen_values(kept, lost, taken=taken)
    moved = _move(session, principal, place, now=now)
    _write(session, principal, kept, lost, values=values, now=now)
    _tell(session, principal, place, moved=moved, taken=taken, now=now)
    body = {"id": str(keep_id), "merged": str(lose_id), "status": "merged", "moved": len(moved)}
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=tuple(moved))


def _lock(session: Session, place: dict[str, Any]) -> None:
    # A hold for either of them waits here, and so does another merge, in whichever direction.
    lock_names(session, [f"patient:{place['keep']}", f"patient:{place['lose']}"])
    clinic_id = place["clinic_id"]
    lock_appointments(session, clinic_id, [row[0] for row in rows(session, sql.APPOINTMENTS, place)])
    rows(session, sql.LOCK_ENTRIES, place)
    lock_patients(session, clinic_id, [place["keep"], place["lose"]])


def _move(session: Session, principal: Principal, place: dict[str, Any], *, now: datetime) -> list[Change]:
    """Give everything of the one file to the other; return the boards on which that shows."""
    steps: dict[str, Any] = {
        "action": "waitlist-withdraw",
        "before": EntryStatus.WAITING,
        "after": EntryStatus.WITHDRAWN,
    }
    for (entry_id,) in rows(session, sql.WITHDRAW_TWINS, place):
        step(session, principal, entry_id=entry_id, **steps, now=now)
    moved = rows(session, sql.MOVE_APPOINTMENTS, place)
    for table in MOVED:
        if table != "appointments":
            execute(session, sql.MOVE[table], place)
    execute(session, sql.MOVE_WARDS, place)
    for appointment_id, *_ in moved:
        record(
            session,
            principal,
            action="change-patient",
            object_kind="appointment",
            object_id=appointment_id,
            detail={"old_patient": str(place["lose"]), "new_patient": str(place["keep"])},
            now=now,
        )
    return [
        Change(principal.clinic_id, location_id, practitioner_id, place["keep"], day, version)
        for _, location_id, practitioner_id, day, version, live in moved
        if live
    ]


def _write(
    session: Session,
    principal: Principal,
    kept: PatientView,
    lost: PatientView,
    *,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    vault = vault_of(session, principal.clinic_id)
    before = load(session, principal, patient_id=kept.id)
    other = load(session, principal, patient_id=lost.id)
    histories = [opened(vault, one.id, field=HISTORY, sealed=one.medical_history_sealed) for one in (before, other)]
    clean = {**values, "birth_date": values["birth_date"].isoformat(), HISTORY: joined(histories, by="\n\n")}
    store(session, vault, before, clean=clean, now=now)
    execute(
        session,
        sql.POINT,
        {"clinic_id": principal.clinic_id, "keep": kept.id, "lose": lost.id, "now": now},
    )


def _tell(
    session: Session,
    principal: Principal,
    place: dict[str, Any],
    *,
    moved: list[Change],
    taken: frozenset[str],
    now: datetime,
) -> None:
    for object_id, other in ((place["keep"], place["lose"]), (place["lose"], place["keep"])):
        detail = {"other": str(other), "kept": str(place["keep"]), "fields": sorted(taken), "live": len(moved)}
        record(session, principal, action="merge", object_kind="patient", object_id=object_id, detail=detail, now=now)
    event = {"id": new_id(), "payload": Jsonb({"merged": str(place["lose"])})}
    execute(session, sql.QUEUE, {**place, **event})
