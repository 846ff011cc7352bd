"""The two cookies that the browser keeps for us: both HttpOnly, both random, neither readable by a page.

`__Host-` binds a cookie to exactly this host over a secure channel; browsers grant that on https and on
localhost. A demonstration over plain http elsewhere cannot have it and uses the plain name instead.
"""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

SESSION = "holdfast-session"
BROWSER = "holdfast-browser"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_secure(origin: str) -> bool:
    """Tell whether a browser treats the origin as secure."""
    parts = urlsplit(origin)
    return parts.scheme == "https" or parts.hostname in LOCAL_HOSTS


def cookie_name(base: str, *, secure: bool) -> str:
    """Return the name under which the cookie travels on this kind of origin."""
    return f"__Host-{base}" if secure else base


def set_cookie(base: str, value: str, *, secure: bool, max_age: int | None = None) -> str:
    """Return the Set-Cookie line; `max_age` 0 removes the cookie, None ends it with the browser."""
    parts = [f"{cookie_name(base, secure=secure)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if secure:
        parts.append("Secure")
    if max_age is not None:
        parts.append(f"Max-Age={max_age}")
    return "; ".join(parts)


def read_cookie(base: str, *, header: str, origin: str) -> str:
    """Return the cookie's value or ""; on a secure origin only the `__Host-` name counts.

    A page of a neighbouring host can set the plain name for us, but never the `__Host-` one.
    """
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    morsel = jar.get(cookie_name(base, secure=is_secure(origin)))
    return morsel.value if morsel else ""
