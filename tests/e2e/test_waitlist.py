"""A freed place goes to who waits: the desk adds somebody, a visit is cancelled, the letter's page takes the time."""

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.settings import ROOT
from tests.e2e.board_page import column_of, details_of, go_to, sign_in, violations
from tests.e2e.conftest import OpenWindow
from tests.e2e.worklist_ward import Ward, make_ward
from tests.running_clinic import RunningClinic

# Each patient has their own, so that nobody is warned that they may have a file already.
NUMBERS = count()
TOKEN = """
import sys
from uuid import UUID
from app.services.waitlist.tokens import token_of
print(token_of(UUID(sys.argv[1]), UUID(sys.argv[2])))
"""
OPEN_OFFER = """
SELECT o.clinic_id, o.id FROM waitlist_offers o JOIN slots s ON s.id = o.slot_id
 WHERE s.practitioner_id = %s AND o.status = 'open'
"""
BOOKED = """
SELECT a.status, a.channel, e.status, o.status
  FROM waitlist_offers o JOIN waitlist_entries e ON e.id = o.entry_id JOIN appointments a ON a.id = o.appointment_id
 WHERE o.id = %s
"""


def open_waitlist(page: Page) -> None:
    page.goto("/worklists?list=waiting")
    page.get_by_role("button", name=re.compile("^Waitlist")).click()


def add_to_waitlist(page: Page, clinic: RunningClinic, ward: Ward, *, family_name: str) -> None:
    """Add a new patient who waits for this practitioner."""
    page.get_by_role("button", name="Add to the waitlist").first.click()
    pane = details_of(page)
    pane.get_by_role("button", name="New patient").click()
    number = next(NUMBERS)
    born = date(1971, 5, 6) + timedelta(days=number)
    for label, text in (("Given name", "Wanda"), ("Family name", family_name), ("Birth date", born.isoformat())):
        pane.get_by_label(label).fill(text)
    pane.get_by_label("Phone").fill(f"+1 212 555 01{number:02}")
    pane.get_by_role("button", name="Add the patient").click()
    expect(pane.locator("strong")).to_have_text(f"Wanda {family_name}")
    pane.get_by_label("Service").select_option(label=ward.service(clinic))
    pane.get_by_label("Practitioner").select_option(label=ward.sick)
    pane.get_by_role("button", name="Add to the waitlist").click()


def free_a_place(page: Page, ward: Ward) -> None:
    """Cancel the ward's first visit on the board."""
    page.goto("/board")
    go_to(page, ward.start)
    column_of(page, ward.start).get_by_role("button", name=re.compile("Booked")).first.click()
    pane = details_of(page)
    pane.get_by_role("button", name="Cancel", exact=True).click()
    pane.get_by_role("button", name="Cancel the appointment").click()
    expect(pane.get_by_text("Cancelled").first).to_be_visible()


def link_of_open_offer(clinic: RunningClinic, ward: Ward) -> tuple[UUID, str]:
    """Return the offer and the address of its page, as the letter has it."""
    with clinic.connect() as database:
        found = database.execute(OPEN_OFFER, (ward.sick_id,)).fetchone()
    assert found is not None
    addresses = json.loads((clinic.home / "addresses.json").read_text())
    made = subprocess.run(
        [sys.executable, "-c", TOKEN, *(str(one) for one in found)],
        env={**clinic.environment(), **addresses},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return found[1], f"/offer#{made.stdout.strip()}"


@pytest.mark.long
def test_a_freed_place_is_offered_and_taken_in_the_patients_window(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    ward = make_ward(clinic, people=6, days=16, others=False)
    name = ward.sick.split()[-1].translate(str.maketrans("0123456789", "ghijklmnop")).title()
    desk, board = open_window(), open_window()
    sign_in(desk)
    open_waitlist(desk)
    add_to_waitlist(desk, clinic, ward, family_name=name)
    line = desk.get_by_role("row").filter(has_text=name)
    expect(line).to_contain_text("Waiting since")
    sign_in(board)
    free_a_place(board, ward)
    running = desk.get_by_role("listitem").filter(has_text=name)
    expect(running.get_by_role("button", name="Accept for the patient")).to_be_visible(timeout=60_000)
    expect(line).to_contain_text("has an open offer")
    offer_id, link = link_of_open_offer(clinic, ward)
    patient = open_window(width=390, height=844)
    patient.goto(link)
    expect(patient.get_by_role("heading", name="A time has become free")).to_be_visible(timeout=20_000)
    expect(patient.get_by_text(ward.sick)).to_be_visible()
    expect(patient.get_by_role("timer", include_hidden=True)).to_have_text(re.compile(r"^\d+:\d\d$"))
    assert violations(patient) == []
    take = patient.get_by_role("button", name="Take this time")
    box = take.bounding_box()
    assert box is not None
    assert box["height"] >= 64
    take.click()
    expect(patient.get_by_role("heading", name="The time is yours")).to_be_visible()
    with clinic.connect() as database:
        assert database.execute(BOOKED, (offer_id,)).fetchone() == ("booked", "waitlist", "booked", "accepted")
    expect(line).to_have_count(0)
    # The link is used up, and tells whoever opens it again what became of it; another one tells nothing.
    again = open_window()
    again.goto(link)
    expect(again.get_by_role("heading", name="The time is yours")).to_be_visible(timeout=20_000)
    expect(again.get_by_role("button", name="Take this time")).to_have_count(0)
    again.goto("about:blank")
    again.goto(link[:-8] + "AAAAAAAA")
    expect(again.get_by_role("heading", name="This link is not complete")).to_be_visible()
    expect(again.get_by_text(ward.sick)).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_declined_offer_says_so_in_the_readers_language(
    open_window: OpenWindow, clinic: RunningClinic, language: str
) -> None:
    ward = make_ward(clinic, people=5, days=18 + len(language), others=False)
    name = ward.sick.split()[-1].translate(str.maketrans("0123456789", "ghijklmnop")).title()
    desk = open_window()
    sign_in(desk)
    open_waitlist(desk)
    add_to_waitlist(desk, clinic, ward, family_name=name)
    running = desk.get_by_role("listitem").filter(has_text=name)
    expect(running.get_by_role("button", name="Accept for the patient")).to_be_visible(timeout=60_000)
    _, link = link_of_open_offer(clinic, ward)
    patient = open_window(language=language, color_scheme="dark")
    patient.goto(link)
    expect(patient.locator(".offer-answers button").first).to_be_visible(timeout=20_000)
    assert violations(patient) == []
    patient.locator(".offer-answers button").last.click()
    expect(patient.locator(".offer-end")).to_be_visible()
    assert violations(patient) == []
    expect(running).to_have_count(0)
