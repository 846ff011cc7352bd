"""A change that names its practitioners has their columns read only, and the whole day once soon after."""

import asyncio
from uuid import UUID

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.board import desk
from app.state import live_board
from app.state.live_board import LiveBoard
from models.appointments import Appointment, CancelReason
from tests.builders import NOW, building, make_practitioner, make_schedule, make_service, make_slots
from tests.calls import hold
from tests.services.board_day import DAY, BoardDay, make_board_day, make_named_patient
from tests.state.live_window import Window, book, played

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str, monkeypatch: pytest.MonkeyPatch) -> BoardDay:
    monkeypatch.setattr(live_board, "utc_now", lambda: NOW)
    return make_board_day()


def test_a_change_that_names_its_practitioners_has_only_their_columns_read(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        book(day, "Ana Silva")
        await board.refresh(frozenset({day.boris.id}))
        assert len(window.got) == 1
        await board.refresh(frozenset({day.anna.id}))
        (change,) = window.got[1]["changes"]
        assert [card[7] for card in change["cards"]] == ["Ana Silva"]
        await board.refresh()
        assert len(window.got) == 2

    played(scene)


def test_what_is_no_longer_to_be_seen_is_taken_out_of_its_column(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        appointment_id = book(day, "Ana Silva")
        await board.show(window.tab, day.clerk)
        desk.cancel_at_desk(day.clerk, appointment_id=UUID(appointment_id), version=2, now=NOW)
        with building() as session:
            session.get_one(Appointment, (day.clinic.id, UUID(appointment_id))).cancel_reason = CancelReason.MOVED
        await board.refresh(frozenset({day.boris.id}))
        assert len(window.got) == 1
        await board.refresh(frozenset({day.anna.id}))
        assert window.got[1]["changes"][0]["gone"] == [appointment_id]

    played(scene)


def test_a_change_outside_the_frame_brings_the_whole_day(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        with building() as session:
            late = make_practitioner(session, clinic=day.clinic, display_name="Dr Aaron")
            schedule = make_schedule(session, clinic=day.clinic, practitioner=late, location=day.location)
            slot, *_ = make_slots(session, schedule=schedule, count=2)
            service = make_service(session, clinic=day.clinic, practitioners=[late])
        hold(day.clerk, slot, service, make_named_patient(day.clinic, "Ana Silva"))
        await board.refresh(frozenset({late.id}))
        assert [column[1] for column in window.got[-1]["day"]["columns"]] == ["Dr Aaron", "Dr Anna", "Dr Boris"]

    played(scene)


def test_after_a_look_at_columns_the_whole_day_is_read_by_itself(
    day: BoardDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_board, "WHOLE_SECONDS", 0.05)
    read: list[frozenset[UUID]] = []

    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        refresh = board.refresh

        async def noted(whose: frozenset[UUID] = frozenset()) -> None:
            read.append(whose)
            await refresh(whose)

        monkeypatch.setattr(board, "refresh", noted)
        following = asyncio.create_task(board.follow())
        # Told of one column, though the other has changed as well.
        book(day, "Ana Silva")
        board.wake(frozenset({day.boris.id}))
        async with asyncio.timeout(10):
            while len(window.got) < 2:
                await asyncio.sleep(0.02)
        following.cancel()

    played(scene)
    assert read == [{day.boris.id}, frozenset()]


def test_the_tab_where_it_was_done_shows_it_before_all_others(day: BoardDay) -> None:
    order: list[str] = []

    async def scene() -> None:
        board = LiveBoard(day.place(), DAY)
        for client in ("one", "mine", "other"):
            window = Window(day.clerk, client=client)
            await board.show(window.tab, day.clerk)
            window.noted = order
        book(day, "Ana Silva")
        await board.refresh(frozenset({day.anna.id}), first="mine")

    played(scene)
    assert order == ["mine", "one", "other"]
