"""A colleague takes over at the same computer: a PIN each, a lock in between, and the day stays where it was."""

import re

from playwright.sync_api import Page, expect

from app.services.demo import LOGINS

PINS = {"manager": "5182", "receptionist": "92635"}
PEOPLE = {one.role.value: one for one in LOGINS}


def set_pin(page: Page, role: str) -> None:
    """Choose the PIN that opens this computer when it is locked."""
    page.get_by_role("button", name=re.compile(PEOPLE[role].display_name)).click()
    page.get_by_role("menuitem", name="Set my PIN").click()
    page.get_by_label("Password").fill(PEOPLE[role].password)
    page.get_by_label("New PIN").fill(PINS[role])
    page.get_by_label("The same PIN again").fill(PINS[role])
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_text("Your PIN is set.")).to_be_visible()


def hand_over(page: Page, *, to: str) -> None:
    """Lock the computer, and let the next person open it."""
    page.get_by_role("button", name="Lock", exact=True).click()
    lock = page.get_by_role("dialog", name="This computer is locked")
    expect(lock.get_by_label("PIN")).to_be_focused()
    lock.get_by_label(PEOPLE[to].display_name).check()
    lock.get_by_label("PIN").fill(PINS[to])
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    expect(page.get_by_role("contentinfo")).to_contain_text(PEOPLE[to].display_name)
