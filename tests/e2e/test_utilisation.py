"""The manager's page in a real browser: its numbers are the database's, and everybody can read them."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.board_page import let_in, sign_in, violations_in_both
from tests.e2e.conftest import OpenWindow
from tests.e2e.utilisation_page import (
    charts_drawn,
    choose,
    figure_of,
    open_report,
    panel_of,
    table_of,
    truth,
)
from tests.running_clinic import RunningClinic

PRACTITIONERS, HOURS = "By practitioner", "By weekday and hour"
# Notes whoever makes code out of text, with the file that did.
WATCH_EVAL = """
window.evaluated = [];
const note = () => window.evaluated.push(new Error().stack);
window.Function = new Proxy(window.Function, {
  apply(target, self, given) { note(); return Reflect.apply(target, self, given); },
  construct(target, given) { note(); return Reflect.construct(target, given); },
});
"""


@pytest.fixture(scope="module")
def signed_in(browser: Browser, clinic: RunningClinic) -> Any:
    """What a browser keeps of the manager's session, so that only one test has to sign in."""
    context = browser.new_context(base_url=clinic.url, locale="en-GB")
    let_in(context.new_page(), role="manager")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def window(open_window: OpenWindow, signed_in: Any) -> OpenWindow:
    """Open windows in which the manager is signed in."""
    return partial(open_window, storage_state=signed_in)


@pytest.fixture
def report(window: OpenWindow) -> Page:
    """The page with its figures."""
    page = window()
    open_report(page)
    return page


def test_a_manager_begins_here_and_the_rail_says_so(page: Page, clinic: RunningClinic) -> None:
    sign_in(page, role="manager")
    expect(page).to_have_url(re.compile(r"/reports$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Utilisation")
    here = page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Utilisation")
    expect(here).to_have_attribute("aria-current", "page")


def test_the_desk_neither_sees_the_area_nor_opens_the_page(page: Page, clinic: RunningClinic) -> None:
    sign_in(page, role="receptionist")
    expect(page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Day board")).to_be_visible()
    expect(page.get_by_role("link", name="Utilisation")).to_have_count(0)
    page.goto("/reports")
    page.wait_for_url("**/board")


@pytest.mark.long
def test_the_figures_are_the_databases(report: Page, clinic: RunningClinic) -> None:
    page = report
    ((_, total),) = truth(clinic, by="everything").items()
    for name, figure in zip(("Bookable minutes", "Booked minutes", "Attended minutes"), total.cells, strict=True):
        expect(figure_of(page, name)).to_have_text(figure)
    shares = {"Utilisation": total.booked / total.bookable, "Attendance": total.attended / total.booked}
    for name, share in shares.items():
        rounded = (100 * share).quantize(Decimal("0.1"), ROUND_HALF_UP)
        expect(figure_of(page, name)).to_contain_text(f"{rounded}".removesuffix(".0") + "%")


@pytest.mark.long
def test_each_practitioners_line_is_the_databases(report: Page, clinic: RunningClinic) -> None:
    page = report
    table = table_of(page, PRACTITIONERS)
    expected = truth(clinic, by="practitioner")
    expect(table.locator("tbody").get_by_role("row")).to_have_count(len(expected))
    for name, figures in expected.items():
        line = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(re.escape(name))))
        assert line.get_by_role("cell").all_text_contents()[:3] == figures.cells
    ((_, total),) = truth(clinic, by="everything").items()
    assert table.locator("tfoot").get_by_role("cell").all_text_contents()[:3] == total.cells


@pytest.mark.long
def test_the_hours_of_each_weekday_add_up_to_the_databases(report: Page, clinic: RunningClinic) -> None:
    page = report
    table = table_of(page, HOURS)
    expected = truth(clinic, by="weekday")
    days = table.locator("tbody")
    expect(days).to_have_count(len(expected))
    for day in days.all():
        name, *lines = (row for row in day.get_by_role("row").all())
        figures = expected[(name.text_content() or "").strip()]
        bookable = [line.get_by_role("cell").first.text_content() or "" for line in lines]
        assert sum(int(minutes.replace(",", "")) for minutes in bookable) == figures.bookable


@pytest.mark.long
def test_a_location_narrows_every_figure(report: Page, clinic: RunningClinic) -> None:
    page = report
    for name, figures in truth(clinic, by="place").items():
        choose(page, what="Location", name=name)
        expect(page.get_by_role("main").get_by_text(name, exact=True)).to_be_visible()
        expect(figure_of(page, "Bookable minutes")).to_have_text(figures.cells[0])
        expect(figure_of(page, "Booked minutes")).to_have_text(figures.cells[1])


