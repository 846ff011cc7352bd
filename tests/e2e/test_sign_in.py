"""Staff sign in by role and out again, each time with a full page load; the table knows what the browser says."""

import json
import re

from playwright.sync_api import Page, expect

from app.services.demo import LOGINS
from app.state.guard import go_to_sign_in
from models.accounts import Role
from tests.running_clinic import RunningClinic

# What the guard has a browser run whose session does not hold.
SENT_AWAY = json.loads(str(go_to_sign_in().args[0][1]))
RECEPTION = next(one for one in LOGINS if one.role is Role.RECEPTIONIST)


def _sign_in(page: Page, password: str = RECEPTION.password) -> None:
    page.get_by_label("Login").fill(RECEPTION.login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_demonstration_login_is_one_click_away(page: Page, clinic: RunningClinic) -> None:
    page.goto("/")
    expect(page).to_have_title("Clinic appointments – Holdfast")
    page.get_by_role("link", name=re.compile("Staff")).click()
    expect(page).to_have_title("Sign in – Holdfast")
    page.get_by_role("button", name="Receptionist").click()
    expect(page.get_by_label("Login")).to_have_value(RECEPTION.login)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/board")
    expect(page.get_by_role("contentinfo")).to_contain_text(RECEPTION.display_name)
    expect(page.get_by_role("contentinfo")).to_contain_text("Connected")
    expect(page).to_have_title("Day board – Holdfast")
    # From here on without loading the document anew.
    page.get_by_role("link", name="Arrivals").click()
    expect(page).to_have_title("Arrivals – Holdfast")


def test_the_keyboard_is_enough_to_sign_in(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type(RECEPTION.login)
    page.keyboard.press("Tab")
    page.keyboard.type(RECEPTION.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/board")


def test_a_wrong_password_says_neither_which_nor_why(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in")
    _sign_in(page, password="not the password")
    expect(page.get_by_role("alert")).to_have_text("The login or the password is wrong.")


def test_signing_out_ends_the_session_everywhere(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in")
    _sign_in(page)
    page.wait_for_url("**/board")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    cookies = {cookie["name"] for cookie in page.context.cookies()}
    assert "__Host-holdfast-session" not in cookies
    with clinic.connect() as database:
        newest = "SELECT revoked_at IS NOT NULL FROM sessions ORDER BY created_at DESC LIMIT 1"
        assert database.execute(newest).fetchone() == (True,)


def test_a_page_of_the_staff_asks_for_a_session_and_comes_back_to_itself(page: Page, clinic: RunningClinic) -> None:
    page.goto("/board?from=a-bookmark")
    page.wait_for_url("**/sign-in?next=*")
    _sign_in(page)
    expect(page).to_have_url(re.compile(r"/board\?from=a-bookmark$"))


def test_a_late_refusal_of_the_page_before_leaves_the_form_alone(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in?next=/board")
    page.get_by_label("Login").fill("half typed")
    page.evaluate(SENT_AWAY)
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/board$"))
    expect(page.get_by_label("Login")).to_have_value("half typed")
    # Without the look at where the reader is, the page would load itself anew.
    page.evaluate(SENT_AWAY.split(" || ", 1)[1])
    page.wait_for_url("**/sign-in?next=%2Fsign-in*")


def test_pages_cannot_read_the_session(page: Page, clinic: RunningClinic) -> None:
    page.goto("/sign-in")
    _sign_in(page)
    page.wait_for_url("**/board")
    assert page.evaluate("document.cookie") == ""
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert RECEPTION.login not in kept


def test_an_unattended_page_signs_out_by_itself(page: Page, clinic: RunningClinic) -> None:
    page.clock.install()
    page.goto("/sign-in")
    _sign_in(page)
    page.wait_for_url("**/board")
    expect(page.get_by_role("contentinfo")).to_contain_text(RECEPTION.display_name)
    page.clock.fast_forward("14:00")
    # On its way out it says why: nothing that the server refuses meanwhile sends it to a sign-in page that does not.
    page.evaluate("window.holdfast.isEnding = true")
    page.evaluate(SENT_AWAY)
    page.evaluate("window.holdfast.isEnding = false")
    assert page.url.endswith("/board")
    page.clock.fast_forward("01:30")
    expect(page).to_have_url(re.compile(r"/sign-in\?problem=idle"))
    expect(page.get_by_role("status").filter(has_text="You were signed out")).to_be_visible()
    with clinic.connect() as database:
        newest = "SELECT revoked_at IS NOT NULL FROM sessions ORDER BY created_at DESC LIMIT 1"
        assert database.execute(newest).fetchone() == (True,)
