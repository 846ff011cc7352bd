"""How the browser tests use the page of arrivals and the display in the waiting room."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import sign_in
from tests.e2e.board_today import TodaysVisit
from tests.running_clinic import RunningClinic


def patient_of(clinic: RunningClinic, visit: TodaysVisit) -> tuple[str, str]:
    """Return the location and the practitioner of a visit, by id."""
    with clinic.connect() as database:
        asked = "SELECT location_id::text, practitioner_id::text FROM appointments WHERE id = %s"
        return database.execute(asked, (visit.id,)).fetchone() or ("", "")


def open_arrivals(page: Page, clinic: RunningClinic, visit: TodaysVisit) -> None:
    """Sign in and follow the visit's location, and of its patients only this practitioner's."""
    location, _ = patient_of(clinic, visit)
    sign_in(page, to=f"/arrivals?location={location}")
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible(timeout=20_000)
    name = visit.start.practitioner
    page.get_by_role("button", name="Whose patients are shown").click()
    box = page.get_by_role("checkbox", name=name)
    # What another test chose is kept for this user.
    page.get_by_role("button", name="Show everybody").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    box.click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def row_in(page: Page, name: str) -> Locator:
    """Return the only row of a list: expected, waiting, called, in-room or done."""
    return page.locator(f'[data-list="{name}"] [data-row]')


def open_display(page: Page, screen: Page) -> None:
    """Make a new link at the desk and open it on the screen in the waiting room."""
    page.get_by_role("button", name="The waiting room's display").click()
    page.get_by_role("button", name="Make a new link").click()
    link = page.get_by_role("link", name="Open the display").get_attribute("href")
    page.keyboard.press("Escape")
    screen.goto(link or "")
    expect(screen.get_by_role("heading", name="Called before")).to_be_visible(timeout=20_000)
