"""What staff decide about the letter that follows from a change: whether one is sent, and why the change was made."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class News:
    """Whether the patient gets a letter (no: the desk tells them itself), and the reason that history keeps."""

    tell: bool = True
    reason: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What the event carries of it (messages/told.py reads it)."""
        return {} if self.tell else {"tell": False}


TOLD = News()
