"""How the browser tests use the day board: signing in, going to a day, choosing by name."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from app.services.demo import LOGINS
from app.settings import ROOT
from tests.running_clinic import RunningClinic

RUN = """
SELECT l.name, l.timezone, d.display_name, s.starts_at, s.practitioner_id
  FROM slots s
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
  JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id
 WHERE s.status = 'open' AND s.service_id IS NULL AND s.current_bookings = 0
   AND s.starts_at > now() + make_interval(days => %(days)s)
   -- Of the demonstration's own (app/services/demo/ids.py), none that another test has made.
   AND s.id::text LIKE '01900000-0000-7de0-%%'
   AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.clinic_id = s.clinic_id
                      AND a.practitioner_id = s.practitioner_id
                      AND a.starts_at BETWEEN s.starts_at AND s.starts_at + make_interval(mins => %(minutes)s))
   AND (SELECT count(*) FROM slots n
         WHERE n.clinic_id = s.clinic_id AND n.practitioner_id = s.practitioner_id AND n.current_bookings = 0
           AND n.status = 'open' AND n.service_id IS NULL AND n.location_id = s.location_id
           AND n.starts_at >= s.starts_at AND n.ends_at <= s.starts_at + make_interval(mins => %(minutes)s))
       * extract(epoch FROM s.ends_at - s.starts_at) / 60 >= %(minutes)s
   -- Whatever is booked there begins when the start does.
   AND NOT EXISTS (SELECT 1 FROM practitioner_services o
                     JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id
                    WHERE o.clinic_id = s.clinic_id AND o.practitioner_id = s.practitioner_id
                      AND v.buffer_before_minutes > 0)
   AND (%(weeks)s = 0 OR %(weeks)s = (
         SELECT count(*) FROM slots w
          WHERE w.clinic_id = s.clinic_id AND w.practitioner_id = s.practitioner_id AND w.location_id = s.location_id
            AND w.current_bookings = 0 AND w.status = 'open' AND w.service_id IS NULL
            AND w.starts_at BETWEEN s.starts_at + interval '6 days' AND s.starts_at + %(weeks)s * interval '8 days'
            AND (w.starts_at AT TIME ZONE l.timezone) - (s.starts_at AT TIME ZONE l.timezone)
                IN (SELECT week * interval '7 days' FROM generate_series(1, %(weeks)s) week)))
 ORDER BY s.starts_at, s.id LIMIT 1
"""

# Milliseconds in which what others do must be there: well before a page that hears nothing asks again by itself.
# How long it really takes is measured by `./holdfast bench board`.
SOON = 3_000
STILL = """() => document.getAnimations()
  .every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
READ_RECORD = """
import pickle, redis, sys
from app.infra.crypto import open_sealed
from app.settings import settings
record = redis.Redis.from_url(settings().redis_url).get(sys.argv[1])
print(pickle.loads(open_sealed(record, context=sys.argv[1].encode())).instance_id)
"""


@dataclass(frozen=True, slots=True)
class FreeStart:
    """A free start of the demonstration clinic with so many free minutes after it."""

    place: str
    practitioner: str
    starts_at: datetime

    @property
    def day(self) -> date:
        return self.starts_at.date()

    def later(self, by: timedelta) -> "FreeStart":
        """Return the time so much later with the same practitioner."""
        return replace(self, starts_at=self.starts_at + by)

    def with_(self, practitioner: str) -> "FreeStart":
        """Return the same time with another practitioner."""
        return replace(self, practitioner=practitioner)

    @property
    def time(self) -> re.Pattern[str]:
        return re.compile(rf"^0?{self.starts_at.hour}:{self.starts_at:%M}, {re.escape(self.practitioner)}, free$")


def free_start(clinic: RunningClinic, *, days: int, minutes: int = 60, weeks: int = 0) -> FreeStart:
    """Find a free run that nobody ever had, at least so many days ahead; tests take different days.

    With `weeks`, a start that is free at the same time in each of the so many weeks after its own, too.
    """
    with clinic.connect() as database:
        found = database.execute(RUN, {"days": days, "minutes": minutes, "weeks": weeks}).fetchone()
    assert found is not None, "the demonstration has no such free time"
    place, zone, practitioner, starts_at, _ = found
    return FreeStart(place, practitioner, starts_at.astimezone(ZoneInfo(zone)))


def sign_in(page: Page, *, login: str = "", role: str = "receptionist", to: str = "") -> None:
    """Sign in as one of the demonstration's people, or by a login of the test's own with the password of its role.

    Opens a page, else the one that the role begins with. What the sign-in page itself does: test_sign_in.py.
    """
    page.goto(let_in(page, login=login, role=role, to=to))
    # Before the page knows who reads it, it does not hear a click.
    expect(page.locator(".person-trigger")).to_be_visible(timeout=20_000)


