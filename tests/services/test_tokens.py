"""API clients and their tokens: a secret shown once, a token that says only what we sign, and its end."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from app.errors import InvalidField, NotFound, NotPermitted, NotSignedIn, TooManyAttempts
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts import api_clients, signing_keys, tokens
from app.services.accounts.api_clients import NewClient
from app.services.accounts.permissions import OPERATOR_PERMISSIONS
from app.services.accounts.signing_keys import signing_pair
from app.services.accounts.tokens import issue, jwks, revoke, verify
from models.accounts import SigningKey
from models.db import global_transaction, rows, transaction
from models.principal import ActorKind, Principal
from tests.builders import NOW, building, clerk_of, make_clinic

pytestmark = pytest.mark.database
SCOPES = ["slots:read", "appointments:write"]


@pytest.fixture
def operator(database: DatabaseUrls, valkey: str) -> Principal:
    with building() as session:
        return Principal(make_clinic(session).id, ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)


@pytest.fixture
def client(operator: Principal) -> NewClient:
    with transaction(operator) as session:
        return api_clients.create(session, operator, name="Laboratory", scopes=SCOPES, now=NOW)


def token_of(client: NewClient, **fields: Any) -> str:
    return issue(**{**client._asdict(), "now": NOW, **fields}).access_token


def test_a_client_gets_a_token_that_speaks_for_it(operator: Principal, client: NewClient) -> None:
    issued = issue(**client._asdict(), now=NOW)
    assert (issued.expires_in, issued.scope) == (900, "appointments:write slots:read")
    principal = verify(issued.access_token, now=NOW)
    assert principal.clinic_id == operator.clinic_id
    assert (principal.kind, principal.actor_id) == (ActorKind.API_CLIENT, client.client_id)
    assert principal.permissions == frozenset(SCOPES)
    assert principal.location_ids is None


def test_fewer_scopes_may_be_asked_for_but_no_others(client: NewClient) -> None:
    assert verify(token_of(client, scope="slots:read"), now=NOW).permissions == {"slots:read"}
    with pytest.raises(InvalidField, match="patients:read"):
        token_of(client, scope="slots:read patients:read")


def test_the_secret_is_not_stored(client: NewClient) -> None:
    with building() as session:
        stored = str(rows(session, "SELECT c::text FROM api_clients c", {}))
    assert client.client_secret not in stored
    assert client.client_secret.encode().hex() not in stored


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"client_secret": "\ud800"},
        {"client_id": str(uuid4())},
        {"client_id": "not an id"},
        {"client_id": "\x00"},
    ],
)
def test_every_wrong_pair_gets_the_same_answer(client: NewClient, wrong: dict[str, str]) -> None:
    with pytest.raises(NotSignedIn, match="The client is unknown or its secret is wrong"):
        token_of(client, **wrong, address=str(uuid4()))


def test_guessing_a_secret_is_stopped(client: NewClient) -> None:
    for _ in range(tokens.FAILED_CLIENT.times):
        with pytest.raises(NotSignedIn):
            token_of(client, client_secret="wrong")
    with pytest.raises(TooManyAttempts):
        token_of(client, client_secret="wrong")


def test_a_token_ends_after_a_quarter_of_an_hour(client: NewClient) -> None:
    token = token_of(client)
    verify(token, now=NOW + timedelta(minutes=15, seconds=-1))
    with pytest.raises(NotSignedIn, match="ended"):
        verify(token, now=NOW + timedelta(minutes=15))
    with pytest.raises(NotSignedIn):
        verify(token, now=NOW - timedelta(seconds=1))


def test_a_revoked_token_is_refused_and_another_one_is_not(client: NewClient) -> None:
    one, other = token_of(client), token_of(client)
    revoke(one, now=NOW)
    revoke(one, now=NOW)
    revoke("not a token", now=NOW)
    with pytest.raises(NotSignedIn, match="revoked"):
        verify(one, now=NOW)
    verify(other, now=NOW)


def test_a_revoked_client_is_refused_with_all_its_tokens(operator: Principal, client: NewClient) -> None:
    token = token_of(client)
    with transaction(operator) as session:
        api_clients.revoke(session, operator, client_id=UUID(client.client_id), now=NOW)
    with pytest.raises(NotSignedIn):
        verify(token, now=NOW)
    with pytest.raises(NotSignedIn):
        token_of(client)


def test_another_clinics_operator_cannot_revoke_a_client(client: NewClient) -> None:
    with building() as session:
        other = Principal(make_clinic(session).id, ActorKind.SYSTEM, "x", OPERATOR_PERMISSIONS)
    with transaction(other) as session, pytest.raises(NotFound):
        api_clients.revoke(session, other, client_id=UUID(client.client_id), now=NOW)
    verify(token_of(client), now=NOW)


def test_only_who_manages_accounts_makes_clients(operator: Principal) -> None:
    clerk = clerk_of(operator.clinic_id)
    with transaction(clerk) as session, pytest.raises(NotPermitted):
        api_clients.create(session, clerk, name="Mine", scopes=SCOPES, now=NOW)


@pytest.mark.parametrize("scopes", [[], ["settings:write"], ["slots:read", "users:write"], ["*"]])
def test_a_client_cannot_be_given_what_people_answer_for(operator: Principal, scopes: list[str]) -> None:
    with transaction(operator) as session, pytest.raises(InvalidField, match="scope"):
        api_clients.create(session, operator, name="Greedy", scopes=scopes, now=NOW)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_whatever_is_not_signed_by_us_in_our_way_is_refused(client: NewClient) -> None:
    good = token_of(client)
    header, claims = jwt.get_unverified_header(good), jwt.decode(good, options={"verify_signature": False})
    with global_transaction() as session:
        pair = signing_pair(session, now=NOW)
        public = session.exec(select(SigningKey.public_pem).where(SigningKey.id == pair.id)).one()
    stranger = ec.generate_private_key(ec.SECP256R1())
    signature = good.rsplit(".", 1)[1]

    def signed(key: Any = pair.private, more: dict[str, Any] | None = None, **other: Any) -> str:
        headers = {"kid": pair.id, "typ": "at+jwt", **(more or {})}
        return jwt.encode({**claims, **other}, key, algorithm="ES256", headers=headers)

    verify(signed(), now=NOW)
    forged = {
        "another key": signed(stranger),
        "another key, embedded": signed(stranger, more={"jwk": signing_keys.as_jwk("x", stranger.public_key())}),
        "unknown key": signed(more={"kid": "unknown"}),
        "no type": signed(more={"typ": "JWT"}),
        "critical header": signed(more={"crit": ["exp"]}),
        "other audience": signed(aud="another-api"),
        "other issuer": signed(iss="another"),
        "no signature": ".".join([part({**header, "alg": "none"}), part(claims), ""]),
        "changed claims": ".".join([part(header), part({**claims, "scope": "patients:read"}), signature]),
        "public key as secret": hmac_signed(f"{part({**header, 'alg': 'HS256'})}.{part(claims)}", key=public),
        "half": good[: len(good) // 2],
        "nothing": "",
        "nonsense": "\ud800.\x00.x",
    }
    for claim in tokens.CLAIMS:
        fewer = {name: value for name, value in claims.items() if name != claim}
        headers = {"kid": pair.id, "typ": "at+jwt"}
        forged[f"without {claim}"] = jwt.encode(fewer, pair.private, algorithm="ES256", headers=headers)
    for name, token in forged.items():
        try:
            verify(token, now=NOW)
        except NotSignedIn:
            continue
        pytest.fail(f"accepted: {name}")


def hmac_signed(text: str, *, key: str) -> str:
    digest = hmac.digest(key.encode(), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_the_published_key_verifies_a_token_and_is_public_only(client: NewClient) -> None:
    token = token_of(client)
    published = {key["kid"]: key for key in jwks(now=NOW)["keys"]}
    key = published[jwt.get_unverified_header(token)["kid"]]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience="holdfast-api", options=options)


def test_the_private_key_lies_sealed(client: NewClient) -> None:
    token_of(client)
    with building() as session:
        for key in session.exec(select(SigningKey)):
            assert b"PRIVATE" not in key.private_sealed
            assert "PRIVATE" not in key.public_pem


def test_after_a_rotation_old_tokens_hold_until_their_end_and_no_longer(client: NewClient) -> None:
    old = token_of(client)
    with global_transaction() as session:
        signing_keys.rotate(session, now=NOW)
    new = token_of(client, now=NOW + timedelta(seconds=1))
    assert jwt.get_unverified_header(old)["kid"] != jwt.get_unverified_header(new)["kid"]
    verify(old, now=NOW + timedelta(minutes=14))
    verify(new, now=NOW + timedelta(minutes=14))
    kids = {key["kid"] for key in jwks(now=NOW + timedelta(minutes=16))["keys"]}
    assert jwt.get_unverified_header(old)["kid"] not in kids
