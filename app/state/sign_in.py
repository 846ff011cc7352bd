"""What the sign-in page shows; the signing in itself is an HTTP route (app/api/signing_in.py)."""

import importlib
from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.state.base import PageState, policy, refused
from app.state.set_up_door import SetUpDoorState

PROBLEMS = frozenset({"refused", "wait", "busy", "idle"})


class Login(TypedDict):
    """One demonstration login."""

    login: str
    password: str
    role: str


class SignInState(PageState):
    """The demonstration's logins and why the last attempt failed."""

    has_logins: bool = False
    logins: list[Login] = []
    problem: str = ""

    @rx.event
    @policy(public=True)
    async def load(self) -> EventSpec | None:
        """Read the address' query, of which only words that we know are taken, and ask whose logins may be shown."""
        query = dict(self.router.url.query_parameters)
        given = str(query.get("problem", ""))
        self.problem = given if given in PROBLEMS else ""
        try:
            found = await (await self.get_state(SetUpDoorState))._look(self)
        except ClinicError as error:
            return refused(error)
        self.has_logins = found.is_demonstration
        self.logins = demonstration_logins() if self.has_logins else []
        return None


def demonstration_logins() -> list[Login]:
    """Return the logins that the demonstration clinic was seeded with."""
    demo = importlib.import_module("app.services.demo")
    return [Login(login=one.login, password=one.password, role=str(one.role)) for one in getattr(demo, "LOGINS", ())]
