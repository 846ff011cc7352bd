"""From a booking at home to the confirmation on the mail page: pages, outbox and scheduler together."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.board_page import sign_in
from tests.e2e.booking_page import begin, choose_day, fill_in, hold, newest, times, to_times
from tests.e2e.conftest import OpenWindow
from tests.running_clinic import RunningClinic


def test_a_booking_is_confirmed_by_mail_in_the_readers_language(open_window: OpenWindow, clinic: RunningClinic) -> None:
    book(open_window())
    (made,) = newest(clinic, "online")
    page = open_window(timezone_id="Asia/Kathmandu")
    sign_in(page, to="/mail")
    line = page.get_by_role("button", name=re.compile("^Ihr Termin am .*ulrike@example.com"))
    # The outbox is worked off every two seconds.
    for _ in range(120):
        if line.count():
            break
        page.get_by_role("button", name="Refresh").click()
        page.wait_for_timeout(500)
    line.first.click()
    message = page.get_by_role("article")
    expect(message).to_contain_text("Guten Tag Ulrike,")
    expect(message).to_contain_text("Kept here, not sent")
    expect(message).not_to_contain_text("check-up")
    assert Axe().run(page).violations_count == 0
    with clinic.connect() as database:
        told_at = database.execute(
            "SELECT to_char(m.created_at AT TIME ZONE c.timezone, 'HH24:MI') FROM messages m"
            " JOIN clinics c ON c.id = m.clinic_id WHERE m.appointment_id = %s",
            (made["id"],),
        ).fetchone()
        kept = database.execute(
            "SELECT kind, language, outcome FROM messages WHERE appointment_id = %s", (made["id"],)
        ).fetchall()
    assert kept == [("confirmation", "de", "sink")]
    assert told_at is not None
    # By the clinic's clock, wherever this computer thinks it is.
    expect(message).to_contain_text(told_at[0])


def test_nobody_reads_mail_without_signing_in(page: Page) -> None:
    page.goto("/mail")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def book(page: Page) -> None:
    """Book a visit whose messages are to be in German."""
    begin(page)
    to_times(page)
    choose_day(page, 10)
    times(page).last.click()
    fill_in(page, given_name="Ulrike", email="ulrike@example.com")
    page.get_by_label("Language of messages").select_option("de")
    hold(page)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
