"""A shared computer through a handover: locked, opened by the next person with a PIN on the same day, and by itself."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.services.demo import LOGINS
from tests.e2e.board_page import board_of, free_start, go_to, sign_in, violations
from tests.running_clinic import RunningClinic

PINS = {"nurse": "4071", "receptionist": "92635"}
PEOPLE = {one.role.value: one for one in LOGINS}
NEWEST = """
SELECT u.login, s.locked_at IS NOT NULL, s.revoked_at IS NOT NULL FROM sessions s JOIN users u ON u.id = s.user_id
 ORDER BY s.created_at DESC LIMIT 2
"""


def _set_pin(page: Page, role: str) -> None:
    page.get_by_role("button", name=re.compile(PEOPLE[role].display_name)).click()
    page.get_by_role("menuitem", name="Set my PIN").click()
    page.get_by_label("Password").fill(PEOPLE[role].password)
    page.get_by_label("New PIN").fill(PINS[role])
    page.get_by_label("The same PIN again").fill(PINS[role])
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_text("Your PIN is set.")).to_be_visible()


def _newest(clinic: RunningClinic) -> list[tuple[Any, ...]]:
    with clinic.connect() as database:
        return database.execute(NEWEST).fetchall()


def _letters(page: Page) -> str:
    return "".join(re.findall(r"[^\W_]", page.locator("#content").inner_text()))


@pytest.mark.long
def test_the_next_person_goes_on_at_the_same_day_and_nobody_reads_a_name_in_between(
    page: Page, clinic: RunningClinic
) -> None:
    start = free_start(clinic, days=6)
    for role in ("nurse", "receptionist"):
        sign_in(page, role=role)
        board_of(page)
        _set_pin(page, role)
    go_to(page, start)
    page.keyboard.press("Escape")
    page.locator("#content").click(position={"x": 5, "y": 5})
    page.keyboard.press("Shift+L")
    lock = page.get_by_role("dialog", name="This computer is locked")
    expect(lock.get_by_label("PIN")).to_be_focused()
    assert _newest(clinic)[0] == (PEOPLE["receptionist"].login, True, False)
    assert _letters(page) == ""
    assert violations(page) == []
    # A reload changes nothing: neither a name nor the day comes before the PIN.
    page.reload()
    expect(lock.get_by_label("PIN")).to_be_focused()
    expect(page.locator("#content")).not_to_contain_text(start.practitioner)
    lock.get_by_label("PIN").fill("7364")
    page.keyboard.press("Enter")
    expect(lock.get_by_role("alert")).to_have_text("This PIN is not right.")
    lock.get_by_label(PEOPLE["nurse"].display_name).check()
    lock.get_by_label("PIN").fill(PINS["nurse"])
    page.keyboard.press("Enter")
    board_of(page)
    expect(page.get_by_role("contentinfo")).to_contain_text(PEOPLE["nurse"].display_name)
    expect(page.get_by_role("heading", name=f"{start.day.day} {start.day:%B %Y}")).to_be_visible()
    expect(page.get_by_role("combobox", name="Location")).to_contain_text(start.place)
    assert _newest(clinic) == [
        (PEOPLE["nurse"].login, False, False),
        (PEOPLE["receptionist"].login, True, True),
    ]


@pytest.mark.long
def test_an_unattended_computer_locks_by_itself_in_every_tab(page: Page, clinic: RunningClinic) -> None:
    page.clock.install()
    sign_in(page)
    board_of(page)
    other = page.context.new_page()
    other.goto("/close")
    expect(other.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    page.clock.fast_forward("01:50")
    expect(page.get_by_role("dialog", name="This computer is locked")).to_be_hidden()
    page.clock.fast_forward("00:15")
    expect(page.get_by_role("dialog", name="This computer is locked")).to_be_visible()
    lock = other.get_by_role("dialog", name="This computer is locked")
    expect(lock).to_be_visible()
    # Which form it is the server says.
    by_password = lock.get_by_role("button", name="Sign in with a password")
    expect(by_password.or_(lock.get_by_label("Login")).first).to_be_visible()
    if by_password.is_visible():
        by_password.click()
    lock.get_by_label("Login").fill(PEOPLE["receptionist"].login)
    lock.get_by_label("Password").fill(PEOPLE["receptionist"].password)
    lock.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    expect(lock).to_be_hidden()
    assert other.url.split("?")[0].endswith("/close")
    # The other tab opens as well; a window that is still on its way to a page cannot always be closed.
    board_of(page)
    expect(page.get_by_role("dialog", name="This computer is locked")).to_be_hidden()


def test_one_field_goes_anywhere_by_keyboard_alone(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search or go to")
    expect(field).to_be_focused()
    page.keyboard.type("tomorrow")
    expect(page.get_by_role("group", name="Days").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/board\?day=\d{4}-\d\d-\d\d$"))
    page.keyboard.press("Control+k")
    page.keyboard.type("close of")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("tom")
    expect(page.get_by_role("group", name="Patients").get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Lock this computer")
