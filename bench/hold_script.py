"""The hold as a pgbench script: the very constants of the engine, with expressions for its parameters."""

from app.services.booking.claim import CLAIM
from app.services.booking.locks import LOCK_NAMES
from app.services.booking.plan import PLAN
from bench.ground import EXPIRY_PATIENTS
from bench.pgbench import statement, transaction_script
from models.db import SET_PRINCIPAL

# As long as the answer that the engine keeps.
ANSWER = "'" + '{"id":"' + "0" * 520 + '"}' + "'"


def transaction_setup(clients: int, slots: int) -> list[str]:
    """Return the script's head: `k` numbers the transactions of all clients, `s` the slot and `p` the patient."""
    return [
        r"\set i :i + 1",
        rf"\set k :round + :i * {clients} + :client_id",
        rf"\set s (:k * :stride) % {slots}",
        rf"\set p :k % {EXPIRY_PATIENTS}",
    ]


def principal_values(clinic_id: str) -> dict[str, str]:
    """Return the values of the transaction's first statement."""
    waits = {"lock_timeout": "'3000ms'", "statement_timeout": "'15000ms'", "idle_timeout": "'60000ms'"}
    return {"clinic_id": f"'{clinic_id}'", "actor": "'user-bench'", **waits}


def hold_script(*, clinic_id: str, service_id: str, slot: str, patient: str, clients: int, slots: int) -> str:
    """Return the transaction of one uncontended hold; each run of it takes another slot and another patient.

    `slot` and `patient` are SQL expressions of the pgbench variables `s` and `p`. Variables to define: `round`
    (which part of the slots), `stride` and `i` = 0.
    """
    clinic = f"'{clinic_id}'"
    key = {"principal": "'user-bench'", "method": "'POST'", "path": "'/appointments'", "key": "('k' || :k::text)"}
    common = {"clinic_id": clinic, "now": "now()", "slot_id": f"({slot})", "service_id": f"'{service_id}'", **key}
    claim = {
        **common,
        "slot_ids": f"ARRAY[{slot}]",
        "id": "gen_random_uuid()",
        "audit_id": "gen_random_uuid()",
        "outbox_id": "gen_random_uuid()",
        "patient_id": f"({patient})",
        "practitioner_id": ":p_practitioner_id",
        "location_id": ":p_location_id",
        "room_id": "NULL",
        "device_id": "NULL",
        "starts_at": ":p_starts_at",
        "occupies_from": ":p_starts_at",
        "ends_at": ":p_ends_at",
        "occupies_until": ":p_ends_at",
        "timezone": ":p_timezone",
        "hold_expires_at": "(now() + interval '5 minutes')",
        "price_amount": ":p_price_amount",
        "currency": ":p_currency",
        "is_due_at_desk": "false",
        "channel": "'desk'",
        "actor": "'user-bench'",
        "request_id": "''",
        "holder_browser": "NULL",
        "holder_address": "NULL",
        "overbook_reason": "NULL",
        "body_hash": r"decode(repeat('00', 32), 'hex')",
        "answer": ANSWER,
    }
    locks = {"names": f"ARRAY['patient:' || {patient}::text, 'practitioner:' || :p_practitioner_id]"}
    return transaction_script(
        transaction_setup(clients, slots),
        [
            statement(SET_PRINCIPAL, principal_values(clinic_id)),
            statement(PLAN, {**common, "spread": ":k", "minutes": "NULL", "room_id": "NULL", "device_id": "NULL"})
            + r" \gset p_",
            statement(LOCK_NAMES, locks),
            statement(CLAIM, claim),
        ],
    )
