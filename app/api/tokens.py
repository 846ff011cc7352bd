"""POST /auth/token, POST /auth/revoke and the public keys: how programs prove who they are."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from app.api import shapes
from app.api.answers import problems
from app.api.fields import Text
from app.api.routing import Route
from app.errors import InvalidField
from app.infra.executor import run
from app.services.accounts import tokens
from app.services.clock import utc_now

router = APIRouter(route_class=Route, tags=["Tokens"])
GRANT = "client_credentials"
LONGEST = 4096
EMPTY = {"description": "It is refused from now on.", "content": {"application/json": {"example": {}}}}


@router.post("/auth/token", response_model=shapes.Token, responses=problems(401, 413, 415, 429), summary="Get a token")
async def post_token(
    request: Request,
    grant_type: Annotated[str, Form(max_length=100, examples=[GRANT])],
    client_id: Annotated[Text, Form(max_length=100, examples=[shapes.CLINIC])],
    client_secret: Annotated[Text, Form(max_length=200, examples=["the secret that was shown once"])],
    scope: Annotated[Text, Form(max_length=1000, examples=["slots:read appointments:write"])] = "",
) -> JSONResponse:
    """A token for 15 minutes with the asked scopes, or with all that the client has."""
    if grant_type != GRANT:
        raise InvalidField("grant_type", f"The only grant type is {GRANT}.")
    issued = await run(
        tokens.issue,
        client_id=client_id,
        client_secret=client_secret,
        scope=scope,
        now=utc_now(),
        address=request.client.host if request.client else "",
    )
    return JSONResponse({"access_token": issued.access_token, "token_type": "Bearer", **_rest(issued)})


@router.post("/auth/revoke", responses={**problems(413, 415), 200: EMPTY}, summary="End a token")
async def post_revoke(
    token: Annotated[Text, Form(max_length=LONGEST, examples=["eyJhbGciOi...example"])],
    token_type_hint: Annotated[Text, Form(max_length=100, examples=["access_token"])] = "",
) -> Response:
    """Refuse the token from now on; whoever has it may end it, and one that has ended is no error (RFC 7009)."""
    await run(tokens.revoke, token, now=utc_now())
    return JSONResponse({})


@router.get("/.well-known/jwks.json", response_model=shapes.Keys, responses=problems(), summary="The public keys")
async def get_keys() -> JSONResponse:
    """The keys that our tokens are signed with."""
    served = await run(tokens.jwks, now=utc_now())
    return JSONResponse(served, headers={"Cache-Control": "public, max-age=300"})


def _rest(issued: tokens.IssuedToken) -> dict[str, object]:
    return {"expires_in": issued.expires_in, "scope": issued.scope}
