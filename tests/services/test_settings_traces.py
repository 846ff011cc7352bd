"""What a change of the settings leaves behind: links, audit rows, no stale copies, nothing in another clinic."""

from dataclasses import replace

import pytest
from sqlmodel import select

from app.errors import ClinicError
from app.infra.embedded.roles import DatabaseUrls
from app.services.catalogue import editing
from app.services.catalogue.equipment import Equipment, add_equipment
from app.services.catalogue.offer import read_offer
from app.services.catalogue.practitioners import change_practitioner, list_practitioners
from app.services.catalogue.services import change_service
from models.records import AuditEvent
from tests.builders import building
from tests.services.settings_world import CHECK_UP, SettingsWorld

pytestmark = pytest.mark.database


@pytest.fixture
def world(database: DatabaseUrls, valkey: str) -> SettingsWorld:
    return SettingsWorld()


def test_what_a_practitioner_offers_is_replaced(world: SettingsWorld) -> None:
    first, second = world.service(), world.service(name="Other")
    practitioner_id = world.practitioner(first)
    seen = world.ask(list_practitioners)[0]
    wanted = replace(seen.fields, service_ids=(second,))
    world.change(change_practitioner, practitioner_id=practitioner_id, fields=wanted, version=seen.version)
    assert world.ask(list_practitioners)[0].fields.service_ids == (second,)


def test_nothing_of_another_clinic_is_reached(world: SettingsWorld) -> None:
    service_id = world.service()
    stranger = SettingsWorld()
    for verb, values in (
        (change_service, {"service_id": service_id, "fields": CHECK_UP, "version": ""}),
        (add_equipment, {"what": Equipment.ROOM, "location_id": world.location(), "name": "1", "kind": "exam"}),
    ):
        with pytest.raises(ClinicError, match="There is no such"):
            stranger.change(verb, **values)


def test_every_change_stands_in_the_audit_log(world: SettingsWorld) -> None:
    world.room(world.location())
    world.service()
    world.practitioner()
    with building() as session:
        written = session.exec(select(AuditEvent.action).where(AuditEvent.clinic_id == world.clinic.id)).all()
    assert sorted(written) == ["location.create", "practitioner.create", "room.create", "service.create"]


def test_copies_are_dropped_after_the_commit(world: SettingsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.ask(read_offer).locations == []
    world.location()
    assert len(world.ask(read_offer).locations) == 1
    monkeypatch.setattr(editing, "KEPT", ())
    world.location(name="Hill")
    assert len(world.ask(read_offer).locations) == 1, "the stale copy that dropping prevents"
