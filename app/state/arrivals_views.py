"""What the page of arrivals shows: display values, made from what the services return."""

from collections.abc import Collection
from typing import TypedDict

from app.services.queue.arrival import Arrival, Group
from app.services.queue.places import Named
from app.services.queue.read import Day
from app.state.board_views import iso


class ChoiceView(TypedDict):
    """A room, a location or a practitioner to choose."""

    id: str
    name: str


class PersonView(TypedDict):
    """A practitioner to filter by, who may run late."""

    id: str
    name: str
    is_shown: bool
    late: int


class RowView(TypedDict):
    """One patient of the day."""

    id: str
    version: int
    ticket: str
    ticket_version: int
    number: int
    patient: str
    patient_id: str
    starts_at: str
    practitioner: str
    service: str
    room: str
    status: str
    state: str
    alert: str
    needs_interpreter: bool
    is_verified: bool
    is_due: bool
    lacks_referral: bool
    is_walk_in: bool
    is_urgent: bool
    is_overdue: bool
    can_undo_queue: bool
    waited: int
    wait: str
    called_to: str
    calls: int
    late: int


class QueueView(TypedDict):
    """Today at one location, as one tab filters it."""

    is_read: bool
    zone: str
    day: str
    expected: list[RowView]
    waiting: list[RowView]
    called: list[RowView]
    in_room: list[RowView]
    done: list[RowView]
    overdue: int
    more_expected: int
    people: list[PersonView]
    is_filtered: bool


NO_QUEUE = QueueView(
    is_read=False, zone="", day="", expected=[], waiting=[], called=[], in_room=[], done=[], overdue=0,
    more_expected=0, people=[], is_filtered=False,
)  # fmt: skip


def choice(one: Named) -> ChoiceView:
    """Show something to choose."""
    return ChoiceView(id=str(one.id), name=one.name)


def queue_view(day: Day, *, only: Collection[str]) -> QueueView:
    """Show the day with the practitioners that the reader wants to see, or with everybody."""
    late = {practitioner_id: minutes for practitioner_id, _, minutes in day.late}
    known = {str(practitioner_id) for practitioner_id, _ in day.people}
    wanted = set(only) & known

    def shown(group: Group) -> list[RowView]:
        some = day.arrivals[group]
        return [
            _row(one, late=late.get(one.practitioner_id, 0))
            for one in some
            if not wanted or str(one.practitioner_id) in wanted
        ]

    expected = shown(Group.EXPECTED)
    return QueueView(
        is_read=True,
        zone=day.place.timezone,
        day=day.day.isoformat(),
        expected=expected,
        waiting=shown(Group.WAITING),
        called=shown(Group.CALLED),
        in_room=shown(Group.IN_ROOM),
        done=shown(Group.DONE),
        overdue=sum(row["is_overdue"] for row in expected),
        more_expected=day.counts[Group.EXPECTED] - len(day.arrivals[Group.EXPECTED]),
        people=[
            PersonView(id=str(one), name=name, is_shown=not wanted or str(one) in wanted, late=late.get(one, 0))
            for one, name in day.people
        ],
        is_filtered=bool(wanted),
    )


def _row(one: Arrival, *, late: int) -> RowView:
    return RowView(
        id=str(one.appointment_id),
        version=one.version,
        ticket=str(one.ticket_id or ""),
        ticket_version=one.ticket_version,
        number=one.number,
        patient=one.patient,
        patient_id=str(one.patient_id),
        starts_at=iso(one.starts_at),
        practitioner=one.practitioner,
        service=one.service,
        room=one.room,
        status=one.status,
        state=one.state,
        alert=one.alert,
        needs_interpreter=one.needs_interpreter,
        is_verified=one.is_verified,
        is_due=one.is_due_at_desk,
        lacks_referral=one.lacks_referral,
        is_walk_in=one.is_walk_in,
        is_urgent=one.is_urgent,
        is_overdue=one.is_overdue,
        can_undo_queue=one.can_undo_queue,
        waited=one.waited_minutes,
        wait=one.wait.value,
        called_to=one.called_to,
        calls=one.calls,
        late=late,
    )
