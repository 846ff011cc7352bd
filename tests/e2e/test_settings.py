"""The settings in a real browser: from a new service to a time that a patient can book."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.board_page import let_in, sign_in, violations
from tests.e2e.booking_page import begin
from tests.e2e.conftest import OpenWindow
from tests.e2e.settings_page import apply, block_of, drag, draw, fill, open_part, preview, save, week_of
from tests.running_clinic import RunningClinic

PARTS = ("clinic", "locations", "services", "practitioners", "schedules", "holidays", "users", "import")
WEEK = """
SELECT r.weekday, to_char(r.starts_local, 'HH24:MI'), to_char(r.ends_local, 'HH24:MI')
  FROM schedule_rules r JOIN schedules s ON s.clinic_id = r.clinic_id AND s.id = r.schedule_id
  JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id
 WHERE p.display_name = %s ORDER BY 1, 2
"""
SLOTS = """
SELECT count(*) FROM slots s JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id
 WHERE p.display_name = %s AND s.status = 'open' AND s.ends_at - s.starts_at = interval '30 minutes'
"""


@pytest.mark.long
def test_from_nothing_to_a_time_that_patients_can_book(
    page: Page, open_window: OpenWindow, clinic: RunningClinic
) -> None:
    mark = uuid4().hex[:6]
    service, person, kind = f"Laser {mark}", f"Dr. Vega {mark}", f"laser-{mark}"
    sign_in(page, role="administrator")
    _add_room(page, name=f"Laser room {mark}", kind=kind)
    _add_service(page, name=service, kind=kind)
    _add_practitioner(page, name=person, service=service)
    page.get_by_role("link", name="Open the schedule").click()
    expect(page.get_by_role("combobox", name="Practitioner")).to_have_value(re.compile("."), timeout=20_000)
    page.get_by_role("button", name="Open a schedule").click()
    _draw_a_week(page)
    page.get_by_role("combobox", name="Slots of").select_option(label="30 min")
    window = preview(page)
    expect(window).to_contain_text(re.compile(r"\d+ starts appear, 0 starts go"))
    expect(window).to_contain_text("Every appointment keeps its time.")
    with clinic.connect() as database:
        assert database.execute(WEEK, (person,)).fetchall() == [], "a preview changes nothing"
    apply(page)
    expect(page.get_by_role("button", name="Discard")).to_have_count(0)
    with clinic.connect() as database:
        assert database.execute(WEEK, (person,)).fetchall() == [(1, "09:00", "12:00"), (3, "14:00", "17:00")]
        (count,) = database.execute(SLOTS, (person,)).fetchone() or (0,)
    assert count > 100
    patient = open_window()
    begin(patient)
    patient.get_by_role("button", name=re.compile(service)).click()
    patient.get_by_role("button", name=re.compile(person)).click()
    expect(patient.get_by_role("heading", name="When suits you?")).to_be_visible()
    expect(patient.get_by_role("list", name="Day", exact=True).get_by_role("button").first).to_be_visible()


def _add_room(page: Page, *, name: str, kind: str) -> None:
    open_part(page, "Locations")
    page.get_by_role("button", name="Add a room").click()
    form = page.locator("form").filter(has=page.get_by_label("Name or number of the room"))
    save_button = form.get_by_role("button", name="Save")
    save_button.click()
    expect(form.get_by_text("Fill this in.").first).to_be_visible()
    expect(form.get_by_label("Name or number of the room")).to_be_focused()
    fill(form, Name_or_number_of_the_room=name, Kind=kind)
    save(page, form)
    expect(page.get_by_role("button", name=re.compile(name))).to_be_visible()


def _add_service(page: Page, *, name: str, kind: str) -> None:
    open_part(page, "Services")
    page.get_by_role("button", name="New service").click()
    fill(page, Name=name, Specialty="Dermatology", Length_of_the_visit="4", Notice="0", Room=kind, Price="25.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A visit lasts 5 to 480 minutes.")).to_be_visible()
    fill(page, Length_of_the_visit="30")
    save(page)
    expect(page.get_by_role("button", name=re.compile(name))).to_have_attribute("aria-current", "true")


def _add_practitioner(page: Page, *, name: str, service: str) -> None:
    open_part(page, "Practitioners")
    page.get_by_role("button", name="New practitioner").click()
    fill(page, Name=name, Specialty="Dermatology", License_or_staff_number=name)
    page.get_by_label(service).check()
    save(page)


def _draw_a_week(page: Page) -> None:
    """Draw by mouse, drag to another day, move on by keyboard; add the second block by the form alone."""
    draw(page, "Monday", first=2 / 12, last=5 / 12)
    expect(block_of(page, "Monday", "09:00 – 12:00")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    drag(page, block_of(page, "Monday"), to=week_of(page).get_by_role("group", name="Hours on Wednesday"))
    expect(block_of(page, "Wednesday", "09:00 – 12:00")).to_be_visible()
    block_of(page, "Wednesday").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status").filter(has_text="Now Tuesday")).to_have_count(1)
    expect(block_of(page, "Tuesday", "09:00 – 12:00")).to_be_visible()
    page.get_by_role("button", name="Add hours").click()
    chosen = page.get_by_role("group", name="The chosen hours")
    fill(chosen, Weekday="Thursday", From="14:00", To="17:00")
    chosen.get_by_role("button", name="Take into the draft").click()
    expect(block_of(page, "Thursday", "14:00 – 17:00")).to_be_visible()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, clinic: RunningClinic) -> Any:
    """What a browser keeps of the administrator's session, so that only one test has to sign in."""
    context = browser.new_context(base_url=clinic.url, locale="en-GB")
    let_in(context.new_page(), role="administrator")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en-GB", "light", 1280), ("en-GB", "dark", 2560), ("ar", "light", 1280), ("de", "light", 640)],
)
def test_every_page_is_readable_by_everybody(
    open_window: OpenWindow, signed_in: Any, language: str, scheme: str, width: int
) -> None:
    page = open_window(width=width, language=language, storage_state=signed_in, color_scheme=scheme)
    for part in PARTS:
        page.goto(f"/settings/{part}")
        expect(page.locator(".set-card, .set-form").first).to_be_visible(timeout=20_000)
        assert violations(page) == [], part
        overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overhang <= 0, part


@pytest.mark.long
def test_nothing_typed_is_lost_without_a_question(open_window: OpenWindow, signed_in: Any) -> None:
    page = open_window(storage_state=signed_in)
    page.goto("/settings/services")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    name = page.get_by_label("Name", exact=True)
    expect(name).not_to_have_value("", timeout=20_000)
    before = name.input_value()
    name.fill(f"{before} changed")
    page.get_by_role("button", name=re.compile("Video consultation")).click()
    assert asked == ["Leave without saving? What you changed here is lost."]
    expect(name).to_have_value(f"{before} changed")


@pytest.mark.long
def test_a_manager_opens_schedules_and_neither_services_nor_users(page: Page, clinic: RunningClinic) -> None:
    sign_in(page, role="manager")
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Settings").click()
    page.wait_for_url("**/settings/schedules")
    parts = page.get_by_role("navigation", name="Settings").get_by_role("link")
    expect(parts).to_have_text(["Schedules", "Holidays and closures"])
    page.goto("/settings/users")
    page.wait_for_url(re.compile("/reports"))
