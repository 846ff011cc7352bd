"""The JSON of the answers, as the API gives it, each with an example."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CLINIC = "0198c0de-0000-7000-8000-000000000001"
LOCATION = "0198c0de-0000-7000-8000-000000000002"
SERVICE = "0198c0de-0000-7000-8000-000000000003"
PRACTITIONER = "0198c0de-0000-7000-8000-000000000004"
SLOT = "0198c0de-0000-7000-8000-000000000005"
PATIENT = "0198c0de-0000-7000-8000-000000000006"
APPOINTMENT = "0198c0de-0000-7000-8000-000000000007"
ROOM = "0198c0de-0000-7000-8000-000000000008"
DOCUMENT = "0198c0de-0000-7000-8000-000000000009"
START, END, HOLD_ENDS = "2026-01-05T08:00:00Z", "2026-01-05T08:30:00Z", "2026-01-04T10:05:00Z"


class Shape(BaseModel):
    """An answer; nothing in it is unknown."""

    model_config = ConfigDict(extra="forbid")


class Money(Shape):
    amount: int = Field(description="In minor units.", examples=[4500])
    currency: str = Field(examples=["EUR"])


class Clinic(Shape):
    id: str = Field(examples=[CLINIC])
    name: str = Field(examples=["Riverside Clinic"])
    country: str = Field(examples=["DE"])
    currency: str = Field(examples=["EUR"])
    language: str = Field(examples=["en"])
    timezone: str = Field(examples=["Europe/Berlin"])
    phone: str = Field(examples=["+49 30 5550100"])


class Location(Shape):
    id: str = Field(examples=[LOCATION])
    name: str = Field(examples=["Old Town"])
    timezone: str = Field(examples=["Europe/Berlin"])
    address: str = Field(examples=["1 Market Square"])
    phone: str = Field(examples=["+49 30 5550101"])
    country: str = Field(examples=["DE"])


class Service(Shape):
    id: str = Field(examples=[SERVICE])
    name: str = Field(examples=["Consultation"])
    specialty: str = Field(examples=["general-practice"])
    duration_minutes: int = Field(examples=[30])
    buffer_before_minutes: int = Field(examples=[0])
    buffer_after_minutes: int = Field(examples=[5])
    capacity: int = Field(examples=[1])
    price: Money
    prepayment: Literal["none", "deposit", "full"] = Field(examples=["none"])
    hold_minutes: int = Field(examples=[5])
    notice_minutes: int = Field(examples=[60])
    horizon_days: int = Field(examples=[84])
    is_video: bool = Field(examples=[False])
    location_ids: list[str] = Field(examples=[[LOCATION]])


class Practitioner(Shape):
    id: str = Field(examples=[PRACTITIONER])
    name: str = Field(examples=["Dr Ada Berg"])
    specialty: str = Field(examples=["general-practice"])
    languages: list[str] = Field(examples=[["de", "en"]])
    location_ids: list[str] = Field(examples=[[LOCATION]])
    service_ids: list[str] = Field(examples=[[SERVICE]])


class Slot(Shape):
    """A start that a hold accepts; `id` names it in the hold."""

    id: str = Field(examples=[SLOT])
    practitioner_id: str = Field(examples=[PRACTITIONER])
    location_id: str = Field(examples=[LOCATION])
    start: str = Field(examples=[START])
    end: str = Field(examples=[END])
    capacity: int = Field(examples=[1])
    free: int = Field(examples=[1])
    version: int = Field(examples=[1])


class Day(Shape):
    date: str = Field(description="In the location's zone.", examples=["2026-01-05"])
    free: int = Field(examples=[14])


class Appointment(Shape):
    id: str = Field(examples=[APPOINTMENT])
    status: str = Field(examples=["pending"])
    hold_expires_at: str | None = Field(examples=[HOLD_ENDS])
    slot_id: str = Field(examples=[SLOT])
    patient_id: str | None = Field(
        default=None, description="Not told to a guest: it would say whether the clinic knew them.", examples=[PATIENT]
    )
    practitioner_id: str = Field(examples=[PRACTITIONER])
    location_id: str = Field(examples=[LOCATION])
    service_id: str = Field(examples=[SERVICE])
    start: str = Field(examples=[START])
    end: str = Field(examples=[END])
    price: Money
    due_at_desk: bool = Field(examples=[False])
    version: int = Field(examples=[1])


class Held(Appointment):
    access_token: str | None = Field(
        default=None,
        description="For a guest: opens this appointment only, until a day after the visit.",
        examples=["hfg_AZjA3gAAcACAAAAAAAAAAQ...example"],
    )


class Actor(Shape):
    kind: str = Field(description="user, patient, guest, kiosk, api-client or system.", examples=["user"])
    name: str | None = Field(description="Where it is known and the caller may know it.", examples=["Noor Haddad"])


class Place(Shape):
    """Where an appointment stood before a move, or stands after it."""

    slot_id: str = Field(examples=[SLOT])
    start: str = Field(examples=[START])
    practitioner_id: str = Field(examples=[PRACTITIONER])
    location_id: str = Field(examples=[LOCATION])


class HistoryEntry(Shape):
    at: str = Field(examples=["2026-01-04T10:00:00Z"])
    action: str = Field(examples=["reschedule"])
    actor: Actor
    from_status: str | None = Field(examples=["booked"])
    to_status: str = Field(examples=["booked"])
    reason: str | None = Field(description="What was given as one; staff only.", examples=[None])
    moved_from: Place | None
    moved_to: Place | None
    series_id: str | None = Field(description="Of what was booked as a part of a series.", examples=[None])


class Patient(Shape):
    id: str = Field(examples=[PATIENT])
    given_name: str = Field(examples=["Ana"])
    family_name: str = Field(examples=["Example"])
    birth_date: str = Field(examples=["1984-05-17"])
    phone: str | None = Field(examples=["+49305550199"])
    email: str | None = Field(examples=["ana@example.org"])
    address: str | None = Field(examples=[None])
    language: str = Field(examples=["es"])
    verification: Literal["verified", "unverified"] = Field(examples=["verified"])
    version: int = Field(examples=[1])
    alert: str | None = Field(default=None, examples=[None], description="What everybody must see first.")
    insurer: str | None = Field(default=None, examples=["Example Mutual"])
    member_number: str | None = Field(default=None, examples=["X123456780"])
    needs_interpreter: bool = Field(default=False, examples=[False])
    guardian_id: str | None = Field(default=None, examples=[None], description="Who answers for a child.")
    merged_into_id: str | None = Field(
        default=None, examples=[None], description="The file that stands for this one, which takes no more entries."
    )


class NewDocument(Shape):
    id: str = Field(examples=[DOCUMENT])
    kind: str = Field(examples=["referral"])
    content_type: str = Field(examples=["application/pdf"])
    size_bytes: int = Field(examples=[48213])
    created_at: str = Field(examples=[START])


class Document(NewDocument):
    name: str | None = Field(examples=["referral.pdf"], description="Null when the caller may not open it.")


class Documents(Shape):
    items: list[Document]
    next_cursor: None = None


class Token(Shape):
    access_token: str = Field(examples=["eyJhbGciOi...example"])
    token_type: Literal["Bearer"]
    expires_in: int = Field(examples=[900])
    scope: str = Field(examples=["appointments:write slots:read"])


class Keys(Shape):
    keys: list[dict[str, Any]] = Field(
        examples=[[{"kty": "EC", "crv": "P-256", "x": "...", "y": "...", "kid": "a1", "alg": "ES256", "use": "sig"}]]
    )


class Page(Shape):
    next_cursor: str | None = Field(description="Null on the last page.", examples=[None])


class Locations(Page):
    items: list[Location]


class Services(Page):
    items: list[Service]


class Practitioners(Page):
    items: list[Practitioner]


class Slots(Page):
    items: list[Slot]


class Days(Page):
    items: list[Day]


class Appointments(Page):
    items: list[Appointment]


class History(Page):
    items: list[HistoryEntry]


class FoundPatients(Page):
    items: list[Patient]
    is_complete: bool = Field(description="False: more match than are shown, narrow the search.", examples=[True])


class FieldError(Shape):
    field: str = Field(examples=["slot_id"])
    message: str = Field(examples=["There is no such slot or service."])


class Reason(Shape):
    code: str = Field(examples=["leave"])
    text: str = Field(examples=["The practitioner is on leave."])
    until: str | None = Field(description="When the rule ends, where that is known.", examples=[END])


class Explanation(Shape):
    offered: bool = Field(examples=[False])
    reasons: list[Reason]


class Conflict(Shape):
    """One time of a series that is not possible."""

    number: int = Field(description="Which time of the series, from 1.", examples=[2])
    local: str = Field(description="On the location's wall clock.", examples=["2026-01-12T09:00"])
    code: str = Field(description="Of the refusal that a hold would hear.", examples=["slot-unavailable"])
    detail: str = Field(examples=["This time is no longer free. Please choose another."])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(examples=["urn:holdfast:problem:slot-unavailable"])
    title: str = Field(examples=["Slot unavailable"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["This time is no longer free. Please choose another."])
    code: str = Field(examples=["slot-unavailable"])
    instance: str = Field(examples=["urn:holdfast:request:4f7c"])
    errors: list[FieldError] | None = Field(default=None, description="The fields that cannot be used.")
    alternatives: list[Slot] | None = Field(default=None, description="Up to three other starts.")
    blocking: list[Reason] | None = Field(default=None, description="What stands in the way, for staff.")
    conflicts: list[Conflict] | None = Field(default=None, description="The times of a series that are not possible.")
    version: int | None = Field(default=None, description="Which version there is, when another one was seen.")
    from_status: str | None = Field(default=None, description="The status that does not allow it.")
    to_status: str | None = Field(default=None, description="The status that was asked for.")
