"""`register`: make a patient once for each key of the caller; the kept answer is sealed like the patient."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from json import dumps, loads
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.patients.views import PatientView
from app.services.patients.write import create
from models.db import transaction
from models.principal import Principal


def register(
    session: Session,
    principal: Principal,
    *,
    values: Mapping[str, Any],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Make a patient and keep the sealed answer; call it through `retry.attempt` and open it with `opened_answer`.

    Raises InvalidField, NotPermitted. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    view = create(session, principal, **values, now=now)
    vault = vault_of(session, principal.clinic_id)
    sealed = vault.seal("idempotency_keys", "body", view.id, dumps(patient_body(view)))
    body = {"id": str(view.id), "sealed": b64encode(sealed).decode()}
    if not keep(session, principal.clinic_id, key, status=201, body=body, now=now):
        # A twin was first: leaving with its answer undoes this patient.
        require_new(session, principal.clinic_id, key)
    return Answer(201, body)


def opened_answer(principal: Principal, answer: Answer) -> Answer:
    """Return the answer with its body in plain text, as the caller hears it."""
    with transaction(principal) as session:
        vault = vault_of(session, principal.clinic_id)
    patient_id = UUID(answer.body["id"])
    text = vault.open("idempotency_keys", "body", patient_id, b64decode(answer.body["sealed"]))
    return Answer(answer.status, loads(text))


def patient_body(view: PatientView) -> dict[str, Any]:
    """Return a patient as the API shows one; what is clinical is not among it."""
    return {
        "id": str(view.id),
        "given_name": view.given_name,
        "family_name": view.family_name,
        "birth_date": view.birth_date.isoformat(),
        "phone": view.phone,
        "email": view.email,
        "address": view.address,
        "language": view.language,
        "verification": view.verification.value,
        "version": view.version,
        "alert": view.alert,
        "insurer": view.insurer,
        "member_number": view.member_number,
        "needs_interpreter": view.needs_interpreter,
        "guardian_id": str(view.guardian_id) if view.guardian_id else None,
        "merged_into_id": str(view.merged_into_id) if view.merged_into_id else None,
    }
