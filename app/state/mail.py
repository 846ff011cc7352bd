"""The demonstration's mail: what patients were told, newest first, and one message in full."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, NotFound
from app.services.clock import utc_now
from app.services.messages.sent import MessageView, newest_messages, read_message
from app.state.ask import ask
from app.state.base import PageState, policy, refused, visitor
from app.state.parse import id_from

MOST = 100


class MailView(TypedDict):
    """One line of the list; `created_at` is an ISO instant."""

    id: str
    kind: str
    language: str
    outcome: str
    created_at: str
    recipient: str
    subject: str


class MailState(PageState):
    """The list and the message that is open."""

    is_loaded: bool = False
    has_more: bool = False
    messages: list[MailView] = []
    opened_id: str = ""
    opened: list[MailView] = []
    body: str = ""

    @rx.event
    @policy(permission="messages:read")
    async def load(self) -> EventSpec | None:
        """Read the newest messages; only a demonstration has a mail page."""
        if not visitor().clinic.is_demonstration:
            self.is_loaded = True
            return None
        try:
            found = await ask(newest_messages, limit=MOST + 1, now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.messages = [_line(message) for message in found[:MOST]]
        self.has_more, self.is_loaded = len(found) > MOST, True
        return None

    @rx.event
    @policy(permission="messages:read")
    async def read(self, message_id: str) -> EventSpec | None:
        """Show one message in full."""
        try:
            if not visitor().clinic.is_demonstration:
                raise NotFound
            found = await ask(read_message, message_id=id_from("message_id", message_id), now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.opened_id, self.opened, self.body = str(found.id), [_line(found)], found.body
        return None


def _line(message: MessageView) -> MailView:
    return MailView(
        id=str(message.id),
        kind=message.kind,
        language=message.language,
        outcome=message.outcome,
        created_at=message.created_at.isoformat(),
        recipient=message.recipient,
        subject=message.subject,
    )
