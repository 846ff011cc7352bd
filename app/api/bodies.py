"""The JSON of the requests, each with an example."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator

from app.api import shapes
from app.api.fields import CLEAN, Body, Day
from app.services.booking.reasons import LONGEST_REASON

Name = Annotated[str, StringConstraints(max_length=400), CLEAN]
Line = Annotated[str, StringConstraints(max_length=400), CLEAN]
Language = Annotated[str, StringConstraints(max_length=16), CLEAN]
Comment = Annotated[str, StringConstraints(max_length=1000), CLEAN]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON), CLEAN]
PERSON: dict[str, JsonValue] = {
    "given_name": "Ana",
    "family_name": "Example",
    "birth_date": "1984-05-17",
    "phone": "+49305550199",
}


def _example(**members: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [members]})


class Person(Body):
    """Somebody who may be known already: matched silently, or kept as an unverified patient."""

    model_config = _example(**PERSON)

    given_name: Name
    family_name: Name
    birth_date: Day
    phone: Line | None = None
    email: Line | None = None
    language: Language | None = None


class HoldBody(Body):
    """Hold a start of GET /slots for a patient: a known one or the details of one."""

    model_config = _example(slot_id=shapes.SLOT, service_id=shapes.SERVICE, patient_id=shapes.PATIENT)

    slot_id: UUID
    service_id: UUID
    patient_id: UUID | None = None
    patient: Person | None = None
    comment: Comment | None = None
    overbook_reason: Reason | None = Field(
        default=None, description="Staff only: why the start is wanted also when it is full."
    )

    @model_validator(mode="after")
    def _one_patient(self) -> Self:
        if (self.patient_id is None) == (self.patient is None):
            raise ValueError("Give either patient_id or patient")
        return self


class RescheduleBody(Body):
    """The start of GET /slots that the appointment shall take; with a reason, also one that is full."""

    model_config = _example(slot_id=shapes.SLOT)

    slot_id: UUID
    overbook_reason: Reason | None = None


class RoomBody(Body):
    """The room, when it is another than the planned one."""

    model_config = _example(room_id=shapes.ROOM)

    room_id: UUID | None = None


class CancelBody(Body):
    """Who asked for the end of the appointment, or that somebody who had come has left."""

    model_config = _example(reason="patient")

    reason: Literal["patient", "clinic", "left"]


class NewPatientBody(Person):
    """A patient whom staff or another system have identified."""

    model_config = _example(**PERSON, email="ana@example.org", language="es")

    address: Line | None = None
    alert: Line | None = None
    insurer: Line | None = None
    member_number: Line | None = None
    needs_interpreter: bool = False
    guardian_id: UUID | None = None


class PatientChangesBody(Body):
    """The fields to change; null empties an optional one."""

    model_config = _example(phone="+49305550177", verification="verified")

    given_name: Name | None = None
    family_name: Name | None = None
    birth_date: Day | None = None
    phone: Line | None = None
    email: Line | None = None
    address: Line | None = None
    language: Language | None = None
    verification: Literal["verified", "unverified"] | None = None
    alert: Line | None = None
    insurer: Line | None = None
    member_number: Line | None = None
    needs_interpreter: bool | None = None
    guardian_id: UUID | None = None


class PatientSearchBody(Body):
    """What is known of the patient: every given field must match."""

    model_config = _example(name="Exam Ana", birth_date="1984-05-17")

    name: Name | None = None
    birth_date: Day | None = None
    phone: Line | None = None
    email: Line | None = None
