"""The guard before every event: deny by default, the session asked again each time.

Anybody can open the websocket and name any handler of any state with any payload (a page's own guard hides
the page, it protects nothing). So this middleware is the first, and it refuses

- a handler that declares no policy (`app.state.policy`), except the framework's own named in FRAMEWORK;
- a caller whose session, asked for in the session table at most CACHE_SECONDS ago, does not satisfy it;
- a caller whose session is locked: nothing of the page is sent until it is opened (app/api/locking.py);
- page state that was made for another session or browser: it is wiped before anything of it is sent.

What is pushed later, outside an event, asks for the session itself: `await known(who_opened_the_page)`.
"""

import logging
import time
from dataclasses import replace

import reflex as rx
from reflex.app import App
from reflex.event import Event, EventSpec
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.registry import RegistrationContext

from app import routes
from app.errors import Overloaded
from app.infra.executor import run
from app.services.accounts import sessions
from app.services.accounts.clinic_profile import NO_CLINIC, ClinicProfile, clinic_profile
from app.services.accounts.sessions import SignedIn
from app.services.clock import utc_now
from app.state import reflex_names
from app.state.base import PageState, come_again, say
from app.state.policy import Policy, policy_of
from app.state.visitor import Visitor, enter, from_headers
from app.words import N_
from models.db import OUT_OF_REACH

logger = logging.getLogger(__name__)

CACHE_SECONDS = 2.0
CACHE_SIZE = 20_000
TOUCH_SECONDS = 30.0
Found = tuple[SignedIn | None, ClinicProfile]
_seen: dict[str, tuple[float, Found]] = {}
_touched: dict[str, float] = {}


class Guard(Middleware):
    """Refuse every event that its caller may not send; add it at index 0."""

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return an update that stops the event, or None to let it through."""
        try:
            who = await identify(state)
        except (Overloaded, *OUT_OF_REACH):
            if event.name not in reflex_names.BOOT:
                raise
            # Nobody would ask for the page's data a second time: it would stay a skeleton for ever.
            return _stop(come_again())
        enter(who)
        page = await state.get_state(PageState)
        if event.name in reflex_names.BOOT:
            return _boot(state, page, who)
        if not page._belongs_to(who):
            return _stop(reload_page())
        if who.is_locked:
            return _locked_refusal(state, event.name)
        page._take(who)
        if event.name in reflex_names.FRAMEWORK:
            return _page_refusal(state, who) if event.name in reflex_names.NAVIGATION else None
        demand = _demand_of(event.name)
        if demand is None or not demand.is_automatic:
            await _count_as_activity(who)
        return _handler_refusal(event.name, demand, who)


async def identify(state: BaseState) -> Visitor:
    """Return who opened this websocket, with the user that the session table names now."""
    found = from_headers(reflex_names.headers_of(state), address=reflex_names.address_of(state))
    return await known(found)


async def known(who: Visitor) -> Visitor:
    """Return the visitor with the user and clinic as the tables had them at most CACHE_SECONDS ago."""
    if not who.token:
        return who
    cached = _seen.get(who.token)
    if cached is None or time.monotonic() - cached[0] >= CACHE_SECONDS:
        if len(_seen) >= CACHE_SIZE:
            _seen.clear()
        cached = (time.monotonic(), await run(_look_up, who.token))
        _seen[who.token] = cached
    signed_in, clinic = cached[1]
    if signed_in is not None and signed_in.is_locked:
        return replace(who, is_locked=True, clinic=clinic)
    return replace(who, signed_in=signed_in, clinic=clinic)


def _look_up(token: str) -> Found:
    signed_in = sessions.session_of(token, now=utc_now())
    if signed_in is None:
        return None, NO_CLINIC
    return signed_in, clinic_profile(signed_in.principal.clinic_id)


async def _count_as_activity(who: Visitor) -> None:
    """Put off the idle limit for what a person did; hydration, navigation data and pushes are no activity."""
    touched = _touched.get(who.token, 0.0)
    if who.signed_in is None or time.monotonic() - touched < TOUCH_SECONDS:
        return
    if len(_touched) >= CACHE_SIZE:
        _touched.clear()
    _touched[who.token] = time.monotonic()
    await run(sessions.touch, who.token, now=utc_now())


def forget(token: str) -> None:
    """Drop a session from this process' cache, so that signing out holds at once here."""
    _seen.pop(token, None)


