"""Who may call which handler of the settings: by permission, and by role."""

import pytest

from app import routes
from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.state.go_live import GoLiveState
from app.state.imports import ImportsState
from app.state.policy import policy_of
from app.state.set_up import SetUpState
from app.state.settings_clinic import ClinicSettingsState, SettingsDoorState
from app.state.settings_departures import DeparturesState
from app.state.settings_equipment import EquipmentState
from app.state.settings_holidays import HolidaysState
from app.state.settings_locations import LocationsState
from app.state.settings_practitioners import PractitionersState
from app.state.settings_schedules import SchedulesState
from app.state.settings_services import ServicesState
from app.state.settings_staff import StaffState
from app.state.settings_week_draft import WeekDraftState
from models.accounts import Role

DEMANDS = {
    ClinicSettingsState: "settings:write",
    LocationsState: "settings:write",
    EquipmentState: "settings:write",
    ServicesState: "settings:write",
    PractitionersState: "settings:write",
    GoLiveState: "settings:write",
    StaffState: "users:write",
    ImportsState: "settings:write",
    SettingsDoorState: "schedules:write",
    SchedulesState: "schedules:write",
    WeekDraftState: "schedules:write",
    DeparturesState: "schedules:write",
    HolidaysState: "schedules:write",
}
MAY = {
    "settings:write": {Role.ADMINISTRATOR},
    "users:write": {Role.ADMINISTRATOR},
    "schedules:write": {Role.ADMINISTRATOR, Role.MANAGER},
}


@pytest.mark.parametrize(("state", "permission"), DEMANDS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_every_handler_of_a_page_asks_for_its_permission(state: type, permission: str) -> None:
    demands = {name: policy_of(handler.fn) for name, handler in state.event_handlers.items()}
    ours = {name: demand.permission for name, demand in demands.items() if demand is not None}
    assert ours
    assert set(ours.values()) == {permission}


def test_before_there_is_an_account_anybody_may_ask_how_far_it_is_and_give_the_code_and_nothing_else() -> None:
    demands = {name: policy_of(handler.fn) for name, handler in SetUpState.event_handlers.items()}
    ours = {name: demand for name, demand in demands.items() if demand is not None}
    assert {name for name, demand in ours.items() if demand.is_public} == {"load", "claim"}
    assert {demand.permission for demand in ours.values() if not demand.is_public} == {"settings:write"}


@pytest.mark.parametrize("permission", MAY)
def test_no_other_role_has_the_permission(permission: str) -> None:
    assert {role for role, held in ROLE_PERMISSIONS.items() if permission in held} == MAY[permission]


def test_a_page_opens_by_the_permission_of_its_handlers() -> None:
    assert {area.route: routes.permission_for(area.route) for area in routes.SETTINGS_AREAS} == {
        routes.SETTINGS_CLINIC: "settings:write",
        routes.SETTINGS_LOCATIONS: "settings:write",
        routes.SETTINGS_SERVICES: "settings:write",
        routes.SETTINGS_PRACTITIONERS: "settings:write",
        routes.SETTINGS_SCHEDULES: "schedules:write",
        routes.SETTINGS_HOLIDAYS: "schedules:write",
        routes.SETTINGS_USERS: "users:write",
        routes.SETTINGS_IMPORT: "settings:write",
        routes.GO_LIVE: "settings:write",
    }
