"""API tokens: a signed 15-minute answer to `POST /auth/token`, asked about again by every worker after two seconds.

issued = issue(client_id=..., client_secret=..., scope="slots:read", now=utc_now(), address=...)
principal = verify(token, now=utc_now())     # NotSignedIn when it is not (or no longer) good
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import jwt
from jwt import PyJWTError

from app.errors import InvalidField, NotSignedIn
from app.infra.limits import Limit, hit, is_open, too_many
from app.services.accounts import api_clients, signing_keys, token_copies
from app.settings import settings
from models.db import execute, first_row, global_transaction
from models.principal import ActorKind, Principal

ISSUER = "holdfast"
AUDIENCE = "holdfast-api"
TYPE = "at+jwt"
FAILED_CLIENT = Limit("failed-client", times=20, seconds=15 * 60)
CLAIMS = ["iss", "aud", "sub", "scope", "clinic_id", "jti", "iat", "nbf", "exp"]
# The times are checked against the injected clock below, the rest by the library.
OPTIONS: dict[str, Any] = {"require": CLAIMS, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
IS_GOOD: LiteralString = """
SELECT 1 FROM api_clients WHERE id = %(client_id)s AND revoked_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM revoked_tokens WHERE token_id = %(token_id)s)
"""
REVOKE: LiteralString = """
INSERT INTO revoked_tokens (token_id, ends_at) VALUES (%(token_id)s, %(ends_at)s)
ON CONFLICT (token_id) DO NOTHING
"""


class IssuedToken(NamedTuple):
    """The answer to a client that proved its secret."""

    access_token: str
    expires_in: int
    scope: str


def issue(*, client_id: str, client_secret: str, scope: str = "", now: datetime, address: str = "") -> IssuedToken:
    """Sign a token with the asked scopes, or all of the client's; raises NotSignedIn, InvalidField, TooManyAttempts."""
    if not is_open(FAILED_CLIENT, client_id, address):
        raise too_many(FAILED_CLIENT, client_id, address)
    with global_transaction() as session:
        client = api_clients.authenticate(session, client_id=client_id, client_secret=client_secret)
        pair = signing_keys.signing_pair(session, now=now) if client else None
    if client is None or pair is None:
        hit(FAILED_CLIENT, client_id, address)
        raise NotSignedIn("The client is unknown or its secret is wrong.")
    scopes = _granted(client.scopes, asked=scope)
    claims = _claims(client, scopes=scopes, now=now)
    token = jwt.encode(claims, pair.private, algorithm=signing_keys.ALGORITHM, headers={"kid": pair.id, "typ": TYPE})
    return IssuedToken(token, settings().api_token_minutes * 60, scopes)


def verify(token: str, *, now: datetime) -> Principal:
    """Return who a token speaks for; raises NotSignedIn when anything about it is not as we sign it."""
    copied = token_copies.known(token, now=now)
    if copied is not None:
        return copied
    with global_transaction() as session:
        keys = signing_keys.public_keys(session, now=now)
        claims = _decoded(token, keys=keys, now=now)
        principal = _principal(claims)
        edition = token_copies.edition_of(principal)
        known = {"client_id": UUID(claims["sub"]), "token_id": claims["jti"]}
        if first_row(session, IS_GOOD, known) is None:
            raise NotSignedIn("The token was revoked.")
    token_copies.keep(token, principal, claims=claims, edition=edition)
    return principal


def revoke(token: str, *, now: datetime) -> None:
    """Refuse the token from now on; one that is not good any more is ignored (RFC 7009)."""
    with global_transaction() as session:
        try:
            claims = _decoded(token, keys=signing_keys.public_keys(session, now=now), now=now)
        except NotSignedIn:
            return
        ends_at = now + timedelta(minutes=settings().api_token_minutes)
        execute(session, REVOKE, {"token_id": claims["jti"], "ends_at": ends_at})
    token_copies.drop(UUID(claims["clinic_id"]), claims["sub"])


def jwks(*, now: datetime) -> dict[str, Any]:
    """Return the public keys as `/.well-known/jwks.json` serves them; the first one is made on demand."""
    with global_transaction() as session:
        signing_keys.signing_pair(session, now=now)
        served = signing_keys.public_keys(session, now=now)
    return {"keys": [signing_keys.as_jwk(key_id, public) for key_id, public in served.items()]}


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(
        clinic_id=UUID(claims["clinic_id"]),
        kind=ActorKind.API_CLIENT,
        actor_id=claims["sub"],
        permissions=frozenset(claims["scope"].split()),
    )


def _granted(scopes: frozenset[str], *, asked: str) -> str:
    wanted = set(asked.split()) or set(scopes)
    if not wanted <= scopes:
        refused = ", ".join(sorted(wanted - scopes))
        raise InvalidField("scope", f"This client does not have the scope {refused}.")
    return " ".join(sorted(wanted))


def _claims(client: api_clients.KnownClient, *, scopes: str, now: datetime) -> dict[str, Any]:
    issued = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(client.id),
        "scope": scopes,
        "clinic_id": str(client.clinic_id),
        "jti": secrets.token_urlsafe(16),
        "iat": issued,
        "nbf": issued,
        "exp": issued + settings().api_token_minutes * 60,
    }


def _decoded(token: str, *, keys: dict[str, Any], now: datetime) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        key = keys.get(str(header.get("kid")))
        # The key is ours by its id, the algorithm fixed: nothing in the token chooses either.
        if key is None or header.get("typ") != TYPE or "crit" in header:
            raise NotSignedIn("The token is not one of ours.")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[signing_keys.ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options=OPTIONS,  # type: ignore[arg-type]
        )
    except (PyJWTError, ValueError):
        raise NotSignedIn("The token is not one of ours.") from None
    if not claims["nbf"] <= now.timestamp() < claims["exp"]:
        raise NotSignedIn("The token has ended. Ask for a new one.")
    return claims
