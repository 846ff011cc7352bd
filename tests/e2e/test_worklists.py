"""A sick doctor: who is displaced, where they go, by hand and in one go, and who is called; and why nothing is free."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import details_of, let_in, open_board, violations_in_both
from tests.e2e.conftest import OpenWindow
from tests.e2e.worklist_ward import Ward, make_ward
from tests.running_clinic import RunningClinic

PEOPLE = 6


def open_worklist(page: Page) -> None:
    page.goto("/worklists")
    page.get_by_role("button", name=re.compile("^Displaced")).click()


def enter_absence(page: Page, ward: Ward) -> None:
    """Say that the ward's first practitioner is away on its day."""
    page.get_by_role("button", name="Somebody is away").first.click()
    pane = details_of(page)
    pane.get_by_label("Practitioner").select_option(label=ward.sick)
    # Today's times of the practitioner are filled in.
    expect(pane.get_by_role("button", name="Enter the absence")).to_be_enabled()
    day = ward.start.day.isoformat()
    pane.get_by_label("Away from").fill(f"{day}T00:00")
    pane.get_by_label("Until").fill(f"{day}T23:30")
    expect(pane.get_by_text(f"{PEOPLE} appointments lose their time.")).to_be_visible(timeout=15_000)
    # What was answered while it was typed has not drawn the field anew.
    expect(pane.get_by_label("Until")).to_be_focused()
    pane.get_by_role("button", name="Enter the absence").click()


@pytest.mark.long
def test_a_sick_doctors_patients_are_moved_kept_cancelled_and_called(page: Page, clinic: RunningClinic) -> None:
    ward = make_ward(clinic, people=PEOPLE, days=9)
    let_in(page)
    open_worklist(page)
    enter_absence(page, ward)
    rows = ward.rows(page)
    expect(rows).to_have_count(PEOPLE)
    expect(rows.filter(has_text="The practitioner is on leave.")).to_have_count(PEOPLE)
    # New times are looked for at once; the colleague of the same day is the nearest.
    expect(rows.filter(has_text=ward.other)).to_have_count(PEOPLE, timeout=30_000)
    # Others may be displaced in this clinic: only these are moved.
    everybody = page.get_by_role("checkbox", name="Take everybody into the move")
    everybody.click()
    ticks = rows.get_by_role("checkbox")
    expect(rows.get_by_role("checkbox", checked=True)).to_have_count(0)
    for number in range(PEOPLE):
        ticks.nth(number).click()
        expect(ticks.nth(number)).to_be_checked()
    keep, cancel, by_hand = (rows.nth(number).get_by_role("button") for number in (5, 4, 3))
    change_by_hand(page, by_hand)
    expect(rows.filter(has_text="chosen by hand")).to_have_count(1)
    pane = details_of(page)
    keep.click()
    pane.get_by_role("button", name="Keep").click()
    expect(rows).to_have_count(PEOPLE - 1)
    # Whoever was kept by a slip is on the list again by one key, and kept once more.
    page.keyboard.press("z")
    expect(rows).to_have_count(PEOPLE)
    keep.click()
    pane.get_by_role("button", name="Keep").click()
    expect(rows).to_have_count(PEOPLE - 1)
    cancel.click()
    pane.get_by_role("button", name="Cancel the appointment").click()
    pane.get_by_role("button", name="Yes, cancel it").click()
    expect(rows).to_have_count(PEOPLE - 2)
    page.get_by_role("button", name="Move 4 patients").click()
    expect(rows).to_have_count(0, timeout=30_000)
    # A slip is taken back from the notice, and made again.
    page.get_by_role("listitem").filter(has_text="Moved 4.").get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(PEOPLE - 2, timeout=30_000)
    assert ward.stored(clinic).count(("booked", ward.sick, None)) == PEOPLE - 2
    page.get_by_role("button", name="Find new times").click()
    expect(rows.filter(has_text=ward.other)).to_have_count(PEOPLE - 2, timeout=30_000)
    for number in range(PEOPLE - 2):
        expect(ticks.nth(number)).to_be_checked()
    page.get_by_role("button", name="Move 4 patients").click()
    expect(rows).to_have_count(0, timeout=30_000)
    # The one without an address is called.
    called = page.get_by_role("listitem").filter(has_text=ward.other)
    called.get_by_role("checkbox").click()
    expect(called).to_have_attribute("data-called", "true")
    stored = ward.stored(clinic)
    moved = [("booked", ward.other, "moved")] * 4
    assert sorted(stored) == sorted([*moved, ("booked", ward.sick, "kept"), ("cancelled", ward.sick, "cancelled")])
    with clinic.connect() as database:
        asked = """SELECT count(*) FROM displaced_appointments w JOIN appointments a ON a.id = w.appointment_id
                     JOIN practitioners d ON d.id = a.practitioner_id
                    WHERE d.display_name = %s AND w.called_at IS NOT NULL"""
        assert database.execute(asked, (ward.other,)).fetchone() == (1,)


