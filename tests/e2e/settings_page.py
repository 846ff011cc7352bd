"""How the browser tests use the settings: each page by its words."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def open_part(page: Page, name: str) -> None:
    """Go to a settings page by the list at the side."""
    if "/settings" not in page.url:
        page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Settings").click()
        page.wait_for_url("**/settings/*")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible(timeout=20_000)


def fill(where: Any, **fields: str) -> None:
    """Fill fields in by their labels, where an underscore is a space."""
    for label, value in fields.items():
        entry = where.get_by_label(label.replace("_", " "), exact=True)
        if entry.evaluate("element => element.tagName") == "SELECT":
            entry.select_option(label=value)
        else:
            entry.fill(value)


def save(page: Page, where: Any | None = None) -> None:
    """Save the form, and wait for the answer."""
    (where or page).get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def week_of(page: Page) -> Locator:
    """Return the drawn week."""
    week = page.get_by_role("region", name="Week", exact=True)
    expect(week).to_be_visible()
    return week


def draw(page: Page, day: str, *, first: float, last: float) -> None:
    """Draw a stretch with the mouse, between two shares of a day's height."""
    column = week_of(page).get_by_role("group", name=f"Hours on {day}")
    column.scroll_into_view_if_needed()
    box = column.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + first * box["height"])
    page.mouse.down()
    page.mouse.move(middle, box["y"] + (first + last) / 2 * box["height"], steps=4)
    page.mouse.move(middle, box["y"] + last * box["height"], steps=4)
    page.mouse.up()


def drag(page: Page, block: Locator, *, to: Locator, by: float = 0.0) -> None:
    """Drag a block by its middle to another day, and by some pixels down."""
    block.scroll_into_view_if_needed()
    start, goal = block.bounding_box(), to.bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + goal["width"] / 2, start["y"] + start["height"] / 2 + by, steps=8)
    page.mouse.up()


def block_of(page: Page, day: str, time: str = "") -> Locator:
    """Return a day's block."""
    return week_of(page).get_by_role("button", name=re.compile(rf"^{day}, {time}"))


def preview(page: Page, where: Any | None = None) -> Locator:
    """Ask what the draft would do."""
    (where or page).get_by_role("button", name="Preview").click()
    window = page.get_by_role("dialog", name="What this changes")
    expect(window).to_be_visible(timeout=20_000)
    return window


def apply(page: Page) -> None:
    """Apply what was previewed."""
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Applied.")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(week_of(page)).to_be_visible()
