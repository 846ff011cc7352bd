"""Make the pictures of the README from a fresh, running demonstration: `./holdfast up`, then this script.

    .venv/bin/python -m docs.make_pictures [http://localhost:8000] [name ...]

A fresh demonstration has a working day under way, whenever it is made; at the weekend the board and the calendar show
the Monday that comes. The guide's picture needs a second, empty installation, before anybody has given its code:

    HOLDFAST_HOME=elsewhere ./holdfast up --empty --port 8001
    .venv/bin/python -m docs.make_pictures http://localhost:8000 set-up --empty http://localhost:8001 --code CODE

Needs what `./holdfast test` brings (Playwright and a browser). Only the demonstration's invented people are shown.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from app import routes
from app.cli.browser import FLAGS, find_browser
from app.services.clock import utc_now
from app.services.demo.catalogue import CENTRAL, DOCTOR
from app.services.demo.logins import DOCTOR_ID, LOGINS
from app.services.demo.timetable import SITE_IDS
from app.services.demo.where import SATURDAY, whereabouts
from models.accounts import Role

FOLDER = Path(__file__).resolve().parent / "pictures"
DESK, WIDE, PHONE, KIOSK = (1440, 900), (1600, 900), (390, 844), (1080, 1440)
# After the last answer of the server, for what is drawn afterwards.
SETTLED = 1_000
PATIENCE = 60_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as somebody sees it; it is ready when `shows` is there, and `then` does what the reader would."""

    name: str
    path: str
    shows: str
    role: Role | None = None
    size: tuple[int, int] = DESK
    scheme: Literal["light", "dark"] = "light"
    language: str = "en-GB"
    then: Callable[[Page], None] = lambda page: None


def main() -> None:
    """Take each picture, or those that are named, in a window of its own."""
    asked, program = _asked(), find_browser()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for picture in PICTURES:
            if not asked.names or picture.name in asked.names:
                _take(browser, picture, asked.address)
        if asked.empty:
            _take(browser, guide(asked.code), asked.empty)
        browser.close()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", default="http://localhost:8000")
    parser.add_argument("names", nargs="*", help="which pictures (all)")
    parser.add_argument("--empty", help="the address of an empty installation, for the guide's picture")
    parser.add_argument("--code", default="", help="the set-up code that it printed")
    return parser.parse_args()


def _take(browser: Browser, picture: Picture, address: str) -> None:
    width, height = picture.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,
        locale=picture.language,
        timezone_id=_zone(),
    )
    page = context.new_page()
    if picture.role is not None:
        _sign_in(page, picture.role)
    page.goto(picture.path)
    page.locator(picture.shows).first.wait_for(timeout=PATIENCE)
    picture.then(page)
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def _sign_in(page: Page, role: Role) -> None:
    login = next(one for one in LOGINS if one.role is role)
    page.goto(routes.SIGN_IN)
    page.locator("input[name=login]").fill(login.login)
    page.locator("input[type=password]").fill(login.password)
    page.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: routes.SIGN_IN not in url)


def _zone() -> str:
    """Return the zone where the demonstration stands when it was just made."""
    return whereabouts(utc_now()).zone.key


def _working_day() -> str:
    """Return today where the demonstration stands, or at the weekend the Monday that comes."""
    today = utc_now().astimezone(whereabouts(utc_now()).zone).date()
    return (today + timedelta(days=max(0, 7 - today.weekday()) if today.weekday() >= SATURDAY else 0)).isoformat()


def _open_a_card(page: Page) -> None:
    """Open an appointment that is still to come, so that the pane shows what can be done."""
    page.locator('.db-card[data-status="booked"]').first.click()
    page.locator(".board-pane .pane-next").wait_for()


def _open_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("fin", delay=60)


def _open_own_file(page: Page) -> None:
    """Go from the doctor's day to the file of who is in the room."""
    page.goto(page.locator('a[href*="patients?patient="]').first.get_attribute("href") or "")
    page.locator("#file-name").wait_for()
    page.get_by_role("tab", name="Notes").click()


