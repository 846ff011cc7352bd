"""Whoever types quickly opens whom they typed: what was found for the beginning of a text is nobody to be opened."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import board_of, sign_in, violations
from tests.e2e.late_server import LateServer
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
BEGINNING = "smi"
# In every answer to a search, and in nothing else that the server says.
ANSWER = '"asked"'
NOTHING = "Nothing is called that. Try fewer letters."
# Stands inside a command's name only, so that people come above it.
INSIDE = "ithout"


@pytest.fixture
def server(page: Page) -> LateServer:
    return LateServer(page)


@pytest.fixture
def desk(server: LateServer, page: Page, clinic: RunningClinic) -> Page:
    """The board, with the palette open and empty."""
    sign_in(page)
    board_of(page)
    expect(page.locator(".person-trigger")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_focused()
    return page


def people(page: Page) -> Locator:
    return page.get_by_role("group", name="Patients").get_by_role("option")


def chosen(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option", selected=True)


def begin(page: Page, server: LateServer) -> str:
    """Have the text's beginning answered and no more; return the name of somebody who is not first in the answer."""
    page.keyboard.insert_text(BEGINNING)
    expect(people(page).first).to_be_visible()
    names = people(page).locator("span:first-child").all_text_contents()
    server.word = ANSWER
    return next(name for name in reversed(names) if name != names[0])


def rest_of(name: str) -> str:
    """Return what is typed after the beginning to ask for this person by all names."""
    words = name.lower().split()
    first = next(word for word in words if word.startswith(BEGINNING))
    words.remove(first)
    return " ".join([first.removeprefix(BEGINNING), *words])


def is_on_the_board(page: Page) -> bool:
    return "/board" in page.url


def test_enter_waits_for_the_answer_to_the_whole_text(desk: Page, server: LateServer) -> None:
    name = begin(desk, server)
    desk.keyboard.type(rest_of(name))
    # Whoever was found before stays in sight, to be chosen by nothing.
    expect(people(desk).first).to_be_disabled()
    expect(chosen(desk)).to_have_count(0)
    expect(desk.locator("#palette")).not_to_have_attribute("aria-activedescendant", re.compile(".*"))
    assert violations(desk) == []
    desk.keyboard.press("Enter")
    server.answer()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.parametrize("key", ["Backspace", "ArrowDown", "Escape"])
def test_an_enter_that_waits_is_taken_back(desk: Page, server: LateServer, key: str) -> None:
    name = begin(desk, server)
    desk.keyboard.type(rest_of(name) + ("x" if key == "Backspace" else ""))
    desk.keyboard.press("Enter")
    desk.keyboard.press(key)
    server.answer()
    if key == "Escape":
        desk.keyboard.press("Control+k")
        desk.keyboard.insert_text(name.lower())
    elif key == "ArrowDown":
        # Whom it meant is not known: another Enter opens nobody either.
        desk.keyboard.press("Enter")
    expect(people(desk).first).to_be_enabled()
    expect(people(desk).locator("span:first-child", has_text=name).first).to_be_visible()
    assert is_on_the_board(desk)
    expect(chosen(desk)).to_have_count(0 if key == "ArrowDown" else 1)


def test_an_enter_that_nobody_answers_to_says_so(desk: Page, server: LateServer) -> None:
    begin(desk, server)
    desk.keyboard.type("qqxx")
    desk.keyboard.press("Enter")
    said = desk.get_by_role("search").get_by_role("status")
    expect(people(desk).first).to_be_disabled()
    expect(said).to_have_text("")
    server.answer()
    expect(said).to_have_text(NOTHING)
    assert is_on_the_board(desk)


def test_a_name_that_fits_waits_for_no_answer(desk: Page, server: LateServer) -> None:
    server.word = ANSWER
    desk.keyboard.type("close of")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/close"))
    server.answer()
    expect(desk.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()


def test_a_name_below_the_people_is_not_taken_in_their_stead(desk: Page, server: LateServer) -> None:
    server.word = ANSWER
    desk.keyboard.type(INSIDE)
    command = desk.get_by_role("option", name="Somebody without an appointment")
    expect(command).to_be_visible()
    desk.keyboard.press("Enter")
    expect(chosen(desk)).to_have_count(0)
    server.answer()
    expect(command).to_have_attribute("aria-selected", "true")
    assert is_on_the_board(desk)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog", name="Somebody without an appointment")).to_be_visible()
