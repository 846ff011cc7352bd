"""The page behind a letter's link: an offered time, held for whoever has the letter, to take or to leave."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypedDict
from uuid import uuid4

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, OfferAnswered, OfferExpired, OfferNotFound, TooManyAttempts
from app.infra.executor import run, run_counting
from app.infra.limits import Limit, hit
from app.services.accounts.clinic_profile import clinic_profile
from app.services.booking.answer import request_key
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.waitlist.accept import accept
from app.services.waitlist.decline import decline
from app.services.waitlist.holder import holder_of
from app.services.waitlist.look import OfferView, look
from app.services.waitlist.tokens import TOKEN_LENGTH
from app.state.base import PageState, policy, refused
from app.state.board_views import iso
from app.state.visitor import visitor
from models.db import transaction

# Behind one address may stand a whole house; a token cannot be guessed, whatever the number.
OF_BROWSER = Limit("offer-page", times=40, seconds=300)
OF_ADDRESS = Limit("offer-page-address", times=400, seconds=300)
FROM_LINK = "window.location.hash.slice(1)"
UNKNOWN = "unknown"
VERBS: dict[str, Any] = {"accept": accept, "decline": decline}


class ShownOffer(TypedDict):
    """What the letter's holder sees; instants as ISO text."""

    clinic: str
    starts_at: str
    ends_at: str
    zone: str
    service: str
    practitioner: str
    location: str
    replaces_at: str


NOTHING = ShownOffer(
    clinic="", starts_at="", ends_at="", zone="", service="", practitioner="", location="", replaces_at=""
)


class OfferState(PageState):
    """The offer, and what became of it."""

    # "" until it is known; then open, accepted, declined, expired or unknown.
    status: str = ""
    offer: ShownOffer = NOTHING
    # `left_ms` was the rest of the time when the server said so the `told`th time.
    left_ms: int = 0
    told: int = 0

    _token: str = ""
    _key: str = ""

    @rx.event
    @policy(public=True)
    def load(self) -> EventSpec:
        """Ask the browser for the secret of the link, which it keeps to itself."""
        return rx.call_script(FROM_LINK, callback=OfferState.open)

    @rx.event
    @policy(public=True)
    async def open(self, token: str) -> EventSpec | None:
        """Show the offer of a letter."""
        self.status, self.offer = "", NOTHING
        self._token = token if isinstance(token, str) and len(token) == TOKEN_LENGTH else ""
        self._key = uuid4().hex
        return await self._look()

    @rx.event
    @policy(public=True, automatic=True)
    async def time_is_over(self) -> EventSpec | None:
        """Ask the server once the countdown has ended: it decides."""
        return await self._look()

    @rx.event
    @policy(public=True)
    async def accept(self) -> EventSpec | None:
        """Take the time."""
        return await self._answer("accept")

    @rx.event
    @policy(public=True)
    async def decline(self) -> EventSpec | None:
        """Leave the time to the next."""
        return await self._answer("decline")

    async def _answer(self, name: str) -> EventSpec | None:
        failure: EventSpec | None = None
        try:
            await _count()
            await run(_answered, self._token, name, self._key)
        except (OfferAnswered, OfferExpired, OfferNotFound):
            # What became of it is shown in its place.
            pass
        except ClinicError as error:
            failure = refused(error)
        return await self._look() or failure

    async def _look(self) -> EventSpec | None:
        now = utc_now()
        try:
            await _count()
            clinic, found = await run(_looked_at, self._token, now)
        except OfferNotFound:
            self.status, self.offer = UNKNOWN, NOTHING
            return None
        except ClinicError as error:
            return refused(error)
        self.status, self.offer = found.status.value, _shown(found, clinic)
        self.left_ms, self.told = max(0, (found.expires_at - utc_now()) // timedelta(milliseconds=1)), self.told + 1
        return None


async def _count() -> None:
    who = visitor()
    for limit, subject in ((OF_BROWSER, who.browser), (OF_ADDRESS, who.address)):
        if not await run_counting(hit, limit, subject):
            raise TooManyAttempts


def _looked_at(token: str, now: datetime) -> tuple[str, OfferView]:
    principal, offer_id = holder_of(token)
    with transaction(principal) as session:
        found = look(session, principal, offer_id=offer_id, now=now)
    return clinic_profile(principal.clinic_id).name, found


def _answered(token: str, name: str, key: str) -> None:
    principal, offer_id = holder_of(token)
    now = utc_now()
    kept = request_key(principal, method="PAGE", path=f"/offer/{name}", key=key, body={"offer": str(offer_id)})
    attempt(
        principal, partial(VERBS[name], principal=principal, offer_id=offer_id, key=kept, now=now), key=kept, now=now
    )


def _shown(found: OfferView, clinic: str) -> ShownOffer:
    return ShownOffer(
        clinic=clinic,
        starts_at=iso(found.starts_at),
        ends_at=iso(found.ends_at),
        zone=found.timezone,
        service=found.service,
        practitioner=found.practitioner,
        location=found.location,
        replaces_at=iso(found.replaces_at) if found.replaces_at else "",
    )