def _open_the_display(page: Page) -> None:
    """Go from the desk to the screen in the waiting room."""
    page.get_by_role("button", name="The waiting room's display").click()
    page.get_by_role("button", name="Make a new link").click()
    page.goto(page.get_by_role("link", name="Open the display").get_attribute("href") or "")
    page.get_by_role("heading", name="Called before").wait_for()


def _choose_the_doctor(page: Page) -> None:
    page.get_by_role("combobox", name="Practitioner").select_option(label=DOCTOR)


def guide(code: str) -> Picture:
    """Return the picture of the set-up guide at its fifth step, of an installation that nobody has begun with."""

    def go_there(page: Page) -> None:
        page.get_by_label("Set-up code").fill(code)
        account = {"Your name": "Ines Ferro", "Login": "ines", "Password": "nine-grey-herons-wade"}
        for label, text in {**account, "Password once more": account["Password"]}.items():
            page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")
        steps = (
            {"Name": "Lark Clinic"},
            {"Name": "Harbour Street", "Rooms": "1, 2"},
            {"Name": "Check-up", "Specialty": "Family medicine"},
        )
        titles = ("Your clinic", "A location and its rooms", "What can be booked", "Who gives care, and when")
        for title, fields in zip(titles, steps, strict=False):
            page.get_by_role("heading", level=1, name=title).wait_for(timeout=PATIENCE)
            for label, text in fields.items():
                page.get_by_label(label, exact=True).fill(text)
            page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("heading", level=1, name=titles[-1]).wait_for(timeout=PATIENCE)
        page.get_by_label("Name", exact=True).fill("Dr. Ada Lark")

    return Picture("set-up", routes.SET_UP, "form", then=go_there)


DAY = f"day={_working_day()}&location={SITE_IDS[CENTRAL]}"
BOARD = f"{routes.BOARD}?{DAY}"
WEEK = f"{routes.CALENDAR}?view=week&practitioner={DOCTOR_ID}&day={_working_day()}"
DESK_ROLE = Role.RECEPTIONIST
PICTURES = (
    Picture("board", BOARD, ".db-card", DESK_ROLE, WIDE, then=_open_a_card),
    Picture("board-dark", BOARD, ".db-card", DESK_ROLE, WIDE, scheme="dark", then=_open_a_card),
    Picture("board-ar", BOARD, ".db-card", DESK_ROLE, WIDE, language="ar", then=_open_a_card),
    Picture("palette", BOARD, ".db-card", DESK_ROLE, then=_open_the_palette),
    Picture("calendar", WEEK, ".ec-event", DESK_ROLE),
    Picture("arrivals", routes.ARRIVALS, "[data-row]", DESK_ROLE),
    Picture("arrivals-dark", routes.ARRIVALS, "[data-row]", DESK_ROLE, scheme="dark"),
    Picture("wall", routes.ARRIVALS, "[data-row]", DESK_ROLE, size=WIDE, then=_open_the_display),
    Picture("worklists", routes.WORKLISTS, "tbody tr", DESK_ROLE),
    Picture("close", routes.CLOSE, "tbody tr", DESK_ROLE),
    Picture("my-day", routes.MY_DAY, "[data-list=now]", Role.PRACTITIONER),
    Picture("my-day-dark", routes.MY_DAY, "[data-list=now]", Role.PRACTITIONER, scheme="dark"),
    Picture("patient", routes.MY_DAY, "[data-list=now]", Role.PRACTITIONER, then=_open_own_file),
    Picture("utilisation", routes.REPORTS, "svg", Role.MANAGER),
    Picture("schedule", routes.SETTINGS_SCHEDULES, "select", Role.ADMINISTRATOR, then=_choose_the_doctor),
    Picture("book", routes.BOOK, "button", size=PHONE),
    Picture("kiosk", routes.KIOSK, "button", size=KIOSK),
)

if __name__ == "__main__":
    main()
