"""The desk with somebody on the phone: another day, another time, and from the file back to the card."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_desk import booked, card_of, free_place
from tests.e2e.board_page import FreeStart, board_of, choose_patient, details_of, free_start, open_board
from tests.e2e.demo_patients import idle_phone
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long


def begin(page: Page, clinic: RunningClinic, start: FreeStart) -> str:
    """Click into a free time and find who is on the phone; return the name."""
    free_place(page, start).click()
    return choose_patient(page, text=idle_phone(clinic, start))


def test_a_caller_is_taken_along_to_other_days_until_the_pane_is_left(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=43, minutes=60)
    open_board(page, start)
    name = begin(page, clinic, start)
    page.keyboard.press("PageDown")
    expect(details_of(page).get_by_text(f"Choose a free time for {name}.")).to_be_visible()
    page.keyboard.press("PageUp")
    free_place(page, start).click()
    expect(details_of(page).locator("strong")).to_have_text(name)
    details_of(page).get_by_role("button", name="Book", exact=True).focus()
    page.keyboard.press("Escape")
    expect(details_of(page).get_by_text("Nothing is chosen")).to_be_visible()


def test_a_card_leads_to_the_file_and_the_file_to_the_card(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=44, minutes=60)
    open_board(page, start)
    name = begin(page, clinic, start)
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    card = booked(page, start, name)
    # Taken up a second time it still shows where it may go.
    for _ in range(2):
        card_of(page, card.key).focus()
        page.keyboard.press("m")
        expect(page.locator(".db-start").first).to_be_visible()
    card_of(page, card.key).focus()
    page.keyboard.press("Escape")
    card_of(page, card.key).click()
    details_of(page).get_by_role("link", name=name).click()
    expect(page.locator("#file-name")).to_have_text(name)
    page.locator(f'a[href*="{card.key}"]').click()
    board_of(page)
    expect(details_of(page).get_by_role("heading", name=name)).to_be_visible()
    expect(card_of(page, card.key)).to_be_in_viewport()
    details_of(page).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Book again").click()
    expect(details_of(page).get_by_text(f"Choose a free time for {name}.")).to_be_visible()
