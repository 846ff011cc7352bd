"""The booking pages in their sizes, colours and languages: axe finds nothing, nothing is cut off, targets are large."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.infra.words import words_of
from tests.e2e.booking_page import NAMES, to_hold
from tests.e2e.conftest import OpenWindow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def require_accessible(page: Page, *, where: str) -> None:
    """Fail on anything that axe finds, or on a page that is wider than its window."""
    found = Axe().run(page, options={"runOnly": RULES})
    assert not found.response["violations"], f"{where}: {found.generate_report()}"
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], f"{where} scrolls sideways: {width}"


def test_at_the_kiosk_everything_touched_is_large(page: Page) -> None:
    to_hold(page, day=6, kiosk=True)
    for _ in range(2):
        _require_large(page)
        page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()
    _require_large(page)
    page.get_by_role("button", name="Give it back").click()


@pytest.mark.parametrize(
    ("width", "height", "scheme", "language", "kiosk"),
    [
        (390, 844, "dark", "ar", False),
        pytest.param(1280, 1024, "light", "de", True, marks=pytest.mark.long),
        pytest.param(1280, 800, "light", "es", False, marks=pytest.mark.long),
        pytest.param(2560, 1440, "dark", "fr", False, marks=pytest.mark.long),
        pytest.param(1080, 1920, "dark", "ar", True, marks=pytest.mark.long),
    ],
)
def test_every_step_is_accessible(
    open_window: OpenWindow, *, width: int, height: int, scheme: str, language: str, kiosk: bool
) -> None:
    page = open_window(width=width, height=height, color_scheme=scheme, language=language)
    page.goto("/kiosk" if kiosk else "/book")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    name = words_of(language).gettext("Kiosk" if kiosk else "Book a visit")
    expect(page).to_have_title(f"{name} – Holdfast")
    if kiosk:
        page.locator(".welcome-go").wait_for()
        require_accessible(page, where="welcome")
        page.locator(".welcome-go").click()
    page.locator(".choices .choice").first.wait_for()
    for step, way_on in (("service", ".choices .choice"), ("place", ".people .choice"), ("time", ".times .choice")):
        page.locator(way_on).first.wait_for()
        require_accessible(page, where=step)
        if step == "time":
            # The first time of today may be gone by the time that everything is filled in.
            page.locator(".days .choice").nth(1).click()
            expect(page.locator("#times-title")).to_be_focused()
        page.locator(way_on).first.click()
    page.locator(".details [type=submit]").click()
    expect(page.locator(".field-error:not(:empty)").first).to_be_visible()
    require_accessible(page, where="details")
    # The names of the fields are the same in every language.
    answers = {"given_name": "Ana", "family_name": next(NAMES), "phone": "212 555 0142"}
    answers |= {"birth_day": "24", "birth_month": "12", "birth_year": "1980"}
    for name, text in answers.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator(".details [type=submit]").click()
    page.locator(".hold-clock").wait_for()
    require_accessible(page, where="confirm")
    page.locator(".step-actions button").first.click()
    page.locator(".done-mark").wait_for()
    require_accessible(page, where="done")


def _require_large(page: Page) -> None:
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select")]
          .filter((e) => e.offsetParent && e.type !== "hidden" && e.closest("main, header"))
          .map((e) => e.closest(".rt-TextFieldRoot") ?? e)
          .filter((e) => e.getBoundingClientRect().height < 63.5)
          .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"""
    )
    assert not small, small
    tiny = page.evaluate(
        """() => [...document.querySelectorAll("main *, header *")]
          .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
          .map((e) => [e.textContent.trim().slice(0, 40), parseFloat(getComputedStyle(e).fontSize)])
          .filter(([, size]) => size < 19.9)"""
    )
    assert not tiny, tiny
