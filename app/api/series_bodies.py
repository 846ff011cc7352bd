"""The JSON of series: requests and answers, each with an example. A wall-clock time carries no zone."""

from datetime import time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from app.api import shapes
from app.api.fields import Body, Day
from app.errors import InvalidField
from app.services.series.members import Reach, Scope
from app.services.series.occurrences import MOST, Recurrence
from app.services.series.takes import Choices
from app.services.series.targets import MOST_DAYS, Shift
from app.services.series.wish import MOST_EVERY, SeriesWish
from models.series import SeriesUnit

Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="On the location's wall clock.", examples=["09:00"]),
]
Number = Annotated[int, Field(ge=1, le=MOST, description="Which time of the series, from 1.", examples=[2])]
SERIES = "0198c0de-0000-7000-8000-000000000009"
WISH: dict[str, JsonValue] = {
    "patient_id": shapes.PATIENT,
    "service_id": shapes.SERVICE,
    "practitioner_id": shapes.PRACTITIONER,
    "location_id": shapes.LOCATION,
    "every": 1,
    "unit": "week",
    "first_on": "2026-01-05",
    "time": "09:00",
    "times": 10,
}


def _example(**members: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [members]})


class SeriesBody(Body):
    """The same visit again and again; say either `times` or `until`."""

    model_config = _example(**WISH)

    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID
    location_id: UUID
    every: int = Field(ge=1, le=MOST_EVERY, description="Every so many units.")
    unit: SeriesUnit = Field(
        description="Months keep the first date's day, or take the month's last when it has fewer."
    )
    first_on: Day
    time: Clock
    times: int | None = Field(default=None, ge=1, le=MOST, description="How many.")
    until: Day | None = Field(default=None, description="The last date, included.")

    def wish(self) -> SeriesWish:
        """Return what is asked for."""
        rule = Recurrence(self.every, self.unit, self.first_on, time.fromisoformat(self.time), self.times, self.until)
        return SeriesWish(self.patient_id, self.service_id, self.practitioner_id, self.location_id, rule)


class Choice(Body):
    """What to do with one time of the series instead of what was planned."""

    number: Number
    slot_id: UUID | None = Field(default=None, description="Another start to take; null leaves this time out.")


class _Choosing(Body):
    choices: Annotated[list[Choice], Field(max_length=MOST)] = Field(
        default_factory=list, description="The times that are not taken as planned."
    )
    skip_conflicts: bool = Field(default=False, description="Leave out what is not possible instead of refusing all.")

    def chosen(self) -> Choices:
        """Return the choices by number; raises InvalidField when there are two for one time."""
        by_number = {choice.number: choice.slot_id for choice in self.choices}
        if len(by_number) < len(self.choices):
            raise InvalidField("choices", "Choose once for each number.")
        return Choices(by_number, self.skip_conflicts)


class BookSeriesBody(_Choosing, SeriesBody):
    """Book a series, with what was chosen after its plan."""

    model_config = _example(**WISH, choices=[{"number": 2, "slot_id": shapes.SLOT}, {"number": 5, "slot_id": None}])


class ReachBody(Body):
    """Which appointments of the series; what has begun, arrived or ended stays as it is."""

    model_config = _example(scope="following", appointment_id=shapes.APPOINTMENT)

    scope: Scope = Field(description="`this` and `following` are seen from `appointment_id`.")
    appointment_id: UUID | None = Field(default=None, description="The appointment from which on it counts.")

    def reach(self) -> Reach:
        """Return the reach."""
        return Reach(self.scope, self.appointment_id)


class CancelSeriesBody(ReachBody):
    """Cancel a part of a series, or all that is to come."""

    model_config = _example(scope="following", appointment_id=shapes.APPOINTMENT, reason="patient")

    reason: Literal["patient", "clinic"] = Field(description="Who asked for it.")


