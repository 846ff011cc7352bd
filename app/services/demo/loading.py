"""Load the demonstration clinic: whole, in one transaction, the same for the same moment, and only once."""

from datetime import datetime
from typing import LiteralString

from sqlmodel import Session

from app.errors import InvalidField, NotPermitted
from app.services.accounts.keys import vault_of
from app.services.demo import ground, rows
from app.services.demo.bulk import copy_rows
from app.services.demo.cast import Cast
from app.services.demo.desk import work_the_desk
from app.services.demo.files import fill_files
from app.services.demo.ids import Kind, numbered
from app.services.demo.logins import load_logins, user_id
from app.services.demo.patients import load_patients
from app.services.demo.story_book import StoryBook, make_up
from app.services.demo.tickets import MAKE_TICKETS
from app.services.demo.timetable import SLOT_COLUMNS, slot_rows
from app.services.demo.worklists import fill_worklists
from app.services.schedules.wall_clock import local_day
from app.settings import settings
from models.accounts import Role
from models.db import DatabaseRole, execute, first_row, global_transaction, transaction
from models.principal import ActorKind, Principal

CLINIC_ID = numbered(Kind.CLINIC, 1)

# One loader at a time; bulk loading may take longer than a person's request.
ALONE: LiteralString = (
    "SELECT pg_advisory_xact_lock(hashtextextended('load-demonstration', 0)),"
    " set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '0', true)"
)
FOUND: LiteralString = "SELECT is_demonstration FROM clinics WHERE id = %(clinic_id)s"
HOST_TAKEN: LiteralString = "SELECT 1 FROM clinics WHERE host_name = %(host)s"
# Without figures about the fresh rows, the foreign keys' checks choose a wrong index: three times as slow.
KNOW_PARENTS: LiteralString = "ANALYZE slots, patients, practitioners, locations, services, rooms, devices"
KNOW_REST: LiteralString = "ANALYZE clinics, patient_search_tokens, appointments, appointment_slots, audit_events"


def is_loaded() -> bool:
    """Tell whether this database has a demonstration clinic."""
    with global_transaction(role=DatabaseRole.OWNER) as session:
        return first_row(session, FOUND, {"clinic_id": CLINIC_ID}) == (True,)


def load(*, now: datetime, clinic_host: str = "localhost") -> bool:
    """Make the demonstration clinic as it would stand at `now`; False when there is one already.

    Raises NotPermitted in production, where its public logins must not exist, and InvalidField when another clinic
    has the host name or the demonstration went live. One transaction: whatever stops it, nothing is left behind.
    """
    if not settings().is_demonstration:
        raise NotPermitted("The demonstration clinic, with its public logins, is refused in production.")
    loader = Principal(clinic_id=CLINIC_ID, kind=ActorKind.SYSTEM, actor_id="demonstration")
    with transaction(loader, role=DatabaseRole.OWNER) as session:
        execute(session, ALONE, {})
        found = first_row(session, FOUND, {"clinic_id": CLINIC_ID})
        if found is not None and not found[0]:
            raise InvalidField("clinic", "The clinic of this database went live; a demonstration needs another one.")
        if found is not None:
            return False
        if first_row(session, HOST_TAKEN, {"host": clinic_host}) is not None:
            raise InvalidField("clinic_host", f"There is another clinic at {clinic_host} already.")
        _load(session, host=clinic_host, now=now)
        return True


def _load(session: Session, *, host: str, now: datetime) -> None:
    book = make_up(now)
    ground.load_clinic(session, CLINIC_ID, host=host, where=book.where, now=now)
    ground.load_places(session, CLINIC_ID, where=book.where)
    ground.load_services(session, CLINIC_ID)
    ground.load_people(session, CLINIC_ID)
    ground.load_schedules(session, CLINIC_ID, book.posts, today=local_day(now, book.where.zone))
    load_logins(session, CLINIC_ID, now=now)
    load_patients(session, CLINIC_ID, book.people, vault=vault_of(session, CLINIC_ID))
    for roster in book.posts:
        copy_rows(session, "slots", SLOT_COLUMNS, slot_rows(CLINIC_ID, roster))
    execute(session, KNOW_PARENTS, {})
    _load_stories(session, book)
    execute(session, MAKE_TICKETS, {"clinic_id": CLINIC_ID, "now": now})
    execute(session, KNOW_REST, {})
    cast = Cast(book)
    fill_files(session, cast)
    work_the_desk(session, cast)
    fill_worklists(session, cast)


def _load_stories(session: Session, book: StoryBook) -> None:
    receptionist = user_id(Role.RECEPTIONIST)
    appointments = rows.appointment_rows(CLINIC_ID, book.stories, receptionist=receptionist)
    copy_rows(session, "appointments", rows.APPOINTMENT_COLUMNS, appointments)
    copy_rows(session, "appointment_slots", rows.TAKEN_COLUMNS, rows.taken_rows(CLINIC_ID, book.stories))
    current = [(key, story) for key, story in book.stories if not book.is_past(story.visit)]
    audit = rows.audit_rows(CLINIC_ID, current, receptionist=receptionist)
    copy_rows(session, "audit_events", rows.AUDIT_COLUMNS, audit)
