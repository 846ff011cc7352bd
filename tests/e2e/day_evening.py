"""The end of the day in the hands of whoever closes it: what is open, the sheet, the file, the close, and out."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.day_ground import Ground


def open_close(page: Page, ground: Ground) -> None:
    """Go to the close of the location's day."""
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Close of day").click()
    expect(page.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    place = page.get_by_role("combobox", name="Location")
    if ground.place not in (place.text_content() or ""):
        place.click()
        page.get_by_role("option", name=ground.place).click()
    # Another location's day may have been looked at before.
    page.get_by_label("Day to close").fill(ground.day.isoformat())
    expect(page.locator(".close-group").first).to_be_visible()


def part(page: Page, title: str) -> Locator:
    """Return the open items of a kind."""
    return page.locator(".close-group").filter(has=page.get_by_role("heading", name=re.compile(f"^{title}")))


def settle_all(page: Page, title: str, *, press: str) -> None:
    """Give all of a kind the same end, after the question."""
    part(page, title).get_by_role("button", name=press).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Yes, close them").click()
    expect(part(page, title)).to_have_count(0, timeout=30_000)


def take_sheets(page: Page) -> tuple[str, str]:
    """Print the day sheet and export the day; return what stands in each."""
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8-sig")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Day sheet by practitioner").click()
    paper = opened.value
    expect(paper.get_by_role("table").first).to_be_visible()
    assert paper.pdf(format="A4").startswith(b"%PDF")
    printed = paper.locator("body").inner_text()
    paper.close()
    return printed, exported


def close_day(page: Page) -> None:
    """Close a day on which nothing is open."""
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text(re.compile(r"^Closed at .* Left open: 0\."))).to_be_visible()


def sign_out(page: Page) -> None:
    """Leave the computer to nobody."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name=re.compile("^Staff"))).to_be_visible()
