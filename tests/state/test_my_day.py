"""A practitioner's day at the websocket: what the page sends, what it would not, what others do, and the database."""

from collections.abc import Callable, Iterator

import pytest
from sqlmodel import select

from models.accounts import Role
from models.clinics import Clinic
from models.schedules import Leave, Schedule, ScheduleException, Slot
from tests.builders import building
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.my_day_page import (
    ACTS,
    DAY,
    FOLLOW_UP,
    LATE,
    PATIENT,
    TIME,
    OpenDay,
    act,
    minutes_late,
    opened_days,
    start_in_four_weeks,
    tab,
    undo,
)
from tests.state.raw_socket import scripts, value

NOT_PERMITTED = "Your role does not permit this."


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def open_day(worker: Worker, workplace: Clinic) -> Iterator[OpenDay]:
    with opened_days(worker, workplace) as open_one:
        yield open_one


def test_the_day_comes_with_ones_patients_and_follows_what_others_do(open_day: OpenDay, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    mine, at_another_desk = open_day(place.practitioner), open_day(place.practitioner)
    for socket in (mine, at_another_desk):
        view = value(socket.call(f"{DAY}.load", path="/my-day"), "view")
        assert [one["patient"] for one in view["visits"].values()] == ["Wanda Waits"]
        assert (view["next"], view["now"]) == (str(visit.id), [])
    act(mine, "start", visit)
    seen = value(at_another_desk.listen(15), "view")
    assert seen["now"] == [str(visit.id)]
    assert place.stored(visit).roomed_at is not None


def test_a_visit_is_started_finished_and_taken_back_step_by_step(open_day: OpenDay, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    mine = open_day(place.practitioner)
    started = act(mine, "start", visit)
    assert value(started, "summary")["patient"] == "Wanda Waits"
    assert "The visit has begun." in scripts(started)
    # The same press once more does nothing more; an old version is told.
    act(mine, "start", visit)
    version = place.stored(visit).version
    assert "changed" in scripts(act(mine, "finish", visit, press=2))
    mine.call(f"{ACTS}.press_key", path="/my-day", action="finish", of=str(visit.id), version=version)
    assert place.stored(visit).status == "fulfilled"
    mine.call(f"{ACTS}.press_key", path="/my-day", action="undo", of="", version=0)
    assert place.stored(visit).status == "checked-in"
    nothing = mine.call(f"{ACTS}.press_key", path="/my-day", action="undo", of="", version=0)
    assert "There is nothing to undo here." in scripts(nothing)
    act(mine, "leave-room", place.stored(visit), press=9)
    assert (place.stored(visit).status, place.stored(visit).roomed_at) == ("checked-in", None)


def test_another_practitioners_patient_is_neither_opened_nor_moved_on(open_day: OpenDay, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Olga Other")
    stranger = open_day(None)
    for press, action in enumerate(("start", "finish", "back"), 1):
        assert "another practitioner's" in scripts(act(stranger, action, visit, press=press))
    shown = stranger.call(f"{PATIENT}.open", path="/my-day", appointment_id=str(visit.id))
    assert "another practitioner's" in scripts(shown)
    assert "Olga" not in str(shown["delta"])
    assert place.stored(visit).version == visit.version


def test_who_is_no_practitioner_is_told_so_and_may_do_nothing(
    worker: Worker, session_of: Callable[[Role], str], place: Place
) -> None:
    visit = place.booked(*place.today[:2])
    with tab(worker, session_of(Role.PRACTITIONER)) as nobody:
        nobody.hydrate("/my-day")
        assert value(nobody.call(f"{DAY}.load", path="/my-day"), "standing") == "nobody"
        assert "not linked to a practitioner" in scripts(act(nobody, "start", visit))
    with tab(worker, session_of(Role.RECEPTIONIST)) as desk:
        desk.hydrate("/board")
        for handler in (f"{DAY}.load", f"{PATIENT}.close", f"{TIME}.begin"):
            assert NOT_PERMITTED in scripts(desk.call(handler))
        late = desk.call(f"{LATE}.say_late", minutes=10, location_id=str(place.location.id))
        assert NOT_PERMITTED in scripts(late)
    assert place.stored(visit).version == visit.version


@pytest.mark.long
def test_a_follow_up_is_looked_for_and_booked_once(open_day: OpenDay, place: Place) -> None:
    visit, slot = place.booked(*place.today[:2], name="Wanda Waits"), start_in_four_weeks(place)
    mine = open_day(place.practitioner)
    mine.call(f"{PATIENT}.open", path="/my-day", appointment_id=str(visit.id))
    turned = mine.call(f"{PATIENT}.turn", path="/my-day", part="follow-up")
    assert [one["id"] for one in value(turned, "starts")] == [str(slot.id)]
    wrong = mine.call(f"{FOLLOW_UP}.choose_weeks", path="/my-day", weeks="99")
    assert value(wrong, "wrong_weeks") == "Give the weeks, from 0 to 52."
    mine.call(f"{FOLLOW_UP}.choose_weeks", path="/my-day", weeks="4")
    for _ in range(2):
        mine.call(f"{FOLLOW_UP}.book", path="/my-day", slot_id=str(slot.id), press=1)
    booked = [one for one in place.all_stored() if one.slot_id == slot.id]
    assert [(one.status, one.patient_id) for one in booked] == [("booked", visit.patient_id)]
    mine.call(f"{ACTS}.press_key", path="/my-day", action="undo", of="", version=0)
    assert [one.status for one in place.all_stored() if one.slot_id == slot.id] == ["cancelled"]


@pytest.mark.long
def test_being_late_is_said_typed_and_taken_back(open_day: OpenDay, place: Place) -> None:
    mine, where = open_day(place.practitioner), str(place.location.id)
    mine.call(f"{LATE}.say_late", path="/my-day", minutes=20, location_id=where)
    assert minutes_late(place) == [20]
    mine.call(f"{LATE}.say_typed", path="/my-day", location_id=where, form={"minutes": "35"})
    assert minutes_late(place) == [35]
    undo(mine)
    assert minutes_late(place) == [20]
    mine.call(f"{LATE}.say_typed", path="/my-day", location_id=where, form={"minutes": "35"})
    wrong = mine.call(f"{LATE}.say_typed", path="/my-day", location_id=where, form={"minutes": "soon"})
    assert value(wrong, "wrong_minutes") == "Give a whole number."
    mine.call(f"{LATE}.say_late", path="/my-day", minutes=0, location_id=where)
    assert minutes_late(place) == [0]


@pytest.mark.long
def test_time_of_ones_own_is_closed_after_a_look_at_it_and_opened_again(open_day: OpenDay, place: Place) -> None:
    first, last = place.tomorrow[0], place.tomorrow[1]
    place.booked(first, last, name="Dora Displaced")
    mine = open_day(place.practitioner)
    mine.call(f"{TIME}.begin", path="/my-day")
    hours = {"on_date": f"{first.starts_at:%Y-%m-%d}", "starts": f"{first.starts_at:%H:%M}"}
    for field, text in {**hours, "ends": f"{last.ends_at:%H:%M}"}.items():
        looked = mine.call(f"{TIME}.choose", path="/my-day", field=field, value=text)
    assert [one["patient"] for one in value(looked, "loses")] == ["Dora Displaced"]
    (entry,) = value(mine.call(f"{TIME}.enter", path="/my-day", form={"reason": "Training"}), "closed")
    assert (entry["kind"], entry["reason"], status_of(first)) == ("block", "Training", "blocked")
    opened = mine.call(f"{TIME}.open_again", path="/my-day", kind="block", entry_id=entry["id"])
    assert (value(opened, "closed"), closed(place)) == ([], (0, 0))
    mine.call(f"{TIME}.choose_kind", path="/my-day", kind="leave")
    (entry,) = value(mine.call(f"{TIME}.enter", path="/my-day", form={}), "closed")
    assert (entry["kind"], closed(place)) == ("leave", (0, 1))
    mine.call(f"{TIME}.open_again", path="/my-day", kind="leave", entry_id=entry["id"])
    assert closed(place) == (0, 0)
    # Each is taken back, also that time was opened.
    undo(mine)
    assert closed(place) == (0, 1)
    (entry,) = value(mine.call(f"{TIME}.begin", path="/my-day"), "closed")
    mine.call(f"{TIME}.open_again", path="/my-day", kind="leave", entry_id=entry["id"])
    mine.call(f"{TIME}.choose_kind", path="/my-day", kind="block")
    form = {"reason": "Training", **hours, "ends": f"{last.ends_at:%H:%M}"}
    assert "Undo" in scripts(mine.call(f"{TIME}.enter", path="/my-day", form=form))
    assert (status_of(first), closed(place)) == ("blocked", (1, 0))
    assert value(undo(mine), "closed") == []
    assert closed(place) == (0, 0)


def test_time_that_was_closed_before_is_not_opened_by_an_undo(open_day: OpenDay, place: Place) -> None:
    mine = open_day(place.practitioner)
    mine.call(f"{TIME}.begin", path="/my-day")
    mine.call(f"{TIME}.choose_kind", path="/my-day", kind="leave")
    for is_offered in (True, False):
        assert ("Undo" in scripts(mine.call(f"{TIME}.enter", path="/my-day", form={}))) == is_offered
    assert "There is nothing to undo here." in scripts(undo(mine))
    assert closed(place) == (0, 1)


def status_of(slot: Slot) -> str:
    with building() as session:
        return session.get_one(Slot, (slot.clinic_id, slot.id)).status


def closed(place: Place) -> tuple[int, int]:
    """Return how many blocks and leaves the practitioner has."""
    with building() as session:
        blocks = session.exec(
            select(ScheduleException)
            .join(Schedule, Schedule.id == ScheduleException.schedule_id)  # type: ignore[arg-type]
            .where(Schedule.practitioner_id == place.practitioner.id)
        ).all()
        leaves = session.exec(select(Leave).where(Leave.practitioner_id == place.practitioner.id)).all()
    return len(blocks), len(leaves)


INVENTED = (
    (f"{ACTS}.act", {"action": "start", "of": "x", "version": "y", "press": "z"}),
    (f"{ACTS}.act", {"action": "hand-over", "of": "x", "version": 1, "press": 1}),
    (f"{ACTS}.press_key", {"action": "follow-up", "of": "x", "version": 1}),
    (f"{PATIENT}.open", {"appointment_id": "x"}),
    (f"{PATIENT}.turn", {"part": "__class__"}),
    (f"{FOLLOW_UP}.book", {"slot_id": "x", "press": "y"}),
    (f"{LATE}.say_late", {"minutes": 10, "location_id": "x"}),
    (f"{TIME}.choose", {"field": "_owner", "value": "x"}),
    (f"{TIME}.choose", {"field": "starts", "value": "25:99"}),
    (f"{TIME}.open_again", {"kind": "leave", "entry_id": "x"}),
)


def test_what_no_page_would_send_breaks_nothing(open_day: OpenDay, place: Place) -> None:
    mine = open_day(place.practitioner)
    for handler, payload in INVENTED:
        assert "Something went wrong" not in scripts(mine.call(handler, path="/my-day", **payload)), handler
