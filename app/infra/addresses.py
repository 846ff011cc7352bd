"""Where a request came from: the origin of its page and the address of its sender."""

from urllib.parse import urlsplit

from starlette.types import Scope

from app.settings import settings


def allowed_origins() -> tuple[str, ...]:
    """Return the origins whose pages may talk to us: this machine's name and what the settings add."""
    named = [origin.strip().rstrip("/") for origin in settings().public_origins.split(",") if origin.strip()]
    host = settings().host
    local = [f"http://{name}:{settings().port}" for name in dict.fromkeys(("localhost", host))]
    return tuple(dict.fromkeys([*local, *named]))


def home_of(host_name: str) -> str:
    """Return the address of a clinic's pages, for links in letters; a demonstration's are on this machine."""
    named = [origin for origin in allowed_origins() if urlsplit(origin).hostname == host_name]
    if named or not settings().is_demonstration:
        return named[0] if named else f"https://{host_name}"
    return allowed_origins()[0]


def client_address(scope: Scope) -> str:
    """Return the visitor's address; what a proxy says counts only when the settings trust it."""
    hops = settings().trusted_proxy_hops
    forwarded = [part.strip() for part in header_of(scope, b"x-forwarded-for").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str((scope.get("client") or ("",))[0])


def origin_of(scope: Scope) -> str:
    """Return the origin a page was loaded from; behind a proxy that ends TLS the settings know it is https."""
    host = header_of(scope, b"host")
    public = f"https://{host}"
    return public if public in allowed_origins() else f"{scope.get('scheme', 'http')}://{host}"


def header_of(scope: Scope, name: bytes) -> str:
    """Return a request header, "" when it is absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
