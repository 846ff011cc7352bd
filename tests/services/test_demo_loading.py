"""The demonstration loads whole, once, and the same each time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidField, NotPermitted
from app.services import demo
from app.services.demo import loading
from app.services.demo.catalogue import DAY_END, DOCTOR, HARBOUR, LAKESIDE, PEOPLE, URGENT
from app.services.demo.extended_hours import extended_hours
from app.services.demo.ids import Kind, numbered
from app.services.demo.rows import appointment_rows
from app.services.demo.story_book import StoryBook, make_up
from app.services.demo.where import Whereabouts, whereabouts
from app.settings import Mode, settings
from tests.builders import building, make_clinic
from tests.services.demonstration import NOW, one

pytestmark = pytest.mark.database
NEW_YORK = Whereabouts(ZoneInfo("America/New_York"), ZoneInfo("America/Chicago"))


def test_the_demonstration_is_not_loaded_beside_the_clinic_of_its_address(no_demonstration: None) -> None:
    with building() as session:
        taken = make_clinic(session)
    with pytest.raises(InvalidField):
        demo.load(now=NOW, clinic_host=taken.host_name)
    assert not demo.is_loaded()


@pytest.mark.parametrize("hour", [4, 5, 9, 16, 22])
def test_at_any_hour_of_a_sunday_the_doctor_and_the_desk_have_somebody_in_the_room_and_somebody_waiting(
    hour: int,
) -> None:
    sunday = datetime(2025, 11, 2, hour, 7, tzinfo=UTC)
    stories = [story for _, story in make_up(sunday).stories]
    for of_whom in (lambda visit: visit.roster.person.name == DOCTOR, lambda visit: visit.service.specialty == URGENT):
        around = {
            story.status.value
            for story in stories
            if of_whom(story.visit) and timedelta(hours=-1) < story.visit.starts_at - sunday < timedelta(hours=12)
        }
        assert {"checked-in", "arrived", "booked"} <= around


@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_it_stands_where_it_is_day_and_where_people_work_unless_it_is_weekend_everywhere(month: int) -> None:
    for minutes in range(0, 7 * 24 * 60, 20):
        now = datetime(2026, month, 4, tzinfo=UTC) + timedelta(minutes=minutes)
        local = now.astimezone(whereabouts(now).zone)
        assert time(8, 30) <= local.time() <= time(16)
        weekend = [now.astimezone(ZoneInfo(zone)).weekday() >= 5 for zone in ("Pacific/Honolulu", "Australia/Sydney")]
        assert local.weekday() < 5 or any(weekend), now


def test_it_does_not_stand_where_people_are_at_lunch_if_they_work_elsewhere() -> None:
    noon = datetime(2026, 1, 7, 17, 30, tzinfo=UTC)
    assert noon.astimezone(NEW_YORK.zone).hour == 12
    assert whereabouts(noon).zone == ZoneInfo("America/Los_Angeles")
    assert whereabouts(noon - timedelta(hours=1)) == NEW_YORK


def test_whoever_is_not_at_work_has_extended_hours_around_now_and_nobody_else() -> None:
    person = next(one for one in PEOPLE if one.name == DOCTOR)
    # 10:40, in the lunch hour, and shortly before the end of a Wednesday in New York.
    assert extended_hours(person, NOW, NEW_YORK) == ()
    assert extended_hours(person, NOW.replace(hour=16, minute=30), NEW_YORK) == ()
    ((_, evening),) = extended_hours(person, NOW.replace(hour=20, minute=20), NEW_YORK)
    assert (evening.on, evening.starts, evening.ends) == (date(2025, 6, 11), time(13), time(20))
    # Three in the morning, and half past eleven at night, are of the same day there.
    ((_, night),) = extended_hours(person, NOW.replace(hour=7, minute=10), NEW_YORK)
    assert (night.on, night.starts, night.ends) == (date(2025, 6, 11), time(0), time(7))
    ((_, late),) = extended_hours(person, NOW.replace(day=12, hour=3, minute=30), NEW_YORK)
    assert (late.on, late.starts, late.ends) == (date(2025, 6, 11), time(20), DAY_END)
    urgent = [one for one in PEOPLE if one.specialty == URGENT]
    assert [extended_hours(one, NOW.replace(hour=7), NEW_YORK) for one in urgent] == [()] * len(urgent)


def test_who_works_at_two_sites_has_further_hours_at_one_of_them() -> None:
    person = next(one for one in PEOPLE if len(one.posts) > 1)
    # A Wednesday and a Thursday evening: at Harbour Street, then at Lakeside.
    evenings = (NOW + timedelta(hours=9), NOW + timedelta(days=1, hours=9))
    sites = [[post.site for post, _ in extended_hours(person, evening, NEW_YORK)] for evening in evenings]
    assert sites == [[HARBOUR], [LAKESIDE]]


@pytest.mark.long
def test_the_same_moment_gives_the_same_clinic() -> None:
    first, second = (make_up(NOW) for _ in range(2))
    assert first.people == second.people
    assert _told(first) == _told(second)
    assert _told(make_up(NOW + timedelta(days=1))) != _told(first)


def _told(book: StoryBook) -> list[tuple[Any, ...]]:
    return list(appointment_rows(demo.CLINIC_ID, book.stories, receptionist=demo.CLINIC_ID))


@pytest.mark.long
def test_a_crash_half_way_leaves_nothing(no_demonstration: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise OSError("the machine stopped here")

    monkeypatch.setattr(loading.rows, "audit_rows", crash)
    with pytest.raises(OSError, match="stopped here"):
        demo.load(now=NOW)
    monkeypatch.undo()
    assert not demo.is_loaded()
    assert one("SELECT count(*) FROM slots") == 0
    assert one("SELECT count(*) FROM users WHERE login = ANY(%s)", [login.login for login in demo.LOGINS]) == 0


def test_production_refuses_the_public_logins(no_demonstration: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "mode", Mode.PRODUCTION)
    with pytest.raises(NotPermitted):
        demo.load(now=NOW)
    assert not demo.is_loaded()


def test_ids_are_computed_from_numbers() -> None:
    assert str(numbered(Kind.SLOT, 42)) == "01900000-0000-7de0-8002-000000000042"
    assert numbered(Kind.SLOT, 42).version == 7
