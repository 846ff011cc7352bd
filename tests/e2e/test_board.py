"""A day at the desk, in a real browser over two web workers: each journey ends in the database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import (
    SOON,
    FreeStart,
    choose_patient,
    column_of,
    details_of,
    free_start,
    on_another_worker,
    open_board,
    worker_of,
)
from tests.e2e.demo_patients import idle_phone, idle_phones
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
AT = """
SELECT a.status, a.cancel_reason, a.channel, a.version, a.made_by
  FROM appointments a JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
 WHERE a.occupies_from = %s AND d.display_name = %s ORDER BY a.created_at
"""


def stored(clinic: RunningClinic, start: FreeStart) -> list[tuple[Any, ...]]:
    with clinic.connect() as database:
        return database.execute(AT, (start.starts_at, start.practitioner)).fetchall()


def pick(page: Page, start: FreeStart) -> None:
    column_of(page, start).get_by_role("button", name=start.time).click()
    expect(details_of(page).get_by_role("heading", level=2)).to_be_visible()


def card_of(page: Page, start: FreeStart, *, patient: str, status: str) -> Any:
    name = re.compile(rf"{re.escape(patient)}, .*, {status}$")
    return column_of(page, start).get_by_role("button", name=name).last


def test_a_free_time_is_booked_for_a_known_patient(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=41)
    open_board(page, start)
    pick(page, start)
    patient = choose_patient(page, text=idle_phone(clinic, start))
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text(f"Booked for {patient}.")).to_be_visible()
    expect(card_of(page, start, patient=patient, status="Booked")).to_be_visible()
    expect(details_of(page).get_by_role("heading", name=patient)).to_be_visible()
    ((status, _, channel, _, made_by),) = stored(clinic, start)
    assert (status, channel) == ("booked", "desk")
    assert made_by.startswith("user:")


def test_a_new_patient_is_made_in_place(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=42)
    open_board(page, start)
    pick(page, start)
    pane = details_of(page)
    pane.get_by_role("button", name="New patient").click()
    pane.get_by_label("Given name").fill("Oona")
    pane.get_by_label("Family name").fill("Testberg")
    pane.get_by_label("Birth date").fill("2999-01-01")
    pane.get_by_label("Phone").fill("+1 212 555 0100")
    pane.get_by_role("button", name="Add the patient").click()
    expect(pane.get_by_role("alert").filter(has_text="future")).to_be_visible()
    pane.get_by_label("Birth date").fill("1990-05-17")
    pane.get_by_role("button", name="Add the patient").click()
    expect(pane.get_by_text("Oona Testberg")).to_be_visible()
    pane.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Booked for Oona Testberg.")).to_be_visible()
    expect(card_of(page, start, patient="Oona Testberg", status="Booked")).to_be_visible()
    assert [row[0] for row in stored(clinic, start)] == ["booked"]
    with clinic.connect() as database:
        names = database.execute("SELECT given_name_sealed FROM patients").fetchall()
    assert not any(b"Oona" in bytes(sealed) for (sealed,) in names)


def test_a_hold_counts_down_and_is_confirmed(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=43)
    open_board(page, start)
    pick(page, start)
    patient = choose_patient(page, text=idle_phone(clinic, start))
    details_of(page).get_by_role("button", name="Hold", exact=True).click()
    held = card_of(page, start, patient=patient, status="Held")
    # A hold lasts as long as the service says: five minutes, or half an hour where a deposit is due.
    expect(held).to_contain_text(re.compile(r"Held\s*(4|5|29|30):\d\d"))
    details_of(page).get_by_role("button", name="Confirm").click()
    expect(card_of(page, start, patient=patient, status="Booked")).to_be_visible()
    assert [row[0] for row in stored(clinic, start)] == ["booked"]


def test_what_one_window_books_is_on_another_workers_board_by_itself(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    start = free_start(clinic, days=44)
    here, there = open_window(), open_window()
    open_board(here, start)
    open_board(there, start)
    on_another_worker(there, worker_of(here, clinic), clinic)
    pick(here, start)
    patient = choose_patient(here, text=idle_phone(clinic, start))
    expect(card_of(there, start, patient=patient, status="Booked")).to_have_count(0)
    details_of(here).get_by_role("button", name="Book", exact=True).click()
    expect(here.get_by_text(f"Booked for {patient}.")).to_be_visible()
    expect(card_of(there, start, patient=patient, status="Booked")).to_be_visible(timeout=SOON)
    # And the other way round: what the second window cancels goes from the first.
    card_of(there, start, patient=patient, status="Booked").click()
    details_of(there).get_by_role("button", name="Cancel", exact=True).click()
    details_of(there).get_by_role("button", name="Cancel the appointment").click()
    expect(card_of(here, start, patient=patient, status="Cancelled")).to_be_visible()
    expect(details_of(here).get_by_text("Cancelled")).to_be_visible()
    assert [row[:2] for row in stored(clinic, start)] == [("cancelled", "clinic")]


@pytest.mark.long
def test_an_appointment_is_moved_with_a_button(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=45)
    open_board(page, start)
    pick(page, start)
    patient = choose_patient(page, text=idle_phone(clinic, start))
    pane = details_of(page)
    pane.get_by_role("button", name="Book", exact=True).click()
    expect(card_of(page, start, patient=patient, status="Booked")).to_be_visible()
    pane.get_by_role("button", name="Move").click()
    expect(pane.get_by_role("heading", name=f"Move {patient}")).to_be_visible()
    # Only where it may go is left to be chosen; its own time is not among that.
    board = page.get_by_role("region", name="Day board")
    expect(board.get_by_role("button", name=start.time)).to_have_count(0)
    column = column_of(page, start)
    column.get_by_role("button", name=re.compile(", free$")).last.click()
    pane.get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert stored(clinic, start) == []
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text(f"Undone for {patient}.")).to_be_visible()
    # The same appointment, moved there and back.
    assert [(status, version) for status, _, _, version, _ in stored(clinic, start)] == [("booked", 4)]


def test_an_appointment_is_moved_by_dragging_it_to_where_it_fits(page: Page, clinic: RunningClinic) -> None:
    start = free_start(clinic, days=46)
    open_board(page, start)
    pick(page, start)
    patient = choose_patient(page, text=idle_phone(clinic, start))
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    card = card_of(page, start, patient=patient, status="Booked")
    card.hover()
    page.mouse.down()
    page.mouse.move(400, 400, steps=5)
    # What can take it shows itself while it hangs on the pointer; the rest is dim.
    expect(page.locator(".db-ghost")).to_have_text(patient)
    expect(page.locator(".db[data-moving]")).to_be_visible()
    target = column_of(page, start).get_by_role("button", name=re.compile(", free$")).first
    target.hover()
    # The strip below stays while the card hangs, or the target would shift under the pointer.
    expect(page.get_by_role("group", name="Parked", exact=True)).to_be_visible()
    page.mouse.up()
    # Nothing has happened before the yes.
    expect(details_of(page).get_by_role("button", name="Move here")).to_be_visible()
    assert [row[3] for row in stored(clinic, start)] == [2]
    details_of(page).get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert stored(clinic, start) == []
    # Let go where nothing takes it, the card stays where it is.
    moved = card_of(page, start, patient=patient, status="Booked")
    moved.hover()
    page.mouse.down()
    page.mouse.move(400, 400, steps=5)
    details_of(page).hover()
    page.mouse.up()
    expect(details_of(page).get_by_role("heading", name=f"Move {patient}")).to_be_visible()
    expect(details_of(page).get_by_role("button", name="Move here")).to_have_count(0)
    details_of(page).get_by_role("button", name="Leave it where it is").click()
    expect(moved).to_be_visible()
    assert stored(clinic, start) == []


def test_a_session_is_one_card_and_takes_another_patient(page: Page, clinic: RunningClinic) -> None:
    with clinic.connect() as database:
        found = database.execute(
            "SELECT l.name, d.display_name, s.starts_at AT TIME ZONE l.timezone, s.id, s.current_bookings FROM slots s"
            " JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id"
            " JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id"
            " WHERE s.service_id IS NOT NULL AND s.starts_at > now() + interval '3 days'"
            " AND s.current_bookings BETWEEN 1 AND s.max_capacity - 2 ORDER BY s.starts_at, s.id LIMIT 1"
        ).fetchone()
    assert found is not None
    place, practitioner, starts_at, slot_id, taken = found
    start = FreeStart(place, practitioner, starts_at)
    open_board(page, start)
    card = column_of(page, start).get_by_role("button", name=re.compile(rf"(?<!\d){taken} of 20 places taken$"))
    card.first.click()
    pane = details_of(page)
    expect(pane.get_by_role("listitem")).to_have_count(taken)
    pane.get_by_role("button", name="Book a place").click()
    patient = choose_patient(page, text=idle_phone(clinic, start))
    pane.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text(f"Booked for {patient}.")).to_be_visible()
    with clinic.connect() as database:
        now_taken = database.execute("SELECT current_bookings FROM slots WHERE id = %s", (slot_id,)).fetchone()
    assert now_taken == (taken + 1,)


def test_a_taken_time_is_refused_in_words_and_nothing_is_stored_twice(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    start = free_start(clinic, days=47)
    first, second = open_window(), open_window()
    for window, phone in zip((first, second), idle_phones(clinic, start, count=2), strict=True):
        open_board(window, start)
        pick(window, start)
        choose_patient(window, text=phone)
    details_of(first).get_by_role("button", name="Book", exact=True).click()
    expect(first.get_by_text("Booked for")).to_be_visible()
    details_of(second).get_by_role("button", name="Book", exact=True).click()
    expect(second.get_by_text("This time is no longer free. Please choose another.")).to_be_visible()
    assert [row[0] for row in stored(clinic, start)] == ["booked"]
