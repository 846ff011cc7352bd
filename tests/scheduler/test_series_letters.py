"""A series is told in one letter that lists all its times as they are when it is sent, in the patient's language."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from app.services.booking.answer import Answer, single_use_key
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.series import record, undo
from app.services.series.book import book_series
from app.services.series.cancel import cancel_series
from app.services.series.members import Reach, Scope
from app.services.series.move import move_series
from app.services.series.occurrences import Recurrence
from app.services.series.takes import Choices
from app.services.series.targets import Shift
from app.services.series.undo import undo_series
from app.services.series.wish import SeriesWish
from app.words import LANGUAGES
from models.appointments import CancelReason
from models.clinics import Location
from models.schedules import Schedule
from models.series import SeriesUnit
from tests import calls
from tests.builders import building, make_slots
from tests.scheduler.test_messages import texts, work_off
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")
DAYS = 3


class SeriesOfDays:
    """A daily series of three from tomorrow on, on a clinic's real clock."""

    def __init__(self, *, language: str = "en") -> None:
        self.world: World = make_world(slots=3, language=language)
        first = self.world.slots[0]
        with building() as session:
            schedule = session.get_one(Schedule, (first.clinic_id, first.schedule_id))
            for day in range(1, DAYS + 1):
                make_slots(session, schedule=schedule, count=3, starts_at=first.starts_at + timedelta(days=day))
            session.get_one(Location, (first.clinic_id, first.location_id)).timezone = "UTC"
        rule = Recurrence(1, SeriesUnit.DAY, first.starts_at.date(), first.starts_at.time(), times=DAYS)
        ids = self.world.patients[0].id, self.world.service.id, first.practitioner_id, first.location_id
        self.booked = self._call(book_series, wish=SeriesWish(*ids, rule), choices=Choices({}))
        self.id = UUID(self.booked.body["id"])

    def cancel(self, *, from_number: int) -> Answer:
        reach = Reach(Scope.FOLLOWING, self.member(from_number))
        return self._call(cancel_series, series_id=self.id, reach=reach, reason=CancelReason.CLINIC)

    def move(self, *, minutes: int) -> Answer:
        at = (self.world.slots[0].starts_at + timedelta(minutes=minutes)).time()
        return self._call(move_series, series_id=self.id, shift=Shift(Reach(Scope.ALL), at=at), choices=Choices({}))

    def undo(self, done: Answer) -> Answer:
        return self._call(undo_series, series_id=self.id, left=done.left)

    def member(self, number: int) -> UUID:
        return UUID(self.booked.body["appointments"][number - 1]["id"])

    def send(self) -> list[str]:
        """Let every wait pass, send what is to be sent, and return the kinds of all messages."""
        self.world.make_everything_due()
        work_off(self.world)
        return [kind for kind, _, _ in self.world.messages()]

    def bodies(self) -> list[str]:
        return [body for _, _, body in texts(self.world)]

    def _call(self, verb: object, **asked: object) -> Answer:
        key = single_use_key(self.world.clerk, "series")
        bound = partial(verb, principal=self.world.clerk, key=key, now=utc_now(), **asked)  # type: ignore[call-overload]
        return attempt(self.world.clerk, bound, key=key, now=utc_now())


def lines(body: str) -> int:
    return sum(line.startswith("- ") for line in body.splitlines())


def test_a_booked_series_is_told_in_one_letter_with_every_time() -> None:
    series = SeriesOfDays()
    assert series.send() == ["series-confirmation"]
    (body,) = series.bodies()
    assert lines(body) == DAYS
    assert "endo" not in body.lower()
    assert "diabetes" not in body.lower()


def test_control_when_events_are_not_told_together_there_is_a_letter_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "tell_together", lambda *_, **__: None)
    assert SeriesOfDays().send() == ["confirmation"] * DAYS


def test_what_was_cancelled_before_the_letter_went_is_not_in_it() -> None:
    series = SeriesOfDays()
    calls.cancel(series.world.clerk, series.member(2), now=utc_now())
    assert sorted(series.send()) == ["cancellation", "series-confirmation"]
    assert sorted(map(lines, series.bodies())) == [0, DAYS - 1]


def test_cancelling_the_following_is_told_in_one_letter() -> None:
    series = SeriesOfDays()
    series.send()
    series.cancel(from_number=2)
    assert series.send() == ["series-confirmation", "series-cancellation"]
    assert sorted(map(lines, series.bodies())) == [DAYS - 1, DAYS]


def test_a_single_one_has_an_ordinary_letter() -> None:
    series = SeriesOfDays()
    series.send()
    series.cancel(from_number=DAYS)
    assert series.send() == ["series-confirmation", "cancellation"]


def test_moves_are_told_in_one_letter_with_the_last_times() -> None:
    series = SeriesOfDays()
    series.send()
    series.move(minutes=15)
    series.move(minutes=30)
    assert series.send() == ["series-confirmation", "series-move"]
    assert sorted(map(lines, series.bodies())) == [DAYS, DAYS]


def test_moves_that_were_taken_back_before_anybody_heard_of_them_are_not_told() -> None:
    series = SeriesOfDays()
    series.send()
    series.move(minutes=15)
    series.move(minutes=0)
    assert series.send() == ["series-confirmation"]


@pytest.mark.parametrize("change", ["cancel", "move"])
def test_what_is_undone_before_anybody_heard_of_it_is_never_told(change: str) -> None:
    series = SeriesOfDays()
    series.send()
    series.undo(series.cancel(from_number=2) if change == "cancel" else series.move(minutes=15))
    assert series.send() == ["series-confirmation"]


@pytest.mark.parametrize(
    ("change", "told"),
    [("cancel", ["series-cancellation", "series-confirmation"]), ("move", ["series-move", "series-move"])],
)
def test_what_is_undone_after_the_letter_is_told_in_one_letter_more(change: str, told: list[str]) -> None:
    series = SeriesOfDays()
    series.send()
    done = series.cancel(from_number=2) if change == "cancel" else series.move(minutes=15)
    series.send()
    series.undo(done)
    assert series.send() == ["series-confirmation", *told]


def test_control_an_undo_that_is_not_told_together_is_a_letter_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    series = SeriesOfDays()
    series.send()
    done = series.move(minutes=15)
    series.send()
    monkeypatch.setattr(undo, "tell_together", lambda *_, **__: None)
    series.undo(done)
    assert series.send() == ["series-confirmation", "series-move", *["move"] * DAYS]


def test_a_single_move_after_the_letter_is_a_move_and_no_confirmation() -> None:
    series = SeriesOfDays()
    series.send()
    series.move(minutes=15)
    series.send()
    calls.reschedule(series.world.clerk, series.member(1), series.world.slots[0], now=utc_now())
    assert series.send() == ["series-confirmation", "series-move", "move"]


def test_a_series_that_was_cancelled_at_once_is_never_confirmed() -> None:
    series = SeriesOfDays()
    series.cancel(from_number=1)
    assert series.send() == ["series-cancellation"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_is_in_the_patients_language(language: str) -> None:
    series = SeriesOfDays(language=language)
    series.send()
    (body,) = series.bodies()
    assert lines(body) == DAYS
    assert ("These appointments" in body) == (language == "en")
