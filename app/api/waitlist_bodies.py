"""The JSON of the waitlist: requests and answers, each with an example."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from app.api import shapes
from app.api.fields import CLEAN, Body, Day
from app.services.waitlist.entries import weekday_bits
from app.services.waitlist.wishes import Wish
from models.waiting import EntryStatus, OfferStatus, PartOfDay

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200), CLEAN]
ENTRY = "0198c0de-0000-7000-8000-000000000008"


def _example(**members: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [members]})


class Preferences(Body):
    """What somebody can come for; what is left out or null means any."""

    practitioner_id: UUID | None = None
    location_id: UUID | None = None
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    part_of_day: PartOfDay | None = Field(default=None, description="By the location's clock: noon and five part it.")
    earliest_on: Day | None = None
    latest_on: Day | None = Field(default=None, description="After this day the entry lapses.")
    urgent: bool | None = Field(default=None, description="Comes before all who are not.")

    def changes(self) -> dict[str, Any]:
        """Return the preferences that were sent, as the service names them."""
        sent: dict[str, Any] = self.model_dump(exclude_unset=True, include=set(Preferences.model_fields))
        if "weekdays" in sent:
            sent["weekdays"] = weekday_bits(sent["weekdays"])
        if "part_of_day" in sent:
            sent["part_of_day"] = sent["part_of_day"] or PartOfDay.ANY
        if "urgent" in sent:
            sent["is_urgent"] = bool(sent.pop("urgent"))
        return sent


class JoinBody(Preferences):
    """Put a patient on the waitlist of a service."""

    model_config = _example(
        patient_id=shapes.PATIENT, service_id=shapes.SERVICE, weekdays=["monday", "friday"], part_of_day="morning"
    )

    patient_id: UUID
    service_id: UUID
    appointment_id: UUID | None = Field(
        default=None, description="A booked appointment that is to be moved earlier: it stays until a place is taken."
    )

    def wish(self) -> Wish:
        """Return the preferences."""
        return Wish(**self.changes())


class ChangeBody(Preferences):
    """The preferences to change; null means any again."""

    model_config = _example(weekdays=["tuesday"], latest_on="2026-02-27")


class TokenBody(Body):
    """The token of an offer, from the letter."""

    token: Token = Field(examples=["AZjA3gAAcACAAAAAAAAAAZjA3gAAcACAAAAAAAAACexample"])


class Entry(shapes.Shape):
    """A wish on the waitlist."""

    id: str = Field(examples=[ENTRY])
    status: EntryStatus = Field(examples=["waiting"])
    patient_id: str = Field(examples=[shapes.PATIENT])
    service_id: str = Field(examples=[shapes.SERVICE])
    practitioner_id: str | None = Field(examples=[None])
    location_id: str | None = Field(examples=[shapes.LOCATION])
    appointment_id: str | None = Field(examples=[None])
    weekdays: list[Weekday] = Field(examples=[["monday", "friday"]])
    part_of_day: PartOfDay = Field(examples=["morning"])
    earliest_on: str | None = Field(examples=[None])
    latest_on: str | None = Field(examples=["2026-02-27"])
    urgent: bool = Field(examples=[False])
    version: int = Field(examples=[1])
    created_at: str = Field(examples=["2026-01-02T09:30:00Z"])


class Reason(shapes.Shape):
    """Why somebody stands where they stand."""

    code: str = Field(examples=["waiting"])
    text: str = Field(examples=["Waiting since 2026-01-02T09:30:00Z."])


class Queued(Entry):
    """An entry with its place in the queue; who is passed over for a place has none."""

    position: int | None = Field(examples=[1])
    reason: Reason


class Queue(shapes.Page):
    items: list[Queued]


class Offer(shapes.Shape):
    """An offered place, as its letter shows it."""

    status: OfferStatus = Field(examples=["open"])
    expires_at: str = Field(examples=["2026-01-04T10:30:00Z"])
    start: str = Field(examples=[shapes.START])
    end: str = Field(examples=[shapes.END])
    timezone: str = Field(examples=["Europe/Berlin"])
    service: str = Field(examples=["Consultation"])
    practitioner: str = Field(examples=["Dr Ada Berg"])
    location: str = Field(examples=["Old Town"])
    replaces_start: str | None = Field(
        description="The start of the appointment that is given back for this one.", examples=[None]
    )


class Declined(shapes.Shape):
    status: Literal["declined"] = Field(examples=["declined"])
