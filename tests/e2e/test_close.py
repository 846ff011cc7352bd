"""A day is closed in the browser: what is open is settled, the sheet printed and exported, the rest written down."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import let_in, sign_in, violations, violations_in_both
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.e2e.conftest import OpenWindow
from tests.running_clinic import RunningClinic

CLOSED = "SELECT open_items, reopened_at IS NOT NULL FROM day_closes ORDER BY closed_at DESC LIMIT 1"
REOPENED = "UPDATE day_closes SET reopened_at = now(), reopened_by = 'user:tests' WHERE reopened_at IS NULL"
EXPORTS = "SELECT detail ->> 'form' FROM audit_events WHERE action = 'export' AND detail -> 'ids' ? %s ORDER BY at"
SHEET = {"A4": (794, 1123), "Letter": (816, 1056)}


def _open(page: Page, visit: TodaysVisit) -> Locator:
    page.goto("/close")
    expect(page.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    place = page.get_by_role("combobox", name="Location")
    if visit.start.place not in (place.text_content() or ""):
        place.click()
        page.get_by_role("option", name=visit.start.place).click()
    page.get_by_label("Day to close").fill(visit.start.day.isoformat())
    row = page.get_by_role("row").filter(has_text=visit.start.practitioner)
    expect(row).to_have_count(1)
    return row


@pytest.mark.long
def test_a_day_is_closed_with_its_sheet_and_what_was_left_open(page: Page, clinic: RunningClinic) -> None:
    name = f"Dr. Evening {uuid4().hex[:6]}"
    visit = todays_visit(clinic, practitioner=name, minutes_ago=40)
    with clinic.connect() as database:
        # Whoever closed the day before us in this clinic: a closed day offers no remedy.
        database.execute(REOPENED)
    let_in(page)
    row = _open(page, visit)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert name in Path(download.value.path()).read_text(encoding="utf-8-sig")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Day sheet by practitioner").click()
    paper = opened.value
    expect(paper.get_by_role("columnheader", name=name)).to_be_visible()
    assert violations(paper) == []
    _require_whole(paper)
    paper.close()
    row.get_by_role("button", name=re.compile("No-show: ")).click()
    expect(row).to_have_count(0)
    assert visit.stored(clinic)[0] == "noshow"
    page.get_by_role("button", name="Close the day").click()
    question = page.get_by_role("alertdialog")
    closed = page.get_by_text(re.compile("Closed at"))
    # With nothing open no question is asked.
    expect(question.or_(closed)).to_be_visible()
    if question.is_visible():
        question.get_by_role("button", name="Close the day").click()
    expect(closed).to_be_visible()
    expect(page.get_by_role("button", name="Open the day again")).to_have_count(0)
    with clinic.connect() as database:
        left, is_open_again = database.execute(CLOSED).fetchone() or (0, True)
        assert not is_open_again
        expect(closed).to_contain_text(f"Left open: {left}.")
        assert database.execute(EXPORTS, (str(visit.id),)).fetchall() == [("csv",), ("html",)]


def _require_whole(paper: Page) -> None:
    """Nothing of the sheet is cut at the edge of either paper, and its head stands on every page."""
    paper.emulate_media(media="print")
    for form, (width, height) in SHEET.items():
        # The printable width: the paper's without the 12 mm margins on both sides.
        paper.set_viewport_size({"width": width - 91, "height": height})
        cut = paper.evaluate(
            "[...document.querySelectorAll('td, th')].filter((one) => one.scrollWidth > one.clientWidth + 1"
            " || one.getBoundingClientRect().right > window.innerWidth + 1).length"
        )
        assert cut == 0, form
        assert paper.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
        assert paper.pdf(format=form).startswith(b"%PDF")


@pytest.mark.long
def test_on_a_phone_each_line_of_the_close_stands_whole_in_the_window(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner=f"Dr. Pocket {uuid4().hex[:6]}", minutes_ago=40)
    with clinic.connect() as database:
        database.execute(REOPENED)
    page = open_window(width=390, height=844)
    let_in(page)
    row = _open(page, visit)
    for part in [*row.get_by_role("cell").all(), *row.get_by_role("button").all()]:
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert violations(page) == []
    row.get_by_role("button", name=re.compile("No-show: ")).click()
    expect(row).to_have_count(0)
    assert visit.stored(clinic)[0] == "noshow"


@pytest.mark.long
@pytest.mark.parametrize("language", ["ar", "de"])
def test_the_close_reads_well_in_every_dress(open_window: OpenWindow, language: str) -> None:
    window = open_window(width=640, height=800, language=language)
    sign_in(window, role="manager", to="/close")
    expect(window.locator(".close-top h1")).to_be_visible()
    assert violations_in_both(window) == []
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
