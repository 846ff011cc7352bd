"""A clinic with free hours on the same weekday for some weeks, and series as the edges ask for them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.retry import attempt
from app.services.series.book import book_series
from app.services.series.cancel import cancel_series
from app.services.series.members import Reach, Scope
from app.services.series.move import move_series
from app.services.series.occurrences import Recurrence
from app.services.series.plan import Planned, plan_series
from app.services.series.plan_move import PlannedMove, plan_move
from app.services.series.takes import Choices
from app.services.series.targets import Shift
from app.services.series.wish import SeriesWish
from models.appointments import CancelReason
from models.db import rows, transaction
from models.practitioners import Practitioner
from models.principal import Principal
from models.schedules import Slot
from models.series import SeriesUnit
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
)

BERLIN = ZoneInfo("Europe/Berlin")
# The Tuesday after NOW.
FIRST_ON = date(2027, 1, 5)
ALL = Reach(Scope.ALL)
SERIES: LiteralString = """
SELECT series_number, status, starts_local, practitioner_id FROM appointments
 WHERE clinic_id = %(clinic_id)s AND series_id = %(series_id)s ORDER BY series_number
"""


def local(day: date, at: time = time(9)) -> datetime:
    """Return an instant on the clinic's clock."""
    return datetime.combine(day, at, BERLIN)


def weekly(first_on: date = FIRST_ON, **fields: Any) -> Recurrence:
    """Return a weekly rule at nine o'clock, four times unless told otherwise."""
    end = {} if "until" in fields else {"times": 4}
    return Recurrence(**{"every": 1, "unit": SeriesUnit.WEEK, "first_on": first_on, "at": time(9), **end, **fields})


class SeriesWorld:
    """Two practitioners of one site, each with four slots from nine on each of the days given."""

    def __init__(self, *, days: Sequence[date] | None = None, count: int = 4, rooms: int = 0, **service: Any) -> None:
        days = days or [FIRST_ON + timedelta(weeks=week) for week in range(6)]
        with building() as session:
            self.clinic = make_clinic(session)
            self.location = make_location(session, clinic=self.clinic)
            for _ in range(rooms):
                make_room(session, location=self.location)
            schedules = [make_schedule(session, clinic=self.clinic, location=self.location) for _ in range(2)]
            self.schedules = schedules
            self.slots: dict[tuple[int, date], list[Slot]] = {
                (who, day): make_slots(session, schedule=schedule, count=count, starts_at=local(day))
                for who, schedule in enumerate(schedules)
                for day in days
            }
            offered_by = [schedule.practitioner_id for schedule in schedules]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, **service)
            self.patient = make_patient(session, clinic=self.clinic)
        self.days = days
        self.clerk = clerk_of(self.clinic)

    def person(self, who: int) -> Practitioner:
        """Return a practitioner of the clinic."""
        with building() as session:
            return session.get_one(Practitioner, (self.clinic.id, self.schedules[who].practitioner_id))

    def another_patient(self) -> UUID:
        """Make one more patient."""
        with building() as session:
            return make_patient(session, clinic=self.clinic).id

    def wish(self, rule: Recurrence | None = None, *, who: int = 0, patient_id: UUID | None = None) -> SeriesWish:
        """Return a wish for the clinic's patient."""
        return SeriesWish(
            patient_id=patient_id or self.patient.id,
            service_id=self.service.id,
            practitioner_id=self.schedules[who].practitioner_id,
            location_id=self.location.id,
            rule=rule or weekly(),
        )

    def plan(self, wish: SeriesWish | None = None, *, now: datetime = NOW) -> list[Planned]:
        """Plan a series."""
        with transaction(self.clerk) as session:
            return plan_series(session, self.clerk, wish=wish or self.wish(), now=now)

    def book(
        self,
        wish: SeriesWish | None = None,
        *,
        choices: Mapping[int, UUID | None] | None = None,
        skip: bool = False,
        now: datetime = NOW,
        key: RequestKey | None = None,
        principal: Principal | None = None,
    ) -> Answer:
        """Book a series."""
        principal = principal or self.clerk
        key = key or single_use_key(principal, "series")
        verb = partial(
            book_series,
            principal=principal,
            wish=wish or self.wish(),
            choices=Choices(choices or {}, skip),
            key=key,
            now=now,
        )
        return attempt(principal, verb, key=key, now=now)

    def cancel(self, series: Answer, *, reach: Reach = ALL, now: datetime = NOW, **more: Any) -> Answer:
        """Cancel what is to come of a series."""
        key = more.pop("key", None) or single_use_key(self.clerk, "series-cancel")
        more = {"reach": reach, "reason": CancelReason.CLINIC, "series_id": UUID(series.body["id"]), **more}
        verb = partial(cancel_series, principal=more.pop("principal", self.clerk), key=key, now=now, **more)
        return attempt(self.clerk, verb, key=key, now=now)

    def move(
        self,
        series: Answer,
        *,
        reach: Reach = ALL,
        choices: Mapping[int, UUID | None] | None = None,
        skip: bool = False,
        now: datetime = NOW,
        key: RequestKey | None = None,
        version: int | None = None,
        **shift: Any,
    ) -> Answer:
        """Move what is to come of a series."""
        key = key or single_use_key(self.clerk, "series-move")
        verb = partial(
            move_series,
            principal=self.clerk,
            series_id=UUID(series.body["id"]),
            shift=Shift(reach, **shift),
            choices=Choices(choices or {}, skip),
            key=key,
            now=now,
            version=version,
        )
        return attempt(self.clerk, verb, key=key, now=now)

    def plan_move(self, series: Answer, *, reach: Reach = ALL, now: datetime = NOW, **shift: Any) -> list[PlannedMove]:
        """Plan a move."""
        with transaction(self.clerk) as session:
            asked = {"series_id": UUID(series.body["id"]), "shift": Shift(reach, **shift)}
            return plan_move(session, self.clerk, **asked, now=now)[0]

    def appointments(self, series: Answer) -> list[tuple[int, str, datetime]]:
        """Return number, status and local start of a series' appointments."""
        with building() as session:
            asked = {"clinic_id": self.clinic.id, "series_id": series.body["id"]}
            return [(number, status, at) for number, status, at, _ in rows(session, SERIES, asked)]

    def ask(self, statement: LiteralString, **more: Any) -> list[tuple[Any, ...]]:
        """Read something of the clinic."""
        with building() as session:
            return rows(session, statement, {"clinic_id": self.clinic.id, **more})
