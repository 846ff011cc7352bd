"""A full day on the board: how soon it is painted, how soon a move is seen here, and how soon at fifty other desks.

A whole installation as `./holdfast up` starts it (two web workers, its own PostgreSQL with durable commits, Valkey,
scheduler) with 60 practitioners and 1,500 appointments in one day. The pages are measured in a headless Chromium; the
other desks are websockets that speak the pages' protocol, each signed in for itself, so that fifty browsers do not
measure themselves. They stay open all the time. The three are measured in turn, round by round, until all rounds are
done or the time is over, so that what else the machine does meets them alike; what it does is told with each round.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median

from playwright.sync_api import Page

from app.settings import settings
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from bench import board_browser
from bench.board_ground import Day, lay_day
from bench.desks import Desk
from bench.installation import installation
from bench.machine import Machine

PANE, MOVING = PaneState.get_full_name(), MovingState.get_full_name()


@dataclass(slots=True)
class Figures:
    """Milliseconds of each open, each move and each change at each desk; CPU seconds of the servers for the changes."""

    paints: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)
    changes: int = 0
    servers: float = 0.0
    others: list[float] = field(default_factory=list)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `bench board`."""
    parser.add_argument("--practitioners", type=int, default=60, help="each has 25 appointments on the day")
    parser.add_argument("--rounds", type=int, default=10, help="how often all three are measured in turn")
    parser.add_argument("--moves", type=int, default=8, help="how many moves are timed on the screen in a round")
    parser.add_argument("--boards", type=int, default=50, help="how many other desks look at the day")
    parser.add_argument("--changes", type=int, default=4, help="how many changes the desks wait for in a round")
    parser.add_argument("--minutes", type=float, default=4.0, help="no round begins after so long")
    parser.add_argument("--port", type=int, help="where the pages listen (any free port)")


def run(arguments: argparse.Namespace) -> int:
    """Open an installation, look at its board, and print what it took; the last line is RESULT."""
    with installation(port=arguments.port) as opened:
        day = lay_day(practitioners=arguments.practitioners)
        _say(f"{arguments.practitioners} practitioners, {day.visits} appointments, {arguments.boards} other desks")
        opened.finish_frontend()
        opened.start_scheduler()
        opened.start_web()
        with _desks(day, arguments.boards + 1) as desks, board_browser.desk(settings().port) as page:
            figures = _measured(arguments, page, day, desks)
    _tell(figures, day)
    return 0


@contextmanager
def _desks(day: Day, count: int) -> Iterator[list[Desk]]:
    with ExitStack() as stack:
        desks = [stack.enter_context(Desk(settings().port, token=day.session_token())) for _ in range(count)]
        for one in desks:
            one.open(day.address)
        yield desks


def _measured(arguments: argparse.Namespace, page: Page, day: Day, desks: list[Desk]) -> Figures:
    figures, ends_at = Figures(), time.monotonic() + 60 * arguments.minutes
    # The first open fills the browser's cache, as that of the morning does.
    board_browser.paints(page, day, times=1)
    machine = Machine()
    for number in range(arguments.rounds):
        if number and time.monotonic() > ends_at:
            break
        paints = board_browser.paints(page, day, times=1)
        moves = board_browser.moves(page, first=number * arguments.moves, times=arguments.moves)
        meanwhile = machine.since()
        pushes = _pushes(desks, day, first=number * arguments.changes, changes=arguments.changes)
        spent = machine.since()
        figures.paints += paints
        figures.moves += moves
        figures.pushes += pushes
        figures.changes += arguments.changes
        figures.servers += spent.servers
        figures.others += [meanwhile.others, spent.others]
        parts = {"painted": paints, "moved": moves, "shown elsewhere": pushes}
        told = ", ".join(f"{word} {median(one):.0f} ms (longest {max(one):.0f})" for word, one in parts.items() if one)
        _say(f"round {number + 1}: {told}; {meanwhile}")
    return figures


def _pushes(desks: list[Desk], day: Day, *, first: int, changes: int) -> list[float]:
    """Return for each change and each other desk how many milliseconds after the yes it came in there."""
    mover, *others = desks
    numbers = range(first, first + changes)
    return [took for number in numbers for took in _one_change(mover, others, day, number % len(day.practitioners))]


def _one_change(mover: Desk, others: list[Desk], day: Day, practitioner: int) -> list[float]:
    card_id, starts_at = day.one_visit(practitioner)
    chosen = {"practitioner_id": str(day.practitioners[practitioner]), "starts_at": starts_at}
    mover.call(f"{PANE}.open_card", card_id, card_id=card_id, kind="visit")
    mover.call(f"{MOVING}.start", '"moving')
    mover.call(f"{MOVING}.choose", '"picked', **chosen)
    marks = [len(one.heard) for one in others]
    sent_at = mover.send(f"{MOVING}.move")
    found = [one.wait_for(card_id, since=mark) for one, mark in zip(others, marks, strict=True)]
    return [1000 * (at - sent_at) for at in found]


def _tell(figures: Figures, day: Day) -> None:
    paints, moves, pushes = sorted(figures.paints), sorted(figures.moves), sorted(figures.pushes)
    _say(f"painted: median {median(paints):.0f} ms, {paints[0]:.0f} to {paints[-1]:.0f}, {len(paints)} opens")
    _say(f"moved: p50 {median(moves):.0f} ms, p95 {_at(moves, 0.95):.0f}, longest {moves[-1]:.0f}, {len(moves)} moves")
    _say(f"shown elsewhere: p50 {median(pushes):.0f} ms, p99 {_at(pushes, 0.99):.0f}, longest {pushes[-1]:.0f}")
    cpu_ms = 1000 * figures.servers / figures.changes
    _say(f"a change costs the servers {cpu_ms:.0f} ms of CPU, from the card's opening to the last desk")
    result = {
        "paint_ms": median(paints),
        "move_ms": _at(moves, 0.95),
        "push_p99_ms": _at(pushes, 0.99),
        "appointments": day.visits,
        "moves": len(moves),
        "pushes": len(pushes),
        "change_cpu_ms": cpu_ms,
        "cores_of_others": median(figures.others),
    }
    print("RESULT board " + " ".join(f"{name}={value:.5g}" for name, value in result.items()), flush=True)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _say(words: str) -> None:
    print(words, flush=True)
