"""A board is read once for its tabs and sent as changes; who may no longer look is turned away unseen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.infra.embedded.roles import DatabaseUrls
from app.infra.live import LiveUpdates
from app.services.board import desk
from app.settings import settings
from app.state import live_board
from app.state.board import BoardFeed
from app.state.live_board import LiveBoard
from app.state.live_tab import Tab
from app.state.pushing import Line
from models.principal import Principal
from models.records import AuditEvent
from models.schedules import Schedule
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    make_practitioner,
    make_schedule,
    make_slots,
    staff_of,
)
from tests.services.board_day import DAY, BoardDay, make_board_day, make_named_patient
from tests.state.live_window import Window, book, played

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str, monkeypatch: pytest.MonkeyPatch) -> BoardDay:
    monkeypatch.setattr(live_board, "utc_now", lambda: NOW)
    return make_board_day()


def test_a_tab_gets_the_day_once_and_then_only_what_changed(day: BoardDay) -> None:
    async def scene() -> None:
        book(day, "Ana Silva")
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        (first,) = window.got
        assert [card[7] for card in first["day"]["cards"]] == ["Ana Silva", ""]
        await board.refresh()
        assert window.got == [first]
        book(day, "Bo Lima", slot=2)
        await board.refresh()
        (change,) = window.got[1]["changes"]
        assert [card[7] for card in change["cards"]] == ["Bo Lima"]
        assert change["seq"] == first["seq"] + 1
        assert "day" not in window.got[1]

    played(scene)


def test_a_tab_that_comes_later_starts_where_the_others_are(day: BoardDay) -> None:
    async def scene() -> None:
        board, early, late = LiveBoard(day.place(), DAY), Window(day.clerk), Window(day.clerk, client="late")
        await board.show(early.tab, day.clerk)
        book(day, "Ana Silva")
        # Nobody was woken yet: the second look finds the news, and the first tab hears of it too.
        await board.show(late.tab, day.clerk)
        assert [card[7] for card in early.got[-1]["changes"][-1]["cards"]] == ["Ana Silva"]
        assert late.got[0]["seq"] == early.got[-1]["seq"]

    played(scene)


def test_messages_repeat_the_last_changes_for_a_browser_that_skipped_one(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        for number, name in enumerate(("Ana Silva", "Bo Lima")):
            book(day, name, slot=2 * number)
            await board.refresh()
        first = window.got[0]["seq"]
        assert [change["seq"] for change in window.got[-1]["changes"]] == [first + 1, first + 2]

    played(scene)


def test_what_is_gone_is_named_by_its_id(day: BoardDay) -> None:
    async def scene() -> None:
        patient = make_named_patient(day.clinic, "Ana Silva")
        slot, service = day.anna_slots[0].id, day.service.id
        made = desk.book(day.clerk, slot_id=slot, service_id=service, patient_id=patient.id, now=NOW)
        with building() as session:
            schedule = session.get_one(Schedule, (day.clinic.id, day.anna_slots[0].schedule_id))
            next_day, _ = make_slots(session, schedule=schedule, count=2, starts_at=TOMORROW + timedelta(days=1))
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        appointment_id = made.body["id"]
        desk.move(day.clerk, appointment_id=appointment_id, version=2, slot_id=next_day.id, now=NOW)
        await board.refresh()
        assert window.got[-1]["changes"][-1]["gone"] == [appointment_id]

    played(scene)


def test_new_columns_bring_the_whole_day_again(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        with building() as session:
            carla = make_practitioner(session, clinic=day.clinic, display_name="Dr Aaron")
            schedule = make_schedule(session, clinic=day.clinic, practitioner=carla, location=day.location)
            make_slots(session, schedule=schedule, count=2)
        await board.refresh()
        assert [column[1] for column in window.got[-1]["day"]["columns"]] == ["Dr Aaron", "Dr Anna", "Dr Boris"]

    played(scene)


def test_an_ended_session_is_turned_away_and_sees_nothing_more(day: BoardDay) -> None:
    async def scene() -> None:
        board, gone, stays = LiveBoard(day.place(), DAY), Window(day.clerk), Window(day.clerk, client="stays")
        await board.show(gone.tab, day.clerk)
        await board.show(stays.tab, day.clerk)
        gone.principal = None
        book(day, "Ana Silva")
        await board.refresh()
        assert (len(gone.got), gone.turned_away) == (1, 1)
        assert len(stays.got) == 2
        assert "tab" not in board.tabs

    played(scene)


def test_control_without_the_question_an_ended_session_would_go_on_seeing_names(
    day: BoardDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def everybody(board: LiveBoard, _first: str = "") -> AsyncIterator[tuple[Tab, Principal]]:
        for tab in board.tabs.values():
            yield tab, day.clerk

    monkeypatch.setattr(LiveBoard, "_allowed", everybody)

    async def scene() -> None:
        board, gone = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(gone.tab, day.clerk)
        gone.principal = None
        book(day, "Ana Silva")
        await board.refresh()
        assert "Ana Silva" in str(gone.got[-1]["changes"])

    played(scene)


def test_a_right_that_was_taken_away_ends_the_view(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        window.principal = staff_of(day.clinic, location_ids=frozenset())
        book(day, "Ana Silva")
        await board.refresh()
        assert (len(window.got), window.turned_away) == (1, 1)

    played(scene)


def test_a_closed_tab_is_forgotten(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        await board.show(window.tab, day.clerk)
        window.is_open = False
        book(day, "Ana Silva")
        await board.refresh()
        assert (len(window.got), board.tabs) == (1, {})

    played(scene)


def test_a_look_leaves_one_audit_row_a_quarter_of_an_hour(day: BoardDay) -> None:
    async def scene() -> None:
        board, window = LiveBoard(day.place(), DAY), Window(day.clerk)
        for _ in range(3):
            await board.show(window.tab, day.clerk)
        for slot in (0, 2):
            book(day, "Ana Silva", slot=slot)
            await board.refresh()

    played(scene)
    with building() as session:
        asked = select(AuditEvent).where(AuditEvent.clinic_id == day.clinic.id, AuditEvent.object_kind == "board")
        assert len(session.exec(asked).all()) == 1


def test_a_commit_anywhere_reaches_the_tabs_of_its_day_and_days_nobody_sees_are_let_go(
    day: BoardDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates = LiveUpdates(settings().redis_url, poll_seconds=60)
    monkeypatch.setattr(live_board, "live", lambda: updates)

    async def scene() -> None:
        today, other = Window(day.clerk), Window(day.clerk, client="other")
        await live_board.show(today.tab, day.clerk, place=day.place(), day=DAY)
        await live_board.show(other.tab, day.clerk, place=day.place(), day=DAY + timedelta(days=1))
        async with asyncio.timeout(10):
            while not updates.is_connected:
                await asyncio.sleep(0.02)
            await asyncio.to_thread(book, day, "Ana Silva")
            while len(today.got) < 2:
                await asyncio.sleep(0.02)
        assert [card[7] for card in today.got[-1]["changes"][-1]["cards"]] == ["Ana Silva"]
        assert len(other.got) == 1
        assert len(live_board._boards) == 2
        today.is_open = other.is_open = False
        live_board.leave("nobody")
        assert live_board._boards == {}
        assert updates._task is not None
        updates._task.cancel()

    played(scene)


def test_a_tab_that_comes_back_while_its_day_is_read_again_stays_up_to_date(
    day: BoardDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates = LiveUpdates(settings().redis_url, poll_seconds=60)
    monkeypatch.setattr(live_board, "live", lambda: updates)
    topic = (day.clinic.id, day.location.id, DAY)

    async def scene() -> None:
        window, is_reading, may_go_on = Window(day.clerk), asyncio.Event(), asyncio.Event()

        async def who() -> Principal | None:
            is_reading.set()
            await may_go_on.wait()
            return day.clerk

        async with asyncio.timeout(10):
            await live_board.show(window.tab, day.clerk, place=day.place(), day=DAY)
            window.tab.who = who
            live_board._boards[topic].wake()
            await is_reading.wait()
            again = asyncio.create_task(live_board.show(window.tab, day.clerk, place=day.place(), day=DAY))
            await asyncio.sleep(0)
            may_go_on.set()
            await again
            await asyncio.to_thread(book, day, "Ana Silva")
            live_board._boards[topic].wake()
            while "Ana Silva" not in str(window.got[-1]):
                await asyncio.sleep(0.02)
        window.is_open = False
        live_board.leave("nobody")
        assert topic not in live_board._boards
        assert updates._task is not None
        updates._task.cancel()

    played(scene)


def test_the_day_reaches_the_browser_without_the_state_holding_it() -> None:
    """The pushed delta has the very name of the var, and the var itself stays empty in the server's state."""
    pushed: list[dict[str, Any]] = []

    async def emit(client: str, delta: dict[str, Any]) -> None:
        pushed.append(delta)

    asyncio.run(Line("tab", "socket", emit, emit).set(BoardFeed, "message", {"seq": 1}))
    state = BoardFeed(_reflex_internal_init=True)  # type: ignore[call-arg]
    assert state.message == {}
    state.message = {"seq": 1}
    assert pushed == [dict(state.get_delta())]
