"""A visit is led through the clinic from the board: by buttons, by keys, seen on other boards, and taken back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import SOON, column_of, details_of, open_board, violations_in_both
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]


def card_of(page: Page, visit: TodaysVisit, *, status: str) -> Locator:
    return column_of(page, visit.start).get_by_role("button", name=re.compile(f", {status}$"))


def test_a_visit_goes_from_its_arrival_to_its_end_and_other_boards_follow(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Early", minutes_ago=5)
    here, there = open_window(), open_window()
    open_board(here, visit.start)
    open_board(there, visit.start)
    card_of(here, visit, status="Booked").click()
    pane = details_of(here)
    # The next step is the first button, each time another; the other board's card follows within a second.
    lead = pane.locator(".pane-next")
    for button, status in (("Arrived", "Arrived"), ("Check in", "Checked in")):
        expect(lead).to_contain_text(button)
        lead.press("Enter")
        expect(card_of(there, visit, status=status)).to_be_visible(timeout=SOON)
    # The keyboard stays where it leads on.
    expect(lead).to_be_focused()
    expect(lead).to_contain_text("To the room")
    lead.press("Enter")
    pane.get_by_role("group", name="Which room?").get_by_role("button").first.press("Enter")
    expect(card_of(there, visit, status="In room")).to_be_visible(timeout=SOON)
    expect(pane.get_by_text("Room", exact=True)).to_be_visible()
    expect(lead).to_be_focused()
    expect(lead).to_contain_text("Done")
    lead.press("Enter")
    expect(card_of(there, visit, status="Done")).to_be_visible(timeout=SOON)
    assert visit.stored(clinic) == ("fulfilled", True, True, True, True)
    pane.get_by_role("button", name="History").click()
    steps = pane.get_by_role("list", name="History").get_by_role("listitem")
    expect(steps).to_have_count(4)
    expect(steps.last).to_contain_text("Done")
    expect(steps.last).to_contain_text("Rosa Delgado")


def test_a_double_click_takes_one_step(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Twice", minutes_ago=5)
    open_board(page, visit.start)
    card_of(page, visit, status="Booked").click()
    pane = details_of(page)
    lead = pane.locator(".pane-next")
    expect(lead).to_contain_text("Arrived")
    lead.hover()
    for clicks in (1, 2):
        page.mouse.down(click_count=clicks)
        page.mouse.up(click_count=clicks)
        # The page is faster than the finger: the second click falls on the next step.
        expect(lead).to_contain_text("Check in")
    pane.get_by_role("button", name="History").click()
    expect(pane.get_by_role("list", name="History").get_by_role("listitem")).to_have_count(1)
    assert visit.stored(clinic)[0] == "arrived"
    lead.click()
    expect(lead).to_contain_text("To the room")


def test_who_does_not_come_is_suggested_as_a_no_show_and_may_still_come_late(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Late", minutes_ago=20)
    open_board(page, visit.start)
    card_of(page, visit, status="Booked").click()
    pane = details_of(page)
    expect(pane.get_by_text("If nobody comes, mark it as a no-show.")).to_be_visible()
    # The status menu is reached and used by the keyboard alone.
    pane.get_by_role("button", name="Status").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="No-show").focus()
    page.keyboard.press("Enter")
    expect(card_of(page, visit, status="No-show")).to_be_visible()
    assert (visit.stored(clinic)[0], visit.places(clinic)) == ("noshow", 0)
    pane.get_by_role("button", name="Late arrival").click()
    expect(card_of(page, visit, status="Arrived")).to_be_visible()
    assert (visit.stored(clinic)[0], visit.places(clinic)) == ("arrived", 2)


def test_a_letter_in_a_list_of_choices_leads_no_visit(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Letter", minutes_ago=-10)
    open_board(page, visit.start)
    card_of(page, visit, status="Booked").click()
    page.get_by_role("combobox", name="Location").focus()
    page.keyboard.press("p")
    # On the card the letters mean something; what was pressed before it would have been done before.
    card_of(page, visit, status="Booked").focus()
    page.keyboard.press("a")
    expect(card_of(page, visit, status="Arrived")).to_be_visible()
    expect(page.locator(f'[data-parked="{visit.id}"]')).to_have_count(0)


@pytest.mark.long
def test_keys_lead_a_visit_and_take_the_last_step_back(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Keys", minutes_ago=-10)
    open_board(page, visit.start)
    card_of(page, visit, status="Booked").focus()
    page.keyboard.press("a")
    expect(card_of(page, visit, status="Arrived")).to_be_visible()
    assert visit.stored(clinic)[:2] == ("arrived", True)
    page.keyboard.press("z")
    expect(card_of(page, visit, status="Booked")).to_be_visible()
    assert visit.stored(clinic)[:2] == ("booked", False)
    # What was taken back is not offered to be taken back once more.
    expect(page.get_by_text("Undone for")).to_be_visible()
    expect(page.get_by_role("listitem").get_by_role("button", name="Undo")).to_have_count(0)
    page.keyboard.press("m")
    expect(details_of(page).get_by_role("heading", name=re.compile("^Move "))).to_be_visible()
    # Two starts can take it, one of them over its own time; the keyboard goes there and then stands on the yes.
    expect(column_of(page, visit.start).get_by_role("button", name=re.compile(", free$"))).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(details_of(page).get_by_role("button", name="Move here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert visit.began_later_by(clinic) == 15
    page.keyboard.press("z")
    expect(page.get_by_text("Undone for")).to_be_visible()
    assert visit.began_later_by(clinic) == 0
    page.keyboard.press("m")
    expect(details_of(page).get_by_role("heading", name=re.compile("^Move "))).to_be_visible()
    card_of(page, visit, status="Booked").focus()
    page.keyboard.press("Escape")
    expect(details_of(page).get_by_text("Nothing is chosen")).to_be_visible()
    page.keyboard.press("n")
    expect(details_of(page).get_by_label("Find a patient")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    card_of(page, visit, status="Booked").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    # Under the sheet the keys do nothing.
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert visit.stored(clinic)[0] == "booked"


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_in_what_a_visit_shows(page: Page, clinic: RunningClinic, language: str) -> None:
    visit = todays_visit(clinic, practitioner=f"Dr. Aaron {language}", minutes_ago=20)
    open_board(page, visit.start)
    page.evaluate("language => window.holdfast.setLanguage(language)", language)
    card = page.locator(f'[data-key="{visit.id}"]')
    card.click()
    pane = page.locator(".board-pane")
    pane.locator("[aria-expanded=false]").last.click()
    expect(pane.locator(".pane-next")).to_be_visible()
    assert violations_in_both(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations_in_both(page) == []
    page.keyboard.press("Escape")
    card.focus()
    page.keyboard.press("m")
    expect(pane.locator(".pane-next")).to_have_count(0)
    assert violations_in_both(page) == []
