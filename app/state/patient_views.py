"""Display values of patients: those that a search found, and the head of an open file."""

from typing import TypedDict

from app.services.patients.file import PatientFile
from app.services.patients.views import PatientView
from app.services.phones import readable_phone


class MatchView(TypedDict):
    """A patient that a search found."""

    id: str
    name: str
    birth_date: str
    phone: str
    number: str
    alert: str


class FileView(TypedDict):
    """Who the open file is about; what is missing is an empty text."""

    id: str
    version: int
    name: str
    given_name: str
    family_name: str
    birth_date: str
    age: int
    phone: str
    email: str
    address: str
    language: str
    is_verified: bool
    alert: str
    insurer: str
    member_number: str
    needs_interpreter: bool
    guardian: MatchView
    wards: list[MatchView]


NO_MATCH = MatchView(id="", name="", birth_date="", phone="", number="", alert="")
NO_FILE = FileView(
    id="", version=0, name="", given_name="", family_name="", birth_date="", age=0, phone="", email="", address="",
    language="", is_verified=True, alert="", insurer="", member_number="", needs_interpreter=False, guardian=NO_MATCH,
    wards=[],
)  # fmt: skip


def match_view(patient: PatientView) -> MatchView:
    """Show a patient that was found."""
    return MatchView(
        id=str(patient.id),
        name=patient.name.full,
        birth_date=patient.birth_date.isoformat(),
        phone=readable_phone(patient.phone or ""),
        number=patient.member_number or "",
        alert=patient.alert or "",
    )


def file_view(file: PatientFile) -> FileView:
    """Show the head of a file."""
    patient = file.patient
    return FileView(
        id=str(patient.id),
        version=patient.version,
        name=patient.name.full,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date.isoformat(),
        age=file.age,
        phone=readable_phone(patient.phone or ""),
        email=patient.email or "",
        address=patient.address or "",
        language=patient.language,
        is_verified=patient.verification == "verified",
        alert=patient.alert or "",
        insurer=patient.insurer or "",
        member_number=patient.member_number or "",
        needs_interpreter=patient.needs_interpreter,
        guardian=match_view(file.guardian) if file.guardian else NO_MATCH,
        wards=[match_view(one) for one in file.wards],
    )
