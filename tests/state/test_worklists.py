"""The worklists and the offer's page at the websocket: what the pages send, what they would not, and the database."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from app.infra import cookies
from app.infra.cache import cache
from app.infra.cache_keys import Kind, catalogue
from app.services.clock import utc_now
from app.services.waitlist.tokens import token_of
from app.settings import settings
from app.state.board_why import WhyState
from app.state.offer import OfferState
from app.state.worklists import WorklistsState
from app.state.worklists_absence import AbsenceState
from app.state.worklists_displaced import DisplacedState
from app.state.worklists_waiting import WaitingState
from app.state.worklists_wish import WishState
from models.accounts import Role
from models.clinics import Clinic
from models.records import AuditEvent
from tests.builders import building, make_location, make_schedule
from tests.services.waiting_room import make_room
from tests.state.board_desk import Place, make_place, show
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

LISTS, AWAY, DISPLACED, WAITING, WISH, WHY, OFFER = (
    state.get_full_name()
    for state in (WorklistsState, AbsenceState, DisplacedState, WaitingState, WishState, WhyState, OfferState)
)
SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    made = make_place(workplace)
    # It was not made through the product, which would have said so itself.
    cache().drop([catalogue(kind, workplace.id) for kind in (Kind.SERVICES, Kind.PRACTITIONERS, Kind.LOCATIONS)])
    return made


@pytest.fixture
def desk(worker: Worker, session_of: SessionOf) -> Iterator[RawSocket]:
    with tab(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate("/worklists")
        yield socket


def tab(worker: Worker, token: str) -> RawSocket:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}" if token else ""
    return RawSocket(worker.url, origin=worker.url, cookie=cookie)


def test_somebody_waits_is_changed_and_removed(desk: RawSocket, place: Place) -> None:
    patient = place.patient("Wanda Waits")
    desk.call(f"{LISTS}.load", path=f"/worklists?patient={patient.id}&service={place.service.id}")
    desk.call(f"{WISH}.toggle_day", day="sunday")
    made = desk.call(f"{WISH}.save", form={"part_of_day": "morning", "is_urgent": "on"})
    (wish,) = [one for one in value(made, "wishes") if one["patient"] == "Wanda Waits"]
    assert (wish["is_urgent"], wish["part_of_day"], "sunday" in wish["weekdays"]) == (True, "morning", False)
    desk.call(f"{WISH}.begin_change", entry_id=wish["id"])
    changed = desk.call(f"{WISH}.save", form={"part_of_day": "evening"})
    (wish,) = [one for one in value(changed, "wishes") if one["patient"] == "Wanda Waits"]
    assert (wish["is_urgent"], wish["part_of_day"]) == (False, "evening")
    desk.call(f"{WAITING}.open", entry_id=wish["id"])
    removed = desk.call(f"{WAITING}.remove")
    assert "Wanda Waits" not in [one["patient"] for one in value(removed, "wishes")]


def test_what_a_wish_lacks_is_said_at_its_field(desk: RawSocket, place: Place) -> None:
    desk.call(f"{LISTS}.load", path="/worklists")
    desk.call(f"{WISH}.begin")
    assert value(desk.call(f"{WISH}.save", form={}), "wrong_field") == "patient_id"
    patient = place.patient("Bo Lima")
    desk.call(f"{LISTS}.load", path=f"/worklists?patient={patient.id}&service={place.service.id}")
    wrong = desk.call(f"{WISH}.save", form={"earliest_on": "2027-02-02", "latest_on": "2027-02-01"})
    assert value(wrong, "wrong_field") == "latest_on"
    assert "Something went wrong" not in scripts(desk.call(f"{WISH}.save", form={"location_id": "x"}))


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (f"{DISPLACED}.open", {"appointment_id": "x"}),
        (f"{DISPLACED}.choose_place", {"slot_id": "x"}),
        (f"{DISPLACED}.mark_called", {"row_id": "x", "is_called": True}),
        (f"{AWAY}.choose_start", {"at": "yesterday", "times_key": 0}),
        (f"{AWAY}.take_back", {"leave_id": "x"}),
        (f"{WAITING}.offer", {"slot_id": "x"}),
        (f"{WAITING}.accept_for", {"offer_id": "x"}),
        (f"{WISH}.begin_change", {"entry_id": "x"}),
    ],
    ids=lambda one: one.rsplit(".", 1)[-1] if isinstance(one, str) else "",
)
def test_what_no_page_would_send_is_refused_and_breaks_nothing(
    desk: RawSocket, handler: str, payload: dict[str, object]
) -> None:
    desk.call(f"{LISTS}.load", path="/worklists")
    assert "Something went wrong" not in scripts(desk.call(handler, **payload))


def test_who_has_left_the_lists_reads_nothing_more_of_them(desk: RawSocket, place: Place) -> None:
    desk.call(f"{LISTS}.load", path="/worklists")
    before = listed(place.clinic)
    assert value(desk.call(f"{LISTS}.refresh", path="/board"), "wishes") is None
    assert listed(place.clinic) == before
    assert value(desk.call(f"{LISTS}.refresh", path="/worklists"), "wishes") is not None
    assert listed(place.clinic) > before


def listed(clinic: Clinic) -> int:
    """Return how often a list of the clinic was seen."""
    with building() as session:
        asked = select(AuditEvent.id).where(AuditEvent.clinic_id == clinic.id, AuditEvent.action == "list")
        return len(session.exec(asked).all())


def test_only_who_may_enters_that_somebody_is_away(worker: Worker, session_of: SessionOf) -> None:
    with tab(worker, session_of(Role.NURSE)) as nurse:
        nurse.hydrate("/worklists")
        assert "does not permit" in scripts(nurse.call(f"{AWAY}.begin"))


def test_the_rest_of_today_is_that_of_the_site_until_times_are_typed(desk: RawSocket, place: Place) -> None:
    # Ahead of the clinic's clock by half a day or more, whatever the hour.
    island = ZoneInfo("Pacific/Kiritimati")
    with building() as session:
        site = make_location(session, clinic=place.clinic, timezone=island.key)
        schedule = make_schedule(session, clinic=place.clinic, location=site)
    cache().drop([catalogue(kind, place.clinic.id) for kind in (Kind.PRACTITIONERS, Kind.LOCATIONS)])
    desk.call(f"{LISTS}.load", path="/worklists")
    begun = value(desk.call(f"{AWAY}.begin"), "starts")
    before = utc_now()
    chosen = desk.call(f"{AWAY}.choose_person", practitioner_id=str(schedule.practitioner_id))
    assert value(chosen, "starts") != begun
    starts, ends = (datetime.fromisoformat(value(chosen, name)) for name in ("starts", "ends"))
    possible = {at.astimezone(island).strftime("%Y-%m-%dT%H:%M") for at in (before, utc_now())}
    assert value(chosen, "starts") in possible
    assert ends == datetime.combine(starts.date() + timedelta(days=1), time())
    # Who has typed a time means that time, whoever is away then; its field is left alone, also half-way.
    drawn = value(chosen, "times_key")
    for at in ("", "2031-03-03T08:00"):
        typed = desk.call(f"{AWAY}.choose_start", at=at, times_key=drawn)
        assert [value(typed, name) for name in ("starts", "times_key")] == [None, None]
    again = desk.call(f"{AWAY}.choose_person", practitioner_id=str(place.practitioner.id))
    assert [value(again, name) for name in ("starts", "times_key")] == [None, None]


def test_a_time_that_arrives_after_its_field_was_drawn_anew_is_shown_in_the_new_one(
    desk: RawSocket, place: Place
) -> None:
    desk.call(f"{LISTS}.load", path="/worklists")
    begun = desk.call(f"{AWAY}.begin")
    filled = desk.call(f"{AWAY}.choose_person", practitioner_id=str(place.practitioner.id))
    assert value(filled, "times_key") > value(begun, "times_key")
    late = desk.call(f"{AWAY}.choose_end", at="2031-03-03T08:00", times_key=value(begun, "times_key"))
    assert (value(late, "starts"), value(late, "ends")) == (value(filled, "starts"), "2031-03-03T08:00")
    assert value(late, "times_key") > value(filled, "times_key")


def test_why_names_the_rules_and_what_is_free(worker: Worker, place: Place, session_of: SessionOf) -> None:
    first, second, *_ = place.tomorrow
    place.booked(first, second)
    with tab(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate("/board")
        show(socket, place, first.starts_at)
        who = str(place.practitioner.id)
        answers = value(
            socket.call(f"{WHY}.ask_here", practitioner_id=who, starts_at=first.starts_at.isoformat()), "answers"
        )
        assert [reason["code"] for reason in answers[0]["reasons"]] == ["busy"]
        assert {near["practitioner"] for near in answers[0]["nearest"]} == {"Dr Anna"}
        stretches = value(socket.call(f"{WHY}.ask_day", practitioner_id=who), "stretches")
        assert [len(one["reasons"]) for one in stretches].count(0) == 1
        assert "Something went wrong" not in scripts(socket.call(f"{WHY}.ask_here", practitioner_id="x", starts_at="y"))


def test_a_letters_holder_takes_the_time_once_and_a_wrong_link_tells_nothing(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    room = make_room(slots=2, patients=1, starts_at=now.replace(microsecond=0) + timedelta(days=7))
    # Offers go out at whatever hour the tests run.
    monkeypatch.setattr(settings(), "waitlist_quiet_until", settings().waitlist_quiet_from)
    room.join(0, now=now)
    room.tick(now=now)
    ((offer_id, _, _),) = room.offers()
    token = token_of(room.clinic_id, offer_id)
    with tab(worker, "") as letter:
        letter.hydrate("/offer")
        for wrong in ("", "x", token[:-4] + "AAAA", token + "A"):
            shown = letter.call(f"{OFFER}.open", token=wrong)
            assert value(shown, "status") == "unknown"
        assert room.appointments("booked") == []
        shown = letter.call(f"{OFFER}.open", token=token)
        assert (value(shown, "status"), value(shown, "offer")["service"]) == ("open", room.service.name)
        assert value(letter.call(f"{OFFER}.accept"), "status") == "accepted"
        letter.call(f"{OFFER}.accept")
        letter.call(f"{OFFER}.decline")
    assert len(room.appointments("booked")) == 1
    assert [one for one, *_ in room.offers("accepted")] == [offer_id]
