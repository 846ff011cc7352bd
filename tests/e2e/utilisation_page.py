"""How the browser tests use the utilisation page, and the figures as the database has them, worked out another way."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.running_clinic import RunningClinic

# The last four whole weeks on the clinic's calendar; each slot on the day that its location has.
WEEKS = """
WITH weeks AS (
  SELECT date_trunc('week', now() AT TIME ZONE timezone)::date - 28 AS first_on,
         date_trunc('week', now() AT TIME ZONE timezone)::date - 1 AS last_on
    FROM clinics
), used AS (
  SELECT s.*, l.name AS place, p.display_name, extract(epoch FROM s.ends_at - s.starts_at) / 60.0 AS minutes,
         s.starts_at AT TIME ZONE l.timezone AS starts_local
    FROM slots s
    JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
    JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id
    JOIN weeks ON (s.starts_at AT TIME ZONE l.timezone)::date BETWEEN first_on AND last_on
), seats AS (
  SELECT u.*, a.status FROM used u
    JOIN appointment_slots t ON t.clinic_id = u.clinic_id AND t.slot_id = u.id
    JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
)
"""
TAKEN = "('booked', 'arrived', 'checked-in', 'fulfilled', 'noshow')"
BY: dict[str, str] = {
    "everything": "'all'",
    "practitioner": "display_name",
    "place": "place",
    "weekday": "trim(to_char(starts_local, 'Day'))",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """Minutes; those of one seat of many are a part of them."""

    bookable: int
    booked: Decimal
    attended: Decimal

    @property
    def cells(self) -> list[str]:
        """The three figures as the page writes them."""
        return [f"{round(figure):,}" for figure in (self.bookable, self.booked, self.attended)]


def truth(clinic: RunningClinic, *, by: str) -> dict[str, Truth]:
    """Return the minutes of the last four weeks by practitioner, place or weekday."""
    key = BY[by]
    bookable = f"{WEEKS} SELECT {key}, sum(minutes) FROM used WHERE status = 'open' GROUP BY 1"
    taken = f"""{WEEKS} SELECT {key}, sum(minutes / max_capacity) FILTER (WHERE status IN {TAKEN}),
        sum(minutes / max_capacity) FILTER (WHERE status IN ('checked-in', 'fulfilled')) FROM seats GROUP BY 1"""
    taken = taken.replace(
        "u.*, a.status", "u.max_capacity, u.minutes, u.place, u.display_name, u.starts_local, a.status"
    )
    with clinic.connect() as database:
        seats: dict[str, Any] = {row[0]: row[1:] for row in database.execute(taken).fetchall()}  # type: ignore[call-overload]
        opened = database.execute(bookable).fetchall()  # type: ignore[call-overload]
    none = (None, None)
    return {
        name: Truth(round(minutes), *(Decimal(one or 0) for one in seats.get(name, none))) for name, minutes in opened
    }


def open_report(page: Page) -> None:
    """Open the page in a window that is signed in, and wait for the figures."""
    page.goto("/reports")
    expect(figure_of(page, "Bookable minutes")).to_be_visible(timeout=20_000)


def figure_of(page: Page, name: str) -> Locator:
    """Return one of the figures above the charts."""
    return page.get_by_role("main").locator("dl > div").filter(has=page.get_by_text(name, exact=True)).locator("dd")


def panel_of(page: Page, title: str) -> Locator:
    """Return a chart's panel."""
    return page.get_by_role("main").locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def table_of(page: Page, title: str) -> Locator:
    """Show a panel's table and return it."""
    panel = panel_of(page, title)
    panel.get_by_role("tab", name="Table").click()
    return panel.get_by_role("table")


def charts_drawn(page: Page) -> None:
    """Wait until both charts stand."""
    expect(page.locator('.plot[data-state="drawn"]')).to_have_count(2, timeout=20_000)


def choose(page: Page, *, what: str, name: str) -> None:
    """Choose in one of the menus of the app bar."""
    page.get_by_role("combobox", name=what).click()
    page.get_by_role("option", name=name, exact=True).click()
