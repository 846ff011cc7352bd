"""What was asked or chosen on the board at the websocket: it is about one card, and a refusal does not lose it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.clinics import Clinic
from models.schedules import Slot
from tests.builders import building
from tests.state.board_desk import (
    PANE,
    SERIES,
    SERIES_CHANGE,
    VISIT,
    Place,
    add_patient,
    make_place,
    open_card,
    pick,
    show,
)
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value
from tests.state.test_board_hands import PLACE
from tests.state.test_board_places import RULE, weekly
from tests.state.test_board_visit import tab

SessionOf = Callable[[Role], str]
MISTAKE = {"reason": "Wrong patient"}


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


def desk_of(role: Role, worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    with tab(worker, session_of(role)) as socket:
        socket.hydrate("/board")
        show(socket, place, place.tomorrow[0].starts_at)
        yield socket


@pytest.fixture
def desk(worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    yield from desk_of(Role.RECEPTIONIST, worker, place, session_of)


@pytest.fixture
def admin(worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    yield from desk_of(Role.ADMINISTRATOR, worker, place, session_of)


def statuses(place: Place, *visits: Appointment) -> set[AppointmentStatus]:
    return {place.stored(one).status for one in visits}


def test_a_mistake_asked_about_on_one_card_never_ends_another(admin: RawSocket, place: Place) -> None:
    one, other = place.booked(*place.tomorrow[:2]), place.booked(*place.tomorrow[2:], name="Bo Lima")
    open_card(admin, one)
    admin.call(f"{PLACE}.ask_to_correct", is_correcting=True)
    open_card(admin, other)
    admin.call(f"{PLACE}.correct", form=MISTAKE)
    assert statuses(place, one, other) == {AppointmentStatus.BOOKED}
    # Seen once more, the first is asked about anew.
    open_card(admin, one)
    admin.call(f"{PLACE}.correct", form=MISTAKE)
    assert statuses(place, one, other) == {AppointmentStatus.BOOKED}


def test_a_refusal_keeps_the_question_what_the_mistake_is(admin: RawSocket, desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    open_card(admin, visit)
    assert value(admin.call(f"{PLACE}.ask_to_correct", is_correcting=True), "correcting") == str(visit.id)
    desk.call(f"{PLACE}.resize", card_id=str(visit.id), minutes=45)
    refused = admin.call(f"{PLACE}.correct", form=MISTAKE)
    assert "error" in scripts(refused)
    # What the browser has of it stays: no other value came.
    assert value(refused, "correcting") is None
    assert value(admin.call(f"{PLACE}.correct", form=MISTAKE), "correcting") == ""
    assert statuses(place, visit) == {AppointmentStatus.ENTERED_IN_ERROR}


def book_series(desk: RawSocket, place: Place, slot: Slot, *, family: str) -> list[Appointment]:
    """Book four weeks of it and return them."""
    plan_series(desk, place, slot, family=family)
    assert "The series is booked" in scripts(desk.call(f"{SERIES}.book"))
    return [one for one in place.all_stored() if one.starts_at.time() == slot.starts_at.time()]


def plan_series(desk: RawSocket, place: Place, slot: Slot, *, family: str) -> dict[str, Any]:
    pick(desk, place, slot)
    patient = {"given_name": "Ida", "family_name": family, "birth_date": "1980-02-29", "phone": "030 1112224"}
    add_patient(desk, patient)
    desk.call(f"{SERIES}.begin")
    return desk.call(f"{SERIES}.plan", form=RULE)


def test_how_much_of_a_series_shall_end_is_chosen_for_each_card_anew(desk: RawSocket, place: Place) -> None:
    weekly(place, weeks=4)
    one = book_series(desk, place, place.tomorrow[0], family="Erst")
    other = book_series(desk, place, place.tomorrow[2], family="Ander")
    open_card(desk, one[0])
    desk.call(f"{PANE}.ask_to_cancel", is_asking=True)
    assert len(value(desk.call(f"{SERIES_CHANGE}.look_at_cancel", scope="all"), "ending")) == 4
    answer = desk.call(f"{PANE}.open_card", card_id=str(other[0].id), kind="visit")
    assert (value(answer, "scope"), value(answer, "ending")) == ("this", [])
    desk.call(f"{PANE}.ask_to_cancel", is_asking=True)
    # Nothing is listed, so nothing ends.
    desk.call(f"{SERIES_CHANGE}.cancel")
    assert statuses(place, *one, *other) == {AppointmentStatus.BOOKED}


@pytest.mark.parametrize("by_key", [False, True])
def test_a_question_begins_with_this_one_alone_although_a_move_was_begun(
    desk: RawSocket, place: Place, by_key: bool
) -> None:
    weekly(place, weeks=4)
    visits = book_series(desk, place, place.tomorrow[0], family="Wieder")
    open_card(desk, visits[1])
    desk.call(f"{SERIES_CHANGE}.look_at_cancel", scope="all")
    assert value(desk.call(f"{SERIES_CHANGE}.begin_move"), "scope") == "following"
    desk.call(f"{PANE}.back_to_card")
    card = {"action": "cancel", "card_id": str(visits[1].id)}
    asked = desk.call(f"{VISIT}.press", **card) if by_key else desk.call(f"{PANE}.ask_to_cancel", is_asking=True)
    assert (value(asked, "scope"), value(asked, "ending")) == ("this", [])


def take(place: Place, slot: Slot, *, weeks: int, name: str = "Bo Lima") -> None:
    """Somebody else is faster at the same time, so many weeks later."""
    wanted = {slot.starts_at + timedelta(weeks=weeks, minutes=more) for more in (0, 15)}
    with building() as session:
        found = session.exec(select(Slot).where(Slot.schedule_id == slot.schedule_id)).all()
    place.booked(*sorted((one for one in found if one.starts_at in wanted), key=lambda one: one.starts_at), name=name)


def choices(answer: dict[str, Any]) -> list[str]:
    return [one["choice"] for one in value(answer, "dates")]


def test_a_refused_series_keeps_what_was_decided_of_its_dates(desk: RawSocket, place: Place) -> None:
    weekly(place, weeks=4)
    plan_series(desk, place, place.tomorrow[0], family="Bleibt")
    desk.call(f"{SERIES}.choose", number=2, choice="skip")
    take(place, place.tomorrow[0], weeks=2)
    refused = desk.call(f"{SERIES}.book")
    assert choices(refused) == ["take", "skip", "", "take"]
    # A time that was picked by hand stays, while it is still to be had.
    other = value(refused, "dates")[2]["others"][0]["id"]
    desk.call(f"{SERIES}.choose", number=3, choice=other)
    take(place, place.tomorrow[0], weeks=3, name="Cy Third")
    assert choices(desk.call(f"{SERIES}.book")) == ["take", "skip", other, ""]
    desk.call(f"{SERIES}.leave_out_conflicts")
    assert "The series is booked" in scripts(desk.call(f"{SERIES}.book"))
    assert [one.series_number for one in place.all_stored() if one.series_number] == [1, 3]


def test_dates_that_are_asked_for_once_more_are_decided_anew(desk: RawSocket, place: Place) -> None:
    weekly(place, weeks=4)
    assert choices(plan_series(desk, place, place.tomorrow[0], family="Neu")) == ["take"] * 4
    desk.call(f"{SERIES}.choose", number=2, choice="skip")
    assert choices(desk.call(f"{SERIES}.plan", form={**RULE, "times": "3"})) == ["take"] * 3


def test_a_refused_move_of_a_series_keeps_what_was_decided_of_its_dates(desk: RawSocket, place: Place) -> None:
    weekly(place, weeks=4)
    visits = book_series(desk, place, place.tomorrow[0], family="Zieht")
    open_card(desk, visits[0])
    desk.call(f"{SERIES_CHANGE}.begin_move")
    desk.call(f"{SERIES_CHANGE}.plan_move", form={"time": "09:30", "days": ""})
    desk.call(f"{SERIES}.choose", number=2, choice="skip")
    take(place, place.tomorrow[2], weeks=2)
    assert choices(desk.call(f"{SERIES_CHANGE}.move")) == ["take", "skip", "", "take"]
    desk.call(f"{SERIES}.leave_out_conflicts")
    desk.call(f"{SERIES_CHANGE}.move")
    moved = [place.stored(one).starts_at - one.starts_at for one in visits]
    assert moved == [timedelta(minutes=30), timedelta(0), timedelta(0), timedelta(minutes=30)]
