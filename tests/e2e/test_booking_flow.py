"""Booking without an account in a real browser, online and at the kiosk; every journey ends in the database."""

import json
import re
from datetime import timedelta

import pytest
import redis
from playwright.sync_api import Page, expect

from app.services.clock import utc_now
from tests.e2e.booking_page import NAMES, begin, choose_day, fill_in, hold, newest, times, to_hold, to_times
from tests.e2e.conftest import OpenWindow
from tests.running_clinic import RunningClinic


def test_a_visit_is_booked_online(page: Page, clinic: RunningClinic) -> None:
    begin(page)
    to_times(page)
    choose_day(page, 2)
    times(page).first.click()
    fill_in(page, email="ana@example.com")
    hold(page)
    expect(page.get_by_role("timer", include_hidden=True)).to_have_text(re.compile(r"^[45]:\d\d$"))
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    expect(page.get_by_role("link", name="Add to my calendar")).to_have_attribute("href", re.compile("^data:text/cal"))
    (made,) = newest(clinic, "online")
    assert made["status"] == "booked"
    assert made["made_by"].startswith("guest:")
    assert (made["verification"], made["language"], made["is_counted"]) == ("unverified", "en", True)


def test_the_keyboard_alone_books_at_the_kiosk(page: Page, clinic: RunningClinic) -> None:
    page.goto("/kiosk")
    page.get_by_role("button", name="Book a visit").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-title")).to_be_focused()
    _press_on(page, re.compile("Family check-up"))
    _press_on(page, "Whoever is free first")
    expect(page.locator("#step-title")).to_be_focused()
    # Whatever the clinic's zone, not today, whose first time may be gone by the time that everything is typed.
    _press_on(page, re.compile(f"{utc_now() + timedelta(days=2):%A}"))
    expect(page.locator("#times-title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who is the visit for?")).to_be_focused()
    for text in ("Ben", next(NAMES), "01", "02", "1990", "212 555 0143"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_focused()
    _press_on(page, "Book this visit")
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_focused()
    (made,) = newest(clinic, "kiosk")
    assert made["status"] == "booked"
    assert made["made_by"].startswith("kiosk:")
    _press_on(page, "Done")
    expect(page.get_by_role("heading", name="Welcome")).to_be_focused()


@pytest.mark.long
def test_a_prepaid_visit_is_booked_as_due_at_the_desk(page: Page, clinic: RunningClinic) -> None:
    begin(page)
    to_times(page, service="Cardiology consultation")
    choose_day(page, 1)
    times(page).first.click()
    fill_in(page)
    hold(page)
    expect(page.get_by_text("Nothing is paid now. Please pay at the desk before your visit.")).to_be_visible()
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    (made,) = newest(clinic, "online")
    assert (made["status"], made["is_due_at_desk"]) == ("booked", True)


@pytest.mark.long
def test_a_group_visit_takes_one_of_its_places(page: Page, clinic: RunningClinic) -> None:
    begin(page)
    to_times(page, service="Group vaccination")
    choose_day(page, 1)
    times(page).filter(has_text=re.compile(r"\d+ places left")).first.click()
    fill_in(page)
    hold(page)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    (made,) = newest(clinic, "online")
    assert (made["status"], made["is_counted"]) == ("booked", True)


def test_going_back_keeps_the_held_time_and_another_choice_gives_it_up(page: Page, clinic: RunningClinic) -> None:
    to_hold(page, day=3)
    (held,) = newest(clinic, "online")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_label("Given name")).to_have_value("Ana")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(times(page).filter(has_text="Held for you")).to_be_visible()
    assert newest(clinic, "online")[0]["status"] == "pending"
    choose_day(page, 4)
    times(page).first.click()
    assert newest(clinic, "online")[0]["id"] == held["id"]
    hold(page)
    other, before = newest(clinic, "online", count=2)
    assert (before["id"], before["status"], before["cancel_reason"]) == (held["id"], "cancelled", "patient")
    assert (other["status"], other["is_counted"], before["is_counted"]) == ("pending", True, True)
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()
    assert newest(clinic, "online")[0]["status"] == "cancelled"


def test_the_held_time_can_be_chosen_again_and_confirmed(page: Page, clinic: RunningClinic) -> None:
    to_hold(page, day=5)
    (held,) = newest(clinic, "online")
    for _ in range(2):
        page.get_by_role("button", name="Back", exact=True).click()
    times(page).filter(has_text="Held for you").click()
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    (made,) = newest(clinic, "online")
    assert (made["id"], made["status"]) == (held["id"], "booked")


def test_a_page_that_is_loaded_again_goes_on_with_its_hold(page: Page, clinic: RunningClinic) -> None:
    to_hold(page, day=5)
    page.reload()
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    assert newest(clinic, "online")[0]["status"] == "booked"


