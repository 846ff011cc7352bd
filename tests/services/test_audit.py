"""Audit rows are written in the transaction of what they tell of, and a board's view once a quarter of an hour."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.audit.record import record, viewed, viewed_board
from models.base import new_id
from models.db import transaction
from models.principal import Principal
from models.records import AuditEvent
from tests.builders import NOW, building, clerk_of, make_clinic, staff_of

pytestmark = pytest.mark.database
PLACE, OTHER_PLACE = UUID(int=7), UUID(int=8)
DAY = date(2027, 1, 4)


@pytest.fixture
def clerk(database: DatabaseUrls) -> Principal:
    with building() as session:
        return clerk_of(make_clinic(session))


def written(clerk: Principal) -> list[AuditEvent]:
    with building() as session:
        mine = select(AuditEvent).where(AuditEvent.clinic_id == clerk.clinic_id).order_by(col(AuditEvent.id))
        return list(session.exec(mine))


def test_a_row_says_who_what_when_and_why(clerk: Principal) -> None:
    object_id = new_id()
    with transaction(clerk) as session:
        fields = {"from_status": "booked", "to_status": "cancelled", "reason": "ill", "detail": {"version": 2}}
        record(session, clerk, action="cancel", object_kind="appointment", object_id=object_id, now=NOW, **fields)
    [row] = written(clerk)
    assert (row.actor, row.action, row.object_kind, row.object_id, row.at) == (
        clerk.actor,
        "cancel",
        "appointment",
        object_id,
        NOW,
    )
    assert {name: getattr(row, name) for name in fields} == fields


def test_what_is_undone_leaves_no_row(clerk: Principal) -> None:
    def use_case() -> None:
        with transaction(clerk) as session:
            record(session, clerk, action="cancel", object_kind="appointment", now=NOW)
            raise NotPermitted

    with pytest.raises(NotPermitted):
        use_case()
    assert written(clerk) == []


def test_a_list_is_one_row_with_its_ids(clerk: Principal) -> None:
    ids = [new_id(), new_id()]
    with transaction(clerk) as session:
        viewed(session, clerk, object_kind="patient", ids=ids, now=NOW)
    assert [row.detail for row in written(clerk)] == [{"ids": [str(one) for one in ids]}]


def test_a_board_is_one_row_a_place_day_person_and_quarter_of_an_hour(clerk: Principal) -> None:
    colleague = staff_of(clerk.clinic_id)

    def look(who: Principal = clerk, *, place: UUID = PLACE, day: date = DAY, minutes: float = 0) -> int:
        now = NOW + timedelta(minutes=minutes)
        with transaction(who) as session:
            viewed_board(session, who, location_id=place, day=day, now=now)
        return len(written(clerk))

    assert look() == 1
    assert [look(minutes=minutes) for minutes in (0, 1, 7, 14.9)] == [1, 1, 1, 1]
    assert look(minutes=15) == 2
    assert look(place=OTHER_PLACE) == 3
    assert look(day=DAY + timedelta(days=1)) == 4
    assert look(colleague) == 5
    assert {row.object_kind for row in written(clerk)} == {"board"}
