"""Handing mail over: what is said in which case, and that a password never travels in the clear."""

import socket
import threading
from collections.abc import Iterator

import pytest

from app.infra import mail
from app.infra.mail import AddressRefused, MailFailed, send_mail

LETTER = {"sender": "desk@clinic.test", "subject": "Ihr Termin", "body": "Grüße\n", "message_id": "<1@clinic.test>"}


@pytest.fixture
def plain_server() -> Iterator[tuple[int, list[bytes]]]:
    """A server that offers no encryption and keeps what it hears."""
    heard: list[bytes] = []

    def talk() -> None:
        line, _ = listener.accept()
        line.sendall(b"220 test\r\n")
        while data := line.recv(4096):
            heard.append(data)
            line.sendall(b"250 test\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=talk, daemon=True).start()
        yield listener.getsockname()[1], heard


def test_a_password_is_not_sent_without_encryption(
    plain_server: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, heard = plain_server
    monkeypatch.setattr(mail, "LOCAL_HOSTS", frozenset())
    with pytest.raises(MailFailed, match="no encryption"):
        send_mail(f"smtp://user:secret@127.0.0.1:{port}", recipient="a@b.test", timeout_seconds=2, **LETTER)
    assert b"secret" not in b"".join(heard)
    assert not any(line.upper().startswith(b"AUTH") for line in heard)


@pytest.mark.parametrize("recipient", ["a@b.test\r\nBcc: c@d.test", "a@b.test\nX: y"])
def test_an_address_that_would_add_a_header_is_refused(recipient: str) -> None:
    with pytest.raises(AddressRefused):
        send_mail("smtp://127.0.0.1:1", recipient=recipient, timeout_seconds=1, **LETTER)


def test_nobody_at_the_address_is_a_failure_to_try_again() -> None:
    with pytest.raises(MailFailed, match="ConnectionRefusedError"):
        send_mail("smtp://127.0.0.1:1", recipient="a@b.test", timeout_seconds=1, **LETTER)
