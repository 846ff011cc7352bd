"""Programs reach the API directly: the layers that the pages' framework puts around everything are not for them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.infra.addresses import header_of

API = "/api/"


class ProgramsFirst:
    """Send what a program asks of the API to the API, and everything else to the pages.

    A program is who names no Origin. A page of another origin gets its answer from the pages' layers, one of which
    says who may read across origins.
    """

    def __init__(self, pages: ASGIApp, *, api: ASGIApp) -> None:
        self.pages = pages
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        is_program = scope["type"] == "http" and scope["path"].startswith(API) and not header_of(scope, b"origin")
        await (self.api if is_program else self.pages)(scope, receive, send)