def let_in(page: Page, *, login: str = "", role: str = "receptionist", to: str = "") -> str:
    """Sign the window's browser in without opening a page; return where signing in leads."""
    like = next(one for one in LOGINS if one.role == role)
    form = {"login": login or like.login, "password": like.password, "next": to}
    # The page gives the browser its id, by which the lock knows who worked here.
    origin = page.request.get("/sign-in").url.removesuffix("/sign-in")
    answer = page.request.post("/auth/sign-in", form=form, headers={"Origin": origin}, max_redirects=0)
    address = answer.headers["location"]
    assert not address.startswith("/sign-in"), address
    return address


def open_board(page: Page, start: FreeStart, *, role: str = "receptionist") -> Locator:
    """Sign in and go to the start's location and day; return the board."""
    sign_in(page, role=role, to=f"/board?day={start.day}")
    board = board_of(page)
    _choose_place(page, start)
    _expect_shown(page, start)
    return board


def go_to(page: Page, start: FreeStart) -> None:
    """Choose the location and the day."""
    _choose_place(page, start)
    page.get_by_role("button", name="Choose a day").click()
    page.get_by_label("Go to a day").fill(start.day.isoformat())
    page.keyboard.press("Escape")
    # Going, it gives the focus back to its button, which would close what is opened meanwhile.
    expect(page.get_by_label("Go to a day")).to_have_count(0)
    _expect_shown(page, start)


def _choose_place(page: Page, start: FreeStart) -> None:
    place = page.get_by_role("combobox", name="Location")
    if start.place not in (place.text_content() or ""):
        place.click()
        page.get_by_role("option", name=start.place).click()


def _expect_shown(page: Page, start: FreeStart) -> None:
    expect(page.get_by_role("heading", name=f"{start.day.day} {start.day:%B %Y}")).to_be_visible()
    # Columns out of sight are not drawn: the practitioner is brought into view by the keyboard's end of the row.
    expect(column_of(page, start)).to_be_visible()


def board_of(page: Page) -> Locator:
    """Return the board once it holds a day."""
    board = page.get_by_role("region", name="Day board")
    expect(board).to_have_attribute("aria-busy", "false", timeout=20_000)
    return board


def column_of(page: Page, start: FreeStart) -> Locator:
    """Return one practitioner's column."""
    return page.get_by_role("group", name=f"Day of {start.practitioner}")


def details_of(page: Page) -> Locator:
    """Return the pane beside the board."""
    return page.get_by_role("complementary", name="Details")


def choose_patient(page: Page, *, text: str) -> str:
    """Find a patient by what is typed and take the first; return the name."""
    pane = details_of(page)
    pane.get_by_label("Find a patient").fill(text)
    first = pane.get_by_role("listitem").get_by_role("button").first
    first.click()
    chosen = pane.locator("strong")
    expect(chosen).to_be_visible()
    return chosen.text_content() or ""


def worker_of(page: Page, clinic: RunningClinic) -> str:
    """Return which web worker holds the page's websocket, out of the record that Reflex keeps (sealed) in Valkey."""
    addresses = json.loads((clinic.home / "addresses.json").read_text())
    token = page.evaluate("sessionStorage.getItem('token')")
    found = subprocess.run(
        [sys.executable, "-c", READ_RECORD, f"token_manager_socket_record_{token}"],
        env={**clinic.environment(), **addresses},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def on_another_worker(page: Page, than: str, clinic: RunningClinic) -> None:
    """Load the page again until its websocket ends in another worker."""
    for _ in range(40):
        if worker_of(page, clinic) != than:
            return
        page.reload()
        board_of(page)
    raise AssertionError("every websocket went to the same worker")


def shade(page: Page, *, scheme: str) -> None:
    """Have the page be light or dark, as the reader's system asks it to."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_class(re.compile(rf"\b{scheme}\b"))


def violations_in_both(page: Page) -> list[str]:
    """Return what axe finds in the light and in the dark, with the beginning of the element; the page ends light."""
    found = []
    for scheme in ("dark", "light"):
        shade(page, scheme=scheme)
        found += [f"{scheme}: {one}" for one in violations(page)]
    return found


def violations(page: Page) -> list[str]:
    """Return what axe finds once nothing fades in or out any more, with the beginning of the element."""
    page.wait_for_function(STILL)
    results = Axe().run(page)
    return [f"{one['id']}: {node['html'][:160]}" for one in results.response["violations"] for node in one["nodes"][:3]]