def change_by_hand(page: Page, button: Locator) -> None:
    """Take the last free time of the day for a line instead of the one that was proposed."""
    button.click()
    places = details_of(page).locator(".place-list").get_by_role("button")
    expect(places.first).to_be_visible(timeout=15_000)
    places.last.click()


@pytest.mark.long
def test_the_board_says_why_a_day_and_a_time_are_not_offered(page: Page, clinic: RunningClinic) -> None:
    ward = make_ward(clinic, people=1, days=11, others=False)
    open_board(page, ward.start)
    page.get_by_role("button", name=ward.sick, exact=True).click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", name="Why is nothing free?")).to_be_visible()
    expect(pane.get_by_text("It is outside the hours of the schedule.").first).to_be_visible()
    expect(pane.get_by_text("The practitioner has another visit.").first).to_be_visible()
    expect(pane.get_by_text("Some of this day is free; it is marked below.")).to_be_visible()
    # A time outside the hours, chosen on the board itself: the rule, and the nearest starts, which can be booked.
    column = page.get_by_role("group", name=f"Day of {ward.sick}")
    box = column.bounding_box()
    assert box is not None
    column.click(position={"x": box["width"] / 2, "y": box["height"] - 4})
    expect(pane.get_by_role("heading", name="Why is this time not offered?")).to_be_visible()
    near = pane.get_by_role("button").filter(has_text=ward.sick)
    expect(near).to_have_count(3, timeout=15_000)
    near.first.click()
    expect(pane.get_by_role("heading", name="New appointment")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("language", ["en-GB", "ar"])
def test_the_worklists_are_accessible_in_every_look(page: Page, clinic: RunningClinic, language: str) -> None:
    ward = make_ward(clinic, people=2, days=13)
    let_in(page)
    open_worklist(page)
    page.get_by_role("button", name="Somebody is away").first.click()
    pane = details_of(page)
    pane.get_by_label("Practitioner").select_option(label=ward.sick)
    day = ward.start.day.isoformat()
    pane.get_by_label("Away from").fill(f"{day}T00:00")
    pane.get_by_label("Until").fill(f"{day}T23:30")
    expect(pane.get_by_text("2 appointments lose their time.")).to_be_visible(timeout=15_000)
    found = violations_beside_notices(page)
    pane.get_by_role("button", name="Enter the absence").click()
    expect(ward.rows(page).filter(has_text=ward.other)).to_have_count(2, timeout=30_000)
    page.evaluate(f"window.holdfast.setLanguage('{language[:2]}')")
    expect(page.locator("html")).to_have_attribute("lang", language[:2])
    ward.rows(page).first.get_by_role("button").click()
    expect(page.locator(".place-list")).to_be_visible(timeout=15_000)
    found += violations_beside_notices(page)
    waitlist = page.locator(".worklist-choice").nth(1)
    waitlist.click()
    # The bar of the list that is left stands until the answer comes, with more buttons than to add and to undo.
    expect(waitlist).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".worklist-bar .rt-Button")).to_have_count(2)
    page.locator('.worklist-bar [data-command="add-wish"]').click()
    expect(page.locator(".wish-days")).to_be_visible()
    found += violations_beside_notices(page)
    assert found == []


def violations_beside_notices(page: Page) -> list[str]:
    """Return what axe finds once no notice is on its way any more, whose colours are half there."""
    expect(page.locator("[data-sonner-toast]")).to_have_count(0)
    return violations_in_both(page)


@pytest.mark.long
def test_a_pane_with_nothing_in_it_is_as_high_as_its_words_on_a_phone(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    with clinic.connect() as database:
        database.execute("DELETE FROM leaves")
    page = open_window(width=390, height=844)
    let_in(page)
    page.goto("/worklists")
    for name, words in (("displaced", "Everybody is here"), ("waiting", "Nobody is chosen")):
        page.locator(f'.worklist-choice[data-command="{name}"]').click()
        pane = details_of(page)
        expect(pane.get_by_text(words)).to_be_visible()
        below = "(pane) => pane.getBoundingClientRect().bottom - pane.lastElementChild.getBoundingClientRect().bottom"
        assert pane.evaluate(below) < 2
        box = pane.bounding_box()
        assert box is not None
        assert box["height"] < 844 / 3
