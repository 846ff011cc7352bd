"""Room at the desk: notices hide no button for good, names are read whole, and the close of day is calm everywhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.words import LANGUAGES
from tests.e2e.board_page import board_of, details_of, open_board, sign_in
from tests.e2e.board_today import todays_visit
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long

OpenWindow = Callable[..., Page]
IS_WHOLE = "(one) => [one, ...one.querySelectorAll('span')].every((part) => part.scrollWidth <= part.clientWidth)"


def test_the_panes_last_button_is_scrolled_clear_of_the_notices(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aabel Desk", minutes_ago=-90)
    open_board(page, visit.start)
    page.locator(f'.db-card[data-key="{visit.id}"]').click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", level=2)).to_be_visible()
    page.keyboard.press("p")
    notice = page.locator("[data-sonner-toast]").first
    expect(notice.get_by_role("button", name="Undo")).to_be_visible()
    # A window of 1280 x 800, and the same at 200 %.
    for width, height in ((1280, 800), (640, 400)):
        page.set_viewport_size({"width": width, "height": height})
        # In a low window the board scrolls to its pane, otherwise the pane by itself.
        pane.evaluate("one => { for (; one; one = one.parentElement) one.scrollTo(0, one.scrollHeight); }")
        last = pane.get_by_role("button").last
        assert bottom(last) <= top(notice), width


def top(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["y"]


def bottom(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_the_boards_head_says_the_locations_name_in_full(page: Page) -> None:
    sign_in(page)
    board_of(page)
    place = page.locator(".board-tools .rt-SelectTrigger")
    place.click()
    page.get_by_role("option", name="Harbour Street").click()
    name = place.get_by_text("Harbour Street")
    expect(name).to_be_visible()
    for language in LANGUAGES:
        page.evaluate(f"window.holdfast.setLanguage('{language}')")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert place.evaluate(IS_WHOLE), language


def test_the_close_of_day_is_calm_in_every_language(open_window: OpenWindow) -> None:
    page = open_window()
    sign_in(page, role="manager", to="/close")
    groups = page.locator(".close-group-files")
    expect(groups).to_have_count(3)
    for language in LANGUAGES:
        page.evaluate(f"window.holdfast.setLanguage('{language}')")
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.set_viewport_size({"width": 1280, "height": 800})
        # Everything that can be taken along stands in one line, below the one decision.
        assert len({round(top(groups.nth(number))) for number in range(3)}) == 1, language
        page.set_viewport_size({"width": 640, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), language
        rows = [round(top(groups.nth(number))) for number in range(3)]
        assert rows == sorted(rows), language
