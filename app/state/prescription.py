"""Prescriptions on paper: the sheets that the address names, and the paper they are laid out for."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField, NotFound
from app.services.clock import utc_now
from app.services.prescriptions.paper import choose_paper, paper_of
from app.services.prescriptions.printable import PrescriptionSheet, printable
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from, text_from

READ = "clinical:read"
LONGEST_ADDRESS = 4_000


class ItemView(TypedDict):
    """One drug on a sheet."""

    drug: str
    dosage: str
    frequency: str
    duration: str
    advice: str


class SheetView(TypedDict):
    """One sheet of paper."""

    clinic: str
    location: str
    address: str
    phone: str
    practitioner: str
    license_number: str
    on_date: str
    patient: str
    birth_date: str
    items: list[ItemView]


class PrescriptionState(PageState):
    """The sheets. `status` is "", open, revoked (none of them counts any more), missing or failed."""

    status: str = ""
    sheets: list[SheetView] = []
    patient_id: str = ""
    paper: str = "a4"

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Read what the address names; each load is a look that is written down."""
        self.sheets, self.patient_id = [], ""
        named = text_from(str(self.router.url.query_parameters.get("ids", "")), longest=LONGEST_ADDRESS)
        try:
            found = await ask(printable, prescription_ids=_ids(named), now=utc_now())
            self.paper = (await ask(paper_of, now=utc_now())).value
        except (NotFound, InvalidField):
            self.status = "missing"
            return None
        except ClinicError as error:
            self.status = "failed"
            return refused(error)
        self.sheets = [_sheet(one) for one in found]
        self.patient_id = str(found[0].patient.id) if found else ""
        self.status = "open" if found else "revoked"
        return None

    @rx.event
    @policy(permission=READ)
    async def choose_paper(self, paper: str) -> EventSpec | None:
        """Lay the sheets out for another paper, now and the next time."""
        try:
            self.paper = (await ask(choose_paper, paper=text_from(paper), now=utc_now())).value
        except ClinicError as error:
            return refused(error)
        return None


def _ids(named: str) -> list[UUID]:
    if not named:
        raise InvalidField("ids", "")
    return [id_from("ids", one) for one in named.split(",")]


def _sheet(sheet: PrescriptionSheet) -> SheetView:
    head = sheet.head
    return SheetView(
        clinic=head.clinic,
        location=head.location,
        address=head.address,
        phone=head.phone,
        practitioner=head.practitioner,
        license_number=head.license_number,
        on_date=head.on_date.isoformat(),
        patient=sheet.patient.name.full,
        birth_date=sheet.patient.birth_date.isoformat(),
        items=[
            ItemView(
                drug=one.drug,
                dosage=one.dosage,
                frequency=one.frequency,
                duration=one.duration,
                advice=one.advice,
            )
            for one in sheet.items
        ],
    )
