"""The OpenAPI document: the framework's, with what it cannot know: examples, tags, who needs no identity."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import shapes
from app.api.callers import client_token
from app.api.docs_page import operations
from app.api.examples import example_of

BASE = "/api/v1"
TITLE, VERSION = "Holdfast", "1"
ABOUT = (
    "Times are RFC 3339 in UTC, money is in minor units, ids are opaque. Errors are RFC 9457 problem details. "
    "Lists page by `cursor` and `limit`. A POST that books takes an `Idempotency-Key`: the same key and body get the "
    "first answer again for 24 hours. Answers about one appointment or patient carry an `ETag`; changes may send "
    "`If-Match`."
)
TAGS = {
    "Tokens": "How a program proves who it is: a token for 15 minutes, with no more than its client's scopes.",
    "What can be booked": "The clinic, its sites, services and practitioners. Anybody may read them.",
    "Free times": "Starts that a hold accepts, and why a time is not offered.",
    "Appointments": "Hold, confirm, cancel, and what there is. Every change takes an `Idempotency-Key`.",
    "The visit": "From arrival to the end of the visit, and back: what the desk and the kiosk do on the day.",
    "Series": "Appointments that recur, changed one by one or together.",
    "Waitlist": "Who wants a place that is not free yet, and to whom a freed one is offered.",
    "Patients": "What identifies a person travels in bodies, never in an address.",
    "Documents": "Files of a patient: known by their content, kept encrypted, downloaded and never shown.",
}
# What a filter or a part of an address means, wherever it stands, unless its route says more.
PARAMETERS = {
    "service_id": "The service that is wanted.",
    "practitioner_id": "Only with this practitioner.",
    "location_id": "Only at this site.",
    "specialty": "Only of this specialty.",
    "language": "Only those who speak it, such as `de`.",
    "patient_id": "The patient.",
    "appointment_id": "The appointment.",
    "document_id": "The document.",
    "entry_id": "The entry of the waitlist.",
    "series_id": "The series.",
}
LICENCE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": BASE, "description": "This installation."}]
UNUSED = ("HTTPValidationError", "ValidationError")


def document_of(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made at the first call."""
    if api.openapi_schema is None:
        api.openapi_schema = _made(api)
    return api.openapi_schema


def _made(api: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=TITLE, version=VERSION, description=ABOUT, license_info=LICENCE, servers=SERVERS, routes=api.routes
    )
    schemas = made["components"]["schemas"]
    problem = shapes.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for unused in UNUSED:
        schemas.pop(unused, None)
    used: dict[str, None] = {}
    for _, _, operation in operations(made):
        used.update(dict.fromkeys(operation["tags"]))
        _say_who(operation)
        for parameter in operation.get("parameters", []):
            if parameter["name"] in PARAMETERS:
                parameter.setdefault("description", PARAMETERS[parameter["name"]])
        _add_examples(operation, schemas)
        for answer in operation["responses"].values():
            answer["description"] = answer["description"].replace("Successful Response", "Done.")
    made["tags"] = [{"name": tag, "description": TAGS.get(tag, "")} for tag in used]
    return made


def _say_who(operation: dict[str, Any]) -> None:
    """Name the scopes where the scheme has such; an empty list says that no identity is needed."""
    needs = operation.get("security", [])
    operation["security"] = [
        {scheme: scopes if scheme == client_token.scheme_name else [] for scheme, scopes in need.items()}
        for need in needs
    ]


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    answers = [answer.get("content", {}) for answer in operation["responses"].values()]
    for content in (operation.get("requestBody", {}).get("content", {}), *answers):
        for media in content.values():
            if "example" not in media and media.get("schema"):
                media["example"] = example_of(media["schema"], schemas)
