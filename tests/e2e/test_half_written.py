"""Half a form at the lock, after too long a time, and between two patients: nobody is asked in vain, drafts stay."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Dialog, Locator, Page, WebSocketRoute, expect

from tests.e2e.board_page import sign_in
from tests.e2e.day_handover import PINS, hand_over, set_pin
from tests.e2e.file_page import add_file, open_new_file, turn, write
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
HALF = "Half a thought"


@dataclass
class Questions:
    """The questions that a page asked before it was left; each is answered with no until the test says otherwise."""

    page: Page
    asked: list[str] = field(default_factory=list)
    answer: bool = False

    def __post_init__(self) -> None:
        self.page.on("dialog", self._hear)

    def _hear(self, dialog: Dialog) -> None:
        self.asked.append(dialog.type)
        if self.answer:
            dialog.accept()
        else:
            dialog.dismiss()


class SlowDrafts:
    """The page's websocket, on which drafts reach the server when the test lets them."""

    def __init__(self, page: Page) -> None:
        self.is_slow = False
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/_event"), self._through)

    def _through(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def send(message: str | bytes) -> None:
            if self.is_slow and "keep_draft" in str(message):
                self._kept.append((server, message))
            else:
                server.send(message)

        line.on_message(send)

    def send(self) -> None:
        """Let through what was kept back."""
        self.is_slow = False
        for server, message in self._kept:
            server.send(message)


def lock_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="This computer is locked")


def open_lock(page: Page, role: str) -> None:
    expect(lock_of(page).get_by_label("PIN")).to_be_focused()
    lock_of(page).get_by_label("PIN").fill(PINS[role])
    page.keyboard.press("Enter")
    expect(lock_of(page)).to_be_hidden()


def test_what_was_half_written_is_there_again_after_the_lock_for_the_same_person_only(page: Page) -> None:
    page.clock.install()
    questions, line = Questions(page), SlowDrafts(page)
    sign_in(page, role="manager")
    set_pin(page, "manager")
    open_new_file(page, role="receptionist")
    set_pin(page, "receptionist")
    turn(page, "Notes")
    write(page, "Called, no answer.")
    page.get_by_role("button", name="Correct the note").click()
    page.get_by_label("Corrected note").fill("Called twice, no")
    page.get_by_label("New note").click()
    page.keyboard.type(HALF)
    line.is_slow = True
    # Somebody listens, and touches nothing for longer than the clinic's two minutes.
    page.clock.fast_forward("02:05")
    expect(lock_of(page)).to_be_visible()
    expect(page.locator("#note-text")).to_have_value("")
    page.wait_for_timeout(300)
    line.send()
    open_lock(page, "receptionist")
    expect(page.get_by_label("New note")).to_have_value(HALF)
    expect(page.get_by_label("Corrected note")).to_have_value("Called twice, no")
    hand_over(page, to="manager")
    turn(page, "Notes")
    expect(page.get_by_text("Called, no answer.")).to_be_visible()
    expect(page.get_by_label("New note")).to_have_value("")
    expect(page.get_by_label("Corrected note")).to_have_count(0)
    assert questions.asked == []


def test_a_form_that_is_not_kept_holds_nobody_up_at_the_lock(page: Page) -> None:
    questions = Questions(page)
    open_new_file(page, role="receptionist")
    set_pin(page, "receptionist")
    turn(page, "Details")
    page.get_by_label("Address").fill("12 Quay Street")
    page.get_by_role("button", name="Lock", exact=True).click()
    open_lock(page, "receptionist")
    expect(page.get_by_role("tab", name="Details")).to_be_visible()
    assert questions.asked == []


def test_an_unattended_file_is_left_although_something_is_half_written(page: Page, clinic: RunningClinic) -> None:
    with clinic.connect() as database:
        (before,) = database.execute("SELECT lock_minutes FROM clinics").fetchone() or (2,)
        database.execute("UPDATE clinics SET lock_minutes = 0")
    try:
        page.clock.install()
        questions = Questions(page)
        open_new_file(page, role="receptionist")
        turn(page, "Notes")
        page.get_by_label("New note").click()
        page.keyboard.type(HALF)
        page.clock.fast_forward("16:00")
        expect(page).to_have_url(re.compile(r"/sign-in\?problem=idle"))
        assert questions.asked == []
    finally:
        with clinic.connect() as database:
            database.execute("UPDATE clinics SET lock_minutes = %s", (before,))


def test_a_draft_is_there_again_after_another_patients_file(page: Page) -> None:
    questions = Questions(page)
    first = open_new_file(page, role="practitioner")
    turn(page, "Notes")
    page.get_by_label("New note").fill(HALF)
    turn(page, "Prescriptions")
    page.get_by_label("Drug").fill("Amoxicillin")
    add_file(page)
    turn(page, "Notes")
    expect(page.get_by_text("No notes yet")).to_be_visible()
    expect(page.get_by_label("New note")).to_have_value("")
    turn(page, "Prescriptions")
    expect(page.get_by_label("Drug")).to_have_value("")
    page.go_back()
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    turn(page, "Notes")
    expect(page.get_by_label("New note")).to_have_value(HALF)
    turn(page, "Prescriptions")
    expect(page.get_by_label("Drug")).to_have_value("Amoxicillin")
    assert questions.asked == []


def test_typed_details_are_not_dropped_without_a_question(page: Page) -> None:
    questions = Questions(page)
    name = open_new_file(page, role="receptionist")
    turn(page, "Details")
    address = page.get_by_label("Address")
    address.fill("12 Quay Street")
    turn(page, "Notes")
    assert questions.asked == ["confirm"]
    page.get_by_role("tab", name="Details").focus()
    page.keyboard.press("ArrowLeft")
    assert questions.asked == ["confirm"] * 2
    page.get_by_role("search").get_by_label("Find a patient").fill(name)
    page.get_by_role("list", name="Patients found").get_by_role("button").first.click()
    assert questions.asked == ["confirm"] * 3
    expect(address).to_have_value("12 Quay Street")
    questions.answer = True
    turn(page, "Notes")
    expect(page.get_by_text("No notes yet")).to_be_visible()
    assert questions.asked == ["confirm"] * 4
