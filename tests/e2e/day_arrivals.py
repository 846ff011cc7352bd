"""The page of arrivals in the hands of the desk: who comes, who is next, into the room, and who never came."""

import re
from datetime import time

from playwright.sync_api import Locator, Page, expect

from tests.e2e.day_ground import Ground, NewPatient


def open_arrivals(page: Page, ground: Ground) -> None:
    """Go to the arrivals of the location, with everybody's patients."""
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Arrivals").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible(timeout=20_000)
    place = page.get_by_role("combobox", name="Location")
    if ground.place not in (place.text_content() or ""):
        place.click()
        page.get_by_role("option", name=ground.place).click()
    expect(place).to_contain_text(ground.place)


def row(page: Page, part: str, patient: str) -> Locator:
    """Return a patient's row in a list: expected, waiting, called, in-room or done."""
    return page.locator(f'[data-list="{part}"] [data-row]').filter(has_text=patient)


def expected_at(page: Page, clock: time) -> str:
    """Return who is expected at a time."""
    expected = page.locator('[data-list="expected"] [data-row]').filter(has_text=f"{clock:%H:%M}")
    return expected.get_by_role("link").text_content() or ""


def arrive(page: Page, patient: str) -> None:
    """Say that somebody is there."""
    row(page, "expected", patient).get_by_role("button", name=re.compile("^Arrived")).click()
    expect(row(page, "waiting", patient)).to_be_visible()


def arrive_late(page: Page, patient: str) -> None:
    """Mark somebody as a no-show who did not come, and let them in when they come after all."""
    miss(page, patient)
    arrive(page, patient)


def miss(page: Page, patient: str) -> None:
    """Mark somebody as a no-show, as the page suggests after a while."""
    missing = row(page, "expected", patient)
    expect(missing).to_contain_text("Has not come. A no-show?")
    missing.get_by_role("button", name="Mark as no-show").click()
    expect(missing).to_contain_text("No-show")


def arrive_all(page: Page) -> int:
    """Say by keyboard of everybody who is still expected that they are there; return how many."""
    expected = page.locator('[data-list="expected"] [data-row]:not([data-tone="gone"])')
    count = expected.count()
    for left in range(count, 0, -1):
        expected.first.focus()
        page.keyboard.press("a")
        expect(expected).to_have_count(left - 1)
    return count


def call_next(page: Page) -> str:
    """Call whoever is next, by key; return who it is."""
    waiting = page.locator('[data-list="waiting"] [data-row]')
    called = page.locator('[data-list="called"] [data-row]')
    before = waiting.count()
    page.keyboard.press("c")
    expect(waiting).to_have_count(before - 1)
    return called.first.get_by_role("link").text_content() or ""


def see(page: Page, patient: str) -> None:
    """Lead a called patient to the room and to the end of the visit."""
    row(page, "called", patient).get_by_role("button", name="In the room").click()
    row(page, "in-room", patient).get_by_role("button", name="Done").click()
    expect(row(page, "done", patient)).to_be_visible()


def more(page: Page, part: str, patient: str, item: str) -> None:
    """Choose something out of a row's menu."""
    row(page, part, patient).get_by_role("button", name=f"More for {patient}").click()
    page.get_by_role("menuitem", name=item).click()
    # While the menu fades it still has the keyboard.
    expect(page.get_by_role("menu")).to_have_count(0)


def let_in(page: Page, ground: Ground, *, phone: str = "", new: NewPatient | None = None) -> str:
    """Let somebody in who has no appointment; return the name."""
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog", name="Somebody without an appointment")
    if new:
        dialog.get_by_role("button", name="New patient").click()
        fields = {"Given name": new.given_name, "Family name": new.family_name}
        for label, text in {**fields, "Birth date": new.birth_date, "Phone": new.phone}.items():
            dialog.get_by_label(label).fill(text)
        dialog.get_by_role("button", name="Add the patient").click()
    else:
        dialog.get_by_label("Find a patient").fill(phone)
        expect(dialog.get_by_role("list", name="Patients found").get_by_role("listitem")).to_have_count(1)
        page.keyboard.press("Enter")
    chosen = dialog.locator(".pane-chosen strong")
    expect(chosen).to_be_visible()
    name = chosen.text_content() or ""
    dialog.get_by_role("combobox", name="Service").click()
    page.get_by_role("option", name=ground.service).click()
    expect(dialog.get_by_text(re.compile("^Next free: "))).to_be_visible()
    dialog.get_by_role("button", name="Let in and give a number").click()
    expect(dialog).to_be_hidden()
    expect(row(page, "waiting", name)).to_contain_text("Walk-in")
    return name
