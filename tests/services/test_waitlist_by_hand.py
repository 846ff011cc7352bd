"""The waitlist as the desk reads it and acts on it: names in the fair order, the history, and an offer by hand."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import InvalidField, NotPermitted, WaitlistEntryNotFound
from app.services.waitlist.by_hand import Suited, offer_by_hand, suited_places
from app.services.waitlist.lines import OfferLine, WaitingLine, offer_lines, waiting_lines
from app.services.waitlist.offer import NotNext
from app.settings import settings
from models.clinics import Clinic
from models.db import transaction
from models.principal import Principal
from models.waiting import PartOfDay
from tests.builders import NOW, building, guest_of, make_location, staff_of
from tests.invariants import assert_sound
from tests.services.board_day import make_named_patient
from tests.services.waiting_room import Room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")
NIGHT = NOW + timedelta(hours=13)


def named_room(**more: int) -> Room:
    room = make_room(patients=0, **more)
    with building() as session:
        clinic = session.get_one(Clinic, room.clinic_id)
    room.patients = [make_named_patient(clinic, name) for name in ("Ana Silva", "Bo Lima", "Cy Roth")]
    return room


def lines(room: Room, reader: Principal | None = None, **more: UUID) -> list[WaitingLine]:
    reader = reader or room.clerk
    with transaction(reader) as session:
        return waiting_lines(session, reader, now=NOW, **more).lines


def offers(room: Room, reader: Principal | None = None) -> list[OfferLine]:
    reader = reader or room.clerk
    with transaction(reader) as session:
        return offer_lines(session, reader, now=NOW + minutes(5))


def suited(room: Room, entry_id: UUID, **more: object) -> Suited:
    with transaction(room.clerk) as session:
        return suited_places(session, room.clerk, entry_id=entry_id, **{"now": NOW, **more})  # type: ignore[arg-type]


def test_the_order_has_names_and_its_reason() -> None:
    room = named_room()
    room.join(0)
    room.join(1, now=NOW + minutes(1), is_urgent=True, practitioner_id=room.schedule.practitioner_id)
    found = lines(room)
    assert [(one.patient, one.position.number, one.position.code) for one in found] == [
        ("Bo Lima", 1, "urgent"),
        ("Ana Silva", 2, "waiting"),
    ]
    assert found[0].practitioner
    assert found[1].practitioner == found[1].location == ""


def test_an_offer_by_hand_is_held_and_written_and_its_history_is_kept() -> None:
    room = named_room()
    first, second = room.join(0), room.join(1, now=NOW + minutes(1))
    found = suited(room, second)
    assert [(one.start.id, one.before) for one in found.places] == [(slot.id, 1) for slot in room.slots]
    offer_by_hand(room.clerk, entry_id=second, slot_id=room.slots[1].id, now=NOW + minutes(2))
    assert room.statuses() == {first: "waiting", second: "offered"}
    assert room.appointments("pending") == [(room.patients[1].id, room.slots[1].id)]
    told = "SELECT count(*) FROM outbox_events WHERE clinic_id = %(clinic_id)s AND kind = 'waitlist.offered'"
    assert room.ask(told) == [(1,)]
    room.accept(room.patient(1), room.only_offer()[0], now=NOW + minutes(3))
    assert [(one.patient, one.status.value) for one in offers(room)] == [("Bo Lima", "accepted")]
    assert_sound(room.clinic_id)


HINDRANCES: dict[str, tuple[Callable[[Room], UUID], str]] = {
    "the day's limit": (lambda room: declined(room), "as many offers today"),
    "what they said": (lambda room: room.join(0, part_of_day=PartOfDay.EVENING), "time of day"),
    "an open offer": (lambda room: offered(room), "not answered yet"),
}


def offered(room: Room) -> UUID:
    entry_id = room.join(0)
    offer_by_hand(room.clerk, entry_id=entry_id, slot_id=room.slots[1].id, now=NOW)
    return entry_id


def declined(room: Room) -> UUID:
    entry_id = offered(room)
    room.decline(room.clerk, room.only_offer()[0])
    return entry_id


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_the_desk_does_not_pass_over_what_protects_people(hindrance: str) -> None:
    make, words = HINDRANCES[hindrance]
    room = named_room()
    entry_id = make(room)
    assert suited(room, entry_id).places == []
    with pytest.raises(InvalidField, match=words):
        offer_by_hand(room.clerk, entry_id=entry_id, slot_id=room.slots[0].id, now=NOW)


def test_nobody_is_written_to_at_night() -> None:
    room = named_room()
    entry_id = room.join(0)
    assert "at this hour" in suited(room, entry_id, now=NIGHT).reason
    with pytest.raises(InvalidField, match="at this hour"):
        offer_by_hand(room.clerk, entry_id=entry_id, slot_id=room.slots[0].id, now=NIGHT)


def test_control_without_the_look_the_limit_is_kept_by_the_offer_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    room = named_room()
    entry_id = declined(room)
    monkeypatch.setattr("app.services.waitlist.by_hand._hindrance", lambda *_, **__: "")
    assert settings().waitlist_offers_a_day == 1
    with pytest.raises(NotNext):
        offer_by_hand(room.clerk, entry_id=entry_id, slot_id=room.slots[0].id, now=NOW)


def test_it_takes_the_permission_and_the_place() -> None:
    room = named_room()
    entry_id = room.join(0, location_id=room.schedule.location_id)
    with building() as session:
        other = make_location(session, clinic=room.clinic_id)
    elsewhere = staff_of(room.clinic_id, location_ids=frozenset({other.id}))
    assert lines(room, elsewhere) == offers(room, elsewhere) == []
    with pytest.raises(NotPermitted):
        lines(room, guest_of(room.clinic_id))
    with pytest.raises(NotPermitted):
        offers(room, guest_of(room.clinic_id))
    with pytest.raises(WaitlistEntryNotFound):
        offer_by_hand(elsewhere, entry_id=entry_id, slot_id=room.slots[0].id, now=NOW)
    with pytest.raises(NotPermitted):
        offer_by_hand(guest_of(room.clinic_id), entry_id=entry_id, slot_id=room.slots[0].id, now=NOW)
