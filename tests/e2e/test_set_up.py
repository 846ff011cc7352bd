"""A new user in a browser: from an empty installation to a booked visit, from the demonstration to an own clinic.

All start installations of their own, because what they do to one cannot be shared.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.services.demo import LOGINS
from app.words import LANGUAGES
from models.accounts import Role
from tests.e2e.board_page import violations
from tests.e2e.booking_page import choose_day, fill_in, hold, times, to_times
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
PASSWORD = "four-quiet-paper-boats"
CODE = re.compile(r"set-up code\s+(\S+)")
DOORS = ("/", "/sign-in", "/book", "/kiosk")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningClinic]:
    """An installation of its own; the test starts it."""
    clinic = RunningClinic(tmp_path / "home")
    yield clinic
    clinic.stop()


@pytest.fixture
def window(browser: Browser, own: RunningClinic) -> Iterator[BrowserContext]:
    """A browser that has been nowhere yet, in Berlin."""
    context = browser.new_context(
        base_url=own.url, viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/Berlin"
    )
    yield context
    context.close()


def fill_account(page: Page, *, login: str) -> None:
    """Say who the first administrator is."""
    page.get_by_label("Your name").fill("Ines Ferro")
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)


def at_step(page: Page, title: str) -> None:
    """Wait for a step of the guide."""
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=30_000)


def go_on(page: Page) -> None:
    """Save the step."""
    page.get_by_role("button", name="Save and go on").click()


def name_clinic(page: Page) -> None:
    """Fill the second step in: the country came with the browser's time zone."""
    at_step(page, "Your clinic")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    expect(page.get_by_label("Currency")).to_have_value("EUR")
    page.get_by_label("Name", exact=True).fill("Lark Clinic")
    go_on(page)


def open_place(page: Page) -> None:
    """Fill the third step in."""
    at_step(page, "A location and its rooms")
    page.get_by_label("Name", exact=True).fill("Harbour Street")
    page.get_by_label("Rooms", exact=True).fill("1, 2")
    go_on(page)


def offer_service(page: Page) -> None:
    """Fill the fourth step in; the first try forgets the specialty."""
    at_step(page, "What can be booked")
    page.get_by_label("Name", exact=True).fill("Check-up")
    go_on(page)
    expect(page.get_by_label("Specialty")).to_be_focused()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    page.get_by_label("Specialty").fill("Family medicine")
    page.get_by_label("Room", exact=True).select_option(label="Consulting room")
    go_on(page)


def take_on(page: Page) -> None:
    """Fill the fifth step in, for every day of the week."""
    at_step(page, "Who gives care, and when")
    page.get_by_label("Name", exact=True).fill("Dr. Ada Lark")
    page.get_by_label("License or staff number").fill("L-1")
    for day in ("Saturday", "Sunday"):
        page.get_by_label(day).check()
    go_on(page)


