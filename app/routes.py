"""Every page's address, who may open it, and where each role begins."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.words import N_

HOME = "/"
SIGN_IN = "/sign-in"
BOOK = "/book"
KIOSK = "/kiosk"
BOARD = "/board"
CALENDAR = "/calendar"
REPORTS = "/reports"
MAIL = "/mail"
WORKLISTS = "/worklists"
OFFER = "/offer"
PATIENTS = "/patients"
ARRIVALS = "/arrivals"
MY_DAY = "/my-day"
WALL = "/wall"
CLOSE = "/close"
OFFLINE = "/offline"
PRESCRIPTION = "/prescription"
# How Reflex calls the page of an address without one.
NOT_FOUND = "404"

SETTINGS = "/settings"
SETTINGS_CLINIC = "/settings/clinic"
SETTINGS_LOCATIONS = "/settings/locations"
SETTINGS_SERVICES = "/settings/services"
SETTINGS_PRACTITIONERS = "/settings/practitioners"
SETTINGS_SCHEDULES = "/settings/schedules"
SETTINGS_HOLIDAYS = "/settings/holidays"
SETTINGS_USERS = "/settings/users"
SETTINGS_IMPORT = "/settings/import"

# Answers anybody: before there is an account it makes the first one.
SET_UP = "/set-up"
GO_LIVE = "/settings/go-live"

SIGN_IN_ACTION = "/auth/sign-in"
SIGN_OUT_ACTION = "/auth/sign-out"
LOCK_ACTION = "/auth/lock"
UNLOCK_ACTION = "/auth/unlock"
DAY_FILE = "/desk/day"
SHEETS = "/desk/offline"
IMPORT_FILES = "/desk/imports"


@dataclass(frozen=True, slots=True)
class WorkArea:
    """One entry of the rail or of the settings: its address, the permission that shows it, its icon and its message."""

    route: str
    permission: str
    icon: str
    title: str


# Pages that anybody may open; every other page asks for the permission below, or at least for a session.
PUBLIC = frozenset({HOME, SIGN_IN, BOOK, OFFER, KIOSK, WALL, SET_UP})

WORK_AREAS = (
    WorkArea(BOARD, "board:read", "columns-3", N_("Day board")),
    WorkArea(CALENDAR, "board:read", "calendar-days", N_("Calendar")),
    WorkArea(ARRIVALS, "queue:read", "armchair", N_("Arrivals")),
    WorkArea(MY_DAY, "own-day:read", "stethoscope", N_("My day")),
    WorkArea(PATIENTS, "patients:read", "users-round", N_("Patients")),
    WorkArea(WORKLISTS, "appointments:read", "list-todo", N_("Worklists")),
    WorkArea(CLOSE, "day:close", "moon", N_("Close of day")),
    WorkArea(REPORTS, "reports:read", "chart-no-axes-column", N_("Utilisation")),
    WorkArea(MAIL, "messages:read", "mail", N_("Sent mail")),
    WorkArea(SETTINGS, "schedules:write", "settings", N_("Settings")),
)
# The pages of the settings.
SETTINGS_AREAS = (
    WorkArea(SETTINGS_CLINIC, "settings:write", "hospital", N_("Clinic")),
    WorkArea(SETTINGS_LOCATIONS, "settings:write", "map-pin", N_("Locations")),
    WorkArea(SETTINGS_SERVICES, "settings:write", "stethoscope", N_("Services")),
    WorkArea(SETTINGS_PRACTITIONERS, "settings:write", "user-round-cog", N_("Practitioners")),
    WorkArea(SETTINGS_SCHEDULES, "schedules:write", "calendar-range", N_("Schedules")),
    WorkArea(SETTINGS_HOLIDAYS, "schedules:write", "calendar-off", N_("Holidays and closures")),
    WorkArea(SETTINGS_USERS, "users:write", "users", N_("Users and roles")),
    WorkArea(SETTINGS_IMPORT, "settings:write", "file-up", N_("Import")),
    WorkArea(GO_LIVE, "settings:write", "rocket", N_("Go live")),
)
# What only a demonstration has: sent mail is kept where it is only shown, and whoever is live need not go there.
DEMONSTRATION_ONLY = frozenset({MAIL, GO_LIVE})
PERMISSION_OF = {area.route: area.permission for area in (*WORK_AREAS, *SETTINGS_AREAS)} | {
    PRESCRIPTION: "clinical:read",
}
# What each page is called in the window's title, which the browser's history keeps: never anybody's name.
TITLE_OF = {area.route: area.title for area in (*WORK_AREAS, *SETTINGS_AREAS)} | {
    HOME: N_("Clinic appointments"),
    SIGN_IN: N_("Sign in"),
    BOOK: N_("Book a visit"),
    KIOSK: N_("Kiosk"),
    OFFER: N_("An offered time"),
    WALL: N_("The waiting room's display"),
    PRESCRIPTION: N_("Prescription"),
    SET_UP: N_("Set-up guide"),
    NOT_FOUND: N_("Page not found"),
}

HOME_OF_ROLE = {
    "receptionist": BOARD,
    "practitioner": MY_DAY,
    "nurse": BOARD,
    "manager": REPORTS,
    "administrator": REPORTS,
}


def is_public(path: str) -> bool:
    """Tell whether a page may be opened without a session; unknown addresses show the not-found page."""
    route = normal(path)
    return route in PUBLIC or route == "/404"


def permission_for(path: str) -> str | None:
    """Return the permission that a page asks for, or None when a session is enough."""
    return PERMISSION_OF.get(normal(path))


def patient_file(patient_id: object) -> str:
    """Return the address of a patient's file; the id says nothing, and nothing else about them stands in it."""
    return f"{PATIENTS}?patient={patient_id}"


def prescription(prescription_ids: Iterable[object]) -> str:
    """Return the address of prescriptions on paper; the ids say nothing."""
    return f"{PRESCRIPTION}?ids={','.join(str(one) for one in prescription_ids)}"


def practitioner_days(practitioner_id: object) -> str:
    """Return the address of the days of one practitioner."""
    return f"{CALENDAR}?practitioner={practitioner_id}"


def home_of(role: str) -> str:
    """Return the page on which a role begins its day."""
    return HOME_OF_ROLE.get(role, HOME)


def normal(path: str) -> str:
    """Return the path without query, fragment and closing slash."""
    bare = path.split("?", 1)[0].split("#", 1)[0]
    return HOME if bare in ("/index", "") else bare.rstrip("/") or HOME


def local_path(path: str) -> str:
    """Return the path if it stays on this site, else ""."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_local and path.isprintable() else ""
