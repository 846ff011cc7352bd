"""The palette: everything by name and by keyboard alone, for whoever may, in the reader's language, without waiting."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board_page import board_of, sign_in, violations
from tests.e2e.conftest import OpenWindow
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
# What the desk begins by name, and how the page shows that it has begun.
BEGUN = (
    ("new appointment", "heading", "New appointment"),
    ("new patient", "textbox", "Given name"),
    ("walk-in", "dialog", "Somebody without an appointment"),
    ("waiting room", "dialog", "The waiting room's display"),
    ("block time", "heading", "Block this time"),
    ("somebody is away", "combobox", "Practitioner"),
    ("add to the waitlist", "heading", "Add to the waitlist"),
    ("close the day", "heading", re.compile("Close of")),
    ("set my pin", "dialog", "Your PIN"),
)
# A popover gives the focus back to its button a moment after it is gone: the palette is opened by its key in between.
OPEN_IN_BETWEEN = """(button) => {
  button.addEventListener("focus", () => { window.isGivenBack = true; }, { once: true });
  new MutationObserver((_, watcher) => {
    if (document.querySelector("[role=dialog]")) return;
    watcher.disconnect();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
  }).observe(document.body, { childList: true, subtree: true });
}"""
NEW_PATIENT = {"es": "nuevo pac", "de": "neuer pat", "fr": "nouveau pat", "ar": "مريض جديد"}
GIVEN_NAME = {"es": "Nombre", "de": "Vorname", "fr": "Prénom", "ar": "الاسم الأول"}


def ask(page: Page, text: str) -> Locator:
    """Open the palette, type, and return its lines."""
    expect(page.locator(".person-trigger")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(field_of(page)).to_be_focused()
    page.keyboard.type(text)
    return page.get_by_role("listbox").get_by_role("option")


def field_of(page: Page) -> Locator:
    return page.locator("#palette")


def choose(page: Page, text: str) -> None:
    """Take the first line for what is typed."""
    expect(ask(page, text).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_what_the_desk_begins_has_a_name_on_every_page(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    for text, role, name in BEGUN:
        page.goto("/calendar")
        expect(page.get_by_role("contentinfo")).to_contain_text("Connected")
        choose(page, text)
        expect(page.get_by_role(role, name=name).first, text).to_be_visible()  # type: ignore[arg-type]


def test_the_settings_are_reached_and_begun_by_those_who_may(open_window: OpenWindow, clinic: RunningClinic) -> None:
    admin, desk = open_window(), open_window()
    sign_in(admin, role="administrator", to="/patients")
    expect(admin.get_by_role("searchbox", name="Find a patient")).to_be_focused()
    choose(admin, "users and")
    expect(admin.get_by_role("heading", level=2, name="Users and roles")).to_be_visible()
    choose(admin, "new practitioner")
    expect(admin.get_by_role("heading", level=3, name="New practitioner")).to_be_visible()
    choose(admin, "set-up guide")
    expect(admin).to_have_url(re.compile("/set-up$"))
    sign_in(desk)
    board_of(desk)
    expect(ask(desk, "users and roles")).to_have_count(0)
    expect(desk.get_by_text("Nothing is called that. Try fewer letters.").first).to_be_visible()


def test_it_opens_without_the_server_and_with_what_was_used_last_first(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    choose(page, "close of")
    expect(page.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("Close of"))).to_be_visible()
    for is_offline in (False, True):
        page.context.set_offline(is_offline)
        page.keyboard.press("Control+k")
        first = page.get_by_role("listbox").get_by_role("group").first
        expect(first).to_have_attribute("aria-label", "Used last")
        expect(first.get_by_role("option").first).to_have_text("Close of day")
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_patient_found_in_this_session_stands_there_again_and_for_nobody_after(
    page: Page, clinic: RunningClinic
) -> None:
    sign_in(page)
    board_of(page)
    page.keyboard.press("Control+k")
    expect(field_of(page)).to_be_focused()
    # In one piece, so that no answer to "sm" stands there first.
    page.keyboard.insert_text("smi")
    patient = page.get_by_role("group", name="Patients").get_by_role("option").first
    name = patient.locator("span").first.text_content() or ""
    patient.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Used last").get_by_text(name)).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(page.get_by_role("listbox").get_by_text(name)).to_have_count(0)
    stored = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"
    assert name.split()[-1] not in page.evaluate(stored)


def test_days_and_practitioners_have_their_own_question(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    choose_line = ask(page, "go to a day")
    expect(choose_line.first).to_have_text("Go to a day")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Days").get_by_role("option")).to_have_count(7)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/board\?day=\d{4}-\d\d-\d\d$"))
    # Asked for once more they are shown once more, at the same address.
    for _ in range(2):
        look_at_finch(page)
        # The address comes before the page, and the palette goes with the page that is left.
        expect(page.get_by_role("region", name="Week")).to_be_visible()
        page.get_by_role("button", name="Filters, some are set").click()
        page.get_by_role("dialog", name="Filters").get_by_role("button", name="Show everything").click()
        page.keyboard.press("Escape")
        # Going, it gives the focus back to its button.
        expect(page.get_by_role("dialog", name="Filters")).to_have_count(0)
        expect(page.get_by_role("button", name="Filters", exact=True)).to_be_focused()
    # Escape leaves the question first, and the palette next.
    ask(page, "go to a day")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Pages")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)


def look_at_finch(page: Page) -> None:
    ask(page, "days of a pract")
    page.keyboard.press("Enter")
    page.keyboard.type("finch")
    found = page.get_by_role("listbox").get_by_role("option")
    expect(found).to_have_text([re.compile("^Days of Dr. Eleanor Finch")])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/calendar\?practitioner="))


@pytest.mark.parametrize("language", NEW_PATIENT)
def test_names_are_the_readers(open_window: OpenWindow, clinic: RunningClinic, language: str) -> None:
    page = open_window(language="en-GB")
    sign_in(page)
    board_of(page)
    # By the language's name in the one that is read now.
    native = {"es": "Español", "de": "Deutsch", "fr": "Français", "ar": "العربية"}[language]
    choose(page, native.lower())
    expect(page.locator("html")).to_have_attribute("lang", language)
    choose(page, NEW_PATIENT[language])
    expect(page.get_by_label(GIVEN_NAME[language], exact=True)).to_be_visible()


def test_light_and_dark_change_places_by_name(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    before = page.locator("html").get_attribute("class") or ""
    assert "light" in before
    choose(page, "dark")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("listbox")).to_be_visible()
    assert violations(page) == []


def test_nothing_typed_in_the_settings_is_left_without_a_question(page: Page, clinic: RunningClinic) -> None:
    sign_in(page, role="administrator", to="/settings/clinic")
    name = page.get_by_label("Name", exact=True)
    expect(name).not_to_have_value("")
    name.fill("Another name")
    page.on("dialog", lambda dialog: dialog.dismiss())
    choose(page, "day board")
    expect(page).to_have_url(re.compile("/settings/clinic"))
    expect(name).to_have_value("Another name")


def test_it_locks_by_name(page: Page, clinic: RunningClinic) -> None:
    sign_in(page)
    board_of(page)
    choose(page, "lock")
    expect(page.get_by_role("dialog", name="This computer is locked")).to_be_visible()


def test_a_popover_that_closes_does_not_take_the_keyboard_out_of_the_palette(page: Page, clinic: RunningClinic) -> None:
    sign_in(page, to="/calendar")
    filters = page.get_by_role("button", name="Filters", exact=True)
    filters.click()
    # The focus is somewhere inside, as it is after a choice by keyboard or mouse.
    page.get_by_role("dialog", name="Filters").get_by_role("checkbox").first.focus()
    filters.evaluate(OPEN_IN_BETWEEN)
    page.keyboard.press("Escape")
    page.wait_for_function("window.isGivenBack")
    page.keyboard.type("close of")
    expect(field_of(page)).to_be_focused()
    expect(field_of(page)).to_have_value("close of")
    # Whoever leaves it by the keyboard does leave it.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    # A list that is too long to be seen at once would be the next to have the keyboard.
    page.keyboard.type("close of")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(field_of(page)).not_to_be_focused()
    expect(page.get_by_role("listbox")).to_have_count(0)
