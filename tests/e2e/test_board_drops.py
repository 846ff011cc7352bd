"""A quick hand lets a card go before the server has said where it may go: the drop counts all the same."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_hands import card_of, free_times, middle_of, take_away
from tests.e2e.board_page import details_of, open_board
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.e2e.late_server import LateServer
from tests.running_clinic import RunningClinic


@pytest.fixture
def server(page: Page) -> LateServer:
    return LateServer(page)


@pytest.fixture
def visit(clinic: RunningClinic) -> Iterator[TodaysVisit]:
    """Half an hour with half an hour free after it, in the first column."""
    made = todays_visit(clinic, practitioner="Dr. Aabel Quick", minutes_ago=-10)
    yield made
    take_away(clinic, made)


def let_go_below(page: Page, card: Locator) -> None:
    """Drop a card of half an hour on the quarter of an hour that begins where it ends."""
    x, y = middle_of(card)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20, steps=3)
    expect(page.locator(".db-ghost")).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(x, box["y"] + box["height"] * 1.25, steps=3)
    page.mouse.up()


@pytest.mark.long
@pytest.mark.parametrize("late", ["42", "sessions"], ids=["every-answer-late", "the-places-late"])
def test_a_drop_before_the_answer_is_judged_when_it_comes(
    server: LateServer, page: Page, clinic: RunningClinic, visit: TodaysVisit, late: str
) -> None:
    open_board(page, visit.start)
    card = card_of(page, visit)
    expect(card).to_be_visible()
    server.word = late
    let_go_below(page, card)
    pane = details_of(page)
    if late == "sessions":
        expect(pane.get_by_role("heading", name=re.compile("^Move "))).to_be_visible()
    page.wait_for_timeout(500)
    expect(pane.get_by_role("button", name="Move here")).to_have_count(0)
    server.answer()
    pane.get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert visit.began_later_by(clinic) == 30


@pytest.mark.long
def test_whoever_does_something_else_before_the_answer_has_changed_their_mind(
    server: LateServer, page: Page, clinic: RunningClinic, visit: TodaysVisit
) -> None:
    open_board(page, visit.start)
    expect(card_of(page, visit)).to_be_visible()
    server.word = "sessions"
    let_go_below(page, card_of(page, visit))
    pane = details_of(page)
    expect(pane.get_by_role("heading", name=re.compile("^Move "))).to_be_visible()
    page.keyboard.press("Shift")
    server.answer()
    expect(free_times(page, visit)).to_have_count(2)
    expect(pane.get_by_role("button", name="Move here")).to_have_count(0)
    assert visit.began_later_by(clinic) == 0
