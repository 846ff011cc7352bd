"""What the page of a practitioner's day shows: display values, made from what the services return."""

from datetime import UTC, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from app.services.own_day.read import OwnDay, OwnSite
from app.services.own_day.time_off import Kind, TimeOff
from app.services.queue.arrival import Arrival, Group
from app.state.board_views import iso


class OwnVisitView(TypedDict):
    """One visit of the day. `state` is the ticket's, "" for who has not come."""

    id: str
    version: int
    number: int
    patient: str
    patient_id: str
    starts_at: str
    ends_at: str
    zone: str
    place: str
    service: str
    room: str
    status: str
    state: str
    alert: str
    needs_interpreter: bool
    is_walk_in: bool
    is_urgent: bool
    is_overdue: bool
    lacks_referral: bool
    waited: int
    wait: str
    called_to: str


class EntryView(TypedDict):
    """One line of today: a visit, whose id it is, a gap, or time that is closed."""

    key: str
    kind: str
    id: str
    starts_at: str
    ends_at: str
    zone: str
    place: str
    minutes: int
    words: str


class SiteView(TypedDict):
    """A location of the practitioner, and by how many minutes they said to be late there today."""

    id: str
    name: str
    late: int


class OwnDayView(TypedDict):
    """The day: `now` are in a room, `next` is who comes then, `waiting` who has come beside them; ids of `visits`.

    The site where the day goes on now comes first in `sites`; `day`, `zone` and `late` are those of it.
    """

    is_read: bool
    day: str
    zone: str
    now: list[str]
    next: str
    waiting: list[str]
    waiting_in_all: int
    today: list[EntryView]
    visits: dict[str, OwnVisitView]
    sites: list[SiteView]
    late: int
    done: int
    coming_at: str
    coming_zone: str


NO_DAY = OwnDayView(
    is_read=False, day="", zone="", now=[], next="", waiting=[], waiting_in_all=0, today=[], visits={}, sites=[],
    late=0, done=0, coming_at="", coming_zone="",
)  # fmt: skip


def own_day_view(day: OwnDay) -> OwnDayView:
    """Show the day; the places are named only where there is more than one in it."""
    worked = [site for site in day.sites if not site.is_empty]
    has_places = len(worked) > 1
    here = (worked or day.sites)[:1]
    by_group = {group: [(one, site) for site in day.sites for one in site.arrivals[group]] for group in Group}
    waiting = [one for one, _ in (*by_group[Group.CALLED], *by_group[Group.WAITING])]
    following = _next(day.sites)
    visits = [_visit(one, site, has_places=has_places) for found in by_group.values() for one, site in found]
    return OwnDayView(
        is_read=True,
        day=here[0].day.isoformat() if here else "",
        zone=here[0].place.timezone if here else "UTC",
        now=[str(one.appointment_id) for one, _ in by_group[Group.IN_ROOM]],
        next=str(following.appointment_id) if following else "",
        waiting=[str(one.appointment_id) for one in waiting if one is not following],
        waiting_in_all=len(waiting),
        today=_entries(day, has_places=has_places),
        visits={one["id"]: one for one in visits},
        sites=[SiteView(id=str(site.place.id), name=site.place.name, late=site.late) for site in worked or day.sites],
        late=here[0].late if here else 0,
        done=len(by_group[Group.DONE]),
        coming_at=iso(day.coming[0]) if day.coming else "",
        coming_zone=day.coming[1] if day.coming else "",
    )


def _next(sites: list[OwnSite]) -> Arrival | None:
    """Return who comes then, where the day goes on: whose turn it is of those who are there, else who is expected."""
    for site in sites:
        here = (*site.arrivals[Group.CALLED], *site.arrivals[Group.WAITING])
        ready = [one for one in here if one.state not in ("parked", "missed")]
        booked = [one for one in site.arrivals[Group.EXPECTED] if one.status == "booked"]
        if ready or booked:
            return (*ready, *booked)[0]
    return None


def _visit(one: Arrival, site: OwnSite, *, has_places: bool) -> OwnVisitView:
    return OwnVisitView(
        id=str(one.appointment_id),
        version=one.version,
        number=one.number,
        patient=one.patient,
        patient_id=str(one.patient_id),
        starts_at=iso(one.starts_at),
        ends_at=iso(one.ends_at),
        zone=site.place.timezone,
        place=site.place.name if has_places else "",
        service=one.service,
        room=one.room,
        status=one.status,
        state=one.state,
        alert=one.alert,
        needs_interpreter=one.needs_interpreter,
        is_walk_in=one.is_walk_in,
        is_urgent=one.is_urgent,
        is_overdue=one.is_overdue,
        lacks_referral=one.lacks_referral,
        waited=one.waited_minutes,
        wait=one.wait.value,
        called_to=one.called_to,
    )


def _entries(day: OwnDay, *, has_places: bool) -> list[EntryView]:
    found: list[tuple[datetime, EntryView]] = []
    for site in day.sites:
        for one in (one for group in site.arrivals.values() for one in group):
            span = (one.starts_at, one.ends_at)
            found.append((one.starts_at, _entry("visit", str(one.appointment_id), span, site, has_places)))
        for gap in site.gaps:
            span = (gap.starts_at, gap.ends_at)
            found.append((gap.starts_at, _entry("gap", iso(gap.starts_at), span, site, has_places)))
    for off, span, site in _off(day):
        # Leave is away from every place.
        has_place = has_places and off.kind is Kind.BLOCK
        found.append((span[0], _entry(off.kind.value, str(off.id), span, site, has_place, words=off.reason)))
    return [entry for _, entry in sorted(found, key=lambda one: (one[0], one[1]["key"]))]


def _off(day: OwnDay) -> list[tuple[TimeOff, tuple[datetime, datetime], OwnSite]]:
    """Return what is closed of today, each once, as instants within the day."""
    closed = []
    for one in day.time_off:
        site = next((site for site in day.sites if one.kind is Kind.LEAVE or site.place.name == one.place), None)
        if site is None:
            continue
        begin, until = site.place.span(site.day)
        zone = ZoneInfo(site.place.timezone)
        starts_at, ends_at = (
            local.replace(tzinfo=zone).astimezone(UTC) for local in (one.starts_local, one.ends_local)
        )
        span = (max(starts_at, begin), min(ends_at, until))
        if span[0] < span[1]:
            closed.append((one, span, site))
    return closed


def _entry(
    kind: str, key: str, span: tuple[datetime, datetime], site: OwnSite, has_place: bool, *, words: str = ""
) -> EntryView:
    return EntryView(
        key=f"{kind}-{key}",
        kind=kind,
        id=key,
        starts_at=iso(span[0]),
        ends_at=iso(span[1]),
        zone=site.place.timezone,
        place=site.place.name if has_place else "",
        minutes=int((span[1] - span[0]).total_seconds() // 60),
        words=words,
    )
