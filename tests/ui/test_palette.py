"""What the palette names is there: its page, whoever may open it, the control that it presses."""

import re

import pytest

from app import routes
from app.components.palette.commands import COMMANDS, Command, listed
from app.services.accounts.permissions import ROLE_PERMISSIONS, Permission
from app.settings import ROOT
from app.state.worklists import DISPLACED, WAITING

SOURCES = [*(ROOT / "app/components").rglob("*.py"), *(ROOT / "app/pages").rglob("*.py")]
CONTROLS = {name for path in SOURCES for name in re.findall(r'"data-command": "([\w-]+)"', path.read_text())}
# Prescriptions on paper are opened by what is to be printed.
NAMELESS = {routes.PRESCRIPTION}
ids = [one.id for one in COMMANDS]


def page_of(command: Command) -> str:
    return routes.normal(command.to)


def test_every_page_for_staff_is_reached_by_name() -> None:
    assert {page_of(one) for one in COMMANDS} == {*routes.PERMISSION_OF, routes.SET_UP} - NAMELESS


def test_no_name_stands_for_two_things() -> None:
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_whoever_is_offered_a_command_may_open_its_page(command: Command) -> None:
    assert set(command.permissions) <= {str(one) for one in Permission}
    needed = routes.permission_for(command.to)
    offered = [role for role, held in ROLE_PERMISSIONS.items() if held & set(command.permissions)]
    assert offered
    assert [role for role in offered if needed is not None and needed not in ROLE_PERMISSIONS[role]] == []


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.press or one.key], ids=lambda one: one.id)
def test_what_a_command_presses_is_there(command: Command) -> None:
    assert set(command.press) <= CONTROLS | {DISPLACED, WAITING}
    assert command.press or command.ready


def test_only_a_demonstration_is_offered_its_end_and_its_mail() -> None:
    assert {one["to"] for one in listed() if one["trial"]} == {routes.MAIL, routes.GO_LIVE}
