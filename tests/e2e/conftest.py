"""Browser tests run against `./holdfast up` itself, with its two web workers and the demonstration clinic.

def test_x(page, clinic):          # a window at 1280 x 800, in English, time zone of the machine
    page.goto("/sign-in")          # relative to the clinic
def test_y(open_window, clinic):   # further windows with cookies of their own, any size
    kiosk = open_window(width=390, height=844, color_scheme="dark")
def test_z(clinic):
    with clinic.connect() as database:      # sees every row
        ...
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.cli.browser import FLAGS, find_browser
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]

# Milliseconds for each step, longer than a person would wait: other work may run beside the tests.
PATIENCE = 20_000
FORGET = "DELETE FROM preferences WHERE name IN ('desk-view', 'board.parked', 'arrivals', 'keys', 'worklists')"


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Wait longer for what a test expects than the library does by itself."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """The running clinic, one for the whole session."""
    # Offers go out at whatever hour the tests run, and what a test writes into the catalogue is seen at once.
    given = {
        **{"HOLDFAST_WAITLIST_QUIET_FROM": "00:00", "HOLDFAST_WAITLIST_QUIET_UNTIL": "00:00"},
        "HOLDFAST_CACHE_PRACTITIONERS_SECONDS": "1",
    }
    clinic = RunningClinic(tmp_path_factory.mktemp("clinic") / "home", given=given)
    clinic.start()
    yield clinic
    clinic.stop()


@pytest.fixture(scope="session")
def browser_program() -> str:
    """The Chromium of this machine."""
    program = find_browser()
    if program is None:
        pytest.fail("No Chromium here; ./holdfast test says how to get one.")
    return program


# By module, not by session: while Playwright runs, no other test of this thread could start an event loop.
@pytest.fixture(scope="module")
def browser(browser_program: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_window(browser: Browser, clinic: RunningClinic) -> Iterator[OpenWindow]:
    """Open windows that share nothing with each other; all are closed after the test."""
    contexts = []

    def open_one(*, width: int = 1280, height: int = 800, language: str = "en-GB", **options: Any) -> Page:
        viewport = {"width": width, "height": height}
        context = browser.new_context(base_url=clinic.url, viewport=viewport, locale=language, **options)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def as_nobody_left_it(clinic: RunningClinic) -> None:
    """Let nothing stand that another test chose or parked with the same login, however it ended."""
    with clinic.connect() as database:
        database.execute(FORGET)


@pytest.fixture
def page(open_window: OpenWindow) -> Page:
    """One window."""
    return open_window()
