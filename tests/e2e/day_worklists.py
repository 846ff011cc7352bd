"""The worklists in the hands of the desk: a doctor who is away, whom that displaces, and who waits for a place."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import details_of
from tests.e2e.day_ground import Ground

# Finding and moving take as long as there are patients.
PATIENCE = 30_000


def open_list(page: Page, name: str) -> None:
    """Go to the displaced or to the waitlist."""
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Worklists").click()
    choice = page.get_by_role("group", name="Lists").get_by_role("button", name=re.compile(f"^{name}"))
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")


def choose_place(page: Page, name: str) -> None:
    """Look at the lists of one location, or of all."""
    page.get_by_role("combobox", name="Location").click()
    page.get_by_role("option", name=name).click()
    expect(page.get_by_role("combobox", name="Location")).to_contain_text(name)


def enter_absence(page: Page, ground: Ground, doctor: str, *, displaced: int) -> None:
    """Say, beginning at the doctor's name on the board, that the doctor is away for the day."""
    page.get_by_role("button", name=doctor, exact=True).click()
    details_of(page).get_by_role("link", name=re.compile("away")).click()
    pane = details_of(page)
    expect(pane.get_by_label("Practitioner").locator("option:checked")).to_have_text(doctor)
    choose_place(page, ground.place)
    pane.get_by_label("Away from").fill(f"{ground.day}T08:00")
    pane.get_by_label("Until").fill(f"{ground.day}T18:00")
    expect(pane.get_by_text(f"{displaced} appointments lose their time.")).to_be_visible(timeout=PATIENCE)
    pane.get_by_label("Reason, for colleagues").fill("Sick since the morning")
    pane.get_by_role("button", name="Enter the absence").click()
    expect(lines(page)).to_have_count(displaced)
    # New times are looked for at once.
    expect(lines(page).filter(has_text="not looked for yet")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_role("button", name=f"Move {displaced} patients")).to_be_enabled(timeout=PATIENCE)


def lines(page: Page) -> Locator:
    """Return who is displaced."""
    return page.get_by_role("region", name="Displaced").locator("tbody tr")


def line(page: Page, patient: str) -> Locator:
    """Return one displaced patient's line."""
    return lines(page).filter(has_text=patient)


def cancel_displaced(page: Page, patient: str) -> None:
    """Cancel the visit of somebody who has said on the phone that no other time will do."""
    line(page, patient).get_by_role("button", name=patient).click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", name=patient)).to_be_visible()
    pane.get_by_role("button", name="Cancel the appointment").click()
    pane.get_by_role("button", name="Yes, cancel it").click()
    expect(line(page, patient)).to_have_count(0)


def choose_by_hand(page: Page, patient: str, *, day: date) -> None:
    """Give somebody the day's last free time instead of the one that was proposed."""
    line(page, patient).get_by_role("button", name=patient).click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", name=patient)).to_be_visible()
    pane.get_by_label("Free times on").fill(day.isoformat())
    places = pane.locator(".place-list").get_by_role("button")
    expect(places.first).to_be_visible()
    places.last.click()
    expect(line(page, patient)).to_contain_text("chosen by hand")


def move_everybody(page: Page, *, count: int) -> None:
    """Move all who are left to the times that are shown."""
    page.get_by_role("button", name=f"Move {count} patients").click()
    expect(page.get_by_text("Nobody is displaced", exact=True)).to_be_visible(timeout=PATIENCE)


def call_all(page: Page, *, count: int) -> None:
    """Tick that everybody whom no letter reaches was called."""
    calls = page.get_by_role("listitem").filter(has=page.get_by_text("Phoned", exact=True))
    left = calls.and_(page.locator('[data-called="false"]'))
    # Who was called may change places: always the first who was not.
    for number in range(count, 0, -1):
        expect(left).to_have_count(number)
        left.first.get_by_role("checkbox").click()
    expect(left).to_have_count(0)


def join_waitlist(page: Page, ground: Ground, *, phone: str, doctor: str) -> str:
    """Put somebody on the waitlist for a doctor who is full; return the name."""
    page.get_by_role("button", name="Add to the waitlist").first.click()
    pane = details_of(page)
    pane.get_by_label("Find a patient").fill(phone)
    expect(pane.get_by_role("list", name="Patients found").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    chosen = pane.locator(".pane-chosen strong")
    expect(chosen).to_be_visible()
    name = chosen.text_content() or ""
    pane.get_by_label("Service").select_option(label=ground.afternoon_service)
    pane.get_by_label("Practitioner").select_option(label=doctor)
    pane.get_by_label("Urgent").check()
    pane.get_by_role("button", name="Add to the waitlist").click()
    expect(page.get_by_role("region", name="Waitlist").get_by_role("row").filter(has_text=name)).to_be_visible()
    return name


def accept_offer(page: Page, patient: str) -> None:
    """Take the place that became free for somebody who says yes on the phone."""
    accept = page.get_by_role("button", name="Accept for the patient")
    running = page.get_by_role("listitem").filter(has_text=patient).filter(has=accept)
    expect(running).to_be_visible(timeout=60_000)
    running.get_by_role("button", name="Accept for the patient").click()
    expect(running).to_have_count(0, timeout=PATIENCE)
