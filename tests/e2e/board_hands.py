"""What the tests of the board's hands share: a card, its middle, the free times beside it, the notice's Undo."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import column_of
from tests.e2e.board_today import TodaysVisit
from tests.running_clinic import RunningClinic

# So that the day's board has no column of theirs any more: only some columns are in sight.
GONE = (
    "DELETE FROM schedule_exceptions e USING schedules s"
    " WHERE s.clinic_id = e.clinic_id AND s.id = e.schedule_id AND s.practitioner_id = %s",
    "UPDATE slots SET status = 'blocked', current_bookings = 0 WHERE practitioner_id = %s",
    "UPDATE appointments SET status = 'entered-in-error' WHERE practitioner_id = %s",
)


def ask(clinic: RunningClinic, statement: str, *values: Any) -> Any:
    """Return the first value that the database gives."""
    with clinic.connect() as database:
        return (database.execute(statement, values).fetchone() or (None,))[0]


def take_away(clinic: RunningClinic, visit: TodaysVisit) -> None:
    """Leave nothing of a visit and of whom it was with on the board."""
    practitioner_id = ask(clinic, "SELECT practitioner_id FROM appointments WHERE id = %s", visit.id)
    with clinic.connect() as database:
        for statement in GONE:
            database.execute(statement, (practitioner_id,))


def card_of(page: Page, visit: TodaysVisit) -> Locator:
    return page.locator(f'.db-card[data-key="{visit.id}"]')


def middle_of(thing: Locator) -> tuple[float, float]:
    thing.scroll_into_view_if_needed()
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def free_times(page: Page, visit: TodaysVisit) -> Locator:
    return column_of(page, visit.start).get_by_role("button", name=re.compile(", free$"))


def undo(page: Page) -> None:
    """Press the notice's Undo and wait until it was done."""
    page.get_by_role("listitem").get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text(re.compile("^Undone")).first).to_be_visible()
