"""What hands do on the board: draw a card longer, park it, cut and paste, block time; each ends in the database."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_hands import ask, card_of, free_times, middle_of, take_away, undo
from tests.e2e.board_page import board_of, column_of, details_of, open_board, violations
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
MakeVisit = Callable[[str], TodaysVisit]
MINUTES = "SELECT extract(epoch FROM ends_at - starts_at)::int / 60 FROM appointments WHERE id = %s"
TELLS = """
SELECT payload -> 'tell' FROM outbox_events WHERE aggregate_id = %s AND kind = %s
 ORDER BY aggregate_version DESC LIMIT 1
"""
CLOSED = """
SELECT e.reason FROM schedule_exceptions e JOIN schedules s ON s.clinic_id = e.clinic_id AND s.id = e.schedule_id
  JOIN appointments a ON a.practitioner_id = s.practitioner_id WHERE a.id = %s AND e.kind = 'closed'
"""
NEEDS_REFERRAL = """
UPDATE services SET needs_referral = %s WHERE id = (SELECT service_id FROM appointments WHERE id = %s)
"""


@pytest.fixture
def make_visit(clinic: RunningClinic) -> Iterator[MakeVisit]:
    """Make visits of today that are gone after the test."""
    made: list[TodaysVisit] = []

    def make(practitioner: str) -> TodaysVisit:
        made.append(todays_visit(clinic, practitioner=practitioner, minutes_ago=-10))
        return made[-1]

    yield make
    for visit in made:
        take_away(clinic, visit)


def test_a_card_is_drawn_longer_by_its_edge_and_by_keys_and_each_is_undone(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Edge")
    open_board(page, visit.start)
    card = card_of(page, visit)
    x, y = middle_of(card.locator(".db-grip"))
    each = card.bounding_box()["height"] / 30  # type: ignore[index]
    page.mouse.move(x, y)
    page.mouse.down()
    # Farther than the open time goes: it ends there.
    page.mouse.move(x, y + 8 * each, steps=4)
    page.mouse.move(x, y + 80 * each, steps=4)
    page.mouse.up()
    expect(page.get_by_text("lasts 60 minutes now")).to_be_visible()
    assert (ask(clinic, MINUTES, visit.id), visit.places(clinic)) == (60, 4)
    card.focus()
    page.keyboard.press("Shift+Alt+ArrowUp")
    expect(page.get_by_text("lasts 45 minutes now")).to_be_visible()
    assert (ask(clinic, MINUTES, visit.id), visit.places(clinic)) == (45, 3)
    page.keyboard.press("z")
    expect(page.get_by_text("Undone for")).to_be_visible()
    assert ask(clinic, MINUTES, visit.id) == 60
    # What was before it is taken back by the next one.
    page.keyboard.press("z")
    expect(free_times(page, visit)).to_have_count(2)
    assert (ask(clinic, MINUTES, visit.id), visit.places(clinic)) == (30, 2)


@pytest.mark.long
def test_a_parked_card_waits_over_a_reload_and_is_dropped_from_the_strip(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Park")
    open_board(page, visit.start)
    card_of(page, visit).focus()
    page.keyboard.press("p")
    strip = page.get_by_role("group", name="Parked", exact=True)
    expect(strip.locator(f'[data-parked="{visit.id}"]')).to_be_visible()
    assert visit.began_later_by(clinic) == 0
    page.reload()
    board_of(page)
    page.mouse.move(*middle_of(strip.locator(f'[data-parked="{visit.id}"]')))
    page.mouse.down()
    page.mouse.move(500, 400, steps=5)
    expect(details_of(page).get_by_role("heading", name=re.compile("^Move "))).to_be_visible()
    page.mouse.move(*middle_of(free_times(page, visit).last), steps=5)
    page.mouse.up()
    details_of(page).get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    expect(strip.locator(f'[data-parked="{visit.id}"]')).to_have_count(0)
    assert visit.began_later_by(clinic) > 0
    undo(page)
    assert visit.began_later_by(clinic) == 0


@pytest.mark.long
def test_cut_and_paste_end_in_the_same_yes_and_no_letter_is_sent_when_the_desk_says_so(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Paste")
    open_board(page, visit.start)
    card_of(page, visit).focus()
    page.keyboard.press("Control+x")
    expect(page.locator(".db-spoken")).to_contain_text("is picked up")
    expect(free_times(page, visit)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+v")
    pane = details_of(page)
    expect(pane.get_by_role("button", name="Move here")).to_be_focused()
    pane.get_by_label("Reason").fill("Asked by phone")
    pane.get_by_role("checkbox", name=re.compile("Tell the patient")).click()
    expect(pane.get_by_text("No letter is sent.")).to_be_visible()
    pane.get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert visit.began_later_by(clinic) == 15
    assert ask(clinic, TELLS, visit.id, "appointment.rescheduled") is False
    # The menu offers the same actions; of a cancellation the patient is told unless the desk says no.
    card_of(page, visit).focus()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="What to do here")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Show who it is")).to_be_focused()
    page.keyboard.press("Enter")
    # What opens no pane leaves the keyboard on the card.
    expect(page.get_by_role("tooltip")).to_contain_text("years old")
    expect(card_of(page, visit)).to_be_focused()
    page.keyboard.press("Shift+F10")
    menu.get_by_role("menuitem", name="Cancel").click()
    pane.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_text("Cancelled for")).to_be_visible()
    assert (visit.stored(clinic)[0], visit.places(clinic)) == ("cancelled", 0)
    assert ask(clinic, TELLS, visit.id, "appointment.cancelled") is None


@pytest.mark.long
def test_empty_time_is_drawn_and_blocked_with_a_reason_and_opened_again(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Block")
    open_board(page, visit.start)
    x, y = middle_of(free_times(page, visit).first)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 12, steps=4)
    expect(page.locator(".db-band")).to_be_visible()
    page.mouse.up()
    pane = details_of(page)
    expect(pane.get_by_role("button", name="Book here")).to_be_visible()
    pane.get_by_role("button", name="Block this time").click()
    expect(pane.get_by_role("alert").filter(has_text="Say why")).to_be_visible()
    pane.get_by_label("Reason").fill("Staff meeting")
    pane.get_by_role("button", name="Block this time").click()
    block = column_of(page, visit.start).get_by_role("button", name=re.compile("blocked: Staff meeting$"))
    expect(block).to_be_visible()
    assert ask(clinic, CLOSED, visit.id) == "Staff meeting"
    block.click()
    page.get_by_role("menuitem", name="Open this time again").click()
    expect(block).to_have_count(0)
    assert ask(clinic, CLOSED, visit.id) is None
    undo(page)
    expect(block).to_be_visible()
    assert ask(clinic, CLOSED, visit.id) == "Staff meeting"


@pytest.mark.long
def test_a_finger_drags_after_a_long_press_and_scrolls_before_it(
    open_window: OpenWindow, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Finger")
    page = open_window(has_touch=True)
    open_board(page, visit.start)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    start = middle_of(card_of(page, visit))
    send("touchStart", start)
    expect(page.locator(".db[data-moving]")).to_be_visible()
    expect(free_times(page, visit)).to_have_count(2)
    to = middle_of(free_times(page, visit).first)
    send("touchMove", (to[0], to[1] - 10))
    send("touchMove", to)
    send("touchEnd")
    details_of(page).get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert visit.began_later_by(clinic) > 0


@pytest.mark.long
def test_the_hover_card_says_who_it_is_stays_under_the_pointer_and_leaves_with_escape(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Hover")
    open_board(page, visit.start)
    card = card_of(page, visit)
    card.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("years old")
    tip.hover()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    card.focus()
    page.keyboard.press("i")
    expect(tip).to_contain_text("years old")
    assert violations(page) == []


@pytest.mark.long
def test_the_table_has_everything_of_the_day_and_opens_it(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Table")
    open_board(page, visit.start)
    cards = page.evaluate("document.querySelectorAll('.db-card').length")
    name = card_of(page, visit).locator(".db-name").text_content() or ""
    page.get_by_role("button", name="As a table").click()
    rows = page.get_by_role("table", name="Day board").get_by_role("row")
    mine = rows.filter(has_text="Dr. Aabel Table")
    # The visit and the two free times after it.
    expect(mine).to_have_count(3)
    assert rows.count() > cards
    assert violations(page) == []
    mine.get_by_role("button", name=f"Open: {name}").click()
    expect(details_of(page).get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.long
def test_a_missing_referral_is_a_flag_until_it_is_ticked(
    page: Page, clinic: RunningClinic, make_visit: MakeVisit
) -> None:
    visit = make_visit("Dr. Aabel Referral")
    ask(clinic, NEEDS_REFERRAL + " RETURNING 1", True, visit.id)
    try:
        open_board(page, visit.start)
        expect(card_of(page, visit)).to_have_accessible_name(re.compile("Referral missing"))
        card_of(page, visit).click()
        details_of(page).get_by_role("checkbox", name="The referral is here").click()
        expect(page.get_by_text(re.compile("^The referral of .* is there"))).to_be_visible()
        assert ask(clinic, "SELECT has_referral FROM appointments WHERE id = %s", visit.id) is True
        undo(page)
        assert ask(clinic, "SELECT has_referral FROM appointments WHERE id = %s", visit.id) is False
    finally:
        ask(clinic, NEEDS_REFERRAL + " RETURNING 1", False, visit.id)


def _first_empty_in_sight(page: Page, columns: Locator) -> float:
    """Return where the first column without a card begins, of those that the last has not pushed out of sight."""
    frame = page.locator(".db-corner").bounding_box()
    assert frame is not None
    empty = [column for column in columns.all() if column.get_by_role("button").count() == 0]
    boxes = [box for box in (column.bounding_box() for column in empty) if box]
    return next(box["x"] for box in boxes if box["x"] >= frame["x"] + frame["width"])


@pytest.mark.long
def test_a_card_is_dragged_into_another_room(page: Page, clinic: RunningClinic, make_visit: MakeVisit) -> None:
    visit = make_visit("Dr. Aabel Room")
    open_board(page, visit.start)
    page.get_by_role("button", name="Rooms as columns").click()
    rooms = page.get_by_role("group", name=re.compile("^Day of room "))
    expect(rooms.first).to_be_visible()
    page.mouse.move(*middle_of(card_of(page, visit)))
    page.mouse.down()
    page.mouse.move(_first_empty_in_sight(page, rooms) + 40, 300, steps=6)
    page.mouse.up()
    expect(page.get_by_text("has another room now")).to_be_visible()
    assert ask(clinic, "SELECT room_id IS NOT NULL FROM appointments WHERE id = %s", visit.id) is True
    undo(page)
    assert ask(clinic, "SELECT room_id IS NOT NULL FROM appointments WHERE id = %s", visit.id) is False
    page.get_by_role("button", name="Rooms as columns").click()
    expect(column_of(page, visit.start)).to_be_visible()


@pytest.mark.long
def test_the_pane_keeps_the_size_that_it_was_given(page: Page, clinic: RunningClinic, make_visit: MakeVisit) -> None:
    visit = make_visit("Dr. Aabel Pane")
    open_board(page, visit.start)
    before = details_of(page).bounding_box()
    page.get_by_role("separator", name="Size of the details").press("ArrowLeft")
    page.reload()
    board_of(page)
    after = details_of(page).bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] - before["width"] == 24
