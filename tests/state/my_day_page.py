"""A practitioner's tab of My day at the websocket: opened, used, and its last deed taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import select

from app.infra import cookies
from app.services.accounts import sessions, users
from app.services.clock import utc_now
from app.state.my_day import MyDayState
from app.state.my_day_acts import MyDayActs
from app.state.my_day_follow_up import FollowUpState
from app.state.my_day_late import OwnLateState
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_time import MyTimeState
from models.accounts import Role
from models.appointments import Appointment
from models.clinics import Clinic
from models.practitioners import Practitioner
from models.queue import RunningLate
from models.schedules import Schedule, Slot
from tests.builders import building, make_practitioner, make_slots, staff_of
from tests.state.board_desk import Place
from tests.state.conftest import PASSWORD, Worker
from tests.state.raw_socket import RawSocket

DAY, ACTS, PATIENT, FOLLOW_UP, LATE, TIME = (
    state.get_full_name() for state in (MyDayState, MyDayActs, MyDayPatient, FollowUpState, OwnLateState, MyTimeState)
)
OpenDay = Callable[[Practitioner | None], RawSocket]


@contextmanager
def opened_days(worker: Worker, clinic: Clinic) -> Iterator[OpenDay]:
    """Give what opens the day of a practitioner, or of one who has none yet, in a tab of its own."""
    opened: list[RawSocket] = []

    def open_one(practitioner: Practitioner | None) -> RawSocket:
        token = sessions.sign_in(login=account(clinic, practitioner), password=PASSWORD, now=utc_now()).token
        socket = tab(worker, token).__enter__()
        opened.append(socket)
        socket.hydrate("/my-day")
        return socket

    yield open_one
    for socket in opened:
        socket.close()


def account(clinic: Clinic, practitioner: Practitioner | None) -> str:
    """Make an account of a practitioner, whoever they are by now."""
    login = f"own-{uuid4().hex[:12]}"
    with building() as session:
        somebody = practitioner or make_practitioner(session, clinic=clinic)
        users.create(
            session,
            staff_of(clinic, role=Role.ADMINISTRATOR),
            login=login,
            display_name="Dr Own",
            password=PASSWORD,
            role=Role.PRACTITIONER,
            practitioner_id=somebody.id,
            now=utc_now(),
        )
    return login


def tab(worker: Worker, token: str) -> RawSocket:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}"
    return RawSocket(worker.url, origin=worker.url, cookie=cookie)


def act(socket: RawSocket, action: str, visit: Appointment, **fields: Any) -> dict[str, Any]:
    asked = {"action": action, "of": str(visit.id), "version": visit.version, "press": 1, **fields}
    return socket.call(f"{ACTS}.act", path="/my-day", **asked)


def undo(mine: RawSocket) -> dict[str, Any]:
    """Press the key that takes back what was done last."""
    return mine.call(f"{ACTS}.press_key", path="/my-day", action="undo", of="", version=0)


def start_in_four_weeks(place: Place) -> Slot:
    """Open the time of a follow-up."""
    with building() as session:
        first = place.today[0]
        schedule = session.get_one(Schedule, (first.clinic_id, first.schedule_id))
        starts_at = first.starts_at + timedelta(weeks=4)
        return make_slots(session, schedule=schedule, count=2, starts_at=starts_at, minutes=15)[0]


def minutes_late(place: Place) -> list[int]:
    with building() as session:
        return list(session.exec(select(RunningLate.minutes).where(RunningLate.location_id == place.location.id)))
