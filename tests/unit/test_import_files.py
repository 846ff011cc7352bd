"""Reading a file to import: encodings, separators and what spreadsheets do to a table; dates that are never guessed."""

from datetime import date, datetime, time

import pytest

from app.import_errors import ImportRefused, ImportTooLarge
from app.services.imports.columns import FIELDS, checked_mapping, guessed, known_headers, template
from app.services.imports.dates import DateOrder, date_of, moment_of, time_of
from app.services.imports.decode import MOST_BYTES
from app.services.imports.problems import Wrong
from app.services.imports.table import MOST_ROWS, table_of
from models.desk import ImportKind

PLAIN = "Nachname;Vorname;Geburtsdatum\r\nMüller;Jürgen;1980-02-03\r\nGroß;Zoë;1970-01-01\r\n"


def refusal(data: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        table_of(data)
    return str(refused.value).format(**refused.value.values)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_arrive_in_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    table = table_of(PLAIN.encode(encoding))
    assert table.header == ["Nachname", "Vorname", "Geburtsdatum"]
    assert [row.cells[:2] for row in table.rows] == [["Müller", "Jürgen"], ["Groß", "Zoë"]]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1251", "Фамилия;Имя\r\nИванов;Пётр\r\nСмирнова;Анна\r\n"), ("cp1256", "الاسم;اللقب\r\nمحمد;علي\r\n")],
)
def test_letters_of_another_encoding_are_refused_and_not_taken_for_others(encoding: str, text: str) -> None:
    assert refusal(text.encode(encoding)).startswith("The letters of this file cannot be told for sure")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("said", [True, False])
def test_any_usual_separator_does(separator: str, said: bool) -> None:
    text = PLAIN.replace(";", separator)
    table = table_of((f"sep={separator}\r\n{text}" if said else text).encode())
    assert [row.number for row in table.rows] == [2, 3]
    assert table.rows[0].cells == ["Müller", "Jürgen", "1980-02-03"]


def test_a_quoted_header_may_hold_the_other_separator() -> None:
    assert table_of(b'"Name, first; or both",Born\nAna,1984-03-09\n').header == ["Name, first; or both", "Born"]


def test_blank_rows_may_stand_before_the_header() -> None:
    table = table_of(b"\n\nname,born\nAna,1984-03-09\n")
    assert (table.header, table.rows[0].number) == (["name", "born"], 4)


def test_blank_rows_are_left_out_and_counted() -> None:
    table = table_of(b"name,born\n\nAna,1984-03-09\n,\nEva,1984-03-09\n")
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b" \r\n \n", "This file is empty."),
        (b"name,born\n", "Below the header there is no row."),
        (b"PK\x03\x04rest", "This is no text file."),
        (b"name,born\nA\x00na,1984-03-09\n", "This is no text file."),
        (b"Ana,1984-03-09\nEva,1984-03-10\n", "The first row must name the columns."),
        (b"name,born,Name\nAna,1984-03-09,x\n", "Two columns are called “Name”."),
        (b'name,born\n"Ana,1984-03-09\n', "In row 2 the quotation marks cannot be read"),
        (b'name,born\n"Ana"x,1984-03-09\n', "In row 2 the quotation marks cannot be read"),
        (b"name,born\n" + b"A" * 1_000_000 + b",1984-03-09\n", "Row 2 has a cell of more than 20000 characters."),
        (b"name,born\n" + b"A" * 30_000 + b",1984-03-09\n", "Row 2 has a cell of more than 20000 characters."),
        (b"name,born\n" + b"Ana,1984-03-09\n" * 100_000, f"This file has more than {MOST_ROWS} rows."),
        (b",".join(b"c%da" % n for n in range(101)) + b"\n1\n", "This file has more than 100 columns."),
    ],
    ids=range(13),
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    assert refusal(data).startswith(sentence)


