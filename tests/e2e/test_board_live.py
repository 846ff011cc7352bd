"""What others do arrives on the board by itself: the API's holds, and the end of a hold's time."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.e2e.board_page import SOON, FreeStart, column_of, free_start, open_board
from tests.running_clinic import RunningClinic

SCOPES = "slots:read appointments:read appointments:write patients:read patients:write"


@pytest.fixture(scope="module")
def api(clinic: RunningClinic) -> Iterator[httpx.Client]:
    """A program that books over HTTP."""
    printed = clinic.command("api-client", "create", f"board {uuid4()}", "--scope", SCOPES).stdout
    client_id, secret = (re.search(rf"{name}=(\S+)", printed)[1] for name in ("client_id", "client_secret"))  # type: ignore[index]
    with httpx.Client(base_url=f"{clinic.url}/api/v1", timeout=20) as client:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = client.post("/auth/token", data=form).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def held_over_http(api: httpx.Client, clinic: RunningClinic, start: FreeStart, *, name: str) -> dict[str, Any]:
    with clinic.connect() as database:
        found = database.execute(
            "SELECT s.id, o.service_id FROM slots s"
            " JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id"
            " JOIN practitioner_services o ON o.clinic_id = s.clinic_id AND o.practitioner_id = s.practitioner_id"
            " JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id AND v.capacity = 1"
            "  AND v.duration_minutes <= 60"
            " WHERE s.starts_at = %s AND d.display_name = %s ORDER BY v.duration_minutes LIMIT 1",
            (start.starts_at, start.practitioner),
        ).fetchone()
    assert found is not None
    patient = {"given_name": name, "family_name": "Overhttp", "birth_date": "1985-03-04", "phone": "+12125550123"}
    wish = {"slot_id": str(found[0]), "service_id": str(found[1]), "patient": patient}
    answer = api.post("/appointments", json=wish, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    held: dict[str, Any] = answer.json()
    return held


def card(page: Page, start: FreeStart, *, name: str, status: str) -> Locator:
    pattern = re.compile(rf"{name} Overhttp, .*, {status}$")
    return column_of(page, start).get_by_role("button", name=pattern)


def test_a_hold_over_http_is_on_the_board_by_itself_and_so_is_its_confirmation(
    page: Page, clinic: RunningClinic, api: httpx.Client
) -> None:
    start = free_start(clinic, days=61)
    open_board(page, start)
    held = held_over_http(api, clinic, start, name="Ida")
    expect(card(page, start, name="Ida", status="Held")).to_be_visible(timeout=SOON)
    key = {"Idempotency-Key": str(uuid4())}
    assert api.post(f"/appointments/{held['id']}/confirm", headers=key).status_code == 200
    expect(card(page, start, name="Ida", status="Booked")).to_be_visible(timeout=SOON)


@pytest.mark.long
def test_a_hold_that_runs_out_gives_its_time_back_on_the_board_at_that_second(
    page: Page, clinic: RunningClinic, api: httpx.Client
) -> None:
    start = free_start(clinic, days=62)
    open_board(page, start)
    held = held_over_http(api, clinic, start, name="Ulf")
    expect(card(page, start, name="Ulf", status="Held")).to_be_visible()
    expect(column_of(page, start).get_by_role("button", name=start.time)).to_have_count(0)
    with clinic.connect() as database:
        database.execute(
            "UPDATE appointments SET hold_expires_at = now() + interval '12 seconds' WHERE id = %s", (held["id"],)
        )
    # Any change of the day has it read again: the board learns of the new end.
    other = free_start(clinic, days=62)
    if other.day == start.day and other.place == start.place:
        held_over_http(api, clinic, other, name="Pia")
    else:
        page.reload()
    gone = card(page, start, name="Ulf", status="Held")
    expect(gone).to_contain_text(re.compile(r"Held\s*0:[01]\d"), timeout=10_000)
    expect(gone).to_have_count(0, timeout=15_000)
    expect(column_of(page, start).get_by_role("button", name=start.time)).to_be_visible()


def test_the_board_comes_back_by_itself_after_the_line_was_cut(
    page: Page, clinic: RunningClinic, api: httpx.Client
) -> None:
    lines: list[WebSocketRoute] = []
    is_cut = False

    def through(line: WebSocketRoute) -> None:
        if not is_cut:
            line.connect_to_server()
        lines.append(line)

    page.route_web_socket(re.compile("/_event"), through)
    start = free_start(clinic, days=63)
    open_board(page, start)
    is_cut = True
    before = len(lines)
    lines[-1].close()
    held_over_http(api, clinic, start, name="Eva")
    page.wait_for_timeout(1_000)
    expect(card(page, start, name="Eva", status="Held")).to_have_count(0)
    # The browser has been trying meanwhile; now its line gets through.
    for _ in range(100):
        if len(lines) > before:
            break
        page.wait_for_timeout(100)
    assert len(lines) > before
    lines[-1].connect_to_server()
    expect(card(page, start, name="Eva", status="Held")).to_be_visible(timeout=15_000)
