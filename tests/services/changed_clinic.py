"""A random clinic whose schedules were changed after people had booked: old slots lie blocked across new ones."""

from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlmodel import col, select

from app.services.schedules.edit import change_schedules
from app.services.schedules.exceptions import add_exception
from app.services.schedules.leave import add_leave
from app.services.schedules.rule_rows import Hours
from app.services.schedules.set_up import Settings
from models.accounts import Role
from models.schedules import ExceptionKind, Schedule, Slot
from tests.builders import building, staff_of
from tests.services.random_clinic import RandomClinic, make_random_clinic
from tests.services.week_edits import add_rule, change_cut


def make_changed_clinic(seed: int) -> RandomClinic:
    """Make the random clinic of a seed, change each of its schedules, and read the slots that it has then."""
    made = make_random_clinic(seed)
    manager = staff_of(made.clinic_id, role=Role.MANAGER)
    with building() as session:
        schedules = session.exec(
            select(Schedule).where(Schedule.clinic_id == made.clinic_id).order_by(col(Schedule.id))
        ).all()
    for schedule in schedules:
        for verb, values in _changes(made, Random(seed + schedule.id.int % 1000), schedule):
            change_schedules(manager, partial(verb, principal=manager, now=made.now, **values))
    with building() as session:
        asked = select(Slot).where(Slot.clinic_id == made.clinic_id)
        made.slots = list(session.exec(asked.order_by(col(Slot.starts_at), col(Slot.id))))
    return made


def _changes(made: RandomClinic, random: Random, schedule: Schedule) -> list[tuple[Any, dict[str, Any]]]:
    at = datetime.combine(made.day, time(random.choice([1, 3]), random.choice([0, 25])))
    place: dict[str, Any] = {"schedule_id": schedule.id}
    away = {"starts_local": at, "ends_local": at + timedelta(minutes=random.choice([20, 50]))}
    extra = {"on_date": made.day, "starts_local": time(8), "ends_local": time(9, 40), "kind": ExceptionKind.EXTRA}
    weekly = Hours(made.day.weekday(), time(6), time(7, 30), made.day)
    changes: list[tuple[Any, dict[str, Any]]] = [
        (change_cut, {**place, "settings": Settings(slot_minutes=random.choice([10, 15, 20, 25]))}),
        (add_exception, {**place, **extra}),
        (add_rule, {**place, "hours": weekly}),
    ]
    if random.random() < 0.5:
        changes.append((add_leave, {"practitioner_id": schedule.practitioner_id, **away}))
    random.shuffle(changes)
    return changes
