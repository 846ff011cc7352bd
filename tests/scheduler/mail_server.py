"""A mail server that takes everything, for tests: it answers like one and keeps what it was given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    received: list[EmailMessage]
    refusal: bytes = b""


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._take()
            elif word == b"RCPT" and self.server.refusal:
                self.wfile.write(self.server.refusal + b"\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def _take(self) -> None:
        self.wfile.write(b"354 go on\r\n")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.received.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self.wfile.write(b"250 taken\r\n")


@contextmanager
def mail_server(refusal: bytes = b"") -> Iterator[tuple[str, list[EmailMessage]]]:
    """Run a server; gives its URL and the messages that it has taken."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.received, server.refusal = [], refusal
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}/?from=desk@clinic.test", server.received
        server.shutdown()
