"""A route of the API: a body arrives in the form that the route reads, or is refused before it is read.

The routes stand side by side in the application's own router: an included one is looked through anew by each request.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.api.problems import UnsupportedMedia

FORM = "application/x-www-form-urlencoded"


class Route(APIRoute):
    """Refuse a body of another media type with 415, so that it is never taken for an empty one.

    In the OpenAPI document an operation is named as its function.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **named: Any) -> None:
        """Take what the decorator of a route takes."""
        super().__init__(path, endpoint, **{**named, "operation_id": endpoint.__name__})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the check."""
        handle = super().get_route_handler()
        is_form = self.path.startswith("/auth/")

        async def checked(request: Request) -> Response:
            if await request.body():
                _require_media(request, is_form=is_form)
            return await handle(request)

        return checked


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Give the application the routers' routes, in their order."""
    for router in routers:
        app.router.routes.extend(router.routes)


def _require_media(request: Request, *, is_form: bool) -> None:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_form and media != FORM:
        raise UnsupportedMedia(f"Send the body as {FORM}.")
    if not is_form and media != "application/json" and not (media.startswith("application/") and "+json" in media):
        raise UnsupportedMedia
