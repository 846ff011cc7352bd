"""Every page for staff: its title names it, axe finds nothing, nothing runs out, the keyboard comes through it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.infra.words import words_of
from tests.e2e.board_page import let_in, shade, violations
from tests.e2e.conftest import OpenWindow
from tests.running_clinic import RunningClinic

pytestmark = pytest.mark.long
# Address, whoever opens it, and what stands there once it has loaded. The parts of the settings: test_settings.py.
PAGES = (
    ("/board", "receptionist", ".db-canvas"),
    ("/calendar?view=week", "receptionist", ".cv[data-view=week]"),
    ("/calendar?view=list", "receptionist", ".cv[data-view=list]"),
    ("/arrivals", "receptionist", ".queue-column"),
    ("/patients", "receptionist", "#patient-search-list"),
    ("/worklists?list=displaced", "receptionist", ".worklist"),
    ("/worklists?list=waiting", "receptionist", ".worklist"),
    ("/close", "receptionist", ".close-top"),
    ("/mail", "receptionist", "h1"),
    ("/my-day", "practitioner", ".own-day"),
    ("/reports", "administrator", "h1"),
    ("/set-up", "administrator", ".guide"),
    ("/settings/go-live", "administrator", ".set-card"),
    ("/settings/import", "administrator", ".set-card"),
)
# What the window, its tab and its history call each of them.
TITLES = {
    "/board": ["Day board"],
    "/calendar": ["Calendar"],
    "/arrivals": ["Arrivals"],
    "/patients": ["Patients"],
    "/worklists": ["Worklists"],
    "/close": ["Close of day"],
    "/mail": ["Sent mail"],
    "/my-day": ["My day"],
    "/reports": ["Utilisation"],
    "/set-up": ["Set-up guide"],
    "/settings/go-live": ["Go live", "Settings"],
    "/settings/import": ["Import", "Settings"],
}
# Each language in each colour and at each width, both from one load; 640 is what 200 % of a small laptop leaves.
LOOKS = {"en-GB": (("light", 1280), ("dark", 640)), "ar": (("dark", 1280), ("light", 640))}
# The stops of the keyboard: of a group of radio buttons one, of what moves its own stop about (tabs, the board) one.
STOPS = """() => {
  const ROVING = "[role=tablist], [role=radiogroup], .db-scroll, .ec, [role=grid], [role=menubar]";
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const isStop = (one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && !one.closest("[inert]");
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => isStop(one) && isShown(one));
  const seen = new Set();
  const stops = all.filter((one) => {
    const group = one.closest(ROVING) ?? (one.type === "radio" ? one.form ?? one.name : null);
    if (!group) return true;
    const isFirst = !seen.has(group);
    seen.add(group);
    return isFirst;
  });
  return { least: stops.length, most: all.length };
}"""
# Whether the element under the keyboard, or what stands around it, looks another way than without.
MARK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" ? "" : style.outlineStyle + style.outlineWidth;
    return [outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
  };
  window.visited ??= new Set();
  const isNew = !window.visited.has(one);
  window.visited.add(one);
  const html = one.outerHTML.slice(0, 120);
  // It has several places for the keyboard, and would begin at its first one again.
  if (/^(date|time|datetime-local)$/.test(one.type)) return { isNew, isMany: true, isMarked: true, html };
  const [inner, outer] = [one.parentElement, one.parentElement?.parentElement];
  const near = [one, inner, outer, outer?.parentElement, one.nextElementSibling, one.firstElementChild];
  const around = near.filter(Boolean);
  const focused = around.map(look).join(";");
  one.blur();
  const plain = around.map(look).join(";");
  one.focus({ preventScroll: true });
  return { isNew, isMany: false, isMarked: focused !== plain, html };
}"""

# What lies beyond the window's edges, in no list of its own that slides sideways: the frame clips it, so that the
# document is never too wide.
LOST = """() => {
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const isIn = ({ left, right }) => left >= -1 && right <= window.innerWidth + 1;
  const slides = (one) => {
    for (let up = one.parentElement; up && up.id !== "content"; up = up.parentElement) {
      if (up.scrollWidth > up.clientWidth && /auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const parts = ".shell-status *, .shell :is(a, button, input, select, textarea, td, h1, h2)";
  const isLost = (one) => isShown(one) && !isIn(one.getBoundingClientRect()) && !slides(one);
  const lost = [...document.querySelectorAll(parts)].filter(isLost);
  const content = document.querySelector("#content");
  const page = [document.scrollingElement, content].filter((one) => one.scrollWidth > one.clientWidth);
  return [...lost, ...page].map((one) => one.outerHTML.slice(0, 120));
}"""

