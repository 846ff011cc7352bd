"""What is told of a practitioner who runs late: to whoever waits or is to come soon, once for each step, if true."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.infra.words import words_of
from app.services.messages import deliver, late
from app.services.messages.letters import TEMPLATES
from app.services.queue.late import tell_late
from app.words import LANGUAGES
from models.records import OutboxState
from tests import calls
from tests.scheduler.test_messages import texts
from tests.scheduler.world import make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")
LATE = (
    "SELECT state FROM outbox_events WHERE clinic_id = %(clinic_id)s AND kind = 'appointment.late' ORDER BY created_at"
)


class Running:
    """A practitioner at the beginning of their first slot; a patient is booked into the second one."""

    def __init__(self, **fields: str | None) -> None:
        # Four slots of a quarter of an hour from a whole hour on: no midnight lies between them.
        self.world = make_world(slots=4, **fields)  # type: ignore[arg-type]
        self.now: datetime = self.world.slots[0].starts_at
        self.booked = self.world.book(1)
        self.work_off()

    def say(self, minutes: int, *, now: datetime | None = None) -> None:
        slot = self.world.slots[0]
        place = {"practitioner_id": slot.practitioner_id, "location_id": slot.location_id}
        tell_late(self.world.clerk, **place, minutes=minutes, now=now or self.now)

    def work_off(self) -> None:
        self.world.make_everything_due()
        deliver.deliver(self.world.job, owner="test", clock=lambda: self.now, is_stopping=lambda: False)

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.world.messages()][1:]

    def states(self) -> list[str]:
        return [state for (state,) in self.world.ask(LATE)]


def test_a_delay_is_told_with_its_minutes_and_nothing_of_the_care() -> None:
    running = Running()
    running.say(20)
    running.work_off()
    assert running.kinds() == ["late"]
    recipient, subject, body = texts(running.world)[-1]
    assert (recipient, "20 minutes" in body) == ("ana@example.com", True)
    for secret in ("Diabetes", "endo", "Dr"):
        assert secret not in subject + body


def test_a_delay_waits_for_undo_and_what_is_taken_back_in_time_is_told_to_nobody() -> None:
    running = Running()
    running.say(20)
    deliver.deliver(running.world.job, owner="test", clock=lambda: running.now, is_stopping=lambda: False)
    assert running.kinds() == []
    running.say(0)
    running.work_off()
    assert (running.kinds(), running.states()) == ([], [OutboxState.SUPERSEDED, OutboxState.SUPERSEDED])


def test_control_without_the_look_at_what_holds_a_slip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running()
    running.say(20)
    running.say(0)
    monkeypatch.setattr(late, "_is_news", lambda *_, **__: True)
    running.work_off()
    assert running.kinds() == ["late", "on-time"]


def test_each_step_is_told_once_and_the_end_of_it_to_whoever_was_told() -> None:
    running = Running()
    for minutes in (10, 10, 20, 0):
        running.say(minutes)
        running.work_off()
        running.work_off()
    assert running.kinds() == ["late", "late", "on-time"]
    assert ["10 minutes" in texts(running.world)[1][2], "20 minutes" in texts(running.world)[2][2]] == [True, True]
    running.say(0)
    running.work_off()
    assert len(running.kinds()) == 3


def test_what_is_back_where_it_was_told_before_is_no_news() -> None:
    running = Running()
    running.say(20)
    running.work_off()
    for minutes in (30, 20):
        running.say(minutes)
    running.work_off()
    assert running.kinds() == ["late"]


def test_that_nobody_is_late_concerns_nobody_who_was_not_told() -> None:
    running = Running()
    running.say(20)
    running.world.alter("DELETE FROM outbox_events WHERE clinic_id = %(clinic_id)s AND kind = 'appointment.late'")
    running.say(0)
    assert running.states() == []


def test_who_has_no_address_comes_much_later_or_is_seen_already_is_not_written_to() -> None:
    assert told(Running(email=None)) == 0
    running = Running()
    running.say(20, now=running.now - timedelta(hours=5))
    assert running.states() == []
    running = Running()
    seen = UUID(str(running.booked.body["id"]))
    for verb in ("arrive", "check_in", "enter_room"):
        calls.visit(running.world.clerk, verb, seen, now=running.now)
    assert told(running) == 0


def told(running: Running) -> int:
    running.say(20)
    return len(running.states())


def test_who_waits_is_told_though_their_time_has_come() -> None:
    running = Running()
    calls.visit(running.world.clerk, "arrive", UUID(str(running.booked.body["id"])), now=running.now)
    running.say(30, now=running.now + timedelta(minutes=20))
    running.now += timedelta(minutes=23)
    running.work_off()
    assert running.kinds() == ["late"]


def test_who_was_called_in_meanwhile_or_cancelled_is_told_nothing() -> None:
    running = Running()
    running.say(20)
    running.world.cancel(running.booked)
    running.work_off()
    assert "late" not in running.kinds()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_delay_is_told_in_the_patients_language(language: str) -> None:
    running = Running(language=language)
    running.say(20)
    running.work_off()
    running.say(0)
    running.work_off()
    assert running.kinds() == ["late", "on-time"]
    subjects = [subject for _, subject, _ in texts(running.world)[-2:]]
    expected = [words_of(language).gettext(TEMPLATES[kind].subject) for kind in ("late", "on-time")]
    for subject, message in zip(subjects, expected, strict=True):
        assert subject.startswith(message.split("{")[0])
        assert subject.endswith(message.split("}")[-1])
