"""Week, month and list in a real browser: found, filtered, moved by dragging, and followed by another desk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.state.calendar_live import MOST_CARDS
from tests.e2e.board_page import FreeStart, details_of, let_in, sign_in, violations
from tests.e2e.board_today import todays_visit
from tests.e2e.full_week import make_full_week
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
LOCATION_ID = "SELECT id FROM locations WHERE name = %s"


def show(page: Page, clinic: RunningClinic, start: FreeStart, view: str) -> Locator:
    """Open a view of the start's location and day, of its practitioner alone; return the calendar."""
    with clinic.connect() as database:
        (location_id,) = database.execute(LOCATION_ID, (start.place,)).fetchone() or ("",)
    page.goto(f"/calendar?view={view}&location={location_id}&day={start.day}")
    calendar = page.locator(".cv[data-view]")
    expect(calendar).to_have_attribute("data-view", view, timeout=20_000)
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("button", name=f"Only {start.practitioner}").click()
    page.keyboard.press("Escape")
    # Until the server's answer stands in the page, everybody's appointments do.
    expect(page.get_by_role("button", name="Filters, some are set")).to_be_visible()
    return calendar


def drag_by_its_length(page: Page, card: Locator) -> None:
    """Move a card by the mouse to where it ends now, however high half an hour is drawn."""
    # In the middle: at the window's edge the week scrolls while a card is dragged.
    card.evaluate("card => card.scrollIntoView({ block: 'center' })")
    box = card.bounding_box()
    assert box is not None
    x, y, down = box["x"] + box["width"] / 2, box["y"] + 8, box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x, y + down * step / 8)
    page.mouse.up()


@pytest.mark.long
def test_a_visit_dragged_in_the_week_moves_after_the_yes_and_another_desks_list_follows(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    # A dragged card keeps to full five minutes.
    visit = todays_visit(clinic, practitioner="Dr. Weekly Mover", minutes_ago=-65, step=5)
    page, other = open_window(width=1600, height=1000), open_window()
    for one in (page, other):
        let_in(one)
    week, listed = show(page, clinic, visit.start, "week"), show(other, clinic, visit.start, "list")
    expect(listed.locator(".cv-card")).to_have_count(1)
    before = listed.locator(".cv-card .cv-time").inner_text()
    card = week.locator(".cv-card")
    expect(card).to_have_count(1)
    drag_by_its_length(page, card)
    expect(details_of(page).get_by_role("button", name="Move here")).to_be_visible()
    details_of(page).get_by_role("button", name="Move here").click()
    expect(listed.locator(".cv-card .cv-time")).not_to_have_text(before)
    assert visit.began_later_by(clinic) == 30
    week.locator(".cv-card button").click()
    expect(details_of(page).get_by_role("heading", level=2)).to_be_visible()


@pytest.mark.long
def test_a_week_too_full_to_show_says_who_is_how_full_and_one_click_shows_one_of_them(
    page: Page, clinic: RunningClinic
) -> None:
    week = make_full_week(clinic, visits=MOST_CARDS["week"])
    sign_in(page, to=week.address)
    calendar = page.locator(".cv[data-view='week']")
    expect(calendar.get_by_role("status")).to_contain_text("are too many to show each")
    rows = calendar.get_by_role("row")
    everybody, first, *_ = rows.all()[1:]
    expect(everybody).to_contain_text("Everybody")
    # The fullest stands first.
    expect(first).to_contain_text(week.full)
    assert violations(page) == []
    calendar.get_by_role("button", name=week.empty, exact=True).click()
    expect(calendar.locator(".cv-card")).to_have_count(2)
    page.get_by_role("button", name="Show everything").click()
    expect(calendar.get_by_role("button", name=week.full, exact=True)).to_be_visible()
    # A day of somebody's leads to its board.
    calendar.get_by_role("button", name=re.compile(f"^{week.empty}, .*: 2 of 12 booked")).click()
    expect(page.get_by_role("region", name="Day board")).to_be_visible()


@pytest.mark.long
def test_the_list_of_today_begins_at_what_comes_next(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Coming Soon", minutes_ago=-15)
    with clinic.connect() as database:
        (location_id,) = database.execute(LOCATION_ID, (visit.start.place,)).fetchone() or ("",)
    sign_in(page, to=f"/calendar?view=list&location={location_id}&day={visit.start.day}")
    calendar = page.locator(".cv[data-view=list]")
    expect(calendar).to_be_visible()
    coming = calendar.locator(f'[data-id="{visit.id}"]')
    expect(coming).to_be_in_viewport()
    # What has been today and on the week's days before is a scroll away.
    expect(calendar.locator("[data-id]").first).not_to_be_in_viewport()
    page.get_by_role("switch", name="As a table").click()
    expect(calendar.get_by_role("row")).not_to_have_count(0)
    expect(coming).to_be_in_viewport()
    expect(calendar.locator("[data-id]").first).not_to_be_in_viewport()


@pytest.mark.long
def test_every_view_is_without_a_violation_and_reached_by_the_switch(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Every View", minutes_ago=-60)
    let_in(page)
    calendar = show(page, clinic, visit.start, "week")
    for view in ("List", "Month", "Week"):
        page.get_by_role("navigation", name="Views").get_by_role("link", name=view).click()
        expect(calendar).to_have_attribute("data-view", view.lower())
        assert violations(page) == []
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Day").click()
    expect(page.get_by_role("region", name="Day board")).to_be_visible()


@pytest.mark.long
def test_the_mini_month_goes_to_a_day_by_keyboard(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    page.get_by_role("button", name="Choose a day").click()
    chosen = page.locator(".mini-month [data-chosen]")
    day = chosen.get_attribute("data-day")
    chosen.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".mini-month")).to_have_count(0)
    assert day is not None
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(f" {int(day[-2:])} ")
