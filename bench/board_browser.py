"""What a person at the desk sees in `bench board`, in a headless Chromium: a day painted, a move confirmed."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, ViewportSize, sync_playwright

from app.cli.browser import FLAGS, find_browser
from bench.board_ground import LOGIN, PASSWORD, Day

WINDOW: ViewportSize = {"width": 1920, "height": 1080}
# When the last card came into the page, counted from the beginning of the navigation; two frames later it is painted.
WATCH = """
window.painted = { at: 0, cards: 0 };
new MutationObserver(() => {
  const cards = document.querySelectorAll('.db .db-card').length;
  if (cards === window.painted.cards) return;
  window.painted.cards = cards;
  requestAnimationFrame(() => requestAnimationFrame(() => { window.painted.at = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
# From the press on the yes to the frame in which the card stands elsewhere.
TIME_MOVE = """
(id) => new Promise((done, fail) => {
  const card = () => document.querySelector(`.db [data-key="${id}"]`);
  const place = () => { const box = card()?.getBoundingClientRect(); return box ? `${box.left}/${box.top}` : "away"; };
  const yes = [...document.querySelectorAll(".board-pane button")].find((one) => one.textContent.includes("Move here"));
  const before = place(), begun = performance.now();
  yes.click();
  const look = () => {
    if (place() !== before) requestAnimationFrame(() => done(performance.now() - begun));
    else if (performance.now() - begun > 10000) fail(new Error("the card stayed where it was"));
    else requestAnimationFrame(look);
  };
  look();
})
"""


@contextmanager
def desk(port: int) -> Iterator[Page]:
    """Open a browser in which the desk has signed in."""
    program = find_browser()
    if program is None:
        raise RuntimeError("No Chromium here; ./holdfast test says how to get one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(base_url=f"http://localhost:{port}", viewport=WINDOW, locale="en-GB")
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto("/sign-in")
        page.locator("input[name=login]").fill(LOGIN)
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/board**")
        yield page
        browser.close()


def paints(page: Page, day: Day, *, times: int) -> list[float]:
    """Return how many milliseconds each opening took until the last card in sight was painted."""
    return [_painted(page, day) for _ in range(times)]


def moves(page: Page, *, first: int, times: int) -> list[float]:
    """Return how many milliseconds each move on the open board took from the yes to the card in its new place."""
    return [_moved(page, number) for number in range(first, first + times)]


def _painted(page: Page, day: Day) -> float:
    page.goto(day.address)
    # Quiet for half a second: what came last was the last.
    quiet = "() => window.painted.at > 0 && performance.now() - window.painted.at > 500"
    page.wait_for_function(quiet, timeout=60_000)
    return float(page.evaluate("() => window.painted.at"))


def _moved(page: Page, number: int) -> float:
    columns = page.locator(".db-column").count()
    column = page.locator(".db-column").nth(number % max(1, columns - 2))
    card = column.locator('.db-card[data-status="booked"]').nth(number // columns % 3)
    card_id = str(card.get_attribute("data-key"))
    card.click()
    page.get_by_role("button", name="Move").first.click()
    target = column.locator(".db-start:not(:disabled)").nth(number % 2)
    page.locator(".db[data-moving]").wait_for()
    target.click()
    page.get_by_role("button", name="Move here").wait_for()
    took = float(page.evaluate(TIME_MOVE, card_id))
    page.keyboard.press("Escape")
    return took
