"""What every answer carries: the security headers, how long it may be kept, and a browser's random id."""

import secrets
from functools import lru_cache

from starlette.types import Message, Scope, Send

from app.infra import cookies
from app.infra.addresses import allowed_origins, header_of, origin_of

# Inline styles come from the component library, inline and evaluated script from the framework (its start-up
# and the events that the server sends); nothing is ever loaded from another host.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {sockets}; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def with_headers(scope: Scope, send: Send) -> Send:
    """Add to an answer the security headers, how long it may be kept, and the browser's id."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                *message.get("headers", []),
                *security_headers(),
                *_caching(scope, message),
                *_browser_cookie(scope, message),
            ]
            message = {**message, "headers": headers}
        await send(message)

    return sending


@lru_cache(maxsize=1)
def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that no answer goes without."""
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in allowed_origins())
    return ((b"content-security-policy", CONTENT_POLICY.format(sockets=sockets).encode()), *HEADERS)


def _caching(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """A page is asked for again each time; what the build named by its content is kept for good."""
    kinds = dict(message.get("headers", []))
    if scope["path"].startswith("/assets/") and message["status"] == 200:
        return [(b"cache-control", b"public, max-age=31536000, immutable")]
    is_page = kinds.get(b"content-type", b"").startswith(b"text/html")
    return [(b"cache-control", b"no-cache")] if is_page and b"cache-control" not in kinds else []


def _browser_cookie(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """Give a browser that loads a page and has none a random id; holds and page state are bound to it."""
    kinds = dict(message.get("headers", []))
    if not kinds.get(b"content-type", b"").startswith(b"text/html"):
        return []
    secure = cookies.is_secure(origin_of(scope))
    name = cookies.cookie_name(cookies.BROWSER, secure=secure)
    if f"{name}=" in header_of(scope, b"cookie"):
        return []
    line = cookies.set_cookie(cookies.BROWSER, secrets.token_urlsafe(24), secure=secure)
    return [(b"set-cookie", line.encode())]
