"""From a file's text to its header and rows, whatever separates the cells; raises ImportRefused with a sentence.

Rows are numbered as a spreadsheet shows them: the header is row 1, a line `sep=;` before it is none.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.import_errors import ImportRefused
from app.services.imports.decode import text_of
from app.services.patients.normalise import name_words
from app.words import N_

SEPARATORS = ";,\t"
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 20_000
SHOWN = 40
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
NO_ROWS = N_("Below the header there is no row.")
NO_HEADER = N_("The first row must name the columns. This one looks like data.")
TWICE = N_("Two columns are called “{name}”. Rename one of them.")
TOO_MANY_ROWS = N_("This file has more than {most} rows. Split it and import the parts one after the other.")
TOO_MANY_COLUMNS = N_("This file has more than {most} columns.")
LONG_CELL = N_("Row {row} has a cell of more than {most} characters.")
QUOTES = N_("In row {row} the quotation marks cannot be read: one is missing, or text follows a closing one.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number and its cells, each without blanks around it."""

    number: int
    cells: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its rows, blank ones left out; a row may have more or fewer cells than the header."""

    header: list[str]
    rows: list[Row] = field(repr=False)


def table_of(data: bytes) -> Table:
    """Read a file; raises ImportRefused and ImportTooLarge."""
    text = text_of(data)
    separator, text = _separator(text)
    found = _rows(text, separator)
    header = next(found, None)
    if header is None:
        raise ImportRefused(NO_ROWS)
    names = _checked_header(header.cells)
    rows: list[Row] = []
    for row in found:
        if len(rows) == MOST_ROWS:
            raise ImportRefused(TOO_MANY_ROWS, most=MOST_ROWS)
        rows.append(row)
    if not rows:
        raise ImportRefused(NO_ROWS)
    return Table(names, rows)


def _separator(text: str) -> tuple[str, str]:
    """Return what separates the cells, and the text without a line that only says so."""
    first, _, rest = text.partition("\n")
    head = next(line for line in text.splitlines() if line.strip())
    if first[:4].casefold() == "sep=":
        # A tab at the end of a line is blank.
        return first[4:].strip()[:1] or "\t", rest
    # Quoted names may hold any of them.
    bare = "".join(head.split('"')[::2])
    return max(SEPARATORS, key=bare.count), text


def _rows(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows that are not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            _require_sizes(number, cells)
            bare = [cell.strip() for cell in cells]
            if any(bare):
                yield Row(number, bare)
    except csv.Error as error:
        # The reader itself stops at 128 kB in a cell.
        if "field limit" in str(error):
            raise ImportRefused(LONG_CELL, row=number + 1, most=LONGEST_CELL) from None
        raise ImportRefused(QUOTES, row=number + 1) from None


def _require_sizes(number: int, cells: list[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise ImportRefused(TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise ImportRefused(LONG_CELL, row=number, most=LONGEST_CELL)


def _checked_header(cells: list[str]) -> list[str]:
    """Return the columns' names; raises ImportRefused for a row of data and for a name that stands there twice."""
    named = [cell for cell in cells if cell]
    if any(not any(sign.isalpha() for sign in cell) or "@" in cell for cell in named):
        raise ImportRefused(NO_HEADER)
    seen: set[str] = set()
    for cell in named:
        known = bare_name(cell)
        if known in seen:
            raise ImportRefused(TWICE, name=cell[:SHOWN])
        seen.add(known)
    return [cell[:SHOWN] for cell in cells]


def bare_name(header: str) -> str:
    """Return a column's name as it is compared: its words, also of "PatientId", without case, accents and signs."""
    return " ".join(name_words(HUMP.sub(" ", header)))
