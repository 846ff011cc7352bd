"""Moving, overbooking and series at the websocket: what the page sends, what it would not, and the database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.infra import cookies
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.clinics import Clinic
from models.schedules import Schedule, Slot
from tests.builders import building, make_slots
from tests.state.board_desk import (
    BOOKING,
    MOVING,
    PANE,
    SERIES,
    SERIES_CHANGE,
    Place,
    add_patient,
    make_place,
    open_card,
    pick,
    show,
)
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def desk(worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    with tab(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate("/board")
        show(socket, place, place.tomorrow[0].starts_at)
        yield socket


def tab(worker: Worker, token: str) -> RawSocket:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}"
    return RawSocket(worker.url, origin=worker.url, cookie=cookie)


def day_id(place: Place) -> str:
    return f"{place.location.id}/{place.tomorrow[0].starts_at.date()}"


def test_a_move_keeps_the_appointment_and_is_taken_back_with_one_press(desk: RawSocket, place: Place) -> None:
    first, second, *_ = place.tomorrow
    visit = place.booked(first, second)
    open_card(desk, visit)
    assert value(desk.call(f"{MOVING}.start"), "pane") == "move"
    targets = value(desk.call(f"{MOVING}.aim", day_id=day_id(place)), "targets")
    assert targets["starts"] == {str(place.practitioner.id): [9 * 60 + 15, 9 * 60 + 30]}
    target = {"practitioner_id": str(place.practitioner.id), "starts_at": second.starts_at.isoformat()}
    desk.call(f"{MOVING}.choose", **target)
    answer = desk.call(f"{MOVING}.move")
    assert "Moved from {old} to {new}." in scripts(answer)
    assert value(answer, "visit")["id"] == str(visit.id)
    assert place.stored(visit).slot_id == second.id
    desk.call(f"{PANE}.undo_last")
    assert [(one.id, one.slot_id) for one in place.all_stored()] == [(visit.id, first.id)]


def test_a_place_that_is_no_target_cannot_be_chosen(desk: RawSocket, place: Place) -> None:
    first, second, third, fourth = place.tomorrow
    visit = place.booked(first, second)
    place.booked(third, fourth, name="Bo Lima")
    open_card(desk, visit)
    desk.call(f"{MOVING}.start")
    target = {"practitioner_id": str(place.practitioner.id), "starts_at": third.starts_at.isoformat()}
    assert "no longer free" in scripts(desk.call(f"{MOVING}.choose", **target))
    assert "Something went wrong" not in scripts(desk.call(f"{MOVING}.move"))
    assert "Something went wrong" not in scripts(desk.call(f"{MOVING}.aim", day_id="x/y"))
    assert place.stored(visit).slot_id == first.id


def test_overbooking_needs_a_reason_and_stands_beside_the_other(desk: RawSocket, place: Place) -> None:
    first, second, *_ = place.tomorrow
    visit = place.booked(first, second)
    open_card(desk, visit)
    assert value(desk.call(f"{BOOKING}.overbook_here"), "is_beyond") is True
    bo = {"given_name": "Bo", "family_name": "Beside", "birth_date": "1980-02-29", "phone": "030 7654321"}
    add_patient(desk, bo)
    assert value(desk.call(f"{BOOKING}.overbook", form={"overbook_reason": " "}), "wrong_field") == "overbook_reason"
    # Without a reason the ordinary way finds the time taken.
    assert "no longer free" in scripts(desk.call(f"{BOOKING}.book"))
    seen = value(desk.call(f"{BOOKING}.overbook", form={"overbook_reason": "Severe pain"}), "visit")
    assert (seen["patient"], seen["overbook_reason"]) == ("Bo Beside", "Severe pain")
    assert [one.overbook for one in place.all_stored()] == [False, True]


def test_the_limit_of_overbooking_is_told_in_words(desk: RawSocket, place: Place) -> None:
    first, second, *_ = place.tomorrow
    visit = place.booked(first, second)
    open_card(desk, visit)
    desk.call(f"{BOOKING}.overbook_here")
    cy = {"given_name": "Cy", "family_name": "Third", "birth_date": "1980-02-29", "phone": "030 7654322"}
    add_patient(desk, cy)
    # Somebody else is faster.
    place.booked(first, second, name="Bo Lima", overbook=True, overbook_reason="pain")
    answer = desk.call(f"{BOOKING}.overbook", form={"overbook_reason": "Pain as well"})
    assert "no more patients may be added" in scripts(answer)
    assert len(place.all_stored()) == 2
    # Now it is said before anything is asked.
    open_card(desk, visit)
    assert "no more patients may be added" in scripts(desk.call(f"{BOOKING}.overbook_here"))


def test_a_role_without_the_right_cannot_overbook(worker: Worker, place: Place, session_of: SessionOf) -> None:
    first, second, *_ = place.tomorrow
    visit = place.booked(first, second)
    with tab(worker, session_of(Role.NURSE)) as desk:
        desk.hydrate("/board")
        show(desk, place, first.starts_at)
        open_card(desk, visit)
        refusal = "Your role does not permit this."
        assert refusal in scripts(desk.call(f"{BOOKING}.overbook_here"))
        assert refusal in scripts(desk.call(f"{BOOKING}.overbook", form={"overbook_reason": "pain"}))
    assert len(place.all_stored()) == 1


def weekly(place: Place, *, weeks: int) -> None:
    """Open the same four slots in the coming weeks."""
    with building() as session:
        schedule = session.get_one(Schedule, (place.clinic.id, place.tomorrow[0].schedule_id))
        for ahead in range(1, weeks):
            starts_at = place.tomorrow[0].starts_at + timedelta(weeks=ahead)
            make_slots(session, schedule=schedule, count=4, starts_at=starts_at)


RULE = {"every": "1", "unit": "week", "times": "4"}


def begin_series(desk: RawSocket, place: Place, *, family: str) -> None:
    pick(desk, place, place.tomorrow[0])
    patient = {"given_name": "Ida", "family_name": family, "birth_date": "1980-02-29", "phone": "030 1112223"}
    add_patient(desk, patient)
    desk.call(f"{SERIES}.begin")


def test_a_series_is_booked_in_one_go_after_each_conflict_was_decided(desk: RawSocket, place: Place) -> None:
    # In the third week nobody works: three dates are open, one has no time.
    weekly(place, weeks=2)
    with building() as session:
        schedule = session.get_one(Schedule, (place.clinic.id, place.tomorrow[0].schedule_id))
        make_slots(session, schedule=schedule, count=4, starts_at=place.tomorrow[0].starts_at + timedelta(weeks=3))
    begin_series(desk, place, family="Weekly")
    answer = desk.call(f"{SERIES}.plan", form=RULE)
    assert [bool(one["why"]) for one in value(answer, "dates")] == [False, False, True, False]
    assert (value(answer, "open_dates"), value(answer, "taken_dates")) == (1, 3)
    # Undecided, it is refused as a whole.
    desk.call(f"{SERIES}.book")
    assert place.all_stored() == []
    desk.call(f"{SERIES}.choose", number=2, choice="skip")
    desk.call(f"{SERIES}.leave_out_conflicts")
    answer = desk.call(f"{SERIES}.book")
    assert "The series is booked" in scripts(answer)
    assert value(answer, "visit")["series_count"] == 4
    made = place.all_stored()
    assert [(one.series_number, one.status) for one in made] == [
        (1, AppointmentStatus.BOOKED),
        (4, AppointmentStatus.BOOKED),
    ]


def test_a_rule_that_makes_no_sense_says_which_field(desk: RawSocket, place: Place) -> None:
    begin_series(desk, place, family="Senseless")
    for form, field in (
        ({**RULE, "every": "0"}, "every"),
        ({**RULE, "every": "x"}, "every"),
        ({**RULE, "times": "105"}, "times"),
        ({**RULE, "unit": "fortnight"}, "unit"),
    ):
        assert value(desk.call(f"{SERIES}.plan", form=form), "wrong_field") == field
    desk.call(f"{SERIES}.choose", number=1, choice="x")
    assert "Something went wrong" not in scripts(desk.call(f"{SERIES}.book"))
    assert place.all_stored() == []


def series_of(desk: RawSocket, place: Place, *, family: str) -> None:
    weekly(place, weeks=4)
    begin_series(desk, place, family=family)
    desk.call(f"{SERIES}.plan", form=RULE)
    assert "The series is booked" in scripts(desk.call(f"{SERIES}.book"))


def test_this_and_the_following_are_cancelled_after_they_were_shown(desk: RawSocket, place: Place) -> None:
    series_of(desk, place, family="Ending")
    first, second, *rest = place.all_stored()
    open_card(desk, second)
    answer = desk.call(f"{SERIES_CHANGE}.look_at_cancel", scope="following")
    assert len(value(answer, "ending")) == 3
    assert "3" in scripts(desk.call(f"{SERIES_CHANGE}.cancel"))
    states = [place.stored(one).status for one in (first, second, *rest)]
    assert states == [AppointmentStatus.BOOKED, *[AppointmentStatus.CANCELLED] * 3]


def test_the_following_are_moved_after_their_new_times_were_shown(desk: RawSocket, place: Place) -> None:
    series_of(desk, place, family="Moving")
    first, second, *rest = place.all_stored()
    place.booked(*place.tomorrow[2:], name="Bo Lima")
    open_card(desk, second)
    desk.call(f"{SERIES_CHANGE}.begin_move")
    answer = desk.call(f"{SERIES_CHANGE}.plan_move", form={"time": "09:30", "days": ""})
    assert [bool(one["why"]) for one in value(answer, "dates")] == [False, False, False]
    desk.call(f"{SERIES_CHANGE}.move")
    moved = [(place.stored(one).starts_at - one.starts_at).total_seconds() / 60 for one in (first, second, *rest)]
    assert moved == [0, 30, 30, 30]


@pytest.mark.long
@pytest.mark.parametrize("change", ["cancel", "move"])
def test_what_was_done_to_a_series_is_taken_back_with_one_press(desk: RawSocket, place: Place, change: str) -> None:
    series_of(desk, place, family="Mistaken")
    before = place.all_stored()
    answer = change_following(desk, before[1], change)
    assert "Undo" in scripts(answer)
    assert [one.starts_at for one in place.all_stored() if one.status is AppointmentStatus.BOOKED] != [
        one.starts_at for one in before
    ]
    undone = desk.call(f"{PANE}.undo_last")
    assert "are where they were" in scripts(undone)
    assert value(undone, "visit")["id"] == str(before[1].id)
    after = place.all_stored()
    assert [(one.id, one.status, one.slot_id) for one in after] == [
        (one.id, AppointmentStatus.BOOKED, one.slot_id) for one in before
    ]


def test_one_place_taken_meanwhile_is_named_and_the_others_can_be_taken_back(desk: RawSocket, place: Place) -> None:
    series_of(desk, place, family="Halfway")
    _, second, third, fourth = place.all_stored()
    change_following(desk, second, "cancel")
    take_place_of(place, third)
    refused = scripts(desk.call(f"{PANE}.undo_last"))
    assert "Nothing was undone: {n} of {all} cannot go back" in refused
    assert third.starts_at.isoformat()[:16] in refused
    assert fourth.starts_at.isoformat()[:16] not in refused
    assert {place.stored(one).status for one in (second, third, fourth)} == {AppointmentStatus.CANCELLED}
    assert "are where they were" in scripts(desk.call(f"{PANE}.undo_last"))
    states = [place.stored(one).status for one in (second, third, fourth)]
    assert states == [AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.BOOKED]


@pytest.mark.long
def test_what_was_done_to_one_before_its_series_is_taken_back_after_it(desk: RawSocket, place: Place) -> None:
    series_of(desk, place, family="Twofold")
    _, second, *_ = place.all_stored()
    open_card(desk, second)
    desk.call(f"{BOOKING}.cancel")
    desk.call(f"{PANE}.undo_last")
    change_following(desk, second, "move")
    change_following(desk, second, "cancel")
    desk.call(f"{PANE}.undo_last")
    desk.call(f"{PANE}.undo_last")
    assert (place.stored(second).status, place.stored(second).slot_id) == (AppointmentStatus.BOOKED, second.slot_id)


def change_following(desk: RawSocket, visit: Appointment, change: str) -> dict[str, Any]:
    open_card(desk, visit)
    if change == "cancel":
        desk.call(f"{SERIES_CHANGE}.look_at_cancel", scope="following")
        return desk.call(f"{SERIES_CHANGE}.cancel")
    desk.call(f"{SERIES_CHANGE}.begin_move")
    desk.call(f"{SERIES_CHANGE}.plan_move", form={"time": "09:30", "days": ""})
    return desk.call(f"{SERIES_CHANGE}.move")


def take_place_of(place: Place, visit: Appointment) -> None:
    with building() as session:
        found = session.exec(select(Slot).where(Slot.schedule_id == place.tomorrow[0].schedule_id)).all()
        taken = sorted((one for one in found if one.starts_at >= visit.starts_at), key=lambda one: one.starts_at)[:2]
    place.booked(*taken, name="Bo Lima")


@pytest.mark.long
def test_nonsense_about_a_series_changes_nothing(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    open_card(desk, visit)
    for call, payload in (
        (f"{SERIES_CHANGE}.look_at_cancel", {"scope": "everything"}),
        (f"{SERIES_CHANGE}.look_at_cancel", {"scope": "all"}),
        (f"{SERIES_CHANGE}.cancel", {}),
        (f"{SERIES_CHANGE}.plan_move", {"form": {"time": "25:00"}}),
        (f"{SERIES_CHANGE}.plan_move", {"form": {"days": "x"}}),
        (f"{SERIES_CHANGE}.move", {}),
    ):
        assert "Something went wrong" not in scripts(desk.call(call, **payload))
    assert place.stored(visit).version == visit.version