def forget_user(user_id: str) -> None:
    """Drop every session of a user from this process' cache, so that a change of their rights holds at once here."""
    for token, (_, (seen, _)) in list(_seen.items()):
        if seen is not None and str(seen.user_id) == user_id:
            forget(token)


def _boot(state: BaseState, page: PageState, who: Visitor) -> StateUpdate | None:
    """Before the whole state is sent: wipe what another user left behind, and check the page itself."""
    is_public = routes.is_public(reflex_names.path_of(state))
    if who.is_locked and not is_public:
        # Nothing is sent, but what the page holds stays for whoever opens the lock as the same person.
        return _stop(show_lock())
    if who.is_locked or not page._belongs_to(who):
        state._get_root_state().reset()
    page._take(who)
    return _page_refusal(state, who)


def _page_refusal(state: BaseState, who: Visitor) -> StateUpdate | None:
    path = reflex_names.path_of(state)
    if routes.is_public(path):
        return None
    if who.principal is None:
        return _stop(go_to_sign_in())
    permission = routes.permission_for(path)
    if permission and not who.may(permission):
        role = who.signed_in.role if who.signed_in else ""
        return _stop(full_load(routes.home_of(str(role))))
    return None


def _locked_refusal(state: BaseState, name: str) -> StateUpdate | None:
    """Let somebody at a locked computer do what anybody may do on a public page, and nothing else."""
    demand = _demand_of(name)
    is_open = name in reflex_names.FRAMEWORK or (demand is not None and demand.is_public)
    is_public = routes.is_public(reflex_names.path_of(state))
    return None if is_open and is_public else _stop(show_lock())


def _demand_of(name: str) -> Policy | None:
    registered = RegistrationContext.get().event_handlers.get(name)
    return policy_of(registered.handler.fn) if registered else None


def _handler_refusal(name: str, demand: Policy | None, who: Visitor) -> StateUpdate | None:
    if demand is None:
        logger.warning("refused %s: no policy", name)
        return _stop(say("error", N_("This is not possible."), key="refused"))
    return None if demand.is_public else _user_refusal(demand, who, name=name)


def _user_refusal(demand: Policy, who: Visitor, *, name: str) -> StateUpdate | None:
    if who.principal is None:
        return _stop(go_to_sign_in())
    if demand.permission and not who.may(demand.permission):
        logger.warning("refused %s to %s: lacks %s", name, who.principal.actor, demand.permission)
        return _stop(say("error", N_("Your role does not permit this."), key="refused"))
    return None


def go_to_sign_in() -> EventSpec:
    """Leave by a full page load for the sign-in page, which returns to this page afterwards."""
    back = "encodeURIComponent(window.location.pathname + window.location.search)"
    # A push that stops because the computer is locked leaves the lock in its place. What was refused to the page
    # before may come when this one is there already: nobody is sent away from the form that they are filling in. A
    # page that ends because nobody touched it (assets/idle.js) says so by itself at the sign-in page.
    is_there = f"window.location.pathname.startsWith('{routes.SIGN_IN}')"
    is_going = "window.holdfast.isLocked?.() || window.holdfast.isEnding"
    leave = f"window.location.assign('{routes.SIGN_IN}?next=' + {back})"
    return rx.call_script(f"{is_there} || {is_going} || {leave}")


def show_lock() -> EventSpec:
    """Cover the page with the lock (app/components/lock): the session was locked in another tab, or before a reload."""
    return rx.call_script("window.holdfast.lock?.()")


def full_load(path: str) -> EventSpec:
    """Leave for another page by a full page load, which makes a new handshake."""
    return rx.call_script(f"window.location.assign('{path}')")


def reload_page() -> EventSpec:
    """Load the page again: its state belongs to somebody else."""
    return rx.call_script("window.location.reload()")


def _stop(event: EventSpec) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(event))
