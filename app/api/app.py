"""The HTTP API's application, mounted in front of Reflex by app/app.py.

A mounted application's lifespan does not run, so nothing here waits for one. Everything under the base is an
application of its own, so that an unknown path or method there is a problem of ours and no page.
"""

from typing import Any

from fastapi import FastAPI

from app.api import (
    appointment_list,
    appointments,
    catalogue,
    documents,
    explain,
    health,
    patient_documents,
    patients,
    problems,
    reschedule,
    scrape,
    series,
    slots,
    tokens,
    visits,
    waitlist,
    waitlist_offers,
)
from app.api.edge import Edge
from app.api.openapi import BASE, TITLE, VERSION
from app.api.routing import add_routes

# What is measured and logged of a request is said in app/infra; the framework's own telemetry is asked by nobody.
NO_TELEMETRY = {"tracing": False, "metrics": False, "logs": False}
BARE: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None, "telemetry": NO_TELEMETRY}
# Offers before entries, whose id could be anything.
ROUTERS = (
    *(tokens, catalogue, slots, explain, appointment_list, appointments, reschedule, visits, series),
    *(patients, waitlist_offers, waitlist),
)


def create_api() -> FastAPI:
    """Make the application."""
    scrape.install()
    outer = FastAPI(title=TITLE, redirect_slashes=False, **BARE)
    problems.install(outer)
    outer.add_middleware(Edge)
    # OAuth clients look for the tokens' routes at the root.
    add_routes(outer, health.router, tokens.router)
    outer.mount(BASE, create_base())
    return outer


def create_base() -> FastAPI:
    """Make what stands under the base."""
    base = FastAPI(title=TITLE, version=VERSION, redirect_slashes=False, **BARE)
    problems.install(base)
    add_routes(base, *(module.router for module in ROUTERS), patient_documents.forms, patient_documents.router)
    add_routes(base, documents.router)
    return base
