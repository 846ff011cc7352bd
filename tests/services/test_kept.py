"""What the cache keeps of services and starts: the same values, gone after a booking, never for staff."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from app.infra import cache as cache_module
from app.infra.cache import Cache
from app.infra.cache_keys import Kind, catalogue
from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import Start
from app.services.availability.public import browsed_days, browsed_starts
from app.services.booking import announce
from app.services.catalogue import read
from models.db import execute, transaction
from models.principal import Principal
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    guest_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)
from tests.calls import cancel, hold
from tests.infra.caches import until

pytestmark = pytest.mark.database


@pytest.fixture
def connected(valkey: str, monkeypatch: pytest.MonkeyPatch, database: DatabaseUrls) -> Iterator[Cache]:
    """This process's cache, connected to a Valkey."""
    from app.services import kept

    made = Cache(valkey)
    made._line.ensure_running()
    until(lambda: made.is_connected)
    for module in (cache_module, kept, announce):
        monkeypatch.setattr(module, "cache", lambda: made)
    yield made
    made.close()


class Scene:
    """A practitioner with two free slots tomorrow."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.schedule = make_schedule(session, clinic=self.clinic)
            self.slots = make_slots(session, schedule=self.schedule, count=2)
            offered_by = [self.schedule.practitioner_id]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, notice_minutes=60)
            self.patient = make_patient(session, clinic=self.clinic)
        self.clerk = clerk_of(self.clinic)

    def browse(self, principal: Principal, **more: Any) -> list[Start]:
        asked = {"since": NOW, "until": NOW + timedelta(days=7), "now": NOW, **more}
        with transaction(principal) as session:
            return browsed_starts(session, principal, service_id=self.service.id, **asked)

    def close_slots_unseen(self) -> None:
        with building() as session:
            execute(session, "UPDATE slots SET status = 'blocked' WHERE clinic_id = %(id)s", {"id": self.clinic.id})


def test_a_booking_leaves_no_key_with_its_patient(connected: Cache, valkey: str) -> None:
    scene = Scene()
    hold(scene.clerk, scene.slots[0], scene.service, scene.patient)
    with redis.Redis.from_url(valkey) as client:
        keys = b" ".join(client.keys("*"))
    assert str(scene.schedule.practitioner_id).encode() in keys
    assert str(scene.patient.id).encode() not in keys


@pytest.mark.parametrize("with_practitioner", [True, False])
def test_a_crowd_reads_starts_once_and_a_booking_ends_the_copy(connected: Cache, with_practitioner: bool) -> None:
    scene = Scene()
    who = {"practitioner_id": scene.schedule.practitioner_id} if with_practitioner else {}
    guest = guest_of(scene.clinic)
    assert [start.id for start in scene.browse(guest, **who)] == [slot.id for slot in scene.slots]
    held = hold(scene.clerk, scene.slots[0], scene.service, scene.patient)
    assert [start.id for start in scene.browse(guest, **who)] == [scene.slots[1].id]
    cancel(scene.clerk, held)
    assert len(scene.browse(guest, **who)) == 2
    # Nobody announces this: the copy stands until its time is over.
    scene.close_slots_unseen()
    assert scene.browse(guest_of(scene.clinic), **who) == scene.browse(guest, **who) != []


def test_a_copy_is_what_was_read(connected: Cache) -> None:
    scene, guest = Scene(), None
    guest = guest_of(scene.clinic)
    first, again = scene.browse(guest), scene.browse(guest)
    assert first == again
    assert isinstance(again[0], Start)
    assert again[0].starts_at.tzinfo is not None


def test_staff_never_get_a_copy(connected: Cache) -> None:
    scene = Scene()
    assert len(scene.browse(guest_of(scene.clinic))) == 2
    assert len(scene.browse(scene.clerk)) == 2
    scene.close_slots_unseen()
    assert scene.browse(scene.clerk) == []


def test_a_copy_offers_nothing_whose_notice_has_passed_since(connected: Cache) -> None:
    scene, guest = Scene(), None
    guest = guest_of(scene.clinic)
    early = TOMORROW - timedelta(minutes=60)
    asked = {"since": TOMORROW - timedelta(hours=2), "until": TOMORROW + timedelta(hours=2)}
    assert len(scene.browse(guest, **asked, now=early)) == 2
    assert len(scene.browse(guest, **asked, now=early + timedelta(seconds=1))) == 1


def test_a_short_copy_that_has_lost_its_first_start_is_made_up(connected: Cache) -> None:
    scene = Scene()
    guest, early = guest_of(scene.clinic), TOMORROW - timedelta(minutes=60)
    (first,) = scene.browse(guest, now=early, limit=1)
    (second,) = scene.browse(guest, now=early + timedelta(seconds=1), limit=1)
    assert [first.id, second.id] == [slot.id for slot in scene.slots]


def test_a_crowd_reads_days_once_and_a_booking_ends_the_copy(connected: Cache) -> None:
    scene = Scene()
    guest = guest_of(scene.clinic)

    def free() -> int:
        asked = {"service_id": scene.service.id, "since": NOW, "until": NOW + timedelta(days=7), "now": NOW}
        with transaction(guest) as session:
            return sum(number for _, number in browsed_days(session, guest, **asked))

    assert free() == 2
    hold(scene.clerk, scene.slots[0], scene.service, scene.patient)
    assert free() == 1
    scene.close_slots_unseen()
    assert free() == 1


def test_the_catalogue_is_kept_until_it_is_dropped(connected: Cache) -> None:
    scene = Scene()
    for kind, reading in (
        (Kind.SERVICES, read.services),
        (Kind.LOCATIONS, read.locations),
        (Kind.PRACTITIONERS, read.practitioners),
    ):
        with transaction(scene.clerk) as session:
            (first,) = reading(session, scene.clerk)
        table = kind.value
        column = "display_name" if kind is Kind.PRACTITIONERS else "name"
        with building() as session:
            rename = f"UPDATE {table} SET {column} = 'New' WHERE clinic_id = %(id)s"
            execute(session, rename, {"id": scene.clinic.id})  # type: ignore[arg-type]
        with transaction(scene.clerk) as session:
            assert reading(session, scene.clerk) == [first]
        connected.drop([catalogue(kind, scene.clinic.id)])
        with transaction(scene.clerk) as session:
            assert [view.name for view in reading(session, scene.clerk)] == ["New"]


def test_clinics_never_share_a_copy(connected: Cache) -> None:
    one, other = Scene(), Scene()
    for scene in (one, other):
        with transaction(scene.clerk) as session:
            assert [view.id for view in read.services(session, scene.clerk)] == [scene.service.id]
            assert read.clinic(session, scene.clerk).id == scene.clinic.id
