"""A practitioner of today with an account of their own, and how the browser tests use the page of their day."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from playwright.sync_api import Locator, Page, expect

from app.services.demo import LOGINS
from tests.e2e.board_page import sign_in
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.running_clinic import RunningClinic

# With the password of the demonstration's practitioner.
ACCOUNT = """
INSERT INTO users (id, login, display_name, password_hash, is_active, language, home_clinic_id, created_at)
SELECT %(user_id)s, %(login)s, %(name)s, u.password_hash, true, 'en', u.home_clinic_id, now()
  FROM users u WHERE u.login = %(like)s
"""
GRANT = """
INSERT INTO role_grants (clinic_id, id, user_id, role, practitioner_id)
SELECT home_clinic_id, gen_random_uuid(), id, 'practitioner', %(practitioner_id)s FROM users WHERE id = %(user_id)s
"""
WHO = """
SELECT a.practitioner_id, a.patient_id, a.location_id, a.service_id FROM appointments a WHERE a.id = %s
"""
LATER = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   max_capacity, overbook_limit, status)
SELECT clinic_id, gen_random_uuid(), schedule_id, practitioner_id, location_id, specialty,
       starts_at + make_interval(weeks => %(weeks)s), ends_at + make_interval(weeks => %(weeks)s), 1, 1, 'open'
  FROM slots WHERE practitioner_id = %(practitioner_id)s
"""
LIKE = next(one for one in LOGINS if one.role == "practitioner")


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A practitioner who has one visit today, of half an hour, and whoever it is."""

    visit: TodaysVisit
    login: str
    practitioner_id: UUID
    patient_id: UUID
    location_id: UUID
    service_id: UUID


def own_day(clinic: RunningClinic, *, name: str, minutes_ago: int = 5) -> OwnDay:
    """Make the practitioner, the visit and the account."""
    visit = todays_visit(clinic, practitioner=name, minutes_ago=minutes_ago)
    with clinic.connect() as database:
        ids = database.execute(WHO, (visit.id,)).fetchone() or ()
    login = add_account(clinic, name=name, practitioner_id=ids[0])
    return OwnDay(visit, login, *ids)


def add_account(clinic: RunningClinic, *, name: str, practitioner_id: UUID | None) -> str:
    """Make an account that is the practitioner's, or nobody's; return its login."""
    login, user_id = f"own-{uuid4().hex[:12]}", uuid4()
    with clinic.connect() as database:
        given = {"user_id": user_id, "login": login, "name": name, "like": LIKE.login}
        database.execute(ACCOUNT, given)
        database.execute(GRANT, {"user_id": user_id, "practitioner_id": practitioner_id})
    return login


def open_later(clinic: RunningClinic, own: OwnDay, *, weeks: int) -> None:
    """Give the practitioner the same free hour so many weeks later."""
    with clinic.connect() as database:
        database.execute(LATER, {"practitioner_id": own.practitioner_id, "weeks": weeks})


def open_my_day(page: Page, login: str) -> None:
    """Sign in; a practitioner's day begins on this page."""
    sign_in(page, login=login, role="practitioner", to="/my-day")
    expect(page.locator("[data-list=now], #content .plain-words").first).to_be_visible(timeout=20_000)


def list_of(page: Page, name: str) -> Locator:
    """Return one of the lists: now, next, waiting or today."""
    return page.locator(f'[data-list="{name}"]')


def patient_of(page: Page) -> Locator:
    """Return the open patient."""
    return page.locator(".own-patient")
