"""How a handler asks a service: in one transaction of the signed-in user, off the event loop."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.infra.executor import run
from app.state.visitor import acting
from models.db import transaction
from models.principal import Principal

P = ParamSpec("P")
T = TypeVar("T")


async def ask(service: Callable[Concatenate[Any, Principal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `service(session, principal, ...)` and commit; raises its refusal, or Overloaded."""
    principal = acting()

    def work() -> T:
        with transaction(principal) as session:
            return service(session, principal, *args, **kwargs)

    return await run(work)


async def do(verb: Callable[Concatenate[Principal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `verb(principal, ...)`, which opens its own transactions; raises its refusal, or Overloaded."""
    return await run(verb, acting(), *args, **kwargs)
