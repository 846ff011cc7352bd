"""Who may read what was sent, and what reading leaves behind."""

import pytest

from app.errors import NotFound, NotPermitted
from app.services.clock import utc_now
from app.services.messages import deliver
from app.services.messages.sent import newest_messages, read_message
from models.accounts import Role
from models.base import new_id
from models.db import transaction
from tests.builders import guest_of, staff_of
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")


def told() -> World:
    world = make_world(language="de")
    world.book()
    deliver.deliver(world.job, owner="test", clock=utc_now, is_stopping=lambda: False)
    return world


def test_the_desk_reads_what_was_sent_and_leaves_a_trace() -> None:
    world = told()
    with transaction(world.clerk) as session:
        (line,) = newest_messages(session, world.clerk, limit=10, now=utc_now())
        message = read_message(session, world.clerk, message_id=line.id, now=utc_now())
    assert (message.recipient, message.outcome, message.language) == ("ana@example.com", "sink", "de")
    assert message.body.startswith("Guten Tag Ana,")
    views = world.ask("SELECT action FROM audit_events WHERE clinic_id = %(clinic_id)s AND object_kind = 'message'")
    assert sorted(views) == [("list",), ("view",)]


def test_nobody_else_reads_it() -> None:
    world = told()
    for principal in (guest_of(world.clinic_id), staff_of(world.clinic_id, role=Role.NURSE)):
        with pytest.raises(NotPermitted), transaction(principal) as session:
            newest_messages(session, principal, limit=10, now=utc_now())


def test_another_clinic_finds_nothing() -> None:
    world, other = told(), make_world()
    with transaction(world.clerk) as session:
        (line,) = newest_messages(session, world.clerk, limit=10, now=utc_now())
    for message_id in (line.id, new_id()):
        with pytest.raises(NotFound), transaction(other.clerk) as session:
            read_message(session, other.clerk, message_id=message_id, now=utc_now())
