"""The open pages at phone, desk and wide size, by day and by night, in every language; axe finds nothing."""

import pytest
from playwright.sync_api import Page, expect

from app.components.theme import STATUSES
from app.words import LANGUAGES
from tests.e2e.board_page import violations_in_both
from tests.e2e.conftest import OpenWindow

TITLES = {"/": "Clinic appointments", "/sign-in": "Sign in", "/nowhere": "Page not found"}
PAGES = tuple(TITLES)
SIGN_IN = {"en": "Sign in", "es": "Iniciar sesión", "de": "Anmelden", "fr": "Se connecter", "ar": "تسجيل الدخول"}
# The contrast of two computed colours, as WCAG 2 defines it; each is painted first, so that any notation counts.
CONTRAST = """
(names) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return Object.fromEntries(names.map((name) => {
    const badge = document.createElement("span");
    badge.className = `status-badge status-${name}`;
    document.querySelector(".radix-themes").append(badge);
    const { color, backgroundColor } = getComputedStyle(badge);
    const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
    badge.remove();
    return [name, (high + 0.05) / (low + 0.05)];
  }));
}
"""


def _settled(page: Page, path: str) -> Page:
    page.goto(path)
    expect(page.get_by_role("contentinfo")).to_contain_text("Connected")
    return page


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page: Page, path: str) -> None:
    _settled(page, path)
    expect(page).to_have_title(f"{TITLES[path]} – Holdfast")
    assert violations_in_both(page) == []


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_out_of_the_window(page: Page, path: str) -> None:
    _settled(page, path)
    for width in (390, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_status_text_stands_out_from_its_colour(open_window: OpenWindow, scheme: str) -> None:
    contrasts = _settled(open_window(color_scheme=scheme), "/").evaluate(CONTRAST, list(STATUSES))
    assert {name: ratio for name, ratio in contrasts.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_the_readers_language(open_window: OpenWindow, language: str) -> None:
    page = open_window(language=language)
    page.goto("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text(SIGN_IN[language])
    expect(page).to_have_title(f"{SIGN_IN[language]} – Holdfast")
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")


def _events(sent: list[object]) -> int:
    """Count what was sent, without the signs that the line is alive."""
    return len([one for one in sent if one not in ("2", "3")])


@pytest.mark.long
def test_changing_the_language_asks_the_server_nothing(open_window: OpenWindow) -> None:
    page = open_window()
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    _settled(page, "/sign-in")
    # Drawn from what the server answered last.
    expect(page.get_by_role("heading", name="Demonstration logins")).to_be_visible()
    page.wait_for_timeout(500)
    before = _events(sent)
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    expect(page).to_have_title("Anmelden – Holdfast")
    assert _events(sent) == before
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


@pytest.mark.long
def test_a_page_that_cannot_be_drawn_says_so_without_the_failure(open_window: OpenWindow) -> None:
    page = open_window(language="de")
    # A word that is no text makes drawing fail.
    page.route("**/words/de.json", lambda route: route.fulfill(json={"Sign in": 5}))
    page.goto("/sign-in")
    expect(page.get_by_role("alert")).to_contain_text("This page could not be shown.")
    expect(page.get_by_role("button", name="Load the page again")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("TypeError")


def test_no_request_leaves_the_house(open_window: OpenWindow) -> None:
    page = open_window()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        _settled(page, path)
    here = page.url.split("/")[2]
    assert [url for url in asked if here not in url and not url.startswith("data:")] == []


@pytest.mark.long
def test_the_one_type_family_is_loaded(open_window: OpenWindow) -> None:
    page = _settled(open_window(), "/sign-in")
    page.wait_for_function("document.fonts.check('16px \"IBM Plex Sans Variable\"')")
