"""How the browser tests use a patient's file: a patient of the test's own, a part of the file, a note."""

from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.board_page import sign_in

# Each patient has a day of their own, so that nobody is warned that they may have a file already.
BIRTH_DATES = (date(1951, 3, 1) + timedelta(days=number) for number in count())


def open_new_file(page: Page, *, role: str) -> str:
    """Make a patient of this test's own, open the file and return the patient's name."""
    sign_in(page, role=role, to="/patients")
    return add_file(page)


def add_file(page: Page) -> str:
    """Make another patient on the patients' page and return the name."""
    given, family = "Elke", f"Quimper{uuid4().hex[:6]}"
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Given name").fill(given)
    page.get_by_label("Family name").fill(family)
    page.get_by_label("Birth date").fill(next(BIRTH_DATES).isoformat())
    page.get_by_role("button", name="Add the patient").click()
    expect(page.get_by_role("heading", name=f"{given} {family}")).to_be_visible()
    return f"{given} {family}"


def turn(page: Page, tab: str) -> None:
    """Show a part of the file."""
    page.get_by_role("tab", name=tab).click()


def write(page: Page, text: str) -> None:
    """Add a note to the file."""
    page.get_by_label("New note").fill(text)
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_role("list", name="Notes").get_by_text(text)).to_be_visible()
    expect(page.get_by_label("New note")).to_have_value("")
