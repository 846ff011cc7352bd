"""Undo on the worklists' page at the websocket: each thing that is done there, and its way back in the database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.infra import cookies
from app.infra.cache import cache
from app.infra.cache_keys import Kind, catalogue
from app.services.clock import utc_now
from app.services.schedules.edit import change_schedules
from app.services.schedules.leave import add_leave
from app.state.worklists import WorklistsState
from app.state.worklists_absence import AbsenceState
from app.state.worklists_displaced import DisplacedState
from app.state.worklists_waiting import WaitingState
from app.state.worklists_wish import WishState
from models.accounts import Role
from models.appointments import Appointment
from models.clinics import Clinic
from models.displaced import DisplacedAppointment
from models.schedules import Leave
from models.waiting import WaitlistEntry
from tests.builders import building, clerk_of
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

LISTS, AWAY, DISPLACED, WAITING, WISH = (
    state.get_full_name() for state in (WorklistsState, AbsenceState, DisplacedState, WaitingState, WishState)
)


@pytest.fixture
def place(workplace: Clinic) -> Place:
    made = make_place(workplace)
    # It was not made through the product, which would have said so itself.
    cache().drop([catalogue(kind, workplace.id) for kind in (Kind.SERVICES, Kind.PRACTITIONERS, Kind.LOCATIONS)])
    return made


@pytest.fixture
def desk(worker: Worker, session_of: Callable[[Role], str]) -> Iterator[RawSocket]:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate("/worklists")
        yield socket


def undone(desk: RawSocket) -> str:
    """Take back what was done last; return what was said of it."""
    said = scripts(desk.call(f"{DISPLACED}.undo", path="/worklists"))
    # It goes on outside the tab's lock, and may have more to tell.
    return said if "holdfast.say" in said else said + scripts(desk.listen(5))


def wishes(place: Place) -> list[tuple[str, str]]:
    """Return where the wishes for the place's service stand, and for which part of the day they are."""
    with building() as session:
        asked = select(WaitlistEntry).where(WaitlistEntry.service_id == place.service.id)
        return [(one.status.value, one.part_of_day.value) for one in session.exec(asked)]


def leaves(place: Place) -> list[UUID]:
    with building() as session:
        return list(session.exec(select(Leave.id).where(Leave.practitioner_id == place.practitioner.id)))


def settled(place: Place) -> list[str | None]:
    """Return how those of the place who were displaced left the worklist."""
    ids = [one.id for one in place.all_stored()]
    with building() as session:
        asked = select(DisplacedAppointment).where(col(DisplacedAppointment.appointment_id).in_(ids))
        return [one.settlement for one in session.exec(asked)]


def displaced(place: Place) -> Appointment:
    """Book somebody tomorrow, when the practitioner is away then after all."""
    first, second, *_ = place.tomorrow
    visit = place.booked(first, second, name="Dora Displaced")
    morning = first.starts_at.replace(tzinfo=None, hour=0, minute=0)
    clerk = clerk_of(place.clinic)
    away = {"starts_local": morning, "ends_local": morning + timedelta(days=1)}
    leave = partial(add_leave, principal=clerk, practitioner_id=place.practitioner.id, **away, now=utc_now())
    change_schedules(clerk, leave)
    return visit


def test_what_was_done_to_a_wish_is_taken_back_step_by_step(desk: RawSocket, place: Place) -> None:
    patient = place.patient("Wanda Waits")
    desk.call(f"{LISTS}.load", path=f"/worklists?patient={patient.id}&service={place.service.id}")
    made = desk.call(f"{WISH}.save", form={"part_of_day": "morning"})
    assert "Undo" in scripts(made)
    (wish,) = [one for one in value(made, "wishes") if one["service_id"] == str(place.service.id)]
    desk.call(f"{WISH}.begin_change", entry_id=wish["id"])
    desk.call(f"{WISH}.save", form={"part_of_day": "evening"})
    desk.call(f"{WAITING}.open", entry_id=wish["id"])
    desk.call(f"{WAITING}.remove")
    assert wishes(place) == [("withdrawn", "evening")]
    for said, stands in (
        ("on the waitlist again", ("waiting", "evening")),
        ("is as it was", ("waiting", "morning")),
        ("off the waitlist again", ("withdrawn", "morning")),
    ):
        assert said in undone(desk)
        assert wishes(place) == [stands]
    assert "There is nothing to undo here." in undone(desk)


def test_an_absence_that_was_entered_by_a_slip_is_taken_back(desk: RawSocket, place: Place) -> None:
    first, second, *_ = place.tomorrow
    place.booked(first, second, name="Dora Displaced")
    desk.call(f"{LISTS}.load", path="/worklists")
    desk.call(f"{AWAY}.begin")
    chosen = desk.call(f"{AWAY}.choose_person", practitioner_id=str(place.practitioner.id))
    drawn = {"times_key": value(chosen, "times_key")}
    desk.call(f"{AWAY}.choose_start", at=f"{first.starts_at:%Y-%m-%d}T00:00", **drawn)
    desk.call(f"{AWAY}.choose_end", at=f"{first.starts_at:%Y-%m-%d}T23:30", **drawn)
    entered = desk.call(f"{AWAY}.enter")
    assert "appointment is displaced" in scripts(entered)
    assert "Undo" in scripts(entered)
    assert len(leaves(place)) == 1
    # Times are looked for at once; that is nothing to be taken back.
    desk.listen(3)
    assert "is not away" in undone(desk)
    assert leaves(place) == []
    assert "There is nothing to undo here." in undone(desk)


def test_an_absence_that_a_colleague_has_entered_is_not_taken_back_with_ones_own(desk: RawSocket, place: Place) -> None:
    displaced(place)
    desk.call(f"{LISTS}.load", path="/worklists")
    desk.call(f"{AWAY}.begin")
    chosen = desk.call(f"{AWAY}.choose_person", practitioner_id=str(place.practitioner.id))
    drawn = {"times_key": value(chosen, "times_key")}
    morning = place.tomorrow[0].starts_at.replace(tzinfo=None, hour=0, minute=0)
    desk.call(f"{AWAY}.choose_start", at=f"{morning:%Y-%m-%dT%H:%M}", **drawn)
    desk.call(f"{AWAY}.choose_end", at=f"{morning + timedelta(days=1):%Y-%m-%dT%H:%M}", **drawn)
    entered = scripts(desk.call(f"{AWAY}.enter"))
    assert ("is away" in entered, "Undo" in entered) == (True, False)
    assert "There is nothing to undo here." in undone(desk)
    assert len(leaves(place)) == 1


def test_an_absence_that_was_taken_back_is_entered_again(desk: RawSocket, place: Place) -> None:
    displaced(place)
    desk.call(f"{LISTS}.load", path="/worklists")
    (leave_id,) = leaves(place)
    assert "Undo" in scripts(desk.call(f"{AWAY}.take_back", leave_id=str(leave_id)))
    assert leaves(place) == []
    assert "is away again" in undone(desk)
    assert len(leaves(place)) == 1


def test_whoever_is_kept_is_on_the_list_again(desk: RawSocket, place: Place) -> None:
    visit = displaced(place)
    desk.call(f"{LISTS}.load", path="/worklists")
    desk.call(f"{DISPLACED}.open", appointment_id=str(visit.id))
    kept = desk.call(f"{DISPLACED}.keep")
    assert "stays where they are" in scripts(kept)
    assert "Undo" in scripts(kept)
    assert settled(place) == ["kept"]
    assert "is on this list again" in undone(desk)
    assert settled(place) == [None]