# The work areas of the rail that lie over each other.
OVERLAPS = """() => {
  const entries = [...document.querySelectorAll(".rail-entry")];
  const boxes = entries.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const meet = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
    && one.top < other.bottom - 1 && other.top < one.bottom - 1;
  return boxes.flatMap(([name, box], at) => (
    boxes.slice(at + 1).filter(([, other]) => meet(box, other)).map(([other]) => `${name} lies over ${other}`)));
}"""


@pytest.fixture(scope="module")
def session_of(browser: Browser, clinic: RunningClinic) -> Callable[[str], Any]:
    """Return what a browser keeps of a role's session, so that each signs in once."""
    kept: dict[str, Any] = {}

    def session(role: str) -> Any:
        if role not in kept:
            context = browser.new_context(base_url=clinic.url, locale="en-GB")
            let_in(context.new_page(), role=role)
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return session


def open_at(page: Page, path: str, *, shown: str) -> None:
    """Open a page and wait until nothing of it is still to come."""
    page.goto(path)
    expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(".person-trigger")).to_be_visible()
    expect(page.locator("#content .loading-page, #content .skeleton-rows")).to_have_count(0)


def title_of(path: str, *, language: str) -> str:
    """Return the title that a page has in a language."""
    words = words_of(language[:2])
    return " – ".join([*(words.gettext(name) for name in TITLES[path.partition("?")[0]]), "Holdfast"])


def windows_of(
    open_window: OpenWindow, session_of: Callable[[str], Any], *, language: str, width: int, height: int
) -> dict[str, Page]:
    """Open a window for each role, which fetches once what all pages share."""
    size = {"width": width, "height": height}
    roles = {role for _, role, _ in PAGES}
    return {role: open_window(**size, language=language, storage_state=session_of(role)) for role in roles}


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_readable_by_everybody(
    open_window: OpenWindow, session_of: Callable[[str], Any], language: str
) -> None:
    found = []
    windows = windows_of(open_window, session_of, language=language, width=1280, height=800)
    for path, role, shown in PAGES:
        page = windows[role]
        page.set_viewport_size({"width": 1280, "height": 800})
        open_at(page, path, shown=shown)
        expect(page).to_have_title(title_of(path, language=language))
        for scheme, width in LOOKS[language]:
            page.set_viewport_size({"width": width, "height": 800})
            shade(page, scheme=scheme)
            found += [f"{path} {scheme} at {width}: {one}" for one in violations(page)]
            overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{path}: {overhang} pixels too wide at {width}"] if overhang > 0 else []
    assert found == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_nothing_lies_beyond_the_edge_of_a_phone(
    open_window: OpenWindow, session_of: Callable[[str], Any], language: str
) -> None:
    lost = []
    windows = windows_of(open_window, session_of, language=language, width=390, height=844)
    for path, role, shown in PAGES:
        page = windows[role]
        open_at(page, path, shown=shown)
        for here in page.locator(".rail-entry[aria-current]").all():
            expect(here).to_be_in_viewport(ratio=1)
        lost += [f"{path}: {one}" for one in page.evaluate(LOST) + page.evaluate(OVERLAPS)]
    assert lost == []


# Each appointment of the calendar's list is a stop, which would take minutes.
@pytest.mark.parametrize(("path", "role", "shown"), [one for one in PAGES if "view=list" not in one[0]])
def test_the_keyboard_reaches_every_control_sees_where_it_is_and_gets_out_again(
    open_window: OpenWindow, session_of: Callable[[str], Any], path: str, role: str, shown: str
) -> None:
    page = open_window(storage_state=session_of(role))
    open_at(page, path, shown=shown)
    stops = page.evaluate(STOPS)
    visited = _walk(page, most=stops["most"] + 30)
    assert len(visited) >= stops["least"], [one["html"] for one in visited]
    assert [one["html"] for one in visited if not one["isMarked"]] == []


def _walk(page: Page, *, most: int) -> list[dict[str, Any]]:
    """Press Tab from the page's first stop until it is left or begins anew; return each stop once."""
    page.locator(".skip-link").focus()
    visited = [page.evaluate(MARK)]
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(MARK)
        if stop is None or not (stop["isNew"] or stop["isMany"]):
            break
        visited += [stop] if stop["isNew"] else []
    else:
        raise AssertionError("the keyboard does not get out of the page")
    return visited
