"""How Reflex builds and serves the application; every value that can differ comes from app.settings."""

import os

# A websocket message of more than 64 kB is refused (app/infra/origin.py refuses it before, this is the net).
os.environ.setdefault("REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE", "65536")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")

import reflex as rx
from reflex.plugins import RadixThemesPlugin, SitemapPlugin

from app.components.build import Catalogues, Typeface
from app.components.theme import radix_theme
from app.infra.addresses import allowed_origins
from app.settings import settings

config = rx.Config(
    app_name="app",
    app_module_import="app.app",
    # The name localhost is baked in: the browser then follows the host and the port it loaded the page from.
    api_url=f"http://localhost:{settings().port}",
    deploy_url=f"http://localhost:{settings().port}",
    frontend_port=settings().port,
    backend_port=settings().port,
    backend_host=settings().host,
    redis_url=settings().redis_url or None,
    redis_token_expiration=settings().session_idle_minutes * 60,
    cors_allowed_origins=list(allowed_origins()),
    telemetry_enabled=False,
    show_built_with_reflex=False,
    transport="websocket",
    default_color_mode="system",
    plugins=[RadixThemesPlugin(theme=radix_theme()), Typeface(), Catalogues()],
    disable_plugins=[SitemapPlugin],
)