def is_readable(page: Page) -> None:
    """Check what axe finds and that nothing runs out of the window."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_from_an_empty_start_to_a_booked_visit(own: RunningClinic, window: BrowserContext) -> None:
    own.start("--empty")
    (code,) = CODE.findall(own.output.read_text())
    page = window.new_page()
    for door in DOORS:
        page.goto(door)
        expect(page.get_by_role("heading", name="This clinic is not set up yet")).to_be_visible(timeout=20_000)
        is_readable(page)
    page.get_by_role("link", name="Open the set-up guide").click()
    at_step(page, "Set up your clinic")
    is_readable(page)
    page.get_by_label("Set-up code").fill("AAAA-AAAA-AAAA")
    fill_account(page, login="ines")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is not the code that the start printed last.")).to_be_visible()
    expect(page.get_by_label("Set-up code")).to_be_focused()
    page.get_by_label("Set-up code").fill(code)
    page.keyboard.press("Enter")
    name_clinic(page)
    open_place(page)
    # Left in the middle and resumed: another page, the checklist of the settings, back.
    at_step(page, "What can be booked")
    page.goto("/settings/clinic")
    checklist = page.get_by_role("region", name="Before patients can book")
    expect(checklist.get_by_role("listitem").filter(has_text="still to do")).to_have_count(2, timeout=20_000)
    is_readable(page)
    checklist.get_by_role("link", name="Go on with the guide").click()
    offer_service(page)
    take_on(page)
    at_step(page, "Ready")
    expect(page.get_by_text("Check-up with Dr. Ada Lark, Harbour Street")).to_be_visible()
    # At once, while the frame may still know the clinic as it was.
    page.goto("/settings/clinic")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lark Clinic", timeout=20_000)
    expect(checklist).to_have_count(0)
    page.goto("/set-up")
    at_step(page, "Ready")
    expect(page.get_by_text("Check-up with Dr. Ada Lark, Harbour Street")).to_be_visible()
    is_readable(page)
    _book(page)
    _nobody_takes_it_again(own, page)


def _book(page: Page) -> None:
    """Book a visit as a patient does."""
    page.get_by_role("link", name="Book as a patient").click()
    expect(page.get_by_role("heading", name="What is the visit for?")).to_be_visible(timeout=20_000)
    to_times(page, service="Check-up")
    # The first day is open already.
    choose_day(page, 1)
    times(page).first.click()
    fill_in(page)
    hold(page)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def _nobody_takes_it_again(own: RunningClinic, page: Page) -> None:
    stranger = page.context.browser
    assert stranger is not None
    context = stranger.new_context(base_url=own.url, locale="en-GB")
    other = context.new_page()
    other.goto("/set-up")
    expect(other.get_by_text("This clinic is set up")).to_be_visible(timeout=20_000)
    expect(other.get_by_label("Set-up code")).to_have_count(0)
    context.close()


def test_the_guide_is_readable_for_everybody(own: RunningClinic, browser: Browser) -> None:
    own.start("--empty")
    looks = [*((language, "light", 1280) for language in LANGUAGES), ("en", "dark", 390), ("ar", "dark", 390)]
    for language, scheme, width in looks:
        viewport = {"width": width, "height": 800}
        context = browser.new_context(base_url=own.url, viewport=viewport, locale=language, color_scheme=scheme)
        page = context.new_page()
        for path in ("/", "/set-up"):
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
            is_readable(page)
        context.close()


def test_from_the_demonstration_to_a_clinic_of_ones_own(own: RunningClinic, window: BrowserContext) -> None:
    own.start()
    page = window.new_page()
    login = next(one for one in LOGINS if one.role is Role.ADMINISTRATOR)
    page.goto("/sign-in?next=/settings/clinic")
    page.get_by_label("Login", exact=True).fill(login.login)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Go live").click()
    expect(page.get_by_role("heading", name="What goes")).to_be_visible(timeout=20_000)
    is_readable(page)
    go = page.get_by_role("button", name="Remove the demonstration and go live")
    fill_account(page, login="ines")
    go.click()
    expect(page.get_by_text("This is not the demonstration's name.")).to_be_visible()
    page.get_by_label("The demonstration's name, to confirm").fill("Riverside Clinics")
    go.click()
    name_clinic(page)
    at_step(page, "A location and its rooms")
    expect(page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Sent mail")).to_have_count(0)
    with own.connect() as database:
        assert database.execute("SELECT count(*) FROM patients").fetchone() == (0,)
        assert database.execute("SELECT login FROM users").fetchall() == [("ines",)]
    _demonstration_is_over(window)
    own.stop()
    own.start()
    assert "Demonstration logins" not in own.output.read_text()
    assert CODE.search(own.output.read_text()) is None
    with own.connect() as database:
        assert database.execute("SELECT name, is_demonstration FROM clinics").fetchall() == [("Lark Clinic", False)]


def _demonstration_is_over(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("contentinfo")).to_contain_text("Connected")
    expect(page.get_by_text("Demonstration logins")).to_have_count(0)
    page.goto("/mail")
    expect(page.get_by_text("There is no mail page here")).to_be_visible(timeout=20_000)
    page.close()
