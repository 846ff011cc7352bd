"""What is told to whom: the truth at send time, once, in the patient's language, and nothing about their care."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.services.accounts.keys import vault_of
from app.services.clock import utc_now
from app.services.messages import deliver
from app.settings import settings
from app.words import LANGUAGES
from models.db import DatabaseRole, transaction
from tests.scheduler.mail_server import mail_server
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")
# In winter and in summer.
ZONE_NAMES = {
    "en": ("Central European Standard Time", "Central European Summer Time"),
    "de": ("Mitteleuropäische Normalzeit", "Mitteleuropäische Sommerzeit"),
}


class Killed(BaseException):
    """What a SIGKILL is to the code: nothing after it runs."""


def work_off(world: World) -> None:
    deliver.deliver(world.job, owner="test", clock=utc_now, is_stopping=lambda: False)


def texts(world: World) -> list[tuple[str, str, str]]:
    found = world.ask(
        "SELECT id, recipient_sealed, subject_sealed, body_sealed FROM messages"
        " WHERE clinic_id = %(clinic_id)s ORDER BY id"
    )
    with transaction(world.job, role=DatabaseRole.WORKER) as session:
        vault = vault_of(session, world.clinic_id)
        return [
            (
                vault.open("messages", "recipient", row_id, recipient),
                vault.open("messages", "subject", row_id, subject),
                vault.open("messages", "body", row_id, body),
            )
            for row_id, recipient, subject, body in found
        ]


def test_a_cancelled_appointment_sends_no_confirmation() -> None:
    world = make_world()
    world.cancel(world.book())
    work_off(world)
    assert world.messages() == []
    assert ("appointment.confirmed", "superseded") in world.outbox()


def test_what_staff_cancel_waits_for_undo_and_is_told_once() -> None:
    world = make_world()
    booked = world.book()
    work_off(world)
    world.cancel(booked)
    work_off(world)
    assert [kind for kind, _, _ in world.messages()] == ["confirmation"]
    world.make_everything_due()
    work_off(world)
    assert [kind for kind, _, _ in world.messages()] == ["confirmation", "cancellation"]


def test_a_cancellation_that_was_undone_is_not_told() -> None:
    world = make_world()
    booked = world.book()
    work_off(world)
    world.cancel(booked)
    world.alter(
        "UPDATE appointments SET status = 'booked', cancel_reason = NULL, version = version + 1"
        " WHERE clinic_id = %(clinic_id)s"
    )
    world.make_everything_due()
    work_off(world)
    assert [kind for kind, _, _ in world.messages()] == ["confirmation"]


def test_an_expired_hold_tells_nobody() -> None:
    world = make_world()
    held = world.hold()
    world.cancel(held)
    world.make_everything_due()
    work_off(world)
    assert world.messages() == []
    assert {state for _, state in world.outbox()} == {"done"}


def test_a_patient_without_an_address_is_known_to_be_unreached() -> None:
    world = make_world(email=None)
    world.book()
    work_off(world)
    assert [outcome for _, outcome, _ in world.messages()] == ["no-address"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_is_in_the_patients_language_and_says_nothing_about_care(language: str) -> None:
    world = make_world(language=language)
    world.book()
    work_off(world)
    ((recipient, subject, body),) = texts(world)
    assert recipient == "ana@example.com"
    assert "Ana" in body
    assert "Riverside" in body
    assert "+49 30 123" in body
    is_summer = world.slots[0].starts_at.astimezone(ZoneInfo("Europe/Berlin")).dst() != timedelta(0)
    assert ZONE_NAMES.get(language, ("", ""))[is_summer] in body
    for secret in ("Diabetes", "endo", "Dr ", "Site", "Kowalska", "1980"):
        assert secret not in subject + body
    assert ("Hello" in body) == (language == "en")
    assert "{" not in subject + body


def test_the_message_at_rest_is_sealed() -> None:
    world = make_world()
    world.book()
    work_off(world)
    ((stored,),) = world.ask("SELECT messages::text FROM messages WHERE clinic_id = %(clinic_id)s")
    assert "Ana" not in stored
    assert b"ana@example.com".hex() not in stored


def test_a_kill_between_send_and_completion_repeats_the_same_message_id(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.book()
    with mail_server() as (url, received):
        monkeypatch.setattr(settings(), "smtp_url", url)
        finish = deliver.finish
        monkeypatch.setattr(deliver, "finish", _killed)
        with pytest.raises(Killed):
            work_off(world)
        monkeypatch.setattr(deliver, "finish", finish)
        work_off(world)
        assert len(received) == 1
        world.let_leases_run_out()
        work_off(world)
        work_off(world)
    assert len(received) == 2
    assert len({mail["Message-ID"] for mail in received}) == 1
    assert received[0]["From"] == "desk@clinic.test"
    assert [outcome for _, outcome, _ in world.messages()] == ["sent"]


def test_a_worker_that_lost_its_lease_before_sending_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.book()
    with mail_server() as (url, received):
        monkeypatch.setattr(settings(), "smtp_url", url)
        with transaction(world.job, role=DatabaseRole.WORKER) as session:
            deliver.finish_silent(
                session, world.clinic_id, deliver.claim_due(session, world.clinic_id, owner="a", limit=9)
            )
        with transaction(world.job, role=DatabaseRole.WORKER) as session:
            (of_zombie,) = deliver.claim_due(session, world.clinic_id, owner="a", limit=9)
        world.let_leases_run_out()
        work_off(world)
        deliver.deliver_one(world.job, of_zombie, clock=utc_now)
    assert len(received) == 1


def test_an_address_that_is_refused_for_good_is_parked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.book()
    with mail_server(refusal=b"550 nobody here") as (url, _):
        monkeypatch.setattr(settings(), "smtp_url", url)
        work_off(world)
    ((error,),) = world.ask("SELECT last_error FROM outbox_events WHERE clinic_id = %(clinic_id)s AND state = 'dead'")
    assert error == "refused with 550"


def test_an_unreachable_mail_server_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.book()
    monkeypatch.setattr(settings(), "smtp_url", "smtp://127.0.0.1:1/")
    work_off(world)
    assert ("appointment.confirmed", "ready") in world.outbox()
    assert world.messages() == []


def _killed(*_: object, **__: object) -> bool:
    raise Killed
