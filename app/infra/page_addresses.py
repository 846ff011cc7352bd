"""Pages answer at their address itself: `/board` is served at once, without a detour over `/board/`."""

from starlette.types import ASGIApp, Receive, Scope, Send


class PageAddresses:
    """Point the address of each page at its built file; everything else passes through."""

    def __init__(self, app: ASGIApp, *, pages: frozenset[str]) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] in self.pages:
            path = f"{scope['path']}/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)
