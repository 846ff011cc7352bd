"""The waiting room's display: it outlives a restart, shows nothing old meanwhile, rings for a call, fits its screen."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.e2e.board_page import violations
from tests.e2e.board_today import TodaysVisit, todays_visit
from tests.e2e.conftest import OpenWindow
from tests.e2e.queue_page import open_arrivals, open_display, row_in
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
LOST = "This display is not connected right now"
COUNT_TONES = """
window.tones = 0;
const begin = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) { window.tones += 1; return begin.apply(this, given); };
"""
# A browser plays nothing before somebody touched the page, but takes a program's look at it for a touch.
SILENT_UNTIL_TOUCHED = """
const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "state").get;
let isTouched = false;
window.addEventListener("click", () => { isTouched = true; }, true);
Object.defineProperty(AudioContext.prototype, "state", {
  get() { return isTouched ? state.call(this) : "suspended"; },
});
"""
SCREENS = [(1920, 1080), (3840, 2160), (1080, 1920)]
LONG_ROOM = "Ultrasound and electrocardiography, second floor, behind the garden door"
NAME_ROOM = "UPDATE queue_tickets SET called_to = %s WHERE state = 'called'"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningClinic]:
    """An installation of its own, which the test may end and start again."""
    clinic = RunningClinic(tmp_path / "home")
    clinic.start()
    yield clinic
    clinic.stop()


def number_of(clinic: RunningClinic, visit: TodaysVisit) -> int:
    """Return the number that the patient was given."""
    with clinic.connect() as database:
        found = database.execute("SELECT number FROM queue_tickets WHERE appointment_id = %s", (visit.id,)).fetchone()
    assert found is not None
    return int(found[0])


def call_one(desk: Page) -> None:
    """Let the patient in and call."""
    row_in(desk, "expected").get_by_role("button", name=re.compile("^Arrived")).click()
    expect(row_in(desk, "waiting")).to_be_visible()
    row_in(desk, "waiting").get_by_role("button", name="Call").click()
    expect(row_in(desk, "called")).to_be_visible()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_a_display_comes_back_by_itself_and_shows_no_old_number_meanwhile(
    own: RunningClinic, browser: Browser, end: signal.Signals
) -> None:
    visit = todays_visit(own, practitioner="Dr. Rita Restart", minutes_ago=5)
    windows = [browser.new_context(base_url=own.url, locale="en-GB") for _ in range(2)]
    desk, screen = (window.new_page() for window in windows)
    open_arrivals(desk, own, visit)
    open_display(desk, screen)
    call_one(desk)
    last = screen.get_by_label("Called last")
    number = str(number_of(own, visit))
    expect(last.locator(".wall-number")).to_have_text(number)
    own.stop(end)
    expect(screen.get_by_text(LOST)).to_be_visible()
    expect(last).to_be_hidden()
    expect(screen.get_by_role("heading", name="Called before")).to_be_hidden()
    own.start()
    expect(last.locator(".wall-number")).to_have_text(number, timeout=40_000)
    expect(screen.get_by_text(LOST)).to_have_count(0)
    # It follows again: the number leaves it once the patient is done.
    with own.connect() as database:
        database.execute("UPDATE queue_tickets SET state = 'ended' WHERE appointment_id = %s", (visit.id,))
    expect(last.locator(".wall-number", has_text=re.compile(f"^{number}$"))).to_have_count(0, timeout=40_000)
    for window in windows:
        window.close()


def test_what_is_silent_for_long_counts_as_lost_though_the_line_holds(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Silas Silent", minutes_ago=5)
    desk, screen = open_window(), open_window()
    screen.clock.install()
    is_silent = False

    def listen(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        # A "2" asks whether the browser is there: the line itself holds.
        server.on_message(lambda message: None if is_silent and message != "2" else line.send(message))

    screen.route_web_socket(re.compile("/_event"), listen)
    open_arrivals(desk, clinic, visit)
    open_display(desk, screen)
    expect(screen.get_by_text(LOST)).to_have_count(0)
    # The browser's clock runs on; what comes from the server takes real time.
    is_silent = True
    screen.clock.fast_forward("00:46")
    expect(screen.get_by_text(LOST)).to_be_visible()
    expect(screen.get_by_label("Called last")).to_be_hidden()
    # It asks by itself, and shows what holds.
    is_silent = False
    screen.clock.run_for(6_000)
    expect(screen.get_by_text(LOST)).to_have_count(0)
    expect(screen.get_by_label("Called last")).to_be_visible()


def test_a_call_rings_once_and_only_where_the_sound_was_turned_on(
    open_window: OpenWindow, clinic: RunningClinic
) -> None:
    visit = todays_visit(clinic, practitioner="Dr. Belle Bell", minutes_ago=5)
    desk, loud, still = open_window(), open_window(), open_window()
    for screen in (loud, still):
        screen.add_init_script(COUNT_TONES)
    open_arrivals(desk, clinic, visit)
    open_display(desk, loud)
    still.goto(loud.url)
    loud.get_by_role("button", name="Turn the sound on").click()
    expect(loud.get_by_role("button", name="Sound is on")).to_be_visible()
    # It is heard at once that it works.
    assert loud.evaluate("window.tones") == 2
    call_one(desk)
    expect(loud.get_by_label("Called last").get_by_text("Number")).to_be_visible()
    loud.wait_for_function("window.tones === 4")
    expect(still.get_by_label("Called last").get_by_text("Number")).to_be_visible()
    assert still.evaluate("window.tones") == 0
    # Taken back it rings for nobody else.
    desk.keyboard.press("z")
    expect(row_in(desk, "waiting")).to_be_visible()
    assert loud.evaluate("window.tones") == 4
    # Remembered on this device: the browser only waits for a touch, anywhere, in a window that had none yet.
    again = loud.context.new_page()
    again.add_init_script(SILENT_UNTIL_TOUCHED)
    again.goto(loud.url)
    expect(again.get_by_role("button", name="Touch here for the sound")).to_be_visible()
    again.get_by_role("heading", level=1).click()
    expect(again.get_by_role("button", name="Sound is on")).to_be_visible()
    again.get_by_role("button", name="Sound is on").click()
    again.reload()
    expect(again.get_by_role("button", name="Turn the sound on")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_display_fits_its_screen_with_the_longest_words(
    open_window: OpenWindow, clinic: RunningClinic, width: int, height: int
) -> None:
    visit = todays_visit(clinic, practitioner=f"Dr. Wide {width}", minutes_ago=5)
    desk, screen = open_window(), open_window(width=width, height=height, color_scheme="dark")
    open_arrivals(desk, clinic, visit)
    open_display(desk, screen)
    call_one(desk)
    with clinic.connect() as database:
        database.execute(NAME_ROOM, (LONG_ROOM,))
    screen.reload()
    to = screen.locator(".wall-to")
    expect(to).to_have_text(LONG_ROOM)
    for one in (to, screen.locator(".wall-number"), screen.locator(".wall-last")):
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    cut = "(one) => one.scrollHeight - one.clientHeight"
    assert screen.locator(".wall-last").evaluate(cut) <= 0
    assert screen.evaluate("document.documentElement.scrollHeight - document.documentElement.clientHeight") <= 0
    assert violations(screen) == []
