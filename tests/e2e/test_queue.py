"""A patient is called at one desk, seen at the other and on the display; and somebody comes without an appointment."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import SOON, violations_in_both
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.e2e.queue_page import open_arrivals, open_display, row_in
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
TICKET = """
SELECT t.state, t.number, t.calls, t.id FROM queue_tickets t WHERE t.appointment_id = %s
"""


def stored(clinic: RunningClinic, visit: TodaysVisit) -> tuple[Any, ...]:
    """Return the visit's ticket: state, number, calls, id."""
    with clinic.connect() as database:
        return database.execute(TICKET, (visit.id,)).fetchone() or ()


def last_change(visit: TodaysVisit) -> re.Pattern[str]:
    """Return what the status bar says of a change of about now, by the clock of the visit's place."""
    now = datetime.now(visit.start.starts_at.tzinfo)
    # A minute may have ended since the change, or end before the bar tells of it.
    minutes = (now + timedelta(minutes=by) for by in (-1, 0, 1))
    return re.compile("|".join(f"Last change {at:%H:%M}" for at in minutes))


def test_two_desks_and_the_display_follow_a_patient_from_arrival_to_the_end(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Quentin Queue", minutes_ago=20)
    # A computer that is set to another zone, whose minutes are others too, shows the clinic's.
    here, there, screen = open_window(timezone_id="Asia/Kathmandu"), open_window(), open_window(width=1920, height=1080)
    open_arrivals(here, clinic, visit)
    open_arrivals(there, clinic, visit)
    open_display(here, screen)
    # Nobody came and the grace is over: it is asked, not set.
    expect(row_in(there, "expected")).to_contain_text("Has not come. A no-show?")
    row_in(here, "expected").focus()
    here.keyboard.press("a")
    expect(row_in(there, "waiting")).to_be_visible(timeout=SOON)
    state, number, *_ = stored(clinic, visit)
    assert state == "waiting"
    name = row_in(here, "waiting").get_by_role("link").text_content() or ""
    there.keyboard.press("c")
    expect(row_in(here, "called")).to_be_visible(timeout=SOON)
    expect(here.get_by_role("contentinfo")).to_contain_text(last_change(visit))
    last = screen.get_by_label("Called last")
    expect(last).to_contain_text(str(number), timeout=SOON)
    assert name
    assert name not in (screen.text_content("body") or "")
    here.keyboard.press("Escape")
    there.keyboard.press("z")
    expect(row_in(here, "waiting")).to_be_visible(timeout=SOON)
    expect(last.get_by_text(str(number), exact=True)).to_have_count(0, timeout=SOON)
    row_in(here, "waiting").get_by_role("button", name="Call").click()
    row_in(there, "called").get_by_role("button", name="Call again").click()
    expect(row_in(here, "called")).to_contain_text("called 2 times", timeout=SOON)
    row_in(here, "called").get_by_role("button", name="In the room").click()
    expect(row_in(there, "in-room")).to_be_visible(timeout=SOON)
    row_in(there, "in-room").get_by_role("button", name="Done").click()
    expect(row_in(here, "done")).to_be_visible(timeout=SOON)
    assert visit.stored(clinic) == ("fulfilled", True, True, True, True)
    assert stored(clinic, visit)[:3] == ("ended", number, 2)
    # A new link ends the old one, on the screen that hangs there.
    here.get_by_role("button", name="The waiting room's display").click()
    here.get_by_role("button", name="Make a new link").click()
    expect(here.get_by_role("link", name="Open the display")).to_be_visible()
    screen.reload()
    expect(screen.get_by_text("This display is not connected")).to_be_visible()


@pytest.mark.long
def test_somebody_without_an_appointment_gets_a_number(page: Page, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Wanda Walker", minutes_ago=5)
    open_arrivals(page, clinic, visit)
    with clinic.connect() as database:
        before = database.execute("SELECT count(*) FROM appointments WHERE channel = 'walk-in'").fetchone()
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="New patient").click()
    dialog.get_by_label("Given name").fill("Wilma")
    dialog.get_by_label("Family name").fill("Unannounced")
    dialog.get_by_label("Birth date").fill("1980-02-03")
    dialog.get_by_role("button", name="Add the patient").click()
    expect(dialog.get_by_text("Wilma Unannounced")).to_be_visible()
    dialog.get_by_role("combobox", name="Service").click()
    with clinic.connect() as database:
        asked = "SELECT s.name FROM services s JOIN appointments a ON a.service_id = s.id WHERE a.id = %s"
        ((service,),) = database.execute(asked, (visit.id,)).fetchall()
    page.get_by_role("option", name=service, exact=True).click()
    # Whoever is free first, and that is not known before: the practitioner of this test, or another one.
    expect(dialog.get_by_text(re.compile("^Next free: "))).to_be_visible()
    dialog.get_by_role("button", name="Let in and give a number").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Whose patients are shown").click()
    page.get_by_role("button", name="Show everybody").click()
    page.keyboard.press("Escape")
    let_in = page.locator('[data-list="waiting"] [data-row]').filter(has_text="Wilma Unannounced")
    expect(let_in).to_contain_text("Walk-in")
    with clinic.connect() as database:
        after = database.execute("SELECT count(*) FROM appointments WHERE channel = 'walk-in'").fetchone()
    assert (before, after) != (None, None)
    assert after[0] == before[0] + 1


@pytest.mark.long
def test_arrivals_and_the_display_are_open_to_everybody(open_window: OpenWindow, clinic: RunningClinic) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Axel Open", minutes_ago=20)
    desk, screen = open_window(width=1280, height=800), open_window(width=1080, height=1920)
    open_arrivals(desk, clinic, visit)
    open_display(desk, screen)
    assert violations_in_both(desk) == []
    assert violations_in_both(screen) == []
    row_in(desk, "expected").get_by_role("button", name=re.compile("^Arrived")).click()
    expect(row_in(desk, "waiting")).to_be_visible()
    desk.keyboard.press("c")
    expect(row_in(desk, "called")).to_be_visible()
    # The notice is drawn by fading in, and read while it does.
    desk.get_by_role("button", name="Close toast").click()
    expect(desk.get_by_role("button", name="Close toast")).to_have_count(0)
    assert violations_in_both(desk) == []
    assert violations_in_both(screen) == []
