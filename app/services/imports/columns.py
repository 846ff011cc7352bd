"""Which columns an import knows, what a header seems to mean, and the file to fill in."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from app.import_errors import ImportRefused
from app.services.imports.headers import HEADERS
from app.services.imports.problems import Wrong
from app.services.imports.table import Row, Table, bare_name
from app.words import N_
from models.desk import ImportKind

MISSING = {
    "name": N_("Say which columns hold the patients’ names."),
    "birth_date": N_("Say which column holds the birth dates."),
    "patient": N_("Say which columns name the patient: by number, or by name and birth date."),
    "practitioner": N_("Say which column names the practitioner."),
    "service": N_("Say which column names the service."),
    "start": N_("Say which column holds the day and the time of the appointments."),
}
DOUBLE = N_("“{one}” and “{other}” cannot both hold the same. Choose one of them.")
CELLS = N_("Cells in this row: {cells}. Columns in the header: {columns}.")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can hold, its words for the screen, and an example; a file needs one of each group."""

    name: str
    title: str
    example: str = ""
    group: str = ""


PATIENTS = (
    Field("external_number", N_("Number in the former system"), example="4711"),
    Field("given_name", N_("Given name"), example="Ana", group="name"),
    Field("family_name", N_("Family name"), example="Torres", group="name"),
    Field("birth_date", N_("Birth date"), example="1984-03-09", group="birth_date"),
    Field("phone", N_("Phone"), example="+34 600 123 456"),
    Field("email", N_("E-mail"), example="ana.torres@example.com"),
    Field("address", N_("Address"), example="Calle Mayor 1, Madrid"),
    Field("language", N_("Language"), example="es"),
    Field("insurer", N_("Insurer")),
    Field("member_number", N_("Member number")),
    Field("alert", N_("Alert")),
    Field("needs_interpreter", N_("Interpreter"), example="no"),
)
APPOINTMENTS = (
    Field("external_number", N_("Patient’s number in the former system"), example="4711", group="patient"),
    Field("given_name", N_("Patient’s given name"), example="Ana", group="patient"),
    Field("family_name", N_("Patient’s family name"), example="Torres", group="patient"),
    Field("patient", N_("Patient’s whole name"), group="patient"),
    Field("birth_date", N_("Patient’s birth date"), example="1984-03-09"),
    Field("practitioner", N_("Practitioner"), example="{practitioner}", group="practitioner"),
    Field("service", N_("Service"), example="{service}", group="service"),
    Field("start", N_("Start: day and time"), example="2030-03-04 09:30", group="start"),
    Field("day", N_("Day alone"), group="start"),
    Field("time", N_("Time alone")),
    Field("location", N_("Location"), example="{location}"),
    Field("minutes", N_("Minutes"), example="30"),
)
FIELDS = {ImportKind.PATIENTS: PATIENTS, ImportKind.APPOINTMENTS: APPOINTMENTS}
IGNORED = ""


def guessed(kind: ImportKind, header: Sequence[str]) -> list[str]:
    """Return what each column seems to hold by its name, each thing once; `IGNORED` when nothing is recognised."""
    found: list[str] = []
    for name in header:
        bare = bare_name(name)
        fits = (one.name for one in FIELDS[kind] if one.name not in found and bare in known_headers(one))
        found.append(next(fits, IGNORED) if bare else IGNORED)
    return found


def known_headers(one: Field) -> set[str]:
    """Return the names by which a column of this is recognised, as they are compared."""
    return {bare_name(name) for name in (one.name, one.title, *HEADERS[one.name].split("|"))}


def checked_mapping(kind: ImportKind, table: Table, chosen: Sequence[str]) -> dict[str, int]:
    """Return each thing's column; raises ImportRefused when one that is needed has none or several have it."""
    known = {one.name: one for one in FIELDS[kind]}
    columns: dict[str, int] = {}
    for number, name in enumerate(chosen[: len(table.header)]):
        if name in columns:
            raise ImportRefused(DOUBLE, one=table.header[columns[name]], other=table.header[number])
        if name in known:
            columns[name] = number
    held = {known[name].group for name in columns}
    for group, sentence in MISSING.items():
        if group not in held and any(one.group == group for one in FIELDS[kind]):
            raise ImportRefused(sentence)
    return columns


def cells_of(row: Row, table: Table, columns: dict[str, int]) -> dict[str, str]:
    """Return a row's texts by what they are; raises Wrong for a row that is not as wide as the header."""
    width = len(table.header)
    if len(row.cells) < width or any(row.cells[width:]):
        raise Wrong("", CELLS, cells=len(row.cells), columns=width)
    return {name: row.cells[number] for name, number in columns.items()}


def template(kind: ImportKind, *, examples: dict[str, str]) -> bytes:
    """Return a file with the header and one example row, with a byte order mark for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    shown = [one for one in FIELDS[kind] if one.example or kind is ImportKind.PATIENTS]
    writer.writerow(one.name for one in shown)
    writer.writerow(examples.get(one.name, one.example) for one in shown)
    return file.getvalue().encode("utf-8-sig")
