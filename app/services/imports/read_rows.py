"""What the rows of a file mean for this clinic: who is new and who is there, which appointments go to whom."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app.services.imports.add_patients import sort_out
from app.services.imports.people import Known
from app.services.imports.problems import Practice, Report
from app.services.imports.read_appointments import Order, read_appointments
from app.services.imports.read_patients import Person, read_patients
from app.services.imports.source import Opened
from app.services.patients.fields import Habits, habits_of
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Who is to be made, and who is there but lacks the number that the file gives."""

    new: Sequence[Person] = field(repr=False)
    unnumbered: Sequence[tuple[Known, Person]] = field(repr=False)
    habits: Habits


def newcomers(
    session: Session, principal: Principal, *, opened: Opened, report: Report, step: Callable[[], None], now: datetime
) -> Newcomers:
    """Read a file of patients; what is wrong goes into the report."""
    habits = habits_of(session, principal.clinic_id, now=now)
    people, report.problems = read_patients(opened.table, opened.columns, habits=habits, order=opened.order, step=step)
    new, unnumbered = sort_out(session, principal, people=people, report=report)
    return Newcomers(new, unnumbered, habits)


def orders_of(
    session: Session, principal: Principal, *, opened: Opened, report: Report, step: Callable[[], None], now: datetime
) -> list[Order]:
    """Read a file of appointments; what is wrong goes into the report."""
    orders, report.problems = read_appointments(
        session, principal, opened.table, opened.columns, order=opened.order, now=now, step=step
    )
    report.matched = len({one.patient_id for one in orders})
    return orders


def count_orders(report: Report, orders: Sequence[Order]) -> None:
    """Put into the report how many appointments each practitioner gets, of those with which nothing is wrong."""
    wrong = {one.row for one in report.problems}
    good = [one.wanted for one in orders if one.wanted.row.number not in wrong]
    days: defaultdict[tuple[str, UUID], list[date]] = defaultdict(list)
    for one in good:
        days[one.doctor.name, one.doctor.id].append(one.starts_at.astimezone(one.site.zone).date())
    report.new = len(good)
    report.practices = [
        Practice(doctor_id, name, len(on), min(on), max(on))
        for (name, doctor_id), on in sorted(days.items(), key=lambda item: item[0])
    ]
