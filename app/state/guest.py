"""How a page without a sign-in asks: as this browser's guest, in its host name's clinic, at a bounded rate.

days = await browse(self, free_days, choice=choice, since=None, now=utc_now())   # service(session, principal, ...)
answer = await act(self, confirm_own, appointment_id=..., now=utc_now())         # verb(principal, ...)
"""

import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from app.errors import TooManyAttempts
from app.infra.executor import run, run_counting
from app.infra.limits import Limit, hit
from app.services.booking import guest
from app.services.directory import clinic_at
from app.services.setup.standing import Standing, standing_at
from app.state import reflex_names
from app.state.base import PageState
from app.state.visitor import Visitor, visitor
from models.db import global_transaction, transaction
from models.principal import Principal

# A person clicks once a second at most; behind one address may stand a whole waiting room.
BROWSING = Limit("guest-browsing", times=180, seconds=60)
BROWSING_ADDRESS = Limit("guest-browsing-address", times=1_800, seconds=60)
ACTING = Limit("guest-acting", times=40, seconds=300)
ACTING_ADDRESS = Limit("guest-acting-address", times=400, seconds=300)
CLINIC_SECONDS = 60.0
_clinics: dict[str, tuple[float, UUID]] = {}

P = ParamSpec("P")
T = TypeVar("T")


async def browse(
    state: PageState, service: Callable[Concatenate[Any, Principal, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a reading service in one transaction of the guest; raises its refusal, TooManyAttempts or Overloaded."""
    who, host, is_kiosk = visitor(), _host_of(state), _is_kiosk(state)

    def work() -> T:
        principal = _principal(who, host=host, is_kiosk=is_kiosk)
        with transaction(principal) as session:
            return service(session, principal, *args, **kwargs)

    await run_counting(_count, who, BROWSING, BROWSING_ADDRESS)
    return await run(work)


async def act(state: PageState, verb: Callable[Concatenate[Principal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a booking verb, which opens its own transactions; raises its refusal, TooManyAttempts or Overloaded."""
    who, host, is_kiosk = visitor(), _host_of(state), _is_kiosk(state)

    def work() -> T:
        return verb(_principal(who, host=host, is_kiosk=is_kiosk), *args, **kwargs)

    await run_counting(_count, who, ACTING, ACTING_ADDRESS)
    return await run(work)


async def standing(state: PageState) -> Standing:
    """Return how far the clinic of this address is; raises NotFound, TooManyAttempts or Overloaded."""
    if not await run_counting(hit, BROWSING_ADDRESS, visitor().address):
        raise TooManyAttempts
    return await run(standing_at, _host_of(state))


def this_browser() -> guest.Visitor:
    """Return the browser and address under which live holds are counted."""
    who = visitor()
    return guest.Visitor(browser=who.browser, address=who.address)


def _principal(who: Visitor, *, host: str, is_kiosk: bool) -> Principal:
    return guest.guest_principal(_clinic(host), browser=who.browser, is_kiosk=is_kiosk)


def _clinic(host: str) -> UUID:
    known = _clinics.get(host)
    if known and time.monotonic() - known[0] < CLINIC_SECONDS:
        return known[1]
    with global_transaction() as session:
        clinic_id = clinic_at(session, host=host)
    if len(_clinics) > 1_000:
        _clinics.clear()
    _clinics[host] = (time.monotonic(), clinic_id)
    return clinic_id


def _count(who: Visitor, of_browser: Limit, of_address: Limit) -> None:
    if not (hit(of_browser, who.browser) and hit(of_address, who.address)):
        raise TooManyAttempts


def _host_of(state: PageState) -> str:
    return reflex_names.headers_of(state).get("host", "")


def _is_kiosk(state: PageState) -> bool:
    return getattr(state, "kind", "") == "kiosk"