class MoveSeriesPlanBody(ReachBody):
    """Another time, day or practitioner; what is not given stays, above all the time on the wall clock."""

    model_config = _example(scope="all", time="10:30")

    time: Clock | None = None
    days: int = Field(default=0, ge=-MOST_DAYS, le=MOST_DAYS, description="So many days on, or back when negative.")
    practitioner_id: UUID | None = None

    def shift(self) -> Shift:
        """Return how they move."""
        at = time.fromisoformat(self.time) if self.time else None
        return Shift(self.reach(), at, self.days, self.practitioner_id)


class MoveSeriesBody(_Choosing, MoveSeriesPlanBody):
    """Move a part of a series, with what was chosen after its plan; null leaves an appointment where it is."""

    model_config = _example(scope="all", time="10:30", choices=[{"number": 2, "slot_id": shapes.SLOT}])


class SeriesAppointment(shapes.Appointment):
    series_number: Number


class LeftAlone(shapes.Shape):
    """An appointment that a change leaves as it is."""

    number: Number
    local: str = Field(examples=["2026-01-05T09:00"])
    status: str = Field(examples=["arrived"])


class PlannedTime(shapes.Shape):
    """One time of a series: a start that a hold accepts, or why there is none, with other starts near it."""

    number: Number
    local: str = Field(description="On the location's wall clock.", examples=["2026-01-12T09:00"])
    slot_id: str | None = Field(examples=[shapes.SLOT])
    start: str | None = Field(examples=[shapes.START])
    end: str | None = Field(examples=[shapes.END])
    code: str | None = Field(description="Of the refusal that a hold would hear.", examples=[None])
    detail: str | None = Field(examples=[None])
    alternatives: list[shapes.Slot]


class SeriesPlan(shapes.Page):
    items: list[PlannedTime]


class BookedSeries(shapes.Shape):
    id: str = Field(examples=[SERIES])
    version: int = Field(examples=[1])
    appointments: list[SeriesAppointment]
    skipped: list[shapes.Conflict] = Field(description="What was not possible and left out.")


class Series(shapes.Shape):
    """What was asked for at first, and the appointments as they are now."""

    id: str = Field(examples=[SERIES])
    patient_id: str = Field(examples=[shapes.PATIENT])
    service_id: str = Field(examples=[shapes.SERVICE])
    practitioner_id: str = Field(examples=[shapes.PRACTITIONER])
    location_id: str = Field(examples=[shapes.LOCATION])
    every: int = Field(examples=[1])
    unit: SeriesUnit = Field(examples=["week"])
    first_on: str = Field(examples=["2026-01-05"])
    time: str = Field(examples=["09:00"])
    times: int = Field(examples=[10])
    version: int = Field(examples=[1])
    appointments: list[SeriesAppointment]


class CancelledSeries(shapes.Shape):
    id: str = Field(examples=[SERIES])
    version: int = Field(examples=[2])
    appointments: list[SeriesAppointment] = Field(description="Those that were cancelled.")
    left: list[LeftAlone]


class MovedSeries(shapes.Shape):
    id: str = Field(examples=[SERIES])
    version: int = Field(examples=[2])
    appointments: list[SeriesAppointment] = Field(description="Those that were moved.")
    skipped: list[shapes.Conflict] = Field(description="What was not possible: these stay where they are.")
    left: list[LeftAlone]


class CancelPlan(shapes.Shape):
    appointments: list[SeriesAppointment] = Field(description="Those that would be cancelled.")
    left: list[LeftAlone]


class PlannedMove(shapes.Shape):
    """Where one appointment would go, or why not, with other starts near it."""

    number: Number
    appointment_id: str = Field(examples=[shapes.APPOINTMENT])
    from_local: str = Field(examples=["2026-01-12T09:00"])
    local: str = Field(examples=["2026-01-12T10:30"])
    slot_id: str | None = Field(examples=[shapes.SLOT])
    code: str | None = Field(description="Of the refusal that the move would hear.", examples=[None])
    detail: str | None = Field(examples=[None])
    alternatives: list[shapes.Slot]


class MovePlan(shapes.Shape):
    moves: list[PlannedMove]
    left: list[LeftAlone]
