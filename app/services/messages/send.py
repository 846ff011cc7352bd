"""From an outbox row to a message: the appointment is read again at send time, and a message is kept once.

A confirmation of an appointment that is not booked any more tells nobody, nor does a cancellation that was undone, nor
a move that was taken back in time; what was moved again tells only where it stands now (told.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.messages.letters import KIND_OF_EVENT, Facts, Letter, write_letter
from app.services.messages.offered import open_offer
from app.services.messages.outbox import Claimed
from app.services.messages.told import CANCELLED, Spot, Told, told_before
from app.services.patients.sealing import opened
from models.appointments import AppointmentStatus
from models.base import new_id
from models.db import execute, first_row
from models.principal import Principal

READ: LiteralString = """
SELECT a.status, a.starts_at, a.timezone, a.location_id, a.patient_id, p.given_name_sealed, p.email_sealed,
       p.language, c.name, coalesce(nullif(l.phone, ''), c.phone), c.host_name
  FROM appointments a
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN clinics c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(id)s::uuid
"""
KEEP: LiteralString = """
INSERT INTO messages (clinic_id, id, appointment_id, patient_id, kind, appointment_version, channel, language,
                      recipient_sealed, subject_sealed, body_sealed, message_id, outcome, created_at)
VALUES (%(clinic_id)s, %(id)s, %(appointment_id)s, %(patient_id)s, %(kind)s, %(version)s, 'email', %(language)s,
        %(recipient)s, %(subject)s, %(body)s, %(message_id)s, %(outcome)s, %(now)s)
ON CONFLICT (clinic_id, appointment_id, kind, appointment_version) DO NOTHING
"""
OFFERED = "waitlist.offered"
ENDED = (AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ready to go; an empty recipient means that the patient has no address."""

    patient_id: UUID
    kind: str
    language: str
    sender: str
    recipient: str
    letter: Letter
    message_id: str
    # Which appointment it is kept with, when that is not the row's own.
    appointment_id: UUID | None = None


def prepare(session: Session, row: Claimed, *, now: datetime) -> Parcel | None:
    """Write the message that the row asks for, or None when there is nothing true left to tell."""
    found = first_row(session, READ, {"clinic_id": row.clinic_id, "id": row.aggregate_id})
    is_offer = row.kind == OFFERED
    offer = open_offer(session, row.clinic_id, appointment_id=row.aggregate_id, now=now) if is_offer else None
    if found is None or (offer is None and row.kind not in KIND_OF_EVENT):
        return None
    status, starts_at, timezone, location_id, patient_id, given_name, email, language, *clinic = found
    spot = Spot(starts_at, timezone, location_id)
    kind, spot = (offer.kind, spot) if offer else news_of(row, told_before(session, row), status=status, spot=spot)
    if kind is None or starts_at <= now or (offer and status != AppointmentStatus.PENDING):
        return None
    vault = vault_of(session, row.clinic_id)
    clinic_name, phone, host_name = clinic
    facts = Facts(
        given_name=opened(vault, patient_id, field="given_name", sealed=given_name) or "",
        starts_at=spot.starts_at,
        timezone=spot.timezone,
        clinic_name=clinic_name,
        phone=phone,
        until=offer.until if offer else None,
        link=offer.link if offer else "",
    )
    return Parcel(
        patient_id=patient_id,
        kind=kind,
        language=language,
        sender=f"appointments@{host_name}",
        recipient=opened(vault, patient_id, field="email", sealed=email) or "",
        letter=write_letter(kind, facts, language=language),
        # The same for every attempt, so that a mail reader shows a message that was sent twice once.
        message_id=f"<{row.id}@{host_name}>",
    )


def news_of(row: Claimed, told: Told, *, status: str, spot: Spot) -> tuple[str | None, Spot]:
    """Return the kind of letter that is due and the place that it names; no kind when there is no news."""
    believed = told.believes(spot)
    if told.is_overtaken:
        return None, spot
    if row.kind == CANCELLED:
        # Who never heard of a move hears of the time that they know.
        return ("cancellation" if status in ENDED else None), believed
    if status != AppointmentStatus.BOOKED:
        return None, spot
    if told.knows_nothing or told.knows_of_cancellation:
        return "confirmation", spot
    if believed == spot:
        return None, spot
    return ("move" if believed.location_id == spot.location_id else "move-elsewhere"), spot


def keep_message(
    session: Session, principal: Principal, row: Claimed, *, parcel: Parcel, outcome: str, now: datetime
) -> bool:
    """Keep one message for each (appointment, kind, version), sealed; False when it was kept before."""
    vault = vault_of(session, principal.clinic_id)
    message_id = new_id()
    sealed = {
        column: vault.seal("messages", column, message_id, text)
        for column, text in (
            ("recipient", parcel.recipient),
            ("subject", parcel.letter.subject),
            ("body", parcel.letter.body),
        )
    }
    parameters = {
        **sealed,
        "clinic_id": principal.clinic_id,
        "id": message_id,
        "appointment_id": parcel.appointment_id or row.aggregate_id,
        "patient_id": parcel.patient_id,
        "kind": parcel.kind,
        "version": row.aggregate_version,
        "language": parcel.language,
        "message_id": parcel.message_id,
        "outcome": outcome,
        "now": now,
    }
    return execute(session, KEEP, parameters) == 1
