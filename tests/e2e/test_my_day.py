"""A practitioner's day in the browser: a patient comes, is seen, written for, booked again and let go."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import SOON, board_of, sign_in, violations
from tests.e2e.own_day import OwnDay, add_account, list_of, open_later, open_my_day, own_day, patient_of
from tests.e2e.queue_page import open_arrivals, row_in
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
OpenWindow = Callable[..., Page]


def test_a_patient_is_seen_from_arrival_to_follow_up_without_a_reload(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    own = own_day(clinic, name="Dr. Jonna Journey")
    open_later(clinic, own, weeks=4)
    desk, doctor = open_window(), open_window()
    open_arrivals(desk, clinic, own.visit)
    open_my_day(doctor, own.login)
    following = list_of(doctor, "next").get_by_role("listitem")
    expect(following).to_contain_text("Not here yet")
    row_in(desk, "expected").focus()
    desk.keyboard.press("a")
    expect(following).to_contain_text("waits", timeout=SOON)
    expect(list_of(doctor, "waiting").get_by_role("heading")).to_contain_text("1")
    # The key means whoever is next, as long as nobody is open.
    doctor.keyboard.press("s")
    expect(row_in(desk, "in-room")).to_be_visible(timeout=SOON)
    expect(list_of(doctor, "now").get_by_role("listitem")).to_be_visible()
    write_a_note(doctor)
    prescribe(doctor)
    book_again(doctor)
    doctor.get_by_role("tab", name="At a glance").click()
    look = patient_of(doctor)
    for words in ("Sore throat since Friday.", "Amoxicillin 500 mg"):
        expect(look.get_by_text(words)).to_be_visible()
    doctor.locator("#content").focus()
    doctor.keyboard.press("d")
    expect(row_in(desk, "done")).to_be_visible(timeout=SOON)
    expect(patient_of(doctor).get_by_role("button", name="The visit goes on")).to_be_visible()
    assert own.visit.stored(clinic) == ("fulfilled", True, True, True, True)
    assert written(clinic, own) == (1, 1)
    assert booked_later(clinic, own) == [("booked", timedelta(weeks=4))]


def write_a_note(page: Page) -> None:
    page.keyboard.press("n")
    part = patient_of(page).get_by_role("tabpanel", name="Notes")
    expect(part.get_by_text("No notes yet")).to_be_visible()
    part.get_by_role("textbox").first.fill("Sore throat since Friday.")
    part.get_by_role("button", name="Keep the note").click()
    expect(part.get_by_role("listitem").filter(has_text="Sore throat since Friday.")).to_be_visible()


def prescribe(page: Page) -> None:
    page.get_by_role("tab", name="Prescriptions").click()
    part = patient_of(page).get_by_role("tabpanel", name="Prescriptions")
    expect(part.get_by_text("No prescriptions yet")).to_be_visible()
    for label, text in {
        "Drug": "Amoxicillin 500 mg", "Dosage": "1 capsule", "Frequency": "Three times a day", "Duration": "7 days"
    }.items():  # fmt: skip
        part.get_by_label(label, exact=True).and_(part.locator("input")).fill(text)
    part.get_by_role("button", name="Prescribe", exact=True).click()
    expect(part.get_by_role("listitem").filter(has_text="Amoxicillin 500 mg")).to_be_visible()


def book_again(page: Page) -> None:
    page.get_by_role("tab", name="Follow-up").click()
    part = patient_of(page).get_by_role("tabpanel", name="Follow-up")
    part.get_by_role("button", name="4 weeks").click()
    starts = part.get_by_role("list", name="The first free times").get_by_role("button")
    starts.first.click()
    expect(part.get_by_text(re.compile("^Booked: "))).to_be_visible()


def written(clinic: RunningClinic, own: OwnDay) -> tuple[int, ...]:
    """Return how many notes and prescriptions belong to the visit."""
    asked = """
    SELECT (SELECT count(*) FROM notes WHERE appointment_id = %(id)s),
           (SELECT count(*) FROM prescriptions WHERE appointment_id = %(id)s)
    """
    with clinic.connect() as database:
        return database.execute(asked, {"id": own.visit.id}).fetchone() or ()


def booked_later(clinic: RunningClinic, own: OwnDay) -> list[tuple[Any, ...]]:
    """Return the patient's other visits of this practitioner, and how much later each is."""
    asked = """
    SELECT b.status, b.starts_at - a.starts_at FROM appointments a
      JOIN appointments b ON b.clinic_id = a.clinic_id AND b.patient_id = a.patient_id
       AND b.practitioner_id = a.practitioner_id AND b.id <> a.id
     WHERE a.id = %s
    """
    with clinic.connect() as database:
        return database.execute(asked, (own.visit.id,)).fetchall()