def test_the_server_decides_that_a_hold_has_run_out(page: Page, clinic: RunningClinic) -> None:
    to_hold(page, day=6)
    (held,) = newest(clinic, "online")
    with clinic.connect() as database:
        database.execute("UPDATE appointments SET hold_expires_at = now() WHERE id = %s", (held["id"],))
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_text("The time we held for you has run out.")).to_be_visible()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()
    assert newest(clinic, "online")[0]["status"] in ("pending", "cancelled")


def test_the_countdown_is_kept_honest_by_the_server(page: Page, clinic: RunningClinic) -> None:
    page.clock.install()
    to_hold(page, day=6)
    clock = page.get_by_role("timer", include_hidden=True)
    page.clock.fast_forward(60_000)
    expect(clock).to_have_text(re.compile(r"^[23]:\d\d$"))
    # A browser whose clock runs ahead asks at its zero, and hears how much time is really left.
    page.clock.fast_forward(245_000)
    expect(clock).to_have_text(re.compile(r"^[234]:\d\d$"))
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()
    assert newest(clinic, "online")[0]["status"] == "pending"
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()


def test_who_is_slower_hears_so_and_chooses_again(open_window: OpenWindow, clinic: RunningClinic) -> None:
    quick, slow = open_window(), open_window(width=390, height=844, color_scheme="dark")
    for page in (quick, slow):
        begin(page)
        to_times(page, service="Urgent care visit")
        choose_day(page, 1)
    wanted = times(quick).last.inner_text().split("\n")[0]
    for page in (quick, slow):
        times(page).filter(has_text=wanted).first.click()
        fill_in(page)
    hold(quick)
    (held,) = newest(clinic, "online")
    slow.get_by_role("button", name="Hold this time").click()
    expect(slow.get_by_text("Somebody was quicker")).to_be_visible()
    assert newest(clinic, "online")[0]["id"] == held["id"]
    times(slow).first.click()
    expect(slow.get_by_label("Given name")).to_have_value("Ana")


@pytest.mark.long
def test_one_browser_holds_only_two_times(open_window: OpenWindow, clinic: RunningClinic) -> None:
    first = open_window()
    tabs = [first, first.context.new_page(), first.context.new_page()]
    for day, page in enumerate(tabs[:2], start=7):
        to_hold(page, day=day)
    begin(tabs[2])
    to_times(tabs[2])
    choose_day(tabs[2], 9)
    times(tabs[2]).first.click()
    fill_in(tabs[2])
    tabs[2].get_by_role("button", name="Hold this time").click()
    expect(tabs[2].get_by_text("You hold several times already.")).to_be_visible()
    assert [one["status"] for one in newest(clinic, "online", count=2)] == ["pending", "pending"]
    for page in tabs[:2]:
        page.get_by_role("button", name="Give it back").click()
        expect(page.get_by_role("heading", name="When suits you?")).to_be_visible()


def test_an_unattended_kiosk_asks_and_then_wipes(page: Page, clinic: RunningClinic) -> None:
    page.clock.install()
    begin(page, kiosk=True)
    to_times(page)
    choose_day(page, 8)
    times(page).first.click()
    fill_in(page, given_name="Wilhelmina")
    hold(page)
    page.clock.fast_forward(31_000)
    question = page.get_by_role("alertdialog", name="Are you still there?")
    expect(question).to_be_visible()
    expect(page.get_by_role("button", name="I need more time")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(page.get_by_text("Wilhelmina")).to_be_visible()
    page.clock.fast_forward(42_000)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert "Wilhelmina" not in page.content()
    (left,) = newest(clinic, "kiosk")
    assert (left["status"], left["cancel_reason"], left["is_counted"]) == ("cancelled", "patient", True)


@pytest.mark.long
def test_a_kiosk_that_stood_alone_all_night_still_begins(page: Page, clinic: RunningClinic) -> None:
    page.goto("/kiosk")
    expect(page.get_by_role("button", name="Book a visit")).to_be_visible(timeout=20_000)
    # Page state lives no longer than the idle limit.
    addresses = json.loads((clinic.home / "addresses.json").read_text())
    redis.Redis.from_url(addresses["REDIS_URL"]).flushdb()
    page.get_by_role("button", name="Book a visit").click()
    expect(page.get_by_role("heading", name="What is the visit for?")).to_be_visible()


@pytest.mark.long
def test_a_kiosk_that_is_loaded_again_begins_anew(page: Page, clinic: RunningClinic) -> None:
    to_hold(page, day=4, kiosk=True)
    page.reload()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible(timeout=20_000)
    (left,) = newest(clinic, "kiosk")
    assert (left["status"], left["is_counted"]) == ("cancelled", True)


def _press_on(page: Page, name: str | re.Pattern[str]) -> None:
    """Reach a button by the Tab key alone and press it."""
    target = page.get_by_role("button", name=name).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key does not reach {name}")
