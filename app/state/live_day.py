"""What the tabs of one board have been told: the frame, a print of each card (no names) and the last changes.

What is read next is compared with it; only what differs travels, as a numbered change by card.
"""

import secrets
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from app.infra.live import Whose
from app.services.board.cards import Card, Print
from app.services.board.columns import ColumnsRead
from app.services.board.read import DayRead
from app.services.clock import utc_now

# The browser draws the last message only, so each one repeats what a slow one may have skipped.
TAIL_SECONDS, TAIL_LENGTH = 5.0, 30


class LiveDay:
    """A day as its tabs know it."""

    def __init__(self, name: str) -> None:
        self.key = f"{name}/{secrets.token_hex(4)}"
        self.seq = 0
        self.frame: dict[str, Any] = {}
        self.prints: dict[str, Print] = {}
        self._tail: deque[tuple[float, dict[str, Any]]] = deque(maxlen=TAIL_LENGTH)

    def has_shape_of(self, news: DayRead) -> bool:
        """Tell whether what was read can be expressed as a change by card."""
        return _shape(news.frame) == _shape(self.frame)

    def take(self, news: DayRead) -> bool:
        """Remember a whole day; tell whether the tabs lack something of it."""
        gone = [card_id for card_id in self.prints if card_id not in news.prints]
        spans = None if news.frame["spans"] == self.frame.get("spans") else news.frame["spans"]
        cards = self._unknown(news.cards, news.prints)
        self.frame, self.prints = news.frame, news.prints
        return self._count(cards, gone, spans=spans)

    def take_columns(self, whose: Whose, news: ColumnsRead) -> bool:
        """Remember some practitioners' columns; tell whether the tabs lack something of them."""
        stood = (card_id for card_id, one in self.prints.items() if one[0] in whose)
        gone = [card_id for card_id in stood if card_id not in news.prints]
        cards = self._unknown(news.cards, news.prints)
        self.prints = {card_id: one for card_id, one in self.prints.items() if card_id not in gone} | news.prints
        return self._count(cards, gone)

    def start_again(self) -> None:
        """Forget the last changes: the tabs get the whole day."""
        self._tail.clear()

    def whole(self, news: DayRead) -> dict[str, Any]:
        """Return the message that shows the whole day as it was just read."""
        day = {**news.frame, "now": int(utc_now().timestamp() * 1000), "cards": news.cards}
        return {"board": self.key, "seq": self.seq, "stamp": secrets.token_hex(4), "day": day}

    def changes(self) -> dict[str, Any]:
        """Return the message that brings a tab up to date, with the changes of the last seconds."""
        now = time.monotonic()
        changes = [change for at, change in self._tail if now - at < TAIL_SECONDS]
        return {"board": self.key, "seq": self.seq, "changes": changes}

    def _unknown(self, cards: list[Card], prints: Mapping[str, Print]) -> list[Card]:
        return [card for card in cards if self.prints.get(card[0]) != prints[card[0]]]

    def _count(self, cards: list[Card], gone: list[str], *, spans: list[Any] | None = None) -> bool:
        if not cards and not gone and spans is None:
            return False
        self.seq += 1
        change = {"seq": self.seq, "cards": cards, "gone": gone, **({} if spans is None else {"spans": spans})}
        self._tail.append((time.monotonic(), change))
        return True


def _shape(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change by card cannot express."""
    return {name: value for name, value in frame.items() if name != "spans"}
