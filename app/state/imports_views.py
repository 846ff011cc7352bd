"""How an import looks to its page: its columns, what it would do, what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from app import routes
from app.services.imports.history import PastImport
from app.services.imports.problems import Practice, Problem, Report
from app.services.imports.table import Table

MOST_SHOWN = 200
SAMPLES = 3
LONGEST_SAMPLE = 60


class ColumnView(TypedDict):
    """One column of the file: its place, its name, some of its cells, and what it holds ("" is nothing of ours)."""

    number: int
    header: str
    samples: str
    holds: str


class ProblemView(TypedDict):
    """One sentence about a row, with the values of its gaps."""

    row: int
    column: str
    message: str
    values: dict[str, str | int]


class PracticeView(TypedDict):
    """One practitioner's share of a file, with the way to their calendar."""

    name: str
    count: int
    first_on: str
    last_on: str
    href: str


class PastView(TypedDict):
    """One import of before."""

    id: str
    kind: str
    rows: int
    at: str
    by: str


class ReportView(TypedDict):
    """What a file would do or has done: lists are cut, the numbers are whole; `wrong` counts rows, each once."""

    rows: int
    new: int
    matched: int
    numbered: int
    wrong: int
    problems: int
    remarks: int
    is_taken: bool


NO_REPORT = ReportView(rows=0, new=0, matched=0, numbered=0, wrong=0, problems=0, remarks=0, is_taken=False)


def column_views(table: Table, mapping: Sequence[str]) -> list[ColumnView]:
    """Return the columns of a file."""
    return [
        ColumnView(number=number, header=header, samples=_samples(table, number), holds=holds)
        for number, (header, holds) in enumerate(zip(table.header, mapping, strict=True))
    ]


def report_view(report: Report) -> ReportView:
    """Return the numbers of a report."""
    return ReportView(
        rows=report.rows,
        new=report.new,
        matched=report.matched,
        numbered=report.numbered,
        wrong=len({one.row for one in report.problems}),
        problems=len(report.problems),
        remarks=len(report.remarks),
        is_taken=report.is_taken,
    )


def problem_views(problems: Sequence[Problem]) -> list[ProblemView]:
    """Return the first of what is wrong."""
    return [
        ProblemView(row=one.row, column=one.column, message=one.message, values=_plain(one.values))
        for one in problems[:MOST_SHOWN]
    ]


def practice_views(practices: Sequence[Practice]) -> list[PracticeView]:
    """Return who gets how many appointments."""
    return [
        PracticeView(
            name=one.name,
            count=one.count,
            first_on=one.first_on.isoformat(),
            last_on=one.last_on.isoformat(),
            href=routes.practitioner_days(one.practitioner_id),
        )
        for one in practices
    ]


def past_view(one: PastImport) -> PastView:
    """Return one import of before."""
    return PastView(id=str(one.id), kind=one.kind.value, rows=one.rows, at=one.at.isoformat(), by=one.by)


def _samples(table: Table, number: int) -> str:
    cells = [row.cells[number] for row in table.rows[:SAMPLES] if number < len(row.cells) and row.cells[number]]
    return " · ".join(cell[:LONGEST_SAMPLE] for cell in cells)


def _plain(values: Mapping[str, str | int]) -> dict[str, str | int]:
    return dict(values)
