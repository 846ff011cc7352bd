"""Where a tab is: a wish each time that its reader goes there, and none when a lost line is taken up again."""

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True, slots=True)
class Address:
    """The address that a page was opened at, and the line over which the tab asked for it."""

    url: str
    line: str

    def is_wish(self, *, after: "Address | None") -> bool:
        """Tell whether the reader wants to see what the address names, who was last at the other one.

        A reload and a reconnect open the same address over a new line: the reader stays where they went meanwhile.
        """
        return after is None or self.url != after.url or self.line == after.line


def address_of(state: rx.State) -> Address:
    """Return where the tab is whose event is being handled."""
    return Address(str(state.router.url), state.router.session.session_id)
