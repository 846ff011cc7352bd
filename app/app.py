"""The application: the pages, the guard before every event, the HTTP API, and what stands in front of both.

Order of the wrappers, from the outside: Reflex's own, OriginGuard (origins, sizes, rates, headers), the API with the
sign-in routes, Reflex. Programs that call the API pass by Reflex's own: `Application`. A new page is imported and
added to PAGES here.
"""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from starlette.types import ASGIApp

from app import routes
from app.api.app import create_api
from app.api.day import day_routes
from app.api.imports import import_routes
from app.api.locking import lock_routes
from app.api.offline import offline_routes
from app.api.signing_in import sign_in_routes
from app.components.page_title import page_title
from app.components.states import connection_banner, failure_boundary
from app.infra import page_state
from app.infra.logging import configure as configure_logging
from app.infra.origin import OriginGuard
from app.infra.page_addresses import PageAddresses
from app.infra.programs_first import ProgramsFirst
from app.pages.arrivals import arrivals
from app.pages.board import board
from app.pages.book import book, kiosk
from app.pages.calendar import calendar
from app.pages.close import close
from app.pages.go_live import go_live
from app.pages.home import home
from app.pages.imports import imports
from app.pages.mail import mail
from app.pages.my_day import my_day
from app.pages.not_found import not_found
from app.pages.offer import offer
from app.pages.patients import patients
from app.pages.prescription import prescription
from app.pages.set_up import set_up
from app.pages.settings_clinic import settings, settings_clinic
from app.pages.settings_holidays import settings_holidays
from app.pages.settings_locations import settings_locations
from app.pages.settings_practitioners import settings_practitioners
from app.pages.settings_schedules import settings_schedules
from app.pages.settings_services import settings_services
from app.pages.settings_staff import settings_staff
from app.pages.sign_in import sign_in
from app.pages.utilisation import utilisation
from app.pages.wall import wall
from app.pages.worklists import worklists
from app.state.arrivals import ArrivalsState
from app.state.base import report_exception
from app.state.board import BoardState
from app.state.book_walk import BookWalkState
from app.state.calendar import CalendarState
from app.state.close import CloseState
from app.state.go_live import GoLiveState
from app.state.guard import Guard, forget
from app.state.imports import ImportsState
from app.state.mail import MailState
from app.state.my_day import MyDayState
from app.state.offer import OfferState
from app.state.patients import PatientsState
from app.state.prescription import PrescriptionState
from app.state.set_up import SetUpState
from app.state.set_up_door import SetUpDoorState
from app.state.settings_clinic import ClinicSettingsState, SettingsDoorState
from app.state.settings_holidays import HolidaysState
from app.state.settings_locations import LocationsState
from app.state.settings_practitioners import PractitionersState
from app.state.settings_schedules import SchedulesState
from app.state.settings_services import ServicesState
from app.state.settings_staff import StaffState
from app.state.sign_in import SignInState
from app.state.stopwatch import Stopwatch
from app.state.utilisation import UtilisationState
from app.state.wall import WallState
from app.state.worklists import WorklistsState

logger = logging.getLogger(__name__)

