"""Patients: sealed in the table, found by tokens, every look and change in the audit log."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.errors import InvalidField, NotPermitted, PatientNotFound, StaleVersion
from app.infra.crypto import SealBroken
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.keys import forget_vaults, refuse_foreign_data, vault_of
from app.services.patients.read import get, medical_history
from app.services.patients.views import PatientView
from app.services.patients.write import change, create
from models.accounts import ClinicKey, Role
from models.db import DatabaseRole, rows, transaction
from models.patients import Patient, PatientSearchToken
from models.principal import Principal
from models.records import AuditEvent
from tests.builders import NOW, building, clerk_of, guest_of, make_clinic, staff_of

pytestmark = pytest.mark.database


@pytest.fixture
def clerk(database: DatabaseUrls) -> Principal:
    with building() as session:
        return clerk_of(make_clinic(session))


def make(principal: Principal, **fields: Any) -> PatientView:
    known = {"given_name": "Ana", "family_name": "Muñoz", "birth_date": date(1980, 2, 3)}
    with transaction(principal) as session:
        return create(session, principal, **{**known, **fields}, now=NOW)


def audit_of(principal: Principal, object_id: UUID) -> list[AuditEvent]:
    with building() as session:
        mine = (AuditEvent.clinic_id == principal.clinic_id, AuditEvent.object_id == object_id)
        return list(session.exec(select(AuditEvent).where(*mine).order_by(col(AuditEvent.id))))


def test_a_patient_is_read_back_as_written(clerk: Principal) -> None:
    made = make(clerk, phone="030 1234567", email="Ana@Example.org", address="Am Ufer 3\n10115 Berlin")
    with transaction(clerk) as session:
        read = get(session, clerk, patient_id=made.id, now=NOW)
    assert read == made
    assert (read.given_name, read.family_name, read.birth_date) == ("Ana", "Muñoz", date(1980, 2, 3))
    assert (read.phone, read.email, read.version) == ("+49301234567", "Ana@Example.org", 1)


def test_the_table_holds_nothing_readable(clerk: Principal) -> None:
    made = make(clerk, phone="030 7654321", email="canary@example.org", address="Canary Wharf")
    with building() as session:
        columns = rows(session, "SELECT p::text FROM patients p WHERE id = %(id)s", {"id": made.id})
        tokens = rows(session, "SELECT t::text FROM patient_search_tokens t WHERE patient_id = %(id)s", {"id": made.id})
    stored = " ".join(row[0] for row in columns + tokens).lower()
    for plain in ("Ana", "Muñoz", "1980-02-03", "7654321", "canary@example.org", "Canary Wharf"):
        assert plain.encode().hex() not in stored
        assert plain.lower() not in stored


def test_a_name_copied_to_another_patients_row_does_not_open(clerk: Principal) -> None:
    one, other = make(clerk), make(clerk, given_name="Bea")
    with building() as session:
        victim = session.get_one(Patient, (clerk.clinic_id, other.id))
        victim.given_name_sealed = session.get_one(Patient, (clerk.clinic_id, one.id)).given_name_sealed
    with transaction(clerk) as session, pytest.raises(SealBroken):
        get(session, clerk, patient_id=other.id, now=NOW)


def test_another_clinics_patient_does_not_exist(clerk: Principal) -> None:
    made = make(clerk)
    with building() as session:
        stranger = clerk_of(make_clinic(session))
    with transaction(stranger) as session:
        with pytest.raises(PatientNotFound):
            get(session, stranger, patient_id=made.id, now=NOW)


def test_every_verb_asks_for_its_permission(clerk: Principal) -> None:
    made, guest = make(clerk), guest_of(clerk.clinic_id)
    with transaction(guest) as session:
        for verb in (
            lambda: get(session, guest, patient_id=made.id, now=NOW),
            lambda: medical_history(session, guest, patient_id=made.id, now=NOW),
            lambda: change(session, guest, patient_id=made.id, changes={}, now=NOW),
            lambda: create(session, guest, given_name="A", family_name="B", birth_date=date(2000, 1, 1), now=NOW),
        ):
            with pytest.raises(NotPermitted):
                verb()


def test_the_desk_neither_reads_nor_writes_the_medical_history(clerk: Principal) -> None:
    nurse = staff_of(clerk.clinic_id, role=Role.NURSE)
    made = make(nurse, medical_history="Penicillin allergy")
    with transaction(clerk) as session:
        with pytest.raises(NotPermitted):
            medical_history(session, clerk, patient_id=made.id, now=NOW)
        with pytest.raises(NotPermitted):
            change(session, clerk, patient_id=made.id, changes={"medical_history": ""}, now=NOW)
    with transaction(nurse) as session:
        assert medical_history(session, nurse, patient_id=made.id, now=NOW) == "Penicillin allergy"
    assert [row.object_kind for row in audit_of(nurse, made.id)] == ["patient", "medical-history"]


def test_a_change_counts_the_version_and_is_findable_at_once(clerk: Principal) -> None:
    made = make(clerk, phone="030 1234567", email="ana@example.org")
    before = tokens_of(clerk, made.id)
    changes = {"family_name": "Nowak", "phone": None, "verification": "unverified"}
    with transaction(clerk) as session:
        changed = change(session, clerk, patient_id=made.id, changes=changes, version=1, now=NOW)
    assert (changed.family_name, changed.phone, changed.email) == ("Nowak", None, "ana@example.org")
    assert (changed.version, changed.verification.value) == (2, "unverified")
    after = tokens_of(clerk, made.id)
    with transaction(clerk) as session:
        vault = vault_of(session, clerk.clinic_id)
    assert vault.token("name", "nowak") in after - before
    assert {vault.token("name", "munoz"), vault.token("phone", "+49301234567")} <= before - after


def test_a_stale_version_changes_nothing(clerk: Principal) -> None:
    made = make(clerk)
    for _ in range(2):
        with transaction(clerk) as session:
            change(session, clerk, patient_id=made.id, changes={"family_name": "A"}, now=NOW)
    with transaction(clerk) as session, pytest.raises(StaleVersion):
        change(session, clerk, patient_id=made.id, changes={"family_name": "B"}, version=2, now=NOW)


def test_of_two_changes_at_once_one_is_stale(clerk: Principal) -> None:
    made, outcomes, both = make(clerk), [], threading.Barrier(2)

    def work(name: str) -> None:
        try:
            with transaction(clerk) as session:
                get(session, clerk, patient_id=made.id, now=NOW)
                both.wait(10)
                changes = {"family_name": name}
                outcomes.append(change(session, clerk, patient_id=made.id, changes=changes, now=NOW).version)
        except StaleVersion:
            outcomes.append("stale")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["2", "stale"]


def test_the_audit_log_names_the_fields_and_holds_no_patient_data(clerk: Principal) -> None:
    made = make(clerk, phone="030 1234567")
    with transaction(clerk) as session:
        change(session, clerk, patient_id=made.id, changes={"family_name": "Canary"}, now=NOW)
        get(session, clerk, patient_id=made.id, now=NOW)
    written = audit_of(clerk, made.id)
    assert [row.action for row in written] == ["create", "update", "view"]
    assert {row.actor for row in written} == {clerk.actor}
    assert written[1].detail == {"fields": ["family_name"]}
    assert "Canary" not in str([row.model_dump() for row in written])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", "x" * 101),
        ("given_name", "x" * 1_000_000),
        ("family_name", "a\x00b"),
        ("family_name", "a\ud800b"),
        ("birth_date", date(2027, 1, 5)),
        ("birth_date", date(1880, 1, 1)),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "1" * 40),
        ("email", "nobody"),
        ("email", "a@b\nBcc: c@d.org"),
        ("email", "a" * 300 + "@example.org"),
        ("language", "English please"),
        ("address", "x" * 301),
        ("address", "a\x1b[31m"),
        ("verification", "maybe"),
    ],
)
def test_an_impossible_value_is_refused_by_the_name_of_its_field(clerk: Principal, field: str, value: Any) -> None:
    made = make(clerk)
    with transaction(clerk) as session, pytest.raises(InvalidField) as refusal:
        change(session, clerk, patient_id=made.id, changes={field: value}, now=NOW)
    assert refusal.value.field == field
    if field != "verification":
        with pytest.raises(InvalidField):
            make(clerk, **{field: value})


def test_one_name_of_two_is_enough_but_one_is_needed(clerk: Principal) -> None:
    assert make(clerk, given_name="", family_name="Suharto").name.full == "Suharto"
    with pytest.raises(InvalidField):
        make(clerk, given_name=" ", family_name="--")


def test_a_field_that_does_not_exist_cannot_be_changed(clerk: Principal) -> None:
    made = make(clerk)
    for field in ("clinic_id", "version", "id", "created_at"):
        with transaction(clerk) as session, pytest.raises(InvalidField):
            change(session, clerk, patient_id=made.id, changes={field: 1}, now=NOW)


def test_today_is_the_clinics_today(database: DatabaseUrls) -> None:
    with building() as session:
        kiritimati = clerk_of(make_clinic(session, timezone="Pacific/Kiritimati"))
        honolulu = clerk_of(make_clinic(session, timezone="Pacific/Honolulu"))
    newborn = date(2027, 1, 4)
    make(kiritimati, birth_date=newborn)
    with pytest.raises(InvalidField):
        make(honolulu, birth_date=newborn)


def test_keys_lie_wrapped_and_a_start_under_another_master_key_is_refused(clerk: Principal) -> None:
    make(clerk)
    forget_vaults()
    with building() as session:
        mine = (ClinicKey.clinic_id == clerk.clinic_id,)
        keys = list(session.exec(select(ClinicKey).where(*mine)))
        assert {key.purpose.value for key in keys} == {"data", "search"}
        vault = vault_of(session, clerk.clinic_id)
        assert not any(key in row.wrapped for row in keys for key in (*vault.data.values(), vault.search))
    refuse_foreign_data(role=DatabaseRole.OWNER)


def test_a_made_key_is_not_kept_when_its_transaction_rolls_back(database: DatabaseUrls) -> None:
    with building() as session:
        clerk = clerk_of(make_clinic(session))
    with transaction(clerk) as session:
        lost = [vault_of(session, clerk.clinic_id) for _ in range(3)]
        session.rollback()
    first = make(clerk)
    with transaction(clerk) as session:
        assert vault_of(session, clerk.clinic_id).search != lost[0].search
    forget_vaults()
    with transaction(clerk) as session:
        assert get(session, clerk, patient_id=first.id, now=NOW) == first


def test_two_processes_that_make_a_clinics_first_key_end_with_one(database: DatabaseUrls) -> None:
    with building() as session:
        clerk = clerk_of(make_clinic(session))
    made, both = [], threading.Barrier(4)

    def work() -> None:
        both.wait(10)
        made.append(make(clerk).id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forget_vaults()
    with transaction(clerk) as session:
        assert len({get(session, clerk, patient_id=one, now=NOW).id for one in made}) == 4


def tokens_of(principal: Principal, patient_id: UUID) -> set[bytes]:
    with transaction(principal) as session:
        mine = (PatientSearchToken.patient_id == patient_id,)
        return {row.token for row in session.exec(select(PatientSearchToken).where(*mine))}
