"""With Valkey away a page says that it reconnects, and returns by itself when Valkey is back."""

import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.running_clinic import RunningClinic

LOST = re.compile("The connection is lost")


@pytest.mark.long
def test_a_page_says_that_it_reconnects_and_returns_by_itself(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in")
    expect(page.get_by_role("contentinfo")).to_contain_text("Connected")
    valkey = clinic.processes()["valkey"]
    valkey.send_signal(signal.SIGSTOP)
    try:
        # Any event will do: here, going to another page and back within the window.
        page.get_by_role("link", name="Clinic appointments").click()
        expect(page.get_by_role("link", name=re.compile("Staff"))).to_be_visible()
        page.go_back()
        _says_that_it_reconnects(page)
        # A page that is opened only now says the same.
        page.reload()
        _says_that_it_reconnects(page)
    finally:
        valkey.send_signal(signal.SIGCONT)
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("contentinfo")).to_contain_text("Connected", timeout=20_000)


def _says_that_it_reconnects(page: Page) -> None:
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("contentinfo")).to_contain_text("Reconnecting")
