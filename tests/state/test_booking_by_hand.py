"""The booking pages' handlers at the websocket: in any order, with anything in them, from any browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.infra import cookies
from app.infra.limits import hit
from app.services.clock import utc_now
from app.state.book import BookState
from app.state.book_guest import BookGuestState
from app.state.book_times import BookTimesState
from app.state.book_walk import BookWalkState
from app.state.guest import ACTING
from models.base import new_id
from models.clinics import Clinic
from models.db import execute, rows
from tests.builders import building, make_clinic, make_location, make_schedule, make_service, make_slots
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

OF = {
    "begin": BookWalkState,
    "choose_service": BookState,
    "choose_place": BookState,
    "choose_person": BookTimesState,
    "choose_day": BookTimesState,
    "choose_time": BookTimesState,
    "later": BookTimesState,
    "earlier": BookTimesState,
    "submit": BookGuestState,
    "confirm": BookGuestState,
    "open_online": BookWalkState,
    "open_kiosk": BookWalkState,
    "back": BookWalkState,
    "keep_held": BookWalkState,
    "give_back": BookWalkState,
    "hold_ended": BookWalkState,
    "wipe": BookWalkState,
    "again": BookWalkState,
}
ANA = {
    **{"given_name": "Ana", "family_name": "Kowalska", "phone": "030 1234567", "email": "", "language": "de"},
    **{"birth_day": "24", "birth_month": "12", "birth_year": "1980"},
}


@pytest.fixture(scope="module")
def here(database: object) -> Iterator[Clinic]:
    """The clinic at this host name, with one practitioner and eight free quarter hours tomorrow."""
    with building() as session:
        # Whoever had this host name before has been left behind.
        execute(session, "UPDATE clinics SET host_name = id || '.test' WHERE host_name = 'localhost'", {})
        clinic = make_clinic(session, host_name="localhost", phone="+493012345")
        schedule = make_schedule(session, clinic=clinic, location=make_location(session, clinic=clinic))
        make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        tomorrow = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        make_slots(session, schedule=schedule, count=8, starts_at=tomorrow)
    yield clinic
    with building() as session:
        # Another module may want this host name.
        statement = "UPDATE clinics SET host_name = %(name)s WHERE id = %(id)s"
        execute(session, statement, {"name": f"{clinic.id}.test", "id": clinic.id})


@contextmanager
def browser(worker: Worker, name: str = "") -> Iterator[RawSocket]:
    """Open a page in a browser of its own, or in one without the cookie."""
    cookie = f"{cookies.cookie_name(cookies.BROWSER, secure=True)}={name}" if name != "none" else ""
    with RawSocket(worker.url, origin=worker.url, cookie=cookie or "other=1") as socket:
        socket.hydrate("/book")
        yield socket


def send(socket: RawSocket, name: str, **payload: Any) -> dict[str, Any]:
    # An event that changes nothing is answered by nothing.
    return socket.call(f"{OF[name].get_full_name()}.{name}", path="/book", seconds=1.5, **payload)


def to_details(socket: RawSocket, *, number: int = 0) -> dict[str, Any]:
    """Choose everything up to the details."""
    service_id = value(send(socket, "open_online"), "services")[0]["id"]
    send(socket, "choose_service", service_id=service_id)
    times = value(send(socket, "choose_person", practitioner_id=""), "times")
    return send(socket, "choose_time", slot_id=times[number]["slot_id"])


def statuses(clinic: Clinic) -> list[str]:
    with building() as session:
        statement = "SELECT status FROM appointments WHERE clinic_id = %(id)s ORDER BY created_at, id"
        return [status for (status,) in rows(session, statement, {"id": clinic.id})]


def test_the_steps_book_and_the_name_is_gone_afterwards(worker: Worker, here: Clinic) -> None:
    with browser(worker, str(new_id())) as socket:
        to_details(socket)
        held = send(socket, "submit", form=ANA)
        assert value(held, "step") == "confirm"
        assert 290_000 < value(held, "held")["left_ms"] <= 300_000
        done = send(socket, "confirm")
        assert value(done, "step") == "done"
        assert "Kowalska" not in str(done["delta"])
        assert value(done, "details")["given_name"] == ""
    assert statuses(here)[-1] == "booked"


def test_a_handler_out_of_its_turn_changes_nothing(worker: Worker, here: Clinic) -> None:
    before = statuses(here)
    with browser(worker, str(new_id())) as socket:
        for name in ("confirm", "keep_held", "give_back", "hold_ended", "again", "later", "earlier", "back"):
            assert value(send(socket, name), "step") in (None, "")
        send(socket, "open_online")
        assert value(send(socket, "submit", form=ANA), "step") is None
        assert value(send(socket, "choose_person", practitioner_id=""), "step") is None
        assert value(send(socket, "choose_time", slot_id=str(new_id())), "step") is None
        assert value(send(socket, "choose_service", service_id=str(new_id())), "step") is None
    assert statuses(here) == before


def _later(junk: Any) -> Any:
    return pytest.param(junk, marks=pytest.mark.long)


# Each waits for an answer that a page which would send this is not owed.
@pytest.mark.parametrize("junk", [None, "\x00", *map(_later, (7, ["x"], {"a": 1}, "'; DROP TABLE slots", "9" * 5_000))])
def test_junk_changes_nothing_and_fails_nothing(worker: Worker, here: Clinic, junk: Any) -> None:
    before = statuses(here)
    with browser(worker, str(new_id())) as socket:
        to_details(socket)
        answers = [
            send(socket, "submit", form=dict.fromkeys(ANA, junk)),
            send(socket, "choose_day", day=junk),
            send(socket, "choose_place", location_id=junk),
            send(socket, "choose_time", slot_id=junk),
            send(socket, "submit", form=junk),
        ]
        assert value(answers[0], "step") is None
    assert not any("Something went wrong" in scripts(answer) for answer in answers)
    assert statuses(here) == before


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_has_no_times(worker: Worker, here: Clinic, day: str) -> None:
    with browser(worker, str(new_id())) as socket:
        service_id = value(send(socket, "open_online"), "services")[0]["id"]
        send(socket, "choose_service", service_id=service_id)
        assert value(send(socket, "choose_person", practitioner_id=""), "times")
        answer = send(socket, "choose_day", day=day)
    assert "Something went wrong" not in scripts(answer)
    assert value(answer, "times") == []


def test_a_browser_that_refuses_the_cookie_is_told_so(worker: Worker, here: Clinic) -> None:
    with browser(worker, "none") as socket:
        answer = send(socket, "open_online")
    assert "refuses the one cookie" in scripts(answer)
    assert not value(answer, "services")


def test_another_browser_gets_nothing_of_a_tab(worker: Worker, here: Clinic) -> None:
    with browser(worker, str(new_id())) as socket:
        to_details(socket)
        send(socket, "submit", form={**ANA, "family_name": "Canary"})
        token = socket.token
    cookie = f"{cookies.cookie_name(cookies.BROWSER, secure=True)}={new_id()}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie, token=token) as thief:
        seen = str(thief.hydrate("/book")) + str(send(thief, "confirm"))
    assert "Canary" not in seen
    assert statuses(here)[-1] == "pending"


def test_a_wiped_kiosk_knows_nothing_and_holds_nothing(worker: Worker, here: Clinic) -> None:
    with browser(worker, str(new_id())) as socket:
        send(socket, "open_kiosk")
        service_id = value(send(socket, "open_online"), "services")[0]["id"]
        send(socket, "choose_service", service_id=service_id)
        times = value(send(socket, "choose_person", practitioner_id=""), "times")
        send(socket, "choose_time", slot_id=times[0]["slot_id"])
        send(socket, "submit", form={**ANA, "family_name": "Canary"})
        wiped = send(socket, "wipe")
        assert value(wiped, "details")["family_name"] == ""
        assert "forgetLanguage" in scripts(wiped)
        assert "Canary" not in str(socket.hydrate("/book"))
    assert statuses(here)[-1] == "cancelled"


def test_a_kiosk_whose_connection_comes_back_goes_on(worker: Worker, here: Clinic) -> None:
    with browser(worker, str(new_id())) as socket:
        send(socket, "open_kiosk")
        send(socket, "begin")
        again = socket.hydrate("/kiosk")
        assert value(again, "step") == "service"
        assert value(send(socket, "open_kiosk"), "step") is None
        assert value(send(socket, "wipe"), "step") == "start"


def test_who_acts_too_often_has_to_wait(worker: Worker, here: Clinic) -> None:
    name, wrong = str(new_id()), {**ANA, "phone": "call me"}
    with browser(worker, name) as socket:
        to_details(socket)
        first = send(socket, "submit", form=wrong)
        # The browser's other tabs count as well; the counters are every process's.
        while hit(ACTING, name):
            pass
        last = send(socket, "submit", form=wrong)
    assert value(first, "problems") == {"phone": "Please check this phone number."}
    assert "Too many attempts" in scripts(last)
