"""A server whose answers come when a test lets them: everything between a page and its websocket goes through here."""

import re

from playwright.sync_api import Page, WebSocketRoute


class LateServer:
    """The page's websocket, on which answers with a word in them can be kept back for a while."""

    def __init__(self, page: Page) -> None:
        self.word = ""
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/_event"), self._through)

    def _through(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        server.on_message(lambda message: self._pass(line, message))

    def _pass(self, line: WebSocketRoute, message: str | bytes) -> None:
        # Nothing overtakes what is kept.
        if self._kept or (self.word and self.word in str(message)):
            self._kept.append((line, message))
        else:
            line.send(message)

    def answer(self) -> None:
        """Send what was kept back."""
        kept, self.word, self._kept = self._kept, "", []
        for line, message in kept:
            line.send(message)
