"""Notes and prescriptions in a browser: written, corrected, ordered, revoked, printed; nothing else is on the paper."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.board_page import violations_in_both
from tests.e2e.file_page import open_new_file, turn, write
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
OpenWindow = Callable[..., Page]
# A page of a PDF names its size in points: a 72nd of an inch.
BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")
POINTS = {"a4": (595, 842), "letter": (612, 792), "a5": (420, 595)}


def order(page: Page, drug: str, *, frequency: str, duration: str, advice: str = "") -> None:
    page.get_by_label("Drug").fill(drug)
    page.get_by_label("Dosage").fill("1 tablet of 200 mg")
    for name, choice in (("Frequency", frequency), ("Duration", duration)):
        page.get_by_role("group", name=name).get_by_role("button", name=choice).click()
        expect(page.get_by_role("textbox", name=name)).to_have_value(choice)
    page.get_by_label("Advice, if any").fill(advice)
    page.get_by_role("button", name="Prescribe", exact=True).click()
    expect(page.get_by_role("list", name="Prescriptions").get_by_text(drug)).to_be_visible()
    expect(page.get_by_label("Drug")).to_have_value("")


def pages_of(page: Page) -> list[tuple[int, int]]:
    """Return the sizes of the pages that would be printed."""
    found = BOX.findall(page.pdf(prefer_css_page_size=True))
    return [(round(float(width)), round(float(height))) for width, height in found]


def test_a_visit_on_paper_note_correction_prescription_print(open_window: OpenWindow, clinic: RunningClinic) -> None:
    page = open_window()
    name = open_new_file(page, role="practitioner")
    turn(page, "Notes")
    write(page, "Suspected anemia; blood drawn.")
    page.get_by_role("button", name="Correct the note").click()
    expect(page.get_by_label("Corrected note")).to_be_focused()
    page.get_by_label("Corrected note").fill("Suspected anaemia; blood drawn.")
    page.get_by_role("button", name="Keep the correction").click()
    notes = page.get_by_role("list", name="Notes")
    expect(notes.get_by_text("Suspected anaemia; blood drawn.")).to_be_visible()
    expect(notes.get_by_text("Suspected anemia; blood drawn.")).to_be_hidden()
    notes.get_by_text("1 earlier wording").click()
    expect(notes.get_by_text("Suspected anemia; blood drawn.")).to_be_visible()

    # What was begun is still there when the reader comes back to it.
    page.get_by_label("New note").fill("Half a thought")
    turn(page, "Prescriptions")
    expect(page.get_by_label("Drug")).to_be_visible()
    turn(page, "Notes")
    expect(page.get_by_label("New note")).to_have_value("Half a thought")

    turn(page, "Prescriptions")
    page.get_by_role("button", name="Prescribe", exact=True).click()
    expect(page.get_by_text("Name the drug.")).to_be_visible()
    order(page, "Ferrous sulfate", frequency="Once a day", duration="3 months", advice="With orange juice.")
    order(page, "Ibuprofen", frequency="When needed", duration="5 days")
    assert "Ibuprofen" in page.locator("datalist option").evaluate_all("(all) => all.map((one) => one.value)")
    page.get_by_role("button", name="Revoke Ibuprofen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Not tolerated").check()
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="Print Ibuprofen")).to_have_count(0)
    with clinic.connect() as database:
        rows = database.execute(
            "SELECT p.drug_sealed, p.revoked_at IS NOT NULL, p.location_id IS NOT NULL FROM prescriptions p"
            " WHERE p.patient_id = %s ORDER BY p.created_at", (page.url.rpartition("=")[2],),
        ).fetchall()  # fmt: skip
    assert [row[1:] for row in rows] == [(False, True), (True, True)]
    assert all(drug not in bytes(row[0]) for row in rows for drug in (b"Ferrous", b"Ibuprofen"))
    print_it(page, name)


def print_it(page: Page, name: str) -> None:
    page.get_by_role("link", name="Print (1)").click()
    page.wait_for_url(re.compile("/prescription"))
    sheet = page.get_by_role("article")
    for text in (name, "Ferrous sulfate", "Once a day", "3 months", "With orange juice.", "Signature", "Licence"):
        expect(sheet.get_by_text(text).first).to_be_visible()
    expect(sheet).not_to_contain_text("Ibuprofen")
    for paper, size in POINTS.items():
        page.get_by_label("Paper").select_option(paper)
        expect(page.locator(f".papers.{paper}")).to_be_visible()
        assert pages_of(page) == [size]
    page.emulate_media(media="print")
    expect(sheet).to_be_visible()
    for frame in (page.get_by_role("banner"), page.get_by_role("navigation"), page.get_by_role("contentinfo")):
        expect(frame).to_be_hidden()
    page.emulate_media(media="screen")
    page.reload()
    expect(page.get_by_label("Paper")).to_have_value("a5")


def test_the_desk_sees_its_own_notes_and_no_prescription(open_window: OpenWindow) -> None:
    page = open_window()
    open_new_file(page, role="receptionist")
    expect(page.get_by_role("tab", name="Prescriptions")).to_have_count(0)
    turn(page, "Notes")
    expect(page.get_by_text("No notes yet")).to_be_visible()
    expect(page.get_by_label("Clinical")).to_have_count(0)
    write(page, "Called, no answer.")
    # Its paper is no page of the desk's.
    page.goto(f"/prescription?ids={uuid4()}")
    page.wait_for_url(re.compile("/board"))


def test_the_arrow_keys_open_each_part_with_what_is_in_it(open_window: OpenWindow) -> None:
    page = open_window()
    open_new_file(page, role="practitioner")
    page.get_by_role("tab", name="Appointments").focus()
    for words in ("No documents yet", "No notes yet", "No prescriptions yet"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_barrier_with_notes_orders_and_paper(page: Page, language: str) -> None:
    open_new_file(page, role="practitioner")
    turn(page, "Notes")
    write(page, "Seen.")
    turn(page, "Prescriptions")
    order(page, "Ferrous sulfate", frequency="Once a day", duration="3 months")
    page.evaluate(f"window.holdfast.setLanguage('{language}')")
    expect(page.locator("html")).to_have_attribute("lang", language)
    # Half faded, a notice is paler than it may be.
    expect(page.locator("[data-sonner-toast]")).to_have_count(0, timeout=20_000)
    assert violations_in_both(page) == []
    page.locator(".orders-print").click()
    page.wait_for_url(re.compile("/prescription"))
    expect(page.locator(".paper")).to_be_visible()
    assert violations_in_both(page) == []
