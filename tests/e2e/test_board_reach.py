"""The board by keyboard, to assistive technology, at every size, and to nobody whose session has ended."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import (
    FreeStart,
    board_of,
    choose_patient,
    column_of,
    details_of,
    free_start,
    go_to,
    open_board,
    sign_in,
    violations,
    violations_in_both,
)
from tests.e2e.demo_patients import idle_phone
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
# As a reader does: after the board has gone to its hour, and seen by it before anything else is done.
SCROLL = """box => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  box.scrollTo({ top: 240 });
  requestAnimationFrame(done);
})))"""


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement?.getAttribute('aria-label') ?? ''")


def press_to_next(page: Page, key: str) -> None:
    """Press an arrow and wait until the keyboard stands on another stop, the only one in the tab order."""
    page.evaluate("window.stopBefore = document.activeElement")
    page.keyboard.press(key)
    page.wait_for_function("document.activeElement !== window.stopBefore")
    expect(board_of(page).locator("[data-key][tabindex='0']")).to_have_count(1)


def test_the_keyboard_alone_books_a_time(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=51)
    board = open_board(page, start)
    # One stop of the board is in the tab order; from there arrows lead everywhere.
    assert board.locator("[data-key][tabindex='0']").count() == 1
    board.locator("[data-key][tabindex='0']").focus()
    page.keyboard.press("Home")
    column = column_of(page, start)
    while not column.evaluate("(column) => column.contains(document.activeElement)"):
        press_to_next(page, "ArrowRight")
    # Columns may have no time at the same height, so the walk down begins at this one's top.
    page.keyboard.press("Home")
    while not start.time.match(focused(page)):
        press_to_next(page, "ArrowDown")
    page.keyboard.press("Enter")
    search = details_of(page).get_by_label("Find a patient")
    expect(search).to_be_focused()
    page.keyboard.type(idle_phone(clinic, start))
    expect(details_of(page).get_by_role("listitem").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(details_of(page).locator("strong")).to_be_visible()
    book = details_of(page).get_by_role("button", name="Book", exact=True)
    book.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Booked for")).to_be_visible()


def test_days_turn_with_keys_unless_somebody_types(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=52)
    board = open_board(page, start)

    def shows(day_offset: int) -> None:
        day = start.day + timedelta(days=day_offset)
        expect(page.get_by_role("heading", name=f"{day.day} {day:%B %Y}")).to_be_visible()

    board.locator("[data-key][tabindex='0']").focus()
    page.keyboard.press("PageDown")
    shows(1)
    page.keyboard.press("PageUp")
    shows(0)
    column_of(page, start).get_by_role("button", name=start.time).click()
    search = details_of(page).get_by_label("Find a patient")
    expect(search).to_be_focused()
    page.keyboard.type("t")
    shows(0)
    page.keyboard.press("Escape")
    board.locator("[data-key][tabindex='0']").focus()
    page.keyboard.press("Escape")
    expect(details_of(page).get_by_text("Nothing is chosen")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name=f"{start.day.day} {start.day:%B %Y}")).to_have_count(0)


def test_letters_do_nothing_once_they_are_turned_off(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=52)
    open_board(page, start)
    turn_letters(page, is_on=False)
    for key in ("t", "n", "?", "/", "Shift+L"):
        page.keyboard.press(key)
    expect(page.locator("#palette")).not_to_be_focused()
    page.keyboard.press("PageDown")
    # Answered after whatever a letter had asked for.
    next_day = start.day + timedelta(days=1)
    shown = page.get_by_role("heading", name=f"{next_day.day} {next_day:%B %Y}")
    expect(shown).to_be_visible()
    expect(details_of(page).get_by_text("Nothing is chosen")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    # By its name in the palette, the same is done.
    page.keyboard.press("Control+k")
    page.keyboard.type("go to today")
    page.keyboard.press("Enter")
    expect(shown).to_have_count(0)
    page.goto("/arrivals")
    expect(page.locator(".queue-column").first).to_be_visible()
    page.keyboard.press("w")
    turn_letters(page, is_on=True)
    page.keyboard.press("w")
    expect(page.get_by_role("dialog", name="Somebody without an appointment")).to_be_visible()


def turn_letters(page: Page, *, is_on: bool) -> None:
    """Go to where the keys are listed and change whether those of one character do anything."""
    page.get_by_role("button", name="Keys (?)").click()
    box = page.get_by_role("checkbox", name="Letters and signs act as shortcuts", checked=not is_on)
    box.click()
    expect(box).to_have_count(0)
    expect(page.get_by_text("Letters and signs do nothing now.")).to_have_count(int(not is_on))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_axe_finds_nothing_on_the_board(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=53)
    open_board(page, start)
    assert violations_in_both(page) == []
    column_of(page, start).get_by_role("button", name=start.time).click()
    choose_patient(page, text="smi")
    assert violations_in_both(page) == []
    page.get_by_role("region", name="Day board").get_by_role("button", name=re.compile("Booked$")).first.click()
    expect(details_of(page).get_by_text("Booked through")).to_be_visible()
    assert violations_in_both(page) == []


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (2560, 1440)])
def test_the_board_fits_every_width_and_the_pane_never_covers_it(
    open_window: OpenWindow, clinic: RunningClinic, width: int, height: int
) -> None:
    page = open_window(width=width, height=height)
    start = _first_column(clinic, free_start(clinic, days=54))
    sign_in(page)
    board = board_of(page)
    go_to(page, start)
    board.get_by_role("button", name=re.compile("Booked$")).first.click()
    expect(details_of(page).get_by_text("Booked through")).to_be_visible()
    board_box, pane_box = board.bounding_box(), details_of(page).bounding_box()
    assert board_box is not None
    assert pane_box is not None
    beside = board_box["x"] + board_box["width"] <= pane_box["x"] + 1
    below = board_box["y"] + board_box["height"] <= pane_box["y"] + 1
    assert beside or below
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if width == 390:
        assert page.locator(".db-column").first.evaluate("(one) => one.offsetWidth") > 300


@pytest.mark.long
def test_an_ended_session_gets_no_more_of_the_board(open_window: OpenWindow, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=55)
    mine, ended = open_window(), open_window()
    open_board(ended, start)
    with clinic.connect() as database:
        database.execute("UPDATE sessions SET revoked_at = now() WHERE revoked_at IS NULL")
    open_board(mine, start)
    # The session is asked again at most two seconds later.
    ended.wait_for_timeout(2_100)
    column_of(mine, start).get_by_role("button", name=start.time).click()
    patient = choose_patient(mine, text=idle_phone(clinic, start))
    details_of(mine).get_by_role("button", name="Book", exact=True).click()
    expect(mine.get_by_text("Booked for")).to_be_visible()
    ended.wait_for_url(re.compile("/sign-in"))
    assert patient not in ended.content()


@pytest.mark.long
def test_a_hidden_practitioner_stays_hidden_after_a_reload(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=56)
    open_board(page, start)
    page.get_by_role("button", name="Practitioners on the board").click()
    page.get_by_role("dialog", name="Practitioners on the board").get_by_text(start.practitioner).click()
    expect(column_of(page, start)).to_have_count(0)
    page.keyboard.press("Escape")
    page.reload()
    board_of(page)
    expect(column_of(page, start)).to_have_count(0)
    # However many there are, and however low the window is.
    page.set_viewport_size({"width": 1280, "height": 300})
    page.get_by_role("button", name="Practitioners on the board").click()
    expect(page.get_by_role("button", name="Show everybody")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Show everybody").click()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(column_of(page, start)).to_be_visible()


@pytest.mark.long
def test_a_board_whose_people_are_all_hidden_says_so_and_brings_them_back(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=57)
    board = open_board(page, start)
    canvas = board.locator(".db-scroll")
    canvas.evaluate(SCROLL)
    page.get_by_role("button", name="Practitioners on the board").click()
    people = page.get_by_role("dialog", name="Practitioners on the board").get_by_role("checkbox")
    expect(people.first).to_be_visible()
    for person in people.all():
        person.click()
    page.keyboard.press("Escape")
    expect(people).to_have_count(0)
    expect(board).to_contain_text("Your filter hides everybody who works here on this day.")
    assert violations(page) == []
    board.get_by_role("button", name="Show everybody").click()
    expect(column_of(page, start)).to_be_visible()
    # At the hour that was in sight, not at midnight.
    assert canvas.evaluate("box => box.scrollTop") == 240


def _first_column(clinic: RunningClinic, start: FreeStart) -> FreeStart:
    """Return the same day seen from its first column, which is drawn at every width."""
    with clinic.connect() as database:
        found = database.execute(
            "SELECT min(d.display_name) FROM slots s"
            " JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id"
            " JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id"
            " WHERE l.name = %s AND (s.starts_at AT TIME ZONE l.timezone)::date = %s",
            (start.place, start.day),
        ).fetchone()
    assert found is not None
    return FreeStart(start.place, found[0], start.starts_at)
