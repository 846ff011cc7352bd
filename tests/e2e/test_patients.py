"""The patients' page in a browser: find, make with a warning, change, keep a document, merge; it ends in the tables."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import sign_in, violations_in_both
from tests.running_clinic import RunningClinic

OpenWindow = Callable[..., Page]
LETTER = b"Referred for knee pain.\n"


def open_patients(page: Page, *, role: str = "receptionist") -> None:
    sign_in(page, role=role, to="/patients")
    expect(page.get_by_text("No file is open")).to_be_visible()


def find(page: Page, text: str) -> None:
    page.get_by_role("search").get_by_label("Find a patient").fill(text)


def make(page: Page, *, given: str, family: str, born: str, phone: str) -> None:
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Given name").fill(given)
    page.get_by_label("Family name").fill(family)
    page.get_by_label("Birth date").fill(born)
    page.get_by_label("Phone").fill(phone)
    page.get_by_role("button", name="Add the patient").click()


def id_in(page: Page) -> str:
    return page.url.rpartition("=")[2]


@pytest.mark.long
def test_two_files_of_one_person_are_found_warned_of_and_merged_with_what_lies_in_them(
    page: Page, clinic: RunningClinic
) -> None:
    family = f"Zauber{uuid4().hex[:6]}"
    open_patients(page)
    make(page, given="Oona", family=family, born="1990-05-17", phone="+1 212 555 0142")
    expect(page.get_by_role("heading", name=f"Oona {family}")).to_be_visible()
    kept = id_in(page)
    # The same person once more, spelled another way: warned of, and made all the same.
    make(page, given="Ona", family=family, born="1990-05-17", phone="")
    expect(page.get_by_text("This may be somebody who has a file already.")).to_be_visible()
    expect(page.get_by_role("list", name="Patients who may be meant")).to_contain_text(f"Oona {family}")
    page.get_by_role("button", name="Add as another person").click()
    expect(page.get_by_role("heading", name=f"Ona {family}", exact=True)).to_be_visible()
    lost = id_in(page)
    assert kept != lost

    page.get_by_role("tab", name="Documents").click()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "letter.html", "mimeType": "text/html", "buffer": b"<html><script>1</script>"}
    )
    page.get_by_role("button", name="Add the document").click()
    expect(page.get_by_role("alert").filter(has_text="Only PDF")).to_be_visible()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "referral.txt", "mimeType": "text/plain", "buffer": LETTER}
    )
    page.get_by_role("button", name="Add the document").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download referral.txt").click()
    assert download.value.path().read_bytes() == LETTER

    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Find the other file").fill(f"oona {family}")
    dialog.get_by_role("button", name=re.compile(f"Oona {family}")).click()
    expect(dialog.get_by_text("This cannot be undone.")).to_be_visible()
    dialog.get_by_role("button", name="Keep the other one").click()
    expect(dialog.get_by_role("columnheader", name=f"Stays: Oona {family}")).to_be_visible()
    dialog.get_by_role("button", name="Merge for good").click()
    expect(page.get_by_text("The two files are one now.")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Oona {family}")).to_be_visible()
    assert id_in(page) == kept
    # The old spelling leads to the one file, and its document lies there.
    find(page, f"ona {family}")
    page.get_by_role("list", name="Patients found").get_by_role("button").click()
    page.get_by_role("tab", name="Documents").click()
    expect(page.get_by_role("link", name="Download referral.txt")).to_be_visible()
    with clinic.connect() as database:
        merged = database.execute("SELECT merged_into_id::text FROM patients WHERE id = %s", (lost,)).fetchone()
        holder = database.execute("SELECT patient_id::text FROM documents WHERE patient_id = %s", (kept,)).fetchone()
        looks = database.execute(
            "SELECT count(*) FROM audit_events WHERE object_id = %s AND action = 'view'", (kept,)
        ).fetchone()
    assert (merged, holder) == ((kept,), (kept,))
    assert looks is not None
    assert looks[0] >= 1


@pytest.mark.long
@pytest.mark.parametrize("language", ["en-GB", "ar"])
def test_no_barrier_in_any_part_of_a_file(page: Page, language: str) -> None:
    open_patients(page, role="nurse")
    page.get_by_role("search").get_by_label("Find a patient").fill("mar")
    page.get_by_role("list", name="Patients found").get_by_role("button").first.click()
    expect(page.get_by_role("tablist")).to_be_visible()
    if language == "ar":
        page.evaluate("window.holdfast.setLanguage('ar')")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        assert violations_in_both(page) == []


@pytest.mark.long
def test_the_keyboard_alone_finds_and_opens_a_file(page: Page) -> None:
    open_patients(page)
    find(page, "mar")
    expect(page.get_by_role("list", name="Patients found")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pane-row").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("search").get_by_label("Find a patient")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tablist")).to_be_visible()