def test_a_file_of_more_than_10_mb_is_refused() -> None:
    with pytest.raises(ImportTooLarge):
        table_of(b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("2026-03-04", DateOrder.NOT_SAID, date(2026, 3, 4)),
        ("2026/3/4", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("04.03.2026", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("31/12/2026", DateOrder.NOT_SAID, date(2026, 12, 31)),
        ("12-31-2026", DateOrder.NOT_SAID, date(2026, 12, 31)),
        ("05/05/2026", DateOrder.NOT_SAID, date(2026, 5, 5)),
        ("03/04/2026", DateOrder.DAY_FIRST, date(2026, 4, 3)),
        ("03/04/2026", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("٠٤.٠٣.٢٠٢٦", DateOrder.NOT_SAID, date(2026, 3, 4)),
        ("1984-03-09 00:00:00", DateOrder.NOT_SAID, date(1984, 3, 9)),
    ],
)
def test_a_date_with_one_reading_is_taken(text: str, order: DateOrder, found: date) -> None:
    assert date_of("born", text, order=order) == found


@pytest.mark.parametrize(
    ("text", "order", "says"),
    [
        ("03/04/2026", DateOrder.NOT_SAID, "can be read"),
        ("31/12/2026", DateOrder.MONTH_FIRST, "is no date"),
        ("30.02.2026", DateOrder.NOT_SAID, "is no date"),
        ("04.03.26", DateOrder.NOT_SAID, "four figures"),
        ("46085", DateOrder.NOT_SAID, "is a number"),
        ("March 4", DateOrder.NOT_SAID, "is no date"),
        ("2026-03.04", DateOrder.NOT_SAID, "is no date"),
        ("0000-01-01", DateOrder.NOT_SAID, "is no date"),
        ("=TODAY()", DateOrder.NOT_SAID, "is no date"),
    ],
)
def test_a_date_with_no_reading_or_two_is_wrong(text: str, order: DateOrder, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        date_of("born", text, order=order)


def test_times_are_read_as_people_write_them() -> None:
    written = ("9:30", "09:30:00", "09.30", "9h30", "9:30 pm", "12:15 AM")
    assert [time_of("time", text) for text in written] == [
        *([time(9, 30)] * 4),
        time(21, 30),
        time(0, 15),
    ]
    moment = datetime.combine(date(2026, 3, 4), time(9, 30))
    assert moment_of("start", "2026-03-04T09:30", order=DateOrder.NOT_SAID) == moment


@pytest.mark.parametrize(
    "text", ["2026-03-04", "2026-03-04 25:00", "2026-03-04T09:30Z", "2026-03-04 09:30+02:00", "13:00 pm"]
)
def test_a_moment_without_a_time_or_with_a_zone_is_wrong(text: str) -> None:
    with pytest.raises(Wrong):
        moment_of("start", text, order=DateOrder.NOT_SAID)


@pytest.mark.parametrize(
    "header",
    [
        ["First Name", "Surname", "DOB", "Mobile"],
        ["Vorname", "Nachname", "Geb.-Datum", "Handy"],
        ["Nombre", "Apellidos", "Fecha de nacimiento", "Teléfono"],
        ["Prénom", "Nom", "Date de naissance", "Portable"],
        ["الاسم الأول", "اللقب", "تاريخ الميلاد", "الهاتف"],
    ],
    ids=["en", "de", "es", "fr", "ar"],
)
def test_columns_are_recognised_in_five_languages(header: list[str]) -> None:
    assert guessed(ImportKind.PATIENTS, header) == ["given_name", "family_name", "birth_date", "phone"]


def test_a_file_of_another_system_is_recognised_as_far_as_it_goes() -> None:
    header = ["PatientId", "AppointmentID", "ScheduledDay", "AppointmentDay", "Neighbourhood"]
    assert guessed(ImportKind.APPOINTMENTS, header) == ["external_number", "", "", "day", ""]
    assert date_of("day", "2016-04-29T00:00:00Z", order=DateOrder.NOT_SAID) == date(2016, 4, 29)


def test_an_unknown_column_is_left_to_the_reader_and_a_thing_is_found_once() -> None:
    assert guessed(ImportKind.PATIENTS, ["Neighbourhood", "Phone", "Mobile", ""]) == ["", "phone", "", ""]


@pytest.mark.parametrize("kind", ImportKind)
def test_the_template_is_read_back_by_its_own_names(kind: ImportKind) -> None:
    table = table_of(template(kind, examples={}))
    mapping = guessed(kind, table.header)
    assert mapping == table.header
    assert checked_mapping(kind, table, mapping)


@pytest.mark.parametrize("kind", ImportKind)
def test_every_thing_is_recognised_by_its_own_title(kind: ImportKind) -> None:
    assert all(guessed(kind, [one.title]) != [""] for one in FIELDS[kind])
    assert all(known_headers(one) for one in FIELDS[kind])


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        (["given_name", "", ""], "birth dates"),
        (["", "birth_date", ""], "names"),
        (["given_name", "birth_date", "given_name"], "cannot both hold the same"),
    ],
)
def test_what_is_needed_must_be_said_once(mapping: list[str], says: str) -> None:
    table = table_of(b"a,b,c\n1,2,3\n")
    with pytest.raises(ImportRefused, match=says):
        checked_mapping(ImportKind.PATIENTS, table, mapping)
