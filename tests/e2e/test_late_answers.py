"""A page that gets no answer says so after a while, and can be loaded again by hand."""

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.board_page import sign_in, violations
from tests.e2e.conftest import OpenWindow

pytestmark = pytest.mark.long
LATE = "This takes longer than it should."
# What is put into the region of the note is what a screen reader tells.
LISTEN = """
(note) => new MutationObserver((changes) => {
  const put = changes.flatMap((change) => [...change.addedNodes]);
  document.body.dataset.told = put.map((node) => node.textContent).join(" ");
}).observe(note.closest("[role=status]"), { childList: true, subtree: true })
"""


@pytest.mark.parametrize(
    ("address", "role", "there"),
    [("/settings/clinic", "administrator", "Settings"), ("/book", "", "What is the visit for?")],
)
def test_a_page_without_an_answer_offers_to_load_again(
    open_window: OpenWindow, address: str, role: str, there: str
) -> None:
    first = open_window()
    if role:
        sign_in(first, role=role)
    page = first.context.new_page()
    is_deaf = True

    def listen(line: WebSocketRoute) -> None:
        if not is_deaf:
            line.connect_to_server()

    page.route_web_socket(re.compile("/_event"), listen)
    page.goto(address)
    note = page.get_by_text(LATE)
    expect(note).to_have_count(1)
    assert not note.is_visible()
    note.evaluate(LISTEN)
    expect(note).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-told", re.compile(re.escape(LATE)))
    # Its heading comes with its content.
    assert [one for one in violations(page) if "page-has-heading-one" not in one] == []
    is_deaf = False
    page.get_by_role("button", name="Load the page again").click()
    expect(page.get_by_role("heading", name=there)).to_be_visible()
    expect(note).to_have_count(0)
