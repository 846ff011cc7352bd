"""The day sheet: every visit in the site's own time, in three forms, harmless in a spreadsheet, audited."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlmodel import select

from app.errors import NotPermitted
from app.services.day.export import FORMULA, as_csv, as_xlsx, harmless
from app.services.day.paper import as_paper
from app.services.day.sheet import DaySheet, read_sheet
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from models.db import transaction
from models.records import AuditEvent
from tests.builders import building, staff_of
from tests.services.closing_day import DAY, EVENING, ClosingDay, make_closing_day

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: object) -> ClosingDay:
    return make_closing_day()


def sheet_of(day: ClosingDay, form: str = "csv") -> DaySheet:
    with transaction(day.clerk) as session:
        return read_sheet(session, day.clerk, place=day.place, day=DAY, form=form, now=EVENING)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_sheet_has_each_visit_once_by_time_and_in_the_site_s_clocks(day: ClosingDay) -> None:
    day.visit("Ana")
    day.visit("Björn", S.NOSHOW)
    day.visit("Gone", S.PENDING, hold_expires_at=EVENING - timedelta(minutes=1))
    lines = sheet_of(day).lines
    assert [(line.patient, f"{line.starts_at:%H:%M}", line.status) for line in lines] == [
        ("Ana Example", "09:00", "booked"),
        ("Björn Example", "09:15", "noshow"),
    ]


def test_the_file_is_utf_8_with_a_mark_that_spreadsheets_know(day: ClosingDay) -> None:
    day.visit("Zoë")
    content = as_csv(sheet_of(day), language="en")
    assert content.startswith(b"\xef\xbb\xbf")
    head, row = rows_of(content)
    assert head[:3] == ["Date", "Start", "End"]
    assert row[:3] == [DAY.isoformat(), "09:00", "09:15"]
    assert row[5] == "Zoë Example"


@pytest.mark.parametrize("start", FORMULA)
def test_text_that_begins_like_a_formula_is_made_harmless(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(f"a{start}") == f"a{start}"


def test_no_cell_of_either_file_runs(day: ClosingDay) -> None:
    day.visit("=HYPERLINK('http://evil.example','x')")
    sheet = sheet_of(day)
    cells = [cell for row in rows_of(as_csv(sheet, language="en")) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    with zipfile.ZipFile(io.BytesIO(as_xlsx(sheet, language="en"))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
    assert "<f>" not in page
    assert "hyperlink" not in page
    # The phone number begins with a plus: it stands there as text, too.
    assert any("HYPERLINK" in text for text in texts)
    assert any("901820" in text for text in texts)
    assert not [text for text in texts if text.startswith(FORMULA)]


def test_a_formula_runs_when_the_guard_is_off(day: ClosingDay, monkeypatch: pytest.MonkeyPatch) -> None:
    day.visit("=1+1")
    monkeypatch.setattr("app.services.day.export.harmless", lambda text: text)
    cells = [cell for row in rows_of(as_csv(sheet_of(day), language="en")) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA)]


def test_the_paper_names_everybody_under_their_practitioner_and_escapes(day: ClosingDay) -> None:
    day.visit("<b>Ana</b>")
    page = as_paper(sheet_of(day, "html"), locale="de", by_time=False)
    assert "&lt;b&gt;Ana&lt;/b&gt; Example" in page
    assert "<b>Ana" not in page
    assert "Dr Anna" in page
    assert 'lang="de"' in page


@pytest.mark.parametrize(
    ("locale", "birth_date", "time"),
    [("en-GB", "03/02/1980", "09:00"), ("en-US", "2/3/1980", "9:00"), ("xx", "2/3/1980", "9:00")],
)
def test_the_paper_writes_dates_and_times_as_its_reader_does(
    day: ClosingDay, locale: str, birth_date: str, time: str
) -> None:
    day.visit()
    page = as_paper(sheet_of(day, "html"), locale=locale, by_time=True)
    assert f"<bdi>{birth_date}</bdi>" in page
    assert f"<bdi>{time}" in page


def test_every_sheet_is_in_the_audit_log(day: ClosingDay) -> None:
    visit = day.visit()
    sheet_of(day, "xlsx")
    with building() as session:
        wanted = select(AuditEvent).where(AuditEvent.clinic_id == day.clinic.id, AuditEvent.action == "export")
        (event,) = session.exec(wanted).all()
    assert event.detail == {"day": DAY.isoformat(), "form": "xlsx", "ids": [str(visit.id)]}


def test_a_sheet_needs_its_permission(day: ClosingDay) -> None:
    nurse = staff_of(day.clinic, role=Role.NURSE)
    with pytest.raises(NotPermitted), transaction(nurse) as session:
        read_sheet(session, nurse, place=day.place, day=DAY, form="csv", now=EVENING)
