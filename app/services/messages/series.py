"""One letter about several appointments of a series, with all their times: what was booked, cancelled or moved at once.

The appointments are those whose events name the letter's (`told_by`). Of each it says what a letter of its own would
say when it is sent, and leaves it out when that would say nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.messages.letters import Facts, write_letter
from app.services.messages.outbox import Claimed
from app.services.messages.send import Parcel, news_of
from app.services.messages.told import Spot, told_before
from app.services.patients.sealing import opened
from models.db import execute, rows

SERIES_KINDS = {
    "series.booked": "series-confirmation",
    "series.cancelled": "series-cancellation",
    "series.moved": "series-move",
}
READ: LiteralString = """
SELECT o.id, o.kind, o.aggregate_version, a.id, a.status, a.starts_at, a.timezone, a.location_id, a.patient_id,
       p.given_name_sealed, p.email_sealed, p.language, c.name, coalesce(nullif(l.phone, ''), c.phone), c.host_name
  FROM appointments a
  JOIN outbox_events o ON o.clinic_id = a.clinic_id AND o.aggregate_id = a.id
   AND o.payload ->> 'told_by' = %(letter_id)s::text
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN clinics c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.series_id = %(series_id)s::uuid
   AND a.starts_at > %(now)s::timestamptz
 ORDER BY a.starts_at
"""
TOLD: LiteralString = """
UPDATE outbox_events SET state = 'done', done_at = now(), lease_owner = NULL, lease_until = NULL
 WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[])
"""


def prepare_series(session: Session, row: Claimed, *, now: datetime) -> Parcel | None:
    """Write the one letter, or None when there is no news left; what it tells counts as told from here on."""
    asked = {"clinic_id": row.clinic_id, "series_id": row.aggregate_id, "letter_id": str(row.id), "now": now}
    news: list[tuple[tuple[Any, ...], Spot]] = []
    for one in rows(session, READ, asked):
        spot = _news(session, row, one)
        if spot is not None:
            news.append((one, spot))
    if not news:
        return None
    execute(session, TOLD, {"clinic_id": row.clinic_id, "ids": [one[0] for one, _ in news]})
    return _parcel(session, row, first=news[0][0], spots=[spot for _, spot in news])


def _news(session: Session, row: Claimed, found: tuple[Any, ...]) -> Spot | None:
    """Return the place to tell of one appointment; None when its event alone would not be told either."""
    _, kind, version, appointment_id, status, starts_at, timezone, location_id, *_ = found
    event = replace(row, kind=kind, aggregate_id=appointment_id, aggregate_version=version)
    spot = Spot(starts_at, timezone, location_id)
    is_news, told = news_of(event, told_before(session, event), status=status, spot=spot)
    return told if is_news else None


def _parcel(session: Session, row: Claimed, *, first: tuple[Any, ...], spots: Sequence[Spot]) -> Parcel:
    appointment_id, patient_id, given_name, email, language, clinic_name, phone, host_name = first[3], *first[8:]
    vault = vault_of(session, row.clinic_id)
    facts = Facts(
        given_name=opened(vault, patient_id, field="given_name", sealed=given_name) or "",
        starts_at=spots[0].starts_at,
        timezone=spots[0].timezone,
        clinic_name=clinic_name,
        phone=phone,
        dates=tuple((spot.starts_at, spot.timezone) for spot in spots),
    )
    kind = SERIES_KINDS[row.kind]
    return Parcel(
        patient_id=patient_id,
        kind=kind,
        language=language,
        sender=f"appointments@{host_name}",
        recipient=opened(vault, patient_id, field="email", sealed=email) or "",
        letter=write_letter(kind, facts, language=language),
        message_id=f"<{row.id}@{host_name}>",
        appointment_id=appointment_id,
    )