ICON = "/icon.svg"
# Of assets/, in the order in which one overrules another.
STYLES = (
    *("house", "imports", "shell", "board", "booking", "calendar", "close", "files", "mail", "my_day", "patients"),
    *("prescription", "set_up", "settings", "utilisation", "worklists", "queue"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address, its component and the handlers that run when it is opened."""

    route: str
    component: Callable[[], rx.Component]
    on_load: list[Any] = field(default_factory=list)


PAGES = (
    Page(routes.HOME, home, [SetUpDoorState.look]),
    Page(routes.SIGN_IN, sign_in, [SignInState.load]),
    Page(routes.BOARD, board, [BoardState.load]),
    Page(routes.ARRIVALS, arrivals, [ArrivalsState.load]),
    Page(routes.MY_DAY, my_day, [MyDayState.load]),
    Page(routes.WALL, wall, [WallState.load]),
    Page(routes.CALENDAR, calendar, [CalendarState.load]),
    Page(routes.BOOK, book, [BookWalkState.open_online]),
    Page(routes.KIOSK, kiosk, [BookWalkState.open_kiosk]),
    Page(routes.PATIENTS, patients, [PatientsState.load]),
    Page(routes.PRESCRIPTION, prescription, [PrescriptionState.load]),
    Page(routes.WORKLISTS, worklists, [WorklistsState.load]),
    Page(routes.OFFER, offer, [OfferState.load]),
    Page(routes.CLOSE, close, [CloseState.load]),
    Page(routes.REPORTS, utilisation, [UtilisationState.load]),
    Page(routes.MAIL, mail, [MailState.load]),
    Page(routes.SETTINGS, settings, [SettingsDoorState.enter]),
    Page(routes.SETTINGS_CLINIC, settings_clinic, [ClinicSettingsState.load]),
    Page(routes.SETTINGS_LOCATIONS, settings_locations, [LocationsState.load]),
    Page(routes.SETTINGS_SERVICES, settings_services, [ServicesState.load]),
    Page(routes.SETTINGS_PRACTITIONERS, settings_practitioners, [PractitionersState.load]),
    Page(routes.SETTINGS_SCHEDULES, settings_schedules, [SchedulesState.load]),
    Page(routes.SETTINGS_HOLIDAYS, settings_holidays, [HolidaysState.load]),
    Page(routes.SETTINGS_USERS, settings_staff, [StaffState.load]),
    Page(routes.SETTINGS_IMPORT, imports, [ImportsState.load]),
    Page(routes.SET_UP, set_up, [SetUpState.load]),
    Page(routes.GO_LIVE, go_live, [GoLiveState.load]),
)


def log_browser_failure(exception: Exception) -> None:
    """Count a failure in a browser without its text, which may hold what stands on the page."""
    logger.warning("a browser reported a failure (%d characters)", len(str(exception)))


class Application(rx.App):
    """The pages' application, with the API reached directly by programs."""

    def __call__(self) -> ASGIApp:
        """Return what the server serves."""
        pages = super().__call__()
        # What is there at the start stays: no collection need look through it again, least of all in a crowd.
        gc.collect()
        gc.freeze()
        return ProgramsFirst(pages, api=OriginGuard(create_api()))


def make_app() -> rx.App:
    """Put the application together."""
    configure_logging()
    made = Application(
        stylesheets=[f"/{name}.css" for name in STYLES],
        head_components=[
            rx.el.script(src="/early.js"),
            rx.el.script(src="/unsaved.js", defer=True),
            rx.el.link(rel="icon", href=ICON, type="image/svg+xml"),
        ],
        app_wraps={(55, "ErrorBoundary"): _error_boundary, (5, "Connection"): _connection},
        toaster=rx.toast.provider(position="bottom-right", offset="36px", close_button=True),
        html_lang="en",
        api_transformer=[_api(), _page_addresses, OriginGuard],
        backend_exception_handler=report_exception,
        frontend_exception_handler=log_browser_failure,
    )
    made.add_middleware(Guard(), index=0)
    made.add_middleware(Stopwatch(), index=1)
    page_state.install(made)
    for page in PAGES:
        title = page_title(page.route)
        made.add_page(page.component, route=page.route, title=title, image=ICON, on_load=page.on_load or None)
    made.add_page(not_found, route=routes.NOT_FOUND, title=page_title(routes.NOT_FOUND), image=ICON)
    return made


def _api() -> Any:
    api = create_api()
    api.router.routes[:0] = [
        *sign_in_routes(forget=forget),
        *lock_routes(forget=forget),
        *day_routes(),
        *offline_routes(),
        *import_routes(),
    ]
    return api


def _page_addresses(inner: Any) -> PageAddresses:
    return PageAddresses(inner, pages=frozenset(page.route for page in PAGES) - {routes.HOME})


def _error_boundary(stateful: bool) -> rx.Component:
    return failure_boundary()


def _connection(stateful: bool) -> rx.Component | None:
    return connection_banner() if stateful else None


app = make_app()
