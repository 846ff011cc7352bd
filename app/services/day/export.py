"""A day sheet as a file for spreadsheets: CSV and XLSX, in the reader's words and the location's time.

A spreadsheet runs a cell that begins like a formula, and a name or a phone number can: such text gets an apostrophe
in front in CSV, and in XLSX it is written as text, never as a formula, with the same apostrophe so that a later
save as CSV is safe too.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from app.infra.words import words_of
from app.services.day.sheet import DaySheet, Line
from app.words import N_

# OWASP's list for CSV injection.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADS = (
    *(N_("Date"), N_("Start"), N_("End"), N_("Practitioner"), N_("Room"), N_("Patient")),
    *(N_("Birth date"), N_("Phone"), N_("Service"), N_("Status"), N_("Interpreter")),
)
STATUSES = {
    "pending": N_("Held"),
    "booked": N_("Booked"),
    "arrived": N_("Arrived"),
    "checked-in": N_("Checked in"),
    "in-room": N_("In room"),
    "fulfilled": N_("Done"),
    "noshow": N_("No-show"),
    "cancelled": N_("Cancelled"),
}
WIDTHS = (11, 7, 7, 24, 12, 26, 11, 18, 26, 12, 12)


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(sheet: DaySheet, *, language: str) -> bytes:
    """Return the sheet as UTF-8 with a byte order mark, which spreadsheets need to read accents."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerows(_table(sheet, language))
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: DaySheet, *, language: str) -> bytes:
    """Return the sheet as a workbook whose head stays in view and is repeated on paper."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet.day.isoformat())
        head = book.add_format({"bold": True, "bottom": 1})
        for number, row in enumerate(_table(sheet, language)):
            for column, text in enumerate(row):
                page.write_string(number, column, text, *([head] if number == 0 else []))
        for column, width in enumerate(WIDTHS):
            page.set_column(column, column, width)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    return file.getvalue()


def _table(sheet: DaySheet, language: str) -> Iterator[list[str]]:
    translate = words_of(language).gettext
    yield [translate(head) for head in HEADS]
    for line in sheet.lines:
        yield [harmless(text) for text in _cells(line, translate)]


def _cells(line: Line, translate: Any) -> list[str]:
    return [
        line.starts_at.date().isoformat(),
        f"{line.starts_at:%H:%M}",
        f"{line.ends_at:%H:%M}",
        line.practitioner,
        line.room,
        line.patient,
        line.birth_date.isoformat(),
        line.phone,
        line.service,
        translate(STATUSES.get(line.status, line.status)),
        translate(N_("yes")) if line.needs_interpreter else "",
    ]
