"""What a handler demands of whoever calls it; a handler that declares nothing cannot be called at all.

@rx.event
@policy(permission="board:read")     # a signed-in user who holds the permission
@policy(signed_in=True)              # any signed-in user
@policy(public=True)                 # anybody with a page of ours open: patients, the kiosk
@policy(permission="...", automatic=True)    # the page sends it by itself: it puts off no idle limit
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])
_MARK = "_holdfast_policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """One handler's demand."""

    permission: str = ""
    is_public: bool = False
    is_automatic: bool = False


def policy(
    *, permission: str = "", signed_in: bool = False, public: bool = False, automatic: bool = False
) -> Callable[[Handler], Handler]:
    """Declare who may call a handler; exactly one of the three is given."""
    if sum((bool(permission), signed_in, public)) != 1:
        raise ValueError("A policy is a permission, signed_in=True or public=True: exactly one of them.")

    def declare(handler: Handler) -> Handler:
        setattr(handler, _MARK, Policy(permission=permission, is_public=public, is_automatic=automatic))
        return handler

    return declare


def policy_of(handler: Callable[..., Any]) -> Policy | None:
    """Return what the handler declared, or None."""
    return getattr(handler, _MARK, None)
