"""Overbooking and series on the board, each journey ending in the database."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_hands import card_of
from tests.e2e.board_page import choose_patient, column_of, details_of, free_start, open_board
from tests.e2e.board_today import todays_visit
from tests.e2e.demo_patients import idle_phone
from tests.running_clinic import RunningClinic

BESIDE = """
SELECT a.overbook, a.overbook_reason, a.status FROM appointments a JOIN appointments b USING (slot_id)
 WHERE b.id = %s ORDER BY a.overbook
"""
SERIES = """
SELECT a.series_number, a.status, (a.starts_local)::time = r.starts_local
  FROM appointments a JOIN series r ON r.id = a.series_id
 WHERE r.id = (SELECT id FROM series ORDER BY created_at DESC LIMIT 1) ORDER BY a.series_number
"""


@pytest.mark.long
def test_a_taken_time_is_overbooked_with_a_reason_and_both_cards_stand_side_by_side(
    page: Page, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Aaron Full", minutes_ago=-30)
    open_board(page, visit.start)
    column = column_of(page, visit.start)
    regular = card_of(page, visit)
    regular.click()
    pane = details_of(page)
    pane.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Overbook this time").click()
    patient = choose_patient(page, text=idle_phone(clinic, visit.start))
    pane.get_by_role("button", name="Overbook", exact=True).click()
    # The browser itself asks for the reason; nothing was sent.
    expect(pane.get_by_label("Why is it overbooked?")).to_be_focused()
    pane.get_by_label("Why is it overbooked?").fill("Severe pain since the morning")
    pane.get_by_role("button", name="Overbook", exact=True).click()
    expect(page.get_by_text(f"Overbooked for {patient}.")).to_be_visible()
    beside = column.get_by_role("button", name=re.compile(rf"{re.escape(patient)}, .*Overbooked, (.*, )?Booked$"))
    expect(beside).to_contain_text("Overbooked")
    boxes = [one.bounding_box() for one in (regular, beside)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1
    expect(pane.get_by_text("Severe pain since the morning")).to_be_visible()
    with clinic.connect() as database:
        stored = database.execute(BESIDE, (visit.id,)).fetchall()
    assert stored == [(False, None, "booked"), (True, "Severe pain since the morning", "booked")]
    # One beside the regular one is the limit here, and that is said in words.
    pane.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Overbook this time").click()
    expect(page.get_by_text("no more patients may be added to it")).to_be_visible()


@pytest.mark.long
def test_a_series_is_booked_in_one_go_and_ended_from_one_of_its_cards(page: Page, clinic: RunningClinic) -> None:
    # Of a series of one appointment other words are said.
    start = free_start(clinic, days=64, weeks=1)
    open_board(page, start)
    column_of(page, start).get_by_role("button", name=start.time).click()
    pane = details_of(page)
    patient = choose_patient(page, text=idle_phone(clinic, start))
    pane.get_by_role("button", name="Repeat").click()
    pane.get_by_label("Times").fill("3")
    pane.get_by_role("button", name="Show the dates").click()
    expect(pane.get_by_role("combobox", name=re.compile("^Choice for"))).to_have_count(3)
    # What is not possible is left out.
    if pane.get_by_role("button", name="Leave out all that are not possible").count():
        pane.get_by_role("button", name="Leave out all that are not possible").click()
    pane.get_by_role("button", name=re.compile(r"^Book \d appointments?$")).click()
    expect(page.get_by_text(f"The series is booked for {patient}")).to_be_visible()
    card = column_of(page, start).get_by_role(
        "button", name=re.compile(rf"{re.escape(patient)}, .*1 of 3, (.*, )?Booked$")
    )
    expect(card).to_be_visible()
    with clinic.connect() as database:
        booked = database.execute(SERIES).fetchall()
    assert booked[0] == (1, "booked", True)
    assert all(status == "booked" and is_same_time for _, status, is_same_time in booked)
    pane.get_by_role("button", name="Cancel", exact=True).click()
    pane.get_by_label("All that are to come").click()
    pane.get_by_role("button", name=re.compile(rf"^Cancel {len(booked)} appointments?$")).click()
    expect(page.get_by_text(re.compile("appointments of .* are cancelled"))).to_be_visible()
    with clinic.connect() as database:
        assert {status for _, status, _ in database.execute(SERIES).fetchall()} == {"cancelled"}
    notice = page.get_by_role("listitem").filter(has_text="are cancelled")
    notice.get_by_role("button", name="Undo").click()
    back = f"{len(booked)} appointments of {patient} are where they were." if len(booked) > 1 else "Undone for"
    expect(page.get_by_text(back)).to_be_visible()
    with clinic.connect() as database:
        assert {status for _, status, _ in database.execute(SERIES).fetchall()} == {"booked"}
