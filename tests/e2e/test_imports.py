"""A clinic's patients and appointments brought in from another system, in a real browser."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from app.services.clock import utc_now
from tests.e2e.board_page import sign_in, violations
from tests.e2e.board_today import LOCATION, OFFERED, PRACTITIONER, SCHEDULE, SLOTS
from tests.e2e.settings_page import open_part
from tests.running_clinic import RunningClinic

SERVICE = """
SELECT v.name FROM practitioner_services o JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id
 WHERE o.practitioner_id = %s
"""
BOOKED = """
SELECT count(*) FROM appointments a JOIN practitioners p ON p.clinic_id = a.clinic_id AND p.id = a.practitioner_id
 WHERE p.display_name = %s AND a.channel = 'import' AND a.status = 'booked'
"""


@dataclass(frozen=True, slots=True)
class Open:
    """A practitioner of a test's own with an hour of free time in three days."""

    name: str
    service: str
    place: str
    starts_at: datetime


@pytest.mark.long
def test_patients_and_then_their_appointments_are_taken_over(page: Page, clinic: RunningClinic) -> None:
    mark = uuid4().hex[:8]
    free = _open_time(clinic, mark)
    sign_in(page, role="administrator")
    open_part(page, "Import")
    assert violations(page) == []
    _patients(page, mark)
    _appointments(page, clinic, free, mark)
    page.get_by_role("link", name=free.name).click()
    expect(page.get_by_role("heading", name="Calendar").or_(page.get_by_role("main"))).to_be_visible()
    page.wait_for_url("**/calendar?practitioner=*")


def _patients(page: Page, mark: str) -> None:
    """A file with a date that could be two is checked, said how to read, and imported; the second time it is known."""
    text = f"Kundennummer;Vorname;Nachname;Geburtstag\n{mark}1;José;Älvarez {mark};03/04/1980\n"
    _choose(page, text.encode("cp1252"))
    expect(page.get_by_text("José")).to_be_visible()
    page.get_by_label("What the column Kundennummer holds").select_option(label="Number in the former system")
    _press(page, "Check the file")
    expect(page.get_by_role("heading", name="What this file would do")).to_be_focused(timeout=20_000)
    expect(page.get_by_role("cell", name="“03/04/1980” can be read with the day first")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("How dates are written").select_option(label="Day first: 31/12/2026")
    expect(page.get_by_role("heading", name="What this file would do")).not_to_be_visible()
    _press(page, "Check the file")
    # The page leads there once it is drawn, away from any button.
    expect(page.get_by_role("heading", name="What this file would do")).to_be_focused(timeout=20_000)
    _press(page, "Import 1 row")
    expect(page.get_by_text("The whole file was imported.")).to_be_visible(timeout=20_000)
    _choose(page, text.encode("cp1252"))
    page.get_by_label("What the column Kundennummer holds").select_option(label="Number in the former system")
    _press(page, "Check the file")
    expect(page.get_by_text("This very file was imported before.")).to_be_visible(timeout=20_000)
    _press(page, "Put the file away")
    expect(page.get_by_role("region", name="Columns")).not_to_be_visible()


def _appointments(page: Page, clinic: RunningClinic, free: Open, mark: str) -> None:
    """A file with a conflict books nothing; mended, it books all, and the page says with whom."""
    page.get_by_label("Coming appointments").click()
    expect(page.get_by_label("Coming appointments")).to_be_checked()
    row = f"{mark}1,{free.name},{free.service},{free.place},{free.starts_at:%Y-%m-%d %H:%M}\n"
    header = "patient number,practitioner,service,location,start\n"
    _choose(page, (header + row + row).encode())
    _press(page, "Check the file")
    expect(page.get_by_text("Nothing is imported: 1 row needs another look.")).to_be_visible(timeout=20_000)
    assert _booked(clinic, free) == 0
    _choose(page, (header + row).encode())
    _press(page, "Check the file")
    # The page leads there once it is drawn, away from any button.
    expect(page.get_by_role("heading", name="What this file would do")).to_be_focused(timeout=20_000)
    _press(page, "Import 1 row")
    expect(page.get_by_text("The whole file was imported.")).to_be_visible(timeout=20_000)
    assert _booked(clinic, free) == 1


def _choose(page: Page, data: bytes) -> None:
    # A name of its own: the file before may still be shown.
    name = f"file-{len(data)}.csv"
    page.get_by_label("CSV file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=20_000)
    expect(page.get_by_role("region", name="Columns")).to_be_visible(timeout=20_000)


def _press(page: Page, name: str) -> None:
    """Press a button as the keyboard does."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_enabled(timeout=20_000)
    button.press("Enter")


def _booked(clinic: RunningClinic, free: Open) -> int:
    with clinic.connect() as database:
        return int((database.execute(BOOKED, (free.name,)).fetchone() or (0,))[0])


def _open_time(clinic: RunningClinic, mark: str) -> Open:
    with clinic.connect() as database:
        clinic_id, location_id, place, zone = database.execute(LOCATION).fetchone() or ()
        # Where it is about noon now, it is about noon then.
        starts_at = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        ids = {one: uuid4() for one in ("practitioner_id", "schedule_id")}
        given = {**ids, "clinic_id": clinic_id, "location_id": location_id, "name": f"Dr. Import {mark}"}
        for statement in (PRACTITIONER, SCHEDULE, SLOTS, OFFERED):
            database.execute(statement, {**given, "begins_at": starts_at})
        (service,) = database.execute(SERVICE, (ids["practitioner_id"],)).fetchone() or ("",)
    return Open(str(given["name"]), service, place, starts_at.astimezone(ZoneInfo(zone)))
