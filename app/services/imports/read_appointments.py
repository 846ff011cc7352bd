"""From a table to wishes: whom, with whom, what, where and when each row means, every fault with its row and column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from app.errors import TimeMissing
from app.services.booking.resize import LENGTH, LONGEST, SHORTEST, STEP_MINUTES
from app.services.imports.columns import cells_of
from app.services.imports.dates import DateOrder, date_of, moment_of, time_of
from app.services.imports.house import Doctor, House, Kind, Site, read_house
from app.services.imports.people import Who, people_of
from app.services.imports.problems import Problem, Wrong, wrong_of
from app.services.imports.read_patients import NEEDED, problem_of
from app.services.imports.table import Row, Table
from app.services.patients.normalise import name_words, normal_number
from app.services.series.occurrences import instant_of
from app.words import N_
from models.principal import Principal

TOO_FAR = N_("This time is too far ahead to be booked yet.")
PAST = N_("This time has passed. Only coming appointments can be imported.")
TWICE = N_("The clock shows this time twice on that day. Book this appointment by hand.")
SESSION_LENGTH = N_("A place in a session is as long as the session. Leave the minutes out.")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row's appointment as it was read; `minutes` only when it departs from the service's length."""

    row: Row
    who: Who = field(repr=False)
    doctor: Doctor
    kind: Kind
    site: Site
    starts_at: datetime
    minutes: int | None

    @property
    def total_minutes(self) -> int:
        """How long the practitioner is occupied."""
        length = self.minutes or self.kind.duration_minutes
        return self.kind.buffer_before_minutes + length + self.kind.buffer_after_minutes

    @property
    def occupies(self) -> tuple[datetime, datetime]:
        """From when until when the practitioner is occupied; the first slot begins with it."""
        begin = self.starts_at - timedelta(minutes=self.kind.buffer_before_minutes)
        return begin, begin + timedelta(minutes=self.total_minutes)


@dataclass(frozen=True, slots=True)
class Order:
    """One row's appointment with the patient whom it means."""

    wanted: Wanted
    patient_id: UUID


def read_appointments(
    session: Session,
    principal: Principal,
    table: Table,
    columns: dict[str, int],
    *,
    order: DateOrder,
    now: datetime,
    step: Callable[[], None],
) -> tuple[list[Order], list[Problem]]:
    """Return every appointment that can be read, and what is wrong with the other rows."""
    house = read_house(session, principal)
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    for row in table.rows:
        step()
        faults: list[Wrong] = []
        cells = _cells(row, table, columns, faults)
        read = _wanted(row, cells, house, faults, order=order, now=now) if cells else None
        wanted += [read] if read and not faults else []
        problems += [problem_of(row, table, columns, fault) for fault in faults]
    people = people_of(session, principal, wanted=[one.who for one in wanted])
    orders = []
    for one in wanted:
        try:
            orders.append(Order(one, people.required(one.who).id))
        except Wrong as fault:
            problems.append(problem_of(one.row, table, columns, fault))
    return orders, problems


def _read(faults: list[Wrong], reading: Callable[[], T]) -> T | None:
    """Return what one reading gives, or put its fault to the others, so that a row hears of all of them at once."""
    try:
        return reading()
    except Wrong as fault:
        faults.append(fault)
        return None


def _cells(row: Row, table: Table, columns: dict[str, int], faults: list[Wrong]) -> dict[str, str] | None:
    return _read(faults, lambda: cells_of(row, table, columns))


def _wanted(
    row: Row, cells: dict[str, str], house: House, faults: list[Wrong], *, order: DateOrder, now: datetime
) -> Wanted | None:
    doctor = _read(faults, lambda: house.doctor(_needed(cells, "practitioner")))
    kind = _read(faults, lambda: house.kind(_needed(cells, "service")))
    who = _read(faults, lambda: _who(cells, order=order))
    local = _read(faults, lambda: _local(cells, order=order))
    site = _read(faults, lambda: house.site(cells.get("location", ""), doctor)) if doctor else None
    starts_at = _read(faults, lambda: _instant(cells, local, site, now=now)) if local and site else None
    minutes = _read(faults, lambda: _minutes(cells, kind)) if kind else None
    if not (doctor and kind and who and site and starts_at):
        return None
    return Wanted(row, who, doctor, kind, site, starts_at, minutes)


def _needed(cells: dict[str, str], name: str) -> str:
    if not cells[name]:
        raise Wrong(name, NEEDED)
    return cells[name]


def _who(cells: dict[str, str], *, order: DateOrder) -> Who:
    names = " ".join(cells.get(name, "") for name in ("given_name", "family_name", "patient"))
    born = cells.get("birth_date", "")
    birth_date = date_of("birth_date", born, order=order) if born else None
    return Who(frozenset(name_words(names)), birth_date, normal_number(cells.get("external_number", "")))


def _local(cells: dict[str, str], *, order: DateOrder) -> datetime:
    """Return when it starts as the clock on the wall shows it, from one cell or from two; raises Wrong."""
    name = _start_name(cells)
    text = _needed(cells, name)
    if name == "start" and not cells.get("time"):
        return moment_of(name, text, order=order)
    return datetime.combine(date_of(name, text, order=order), time_of("time", cells.get("time", "")))


def _instant(cells: dict[str, str], local: datetime, site: Site, *, now: datetime) -> datetime:
    """Return when that is; raises Wrong for the past and for a time that the location's clock skips or shows twice."""
    name = _start_name(cells)
    if local.year in (MINYEAR, MAXYEAR):
        # Where other systems write "never", and beyond it there is no time.
        raise Wrong(name, PAST if local.year == MINYEAR else TOO_FAR)
    instant = instant_of(local, zone=site.zone)
    if instant is None:
        raise wrong_of(name, TimeMissing())
    if local.replace(tzinfo=site.zone, fold=1).utcoffset() != local.replace(tzinfo=site.zone, fold=0).utcoffset():
        raise Wrong(name, TWICE)
    if instant <= now:
        raise Wrong(name, PAST)
    return instant


def _start_name(cells: dict[str, str]) -> str:
    return "start" if cells.get("start") or "day" not in cells else "day"


def _minutes(cells: dict[str, str], kind: Kind) -> int | None:
    text = cells.get("minutes", "")
    if not text:
        return None
    minutes = int(text) if text.isdecimal() and len(text) <= len(str(LONGEST)) else 0
    if not SHORTEST <= minutes <= LONGEST or minutes % STEP_MINUTES:
        raise Wrong("minutes", LENGTH)
    if minutes == kind.duration_minutes:
        return None
    if kind.capacity > 1:
        raise Wrong("minutes", SESSION_LENGTH)
    return minutes