def test_running_late_stands_on_the_board_and_at_arrivals_until_it_is_taken_back(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    # Columns out of sight are not drawn: the first of them, on a wide board.
    own = own_day(clinic, name="Dr. Aabel Later")
    desk, doctor, board = open_window(), open_window(), open_window(width=2560, height=1200)
    open_arrivals(desk, clinic, own.visit)
    sign_in(board, to=f"/board?location={own.location_id}&day={own.visit.start.day}")
    board_of(board)
    open_my_day(doctor, own.login)
    doctor.keyboard.press("l")
    quick = doctor.get_by_role("button", name="20 min", exact=True)
    expect(quick).to_be_visible()
    assert violations(doctor) == []
    quick.click()
    expect(row_in(desk, "expected")).to_contain_text("20 min late", timeout=SOON)
    expect(board.get_by_text("20 min late").first).to_be_attached(timeout=SOON)
    expect(list_of(doctor, "now")).to_be_visible()
    expect(doctor.get_by_text("You are 20 min late; the desk and whoever waits know.")).to_be_visible()
    doctor.get_by_role("button", name="20 min late").click()
    doctor.get_by_role("button", name="On time again").click()
    expect(row_in(desk, "expected")).not_to_contain_text("late", timeout=SOON)
    expect(doctor.get_by_role("button", name="Running late")).to_be_visible()


def test_time_of_ones_own_is_blocked_and_opened_again(open_window: OpenWindow, clinic: RunningClinic) -> None:
    own = own_day(clinic, name="Dr. Bea Blocker")
    doctor = open_window()
    open_my_day(doctor, own.login)
    doctor.get_by_role("button", name="My time").click()
    dialog = doctor.get_by_role("dialog")
    free = own.visit.start.starts_at + timedelta(days=1)
    dialog.get_by_label("Day").fill(f"{free:%Y-%m-%d}")
    dialog.get_by_label("From").fill("13:00")
    dialog.get_by_label("Until").fill("14:00")
    dialog.get_by_label("Reason, for colleagues").fill("Training")
    expect(dialog.get_by_text("No appointment is in the way.")).to_be_visible()
    dialog.get_by_role("button", name="Block this time").click()
    entry = dialog.get_by_role("listitem").filter(has_text="Training")
    expect(entry).to_be_visible()
    # The notice is drawn by fading in, and read while it does; behind the dialog nobody can close it.
    expect(doctor.locator("[data-sonner-toast]")).to_have_count(0, timeout=20_000)
    assert violations(doctor) == []
    assert blocks(clinic, own) == ["Training"]
    entry.get_by_role("button", name="Open again").click()
    expect(dialog.get_by_text("All of your time is open")).to_be_visible()
    assert blocks(clinic, own) == []


def test_the_form_of_ones_own_time_stays_empty_after_a_quick_hand(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    own = own_day(clinic, name="Dr. Quentin Quick")
    doctor = open_window()
    open_my_day(doctor, own.login)
    doctor.get_by_role("button", name="My time").click()
    dialog = doctor.get_by_role("dialog")
    free = own.visit.start.starts_at + timedelta(days=1)
    for label, text in (("Day", f"{free:%Y-%m-%d}"), ("From", "13:00"), ("Until", "14:00")):
        dialog.get_by_label(label).fill(text)
    expect(dialog.get_by_text("No appointment is in the way.")).to_be_visible()
    dialog.get_by_label("Reason, for colleagues").fill("Training")
    until = dialog.get_by_label("Until")
    until.fill("14:35")
    until.press("Enter")
    expect(dialog.get_by_role("listitem").filter(has_text="Training")).to_be_visible()
    # Whatever was still on its way by then.
    doctor.wait_for_timeout(800)
    assert until.input_value() != "14:35"
    # Nothing was looked at again: neither what it would do, nor what is wrong with it.
    assert dialog.get_by_role("button", name="Block this time").is_disabled()
    assert dialog.locator("form .field-error").all_text_contents() == [""]


def blocks(clinic: RunningClinic, own: OwnDay) -> list[str]:
    asked = """
    SELECT e.reason FROM schedule_exceptions e JOIN schedules s ON s.clinic_id = e.clinic_id AND s.id = e.schedule_id
     WHERE s.practitioner_id = %s
    """
    with clinic.connect() as database:
        return [reason for (reason,) in database.execute(asked, (own.practitioner_id,)).fetchall()]


def test_who_is_no_practitioner_and_who_has_nothing_today_learn_what_to_do(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    nobody = open_window()
    open_my_day(nobody, add_account(clinic, name="Nobody Yet", practitioner_id=None))
    expect(nobody.get_by_text("Your account is not linked to a practitioner")).to_be_visible()
    assert violations(nobody) == []
    own = own_day(clinic, name="Dr. Emil Empty")
    with clinic.connect() as database:
        database.execute(
            "UPDATE appointments SET status = 'cancelled', cancel_reason = 'clinic' WHERE id = %s", (own.visit.id,)
        )
        database.execute("UPDATE slots SET status = 'blocked' WHERE practitioner_id = %s", (own.practitioner_id,))
    empty = open_window()
    open_my_day(empty, own.login)
    expect(empty.get_by_text("You have no visits today")).to_be_visible()
    expect(empty.get_by_role("link", name="Look at your week in the calendar")).to_be_visible()
    assert violations(empty) == []


@pytest.mark.parametrize(
    "window",
    [
        {"width": 1024, "height": 768, "color_scheme": "light", "has_touch": True},
        {"width": 1280, "height": 800, "color_scheme": "dark"},
        # What 200 % of a small laptop leaves.
        {"width": 640, "height": 400, "color_scheme": "light"},
        {"width": 1280, "height": 800, "color_scheme": "dark", "language": "ar"},
    ],
    ids=["tablet", "dark", "200 %", "arabic"],
)
def test_the_day_is_open_to_everybody_and_fits(
    open_window: OpenWindow, clinic: RunningClinic, window: dict[str, Any]
) -> None:
    own = own_day(clinic, name="Dr. Maximiliane-Theodora von Hohenstein-Waldburg-Langenargen", minutes_ago=25)
    page = open_window(**window)
    open_my_day(page, own.login)
    list_of(page, "next").get_by_role("button").first.click()
    expect(patient_of(page).get_by_role("tab")).to_have_count(4)
    for place in range(4):
        patient_of(page).get_by_role("tab").nth(place).click()
        expect(patient_of(page).get_by_role("tabpanel")).to_be_visible()
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
