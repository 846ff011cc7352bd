"""From a table to patients: every cell checked as the desk's form checks it, every fault with its row and column."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import ClinicError
from app.services.imports.columns import cells_of
from app.services.imports.dates import DateOrder, date_of
from app.services.imports.people import Who
from app.services.imports.problems import Problem, Wrong, wrong_of
from app.services.imports.table import Row, Table
from app.services.patients.check import checked
from app.services.patients.fields import Habits, require_a_name
from app.services.patients.normalise import name_words, normal_number
from app.words import N_

YES = frozenset(["yes", "y", "true", "1", "x", "ja", "j", "wahr", "si", "s", "verdadero", "oui", "o", "vrai", "نعم"])
NO = frozenset(["no", "n", "false", "0", "nein", "falsch", "falso", "non", "faux", "لا"])
NEITHER = N_("“{text}” is neither yes nor no.")
NEEDED = N_("This cell is empty, but is needed.")
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Person:
    """One row's patient: the values as they are stored, and who that is."""

    row: int
    values: Mapping[str, Any] = field(repr=False)
    who: Who = field(repr=False)


def read_patients(
    table: Table, columns: dict[str, int], *, habits: Habits, order: DateOrder, step: Callable[[], None]
) -> tuple[list[Person], list[Problem]]:
    """Return everybody who can be read, and what is wrong with the others."""
    people: list[Person] = []
    problems: list[Problem] = []
    for row in table.rows:
        step()
        try:
            values, wrong = _values(row, table, columns, habits=habits, order=order)
        except Wrong as fault:
            values, wrong = {}, [fault]
        problems += [problem_of(row, table, columns, fault) for fault in wrong]
        if not wrong:
            people.append(Person(row.number, values, who_of(values)))
    return people, problems


def problem_of(row: Row, table: Table, columns: dict[str, int], fault: Wrong) -> Problem:
    """Return a fault under the name that the file has for its column."""
    column = table.header[columns[fault.name]] if fault.name in columns else ""
    return Problem(row.number, column, fault.message, fault.values)


def who_of(values: Mapping[str, Any]) -> Who:
    """Return whom a row's values mean."""
    words = name_words(f"{values.get('given_name') or ''} {values.get('family_name') or ''}")
    return Who(frozenset(words), values.get("birth_date"), normal_number(values.get("external_number") or ""))


def _values(
    row: Row, table: Table, columns: dict[str, int], *, habits: Habits, order: DateOrder
) -> tuple[dict[str, Any], list[Wrong]]:
    cells = {"given_name": "", "family_name": "", **cells_of(row, table, columns)}
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, text in cells.items():
        try:
            values.update(_value(name, text, habits=habits, order=order))
        except Wrong as fault:
            wrong.append(fault)
        except ClinicError as refusal:
            wrong.append(wrong_of(name, refusal))
    wrong += _nameless(values) if not wrong else []
    return values, wrong


def _nameless(values: Mapping[str, Any]) -> Iterator[Wrong]:
    try:
        require_a_name(values["given_name"], values["family_name"])
    except ClinicError as refusal:
        yield wrong_of("family_name", refusal)


def _value(name: str, text: str, *, habits: Habits, order: DateOrder) -> dict[str, Any]:
    """Return what is stored of a cell; an empty one stores nothing, except that a birth date is needed."""
    if name == "birth_date":
        if not text:
            raise Wrong(name, NEEDED)
        born = date_of(name, text, order=order)
        checked({name: born}, habits=habits)
        return {name: born}
    if name == "needs_interpreter":
        return {name: _yes_or_no(name, text)}
    if not text and name not in ("given_name", "family_name"):
        return {}
    return checked({name: text.lower() if name == "language" else text}, habits=habits)


def _yes_or_no(name: str, text: str) -> bool:
    said = " ".join(name_words(text))
    if said not in YES | NO and text:
        raise Wrong(name, NEITHER, text=text[:LONGEST])
    return said in YES
