"""How the browser tests use the booking pages: each step by what a reader sees."""

import itertools
import random
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.running_clinic import RunningClinic

NEWEST = """
SELECT a.id, a.status, a.cancel_reason, a.channel, a.made_by, p.verification, p.language,
       a.slot_id, a.is_due_at_desk,
       (SELECT bool_and(s.current_bookings = (SELECT count(*) FROM appointment_slots t JOIN appointments l
                                               ON l.clinic_id = t.clinic_id AND l.id = t.appointment_id
                                             WHERE t.slot_id = s.id AND l.live AND NOT l.overbook))
          FROM slots s JOIN appointment_slots t ON t.slot_id = s.id WHERE t.appointment_id = a.id) AS is_counted
  FROM appointments a JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
 WHERE a.made_by ~ '^(guest|kiosk):[0-9a-f]{32}$' AND a.channel = %s ORDER BY a.created_at DESC, a.id DESC LIMIT %s
"""
# Nobody who is known already: the same person cannot be in two places at once.
NAMES = (f"Probe{''.join(random.choices('abcdefghijk', k=9))}" for _ in itertools.count())


def newest(clinic: RunningClinic, channel: str, *, count: int = 1) -> list[dict[str, Any]]:
    """Return the newest appointments that were made without an account."""
    with clinic.connect() as database, database.cursor() as cursor:
        cursor.execute(NEWEST, (channel, count))
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def begin(page: Page, *, kiosk: bool = False) -> None:
    """Open the flow at its first choice."""
    page.goto("/kiosk" if kiosk else "/book")
    if kiosk:
        page.get_by_role("button", name="Book a visit").click()
    expect(page.get_by_role("heading", name="What is the visit for?")).to_be_visible(timeout=20_000)


def to_times(page: Page, *, service: str = "Family check-up") -> None:
    """Choose a service and whoever is free first."""
    page.get_by_role("button", name=re.compile(service)).click()
    page.get_by_role("button", name="Whoever is free first").click()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()


def choose_day(page: Page, number: int) -> None:
    """Choose one of the days, counted from 0; the focus moves to its times."""
    page.get_by_role("list", name="Day", exact=True).get_by_role("button").nth(number).click()
    expect(page.locator("#times-title")).to_be_focused()


def times(page: Page) -> Any:
    """Return the buttons of the day's times."""
    return page.get_by_role("list", name=re.compile("^Time on")).get_by_role("button")


def fill_in(page: Page, *, given_name: str = "Ana", email: str = "") -> None:
    """Say who the visit is for."""
    expect(page.get_by_role("heading", name="Who is the visit for?")).to_be_visible()
    page.get_by_label("Given name").fill(given_name)
    page.get_by_label("Family name").fill(next(NAMES))
    for label, digits in (("Day", "24"), ("Month", "12"), ("Year", "1980")):
        page.get_by_label(label, exact=True).fill(digits)
    page.get_by_label("Phone").fill("212 555 0142")
    if email:
        page.get_by_label("E-mail").fill(email)


def hold(page: Page) -> None:
    """Hold the chosen time."""
    page.get_by_role("button", name="Hold this time").click()
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()


def to_hold(page: Page, *, day: int, kiosk: bool = False) -> None:
    """Go as far as a held time."""
    begin(page, kiosk=kiosk)
    to_times(page)
    choose_day(page, day)
    times(page).first.click()
    fill_in(page)
    hold(page)
