"""What is said of an import: by row and column what is wrong, and what would happen or has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.errors import ClinicError

Values = Mapping[str, str | int]


class Wrong(Exception):
    """A cell that cannot be taken; the sentence's gaps are filled by `values` where it is shown."""

    def __init__(self, name: str, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.name, self.message, self.values = name, message, values


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one row; rows count as in a spreadsheet, the header being the first."""

    row: int
    column: str
    message: str
    values: Values = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Practice:
    """How many appointments a practitioner gets, from when until when."""

    practitioner_id: UUID
    name: str
    count: int
    first_on: date
    last_on: date


@dataclass(slots=True)
class Report:
    """What a file would do, or has done when it was taken over; with problems it does nothing."""

    rows: int
    new: int = 0
    matched: int = 0
    numbered: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)
    is_taken: bool = False


@dataclass(slots=True)
class Progress:
    """How far a long import is, written by its thread and read by whoever shows it."""

    done: int = 0
    total: int = 0

    def begin(self, total: int) -> None:
        """Start to count towards a total."""
        self.done, self.total = 0, total

    def step(self, count: int = 1) -> None:
        """Count on."""
        self.done += count


class NothingTaken(Exception):
    """Leaves the transaction of a rehearsal, or of a file with problems, so that nothing of it happened."""

    def __init__(self, report: Report) -> None:
        super().__init__("nothing was taken over")
        self.report = report


def wrong_of(name: str, refusal: ClinicError) -> Wrong:
    """Return what a service refused as the fault of one cell."""
    return Wrong(str(refusal.details.get("field", name)) or name, str(refusal))