@pytest.mark.long
def test_an_empty_period_says_so_and_wrong_days_are_named(report: Page, clinic: RunningClinic) -> None:
    page = report
    choose(page, what="Period", name="From day to day")
    page.get_by_label("Last day").fill("2031-01-31")
    expect(page.get_by_role("alert")).to_have_text("A period has at most 366 days.")
    page.get_by_label("First day").fill("2031-01-01")
    expect(page.get_by_text("There is no bookable time in this period")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("img")).to_have_count(0)
    page.get_by_label("Last day").fill("2030-12-31")
    expect(page.get_by_role("alert")).to_have_text("The last day lies before the first.")
    expect(page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    # What is shown stays named as what it is.
    expect(page.get_by_text("Wednesday, 1 January 2031 to Friday, 31 January 2031")).to_be_visible()
    choose(page, what="Period", name="Last week")
    expect(page.get_by_role("alert")).to_have_count(0)
    charts_drawn(page)


@pytest.mark.long
def test_what_lies_ahead_has_no_attendance(report: Page, clinic: RunningClinic) -> None:
    page = report
    # At a place further east tomorrow may have begun.
    choose(page, what="Location", name="Bridge Street")
    choose(page, what="Period", name="Next 4 weeks")
    expect(page.get_by_text("Nothing of this period has begun yet")).to_be_visible()
    expect(figure_of(page, "Attendance")).to_contain_text("–")


def test_the_keyboard_is_enough(report: Page, clinic: RunningClinic) -> None:
    page = report
    page.get_by_role("combobox", name="Period").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name="Last 4 weeks")).to_be_focused()
    page.keyboard.press("ArrowDown")
    # The list moves its focus a moment after the key, as nobody who looks at it would notice.
    expect(page.get_by_role("option", name="Next 4 weeks")).to_be_focused()
    page.keyboard.press("Enter")
    # The rest of the page has no roles until the open menu is gone, which the new charts may delay.
    expect(page.get_by_role("combobox", name="Period")).to_have_text("Next 4 weeks", timeout=20_000)
    expect(page.get_by_role("combobox", name="Period")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Location")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="What is counted")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Definitions")).to_be_focused()
    panel_of(page, PRACTITIONERS).get_by_role("tab", name="Chart").focus()
    page.keyboard.press("ArrowRight")
    expect(panel_of(page, PRACTITIONERS).get_by_role("table", name="Minutes by practitioner")).to_be_visible()


@pytest.mark.long
def test_axe_finds_nothing(window: OpenWindow) -> None:
    page = window()
    open_report(page)
    charts_drawn(page)
    _assert_accessible(page)
    for title in (PRACTITIONERS, HOURS):
        expect(table_of(page, title)).to_be_visible()
    _assert_accessible(page)
    page.get_by_role("button", name="Definitions").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _assert_accessible(page)


def _assert_accessible(page: Page) -> None:
    assert violations_in_both(page) == []


@pytest.mark.long
@pytest.mark.parametrize("width", [390, 1280, 2560])
def test_nothing_runs_out_of_the_window(window: OpenWindow, width: int) -> None:
    page = window(width=width)
    open_report(page)
    charts_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("main").evaluate("element => element.scrollWidth - element.clientWidth") <= 0


@pytest.mark.long
@pytest.mark.parametrize(("language", "weekday", "is_mirrored"), [("de", "Montag", False), ("ar", "الاثنين", True)])
def test_charts_speak_the_readers_language_and_follow_its_direction(
    window: OpenWindow, language: str, weekday: str, is_mirrored: bool
) -> None:
    page = window(language=language)
    page.goto("/reports")
    charts_drawn(page)
    label = page.locator(".plot text").filter(has_text=weekday).bounding_box()
    frame = page.locator(".plot").last.bounding_box()
    assert label is not None
    assert frame is not None
    assert (label["x"] > frame["x"] + frame["width"] / 2) == is_mirrored
    assert frame["x"] <= label["x"]
    assert label["x"] + label["width"] <= frame["x"] + frame["width"]


@pytest.mark.long
def test_the_charts_library_is_loaded_here_only_and_makes_no_code_out_of_text(
    open_window: OpenWindow, signed_in: Any
) -> None:
    asked: list[str] = []
    stranger, page = open_window(), open_window(storage_state=signed_in)
    page.add_init_script(WATCH_EVAL)
    for window, paths in ((stranger, ("/", "/sign-in", "/book")), (page, ("/board", "/mail"))):
        window.on("request", lambda request: asked.append(request.url))
        for path in paths:
            window.goto(path)
            expect(window.get_by_role("contentinfo")).to_contain_text("Connected")
    assert not [url for url in asked if "plotly" in url]
    page.goto("/reports")
    charts_drawn(page)
    assert len([url for url in asked if "plotly-strict" in url]) == 1
    assert [stack for stack in page.evaluate("window.evaluated") if "plotly" in stack] == []


@pytest.fixture
def unreadable_slots(clinic: RunningClinic) -> Iterator[None]:
    """A database that does not give the slots out."""
    with clinic.connect() as database:
        database.execute("REVOKE SELECT ON slots FROM holdfast_app")
        yield
        database.execute("GRANT SELECT ON slots TO holdfast_app")


@pytest.mark.long
def test_figures_that_cannot_be_read_say_so_and_can_be_asked_for_again(
    window: OpenWindow, clinic: RunningClinic, unreadable_slots: None
) -> None:
    page = window()
    page.goto("/reports")
    expect(page.get_by_text("The figures could not be read.")).to_be_visible(timeout=20_000)
    with clinic.connect() as database:
        database.execute("GRANT SELECT ON slots TO holdfast_app")
    page.get_by_role("button", name="Try again").click()
    expect(figure_of(page, "Bookable minutes")).to_be_visible()
