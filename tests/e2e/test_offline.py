"""The offline sheet in a real browser: kept while a page is open, and opened when the server is not there."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.board_page import sign_in, violations
from tests.running_clinic import RunningClinic

PASSPHRASE = "nine lamps over the quay"
KEPT = """async () => {
  const store = await caches.open("holdfast-sheets");
  // One may go meanwhile.
  const text = async (one) => (await (await store.match(one))?.text()) ?? "";
  const kept = await Promise.all((await store.keys()).map(text));
  return kept.join("");
}"""

# The sheets' addresses end with the time that they are of.
NAMES = "async () => (await (await caches.open('holdfast-sheets')).keys()).map((one) => one.url)"

ARE_NEW = f"""async (since) => {{
  const times = (await ({NAMES})()).map((one) => Date.parse(decodeURIComponent(one.split("/").pop())));
  return times.length > 0 && times.every((one) => one >= since - 1000);
}}"""
ARE_OTHERS = f"""async (before) => {{
  const now = await ({NAMES})();
  return now.length === before.length && !now.some((one) => before.includes(one));
}}"""


def _keep(page: Page) -> None:
    """Set a passphrase and wait until the browser keeps the sheet and the page that opens it."""
    sign_in(page, role="manager")
    page.goto("/close")
    page.get_by_role("button", name="Set its passphrase").click()
    page.get_by_label("Passphrase, at least 12 characters").fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill(PASSPHRASE)
    since = page.evaluate("Date.now()")
    page.get_by_role("button", name="Set the passphrase").click()
    expect(page.get_by_text("The passphrase is set.")).to_be_visible()
    # An earlier test may have set it too: then there was a sheet before this one.
    page.wait_for_function(ARE_NEW, arg=since)
    page.wait_for_function("async () => Boolean(await (await caches.open('holdfast-offline')).match('/offline'))")
    page.wait_for_function("async () => Boolean((await navigator.serviceWorker.getRegistration('/offline'))?.active)")


@pytest.fixture
def kept(page: Page, clinic: RunningClinic) -> Page:
    """A window in which the sheet of the first location is kept."""
    _keep(page)
    return page


@pytest.mark.long
def test_the_sheet_opens_without_the_server_and_only_with_the_passphrase(kept: Page, clinic: RunningClinic) -> None:
    with clinic.connect() as database:
        names = [row[0] for row in database.execute("SELECT display_name FROM practitioners").fetchall()]
    bytes_kept = kept.evaluate(KEPT)
    assert len(bytes_kept) > 500
    assert not [name for name in names if name in bytes_kept]
    kept.context.set_offline(True)
    sheet = kept.context.new_page()
    sheet.goto("/offline")
    expect(sheet.get_by_text(re.compile(", as of "))).to_be_visible()
    expect(sheet).to_have_title("Offline day sheet – Holdfast")
    sheet.get_by_label("Passphrase of the location").fill("not the passphrase")
    sheet.get_by_role("button", name="Open the sheet").click()
    expect(sheet.get_by_role("alert")).to_have_text("This passphrase does not open the sheet.")
    expect(sheet.get_by_role("table")).to_have_count(0)
    sheet.get_by_label("Passphrase of the location").fill(PASSPHRASE)
    sheet.keyboard.press("Enter")
    # Today and tomorrow, each with its visits or the word that there are none.
    expect(sheet.get_by_role("heading", level=2)).to_have_count(2)
    expect(sheet.get_by_role("table").or_(sheet.get_by_text("No appointments on this day")).first).to_be_visible()
    assert violations(sheet) == []
    sheet.get_by_role("button", name="Close the sheet").click()
    expect(sheet.get_by_role("heading", level=2)).to_have_count(0)
    kept.context.set_offline(False)


@pytest.mark.long
def test_a_newer_sheet_takes_the_place_of_the_one_before(kept: Page) -> None:
    before = kept.evaluate(NAMES)
    kept.evaluate("localStorage.removeItem('holdfast.sheets')")
    kept.reload()
    assert before
    kept.wait_for_function(ARE_OTHERS, arg=before)


@pytest.mark.long
def test_a_sheet_of_three_days_ago_is_gone_at_the_next_look(kept: Page) -> None:
    sheet = kept.context.new_page()
    sheet.goto("/offline")
    # A page of the desk would fetch the sheet of now again.
    kept.close()
    sheet.evaluate(
        """async () => {
          const store = await caches.open("holdfast-sheets");
          for (const one of await store.keys()) {
            const sheet = await (await store.match(one)).json();
            sheet.asOf = new Date(Date.now() - 3.1 * 86400000).toISOString();
            await store.put(one, new Response(JSON.stringify(sheet)));
          }
        }"""
    )
    sheet.reload()
    expect(sheet.get_by_text("This browser keeps no day sheet.")).to_be_visible()
    assert sheet.evaluate(KEPT) == ""


@pytest.mark.long
def test_the_sheet_opens_when_the_server_was_killed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    clinic = RunningClinic(tmp_path_factory.mktemp("gone") / "home")
    clinic.start()
    context = browser.new_context(base_url=clinic.url, locale="en-GB")
    try:
        page = context.new_page()
        _keep(page)
        clinic.stop()
        sheet = context.new_page()
        sheet.goto("/offline")
        sheet.get_by_label("Passphrase of the location").fill(PASSPHRASE)
        sheet.keyboard.press("Enter")
        expect(sheet.get_by_role("heading", level=2)).to_have_count(2)
    finally:
        context.close()
        clinic.stop()
