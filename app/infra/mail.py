"""Handing a message to a mail server. SMTP_URL is `smtp://` (STARTTLS when offered) or `smtps://`.

smtps://user:password@mail.example:465/?from=appointments@clinic.example
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressRefused(Exception):
    """The server says for good that it will not take this message; trying again would not help."""


class MailFailed(Exception):
    """The message could not be handed over now; the text says why without naming anybody."""


def send_mail(
    url: str, *, sender: str, recipient: str, subject: str, body: str, message_id: str, timeout_seconds: float
) -> None:
    """Hand one message to the server; raises AddressRefused or MailFailed."""
    message = _message(
        sender=_given_sender(url) or sender, recipient=recipient, subject=subject, body=body, message_id=message_id
    )
    try:
        with _connected(url, timeout_seconds=timeout_seconds) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        if all(code >= 500 for code in codes):
            raise AddressRefused(f"refused with {', '.join(str(code) for code in sorted(codes))}") from None
        raise MailFailed("recipient refused for now") from None
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"{type(error).__name__} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailed(type(error).__name__) from None


def _message(*, sender: str, recipient: str, subject: str, body: str, message_id: str) -> EmailMessage:
    try:
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
    except ValueError:
        # An address with a line break or the like can never be sent.
        raise AddressRefused("not an address") from None
    return message


def _connected(url: str, *, timeout_seconds: float) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout_seconds, context=context)
        is_private = True
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=timeout_seconds)
        server.ehlo()
        is_private = server.has_extn("starttls")
        if is_private:
            server.starttls(context=ssl.create_default_context())
    if parts.username:
        if not is_private and host not in LOCAL_HOSTS:
            server.close()
            raise MailFailed("the server offers no encryption for the password")
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _given_sender(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("from", [""])[0]
