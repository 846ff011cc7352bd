"""What can be done by name from any page: go to a page, or begin something there.

A command goes to its page and presses the controls there that it names, one after the other. A control has its name
by `custom_attrs={"data-command": "walk-in"}`; what the board does by a key alone is pressed as that key.
"""

from dataclasses import asdict, dataclass
from typing import Any

from app import routes
from app.words import N_

DO, PAGES, SETTINGS = N_("Actions"), N_("Pages"), N_("Settings")
# The board takes keys as soon as it holds a day.
BOARD_READY = '.db[aria-busy="false"]'


@dataclass(frozen=True, slots=True)
class Command:
    """One line: found by the messages `title` and `also`, shown to whoever has one of the permissions.

    `key` is the page's own key for the same; it is pressed where `ready` says when the page takes it.
    """

    id: str
    title: str
    to: str
    permissions: tuple[str, ...]
    group: str = DO
    press: tuple[str, ...] = ()
    key: str = ""
    ready: str = ""
    also: str = ""


def _page(area: routes.WorkArea, group: str) -> Command:
    return Command(area.route, area.title, area.route, (area.permission,), group)


def _view(name: str, title: str) -> Command:
    address = f"{routes.CALENDAR}?view={name}"
    return Command(address, title, address, (routes.PERMISSION_OF[routes.CALENDAR],), PAGES, also=N_("Calendar"))


def _entry(name: str, title: str, to: str) -> Command:
    return Command(name, title, to, (routes.PERMISSION_OF[to],), SETTINGS, press=("new-entry",))


# At the desk: what people come and call for.
DESK = (
    Command(
        "new-appointment", N_("New appointment"), routes.BOARD, ("appointments:write",),
        key="N", ready=BOARD_READY, also=N_("Book a visit"),
    ),
    Command(
        "new-patient", N_("New patient"), routes.PATIENTS, ("patients:write",),
        press=("new-patient",), also=N_("Add a patient"),
    ),
    Command(
        "walk-in", N_("Somebody without an appointment"), routes.ARRIVALS, ("queue:write",),
        press=("walk-in",), key="W", also=N_("Walk-in"),
    ),
    Command(
        "call-next", N_("Call the next patient"), routes.ARRIVALS, ("queue:write",), press=("call-next",), key="C"
    ),
    Command(
        "add-wish", N_("Add to the waitlist"), routes.WORKLISTS, ("appointments:write",), press=("waiting", "add-wish")
    ),
    Command("display", N_("The waiting room's display"), routes.ARRIVALS, ("queue:write",), press=("display",)),
)  # fmt: skip
# Time that is taken out of the day, and the day's end.
TIME = (
    Command(
        "block", N_("Block time"), routes.BOARD, ("schedules:block", "schedules:write"), key="B", ready=BOARD_READY
    ),
    Command(
        "my-time", N_("Block hours, or be away"), routes.MY_DAY, ("schedules:own",),
        press=("my-time",), also=N_("Block time"),
    ),
    Command("late", N_("Running late"), routes.MY_DAY, ("own-day:read",), press=("late",), key="L"),
    Command(
        "away", N_("Somebody is away"), routes.WORKLISTS, ("absences:write",),
        press=("displaced", "away"), also=N_("Leave"),
    ),
    Command("close", N_("Close the day"), routes.CLOSE, ("day:close",)),
    Command("sheet", N_("Print the day sheet"), routes.CLOSE, ("day:export",), also=N_("Spreadsheet")),
)  # fmt: skip
PLACES = (
    *(_page(area, PAGES) for area in routes.WORK_AREAS),
    *(_view(name, title) for name, title in (("week", N_("Week")), ("month", N_("Month")), ("list", N_("List")))),
    Command("rooms", N_("Rooms as columns"), routes.BOARD, ("board:read",), PAGES, press=("rooms",)),
    Command("table", N_("As a table"), routes.BOARD, ("board:read",), PAGES, press=("table",)),
    Command("displaced", N_("Displaced"), routes.WORKLISTS, ("appointments:read",), PAGES, press=("displaced",)),
    Command("waitlist", N_("Waitlist"), routes.WORKLISTS, ("appointments:read",), PAGES, press=("waiting",)),
)
HOUSE = (
    *(_page(area, SETTINGS) for area in routes.SETTINGS_AREAS),
    Command(routes.SET_UP, N_("Set-up guide"), routes.SET_UP, ("settings:write",), SETTINGS),
    _entry("new-location", N_("New location"), routes.SETTINGS_LOCATIONS),
    _entry("new-service", N_("New service"), routes.SETTINGS_SERVICES),
    _entry("new-practitioner", N_("New practitioner"), routes.SETTINGS_PRACTITIONERS),
    _entry("new-account", N_("New account"), routes.SETTINGS_USERS),
)
COMMANDS = (*DESK, *TIME, *PLACES, *HOUSE)


def listed() -> list[dict[str, Any]]:
    """Return the commands for the browser; `trial` marks those that only a demonstration has."""
    return [
        {name: value for name, value in asdict(one).items() if value} | {"trial": one.to in routes.DEMONSTRATION_ONLY}
        for one in COMMANDS
    ]
