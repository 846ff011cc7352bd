"""Whatever fits the contract or breaks it is answered as the contract says: schemathesis over the whole schema."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.api import guests
from app.infra.limits import Limit
from models.base import new_id
from tests.api.conftest import World, build_world
from tests.api.test_permissions import MATRIX

DOCUMENT = "/api/v1/openapi.json"
CONDITIONS = frozenset({"if-match", "if-none-match"})
EXAMPLES, MANY_EXAMPLES = 15, 60
CONFORMS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# Requests without anything that could be wrong.
NOTHING_TO_BREAK = {("GET", "/.well-known/jwks.json"), ("GET", "/clinic")}
ATTACKS = [
    (operation, mode)
    for operation in MATRIX
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or operation not in NOTHING_TO_BREAK
]


@pytest.fixture(scope="module")
def target(api: TestClient) -> World:
    """A clinic that random requests may fill."""
    return build_world(count=4)


@pytest.fixture(scope="module")
def contract(api: TestClient) -> Any:
    """The contract as schemathesis reads it."""
    return schemathesis.openapi.from_asgi(DOCUMENT, app=api.app)


def attack(
    contract: Any, *, operation: tuple[str, str], mode: Any, count: int, headers: dict[str, str], known: dict[str, str]
) -> None:
    """Send `count` random requests of one operation, each as the same caller with a key of its own."""
    method, path = operation
    cases = contract[path][method].as_strategy(generation_mode=mode)

    @given(case=cases, is_near=booleans())
    @settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
    def check(case: Any, is_near: bool) -> None:
        if is_near:
            for values in (case.path_parameters, case.query, case.body):
                put_known(values, known)
        # A key of its own: a repeated key would be answered before anything is tried.
        answer = case.call(headers={**headers, "Idempotency-Key": new_id().hex, **_own(case)})
        assert answer.status_code < 500, (method, path, case.path_parameters, case.query, case.body, answer.text)
        if answer.status_code >= 400:
            assert "application/problem+json" in answer.headers["content-type"], (method, path, answer.text)
        # What comes is what the contract says: its status, its media type, its shape.
        case.validate_response(answer, checks=CONFORMS)

    check()


@pytest.fixture(scope="module")
def known(api: TestClient, target: World) -> dict[str, str]:
    """Ids that exist, so that requests get past the first look-up."""
    body = {"slot_id": target.slot_ids.pop(), "service_id": target.service_id, "patient_id": target.patient()}
    held = api.post("/api/v1/appointments", json=body, headers=target.headers(api)).json()
    return {
        "appointment_id": held["id"],
        "slot_id": target.slot_ids[0],
        "service_id": target.service_id,
        "location_id": target.location_id,
        "practitioner_id": target.practitioner_id,
        "patient_id": target.patient(),
    }


def put_known(values: Any, known: dict[str, str]) -> None:
    """Replace the ids of a request's part by known ones."""
    if isinstance(values, dict):
        for name in values.keys() & known.keys():
            values[name] = known[name]


def _own(case: Any) -> dict[str, str]:
    return {name: value for name, value in (case.headers or {}).items() if name.lower() in CONDITIONS}


@pytest.mark.parametrize(("operation", "mode"), ATTACKS)
def test_no_request_makes_us_fail(
    api: TestClient, contract: Any, target: World, known: dict[str, str], operation: tuple[str, str], mode: Any
) -> None:
    headers = target.headers(api)
    attack(contract, operation=operation, mode=mode, count=EXAMPLES, headers=headers, known=known)


@pytest.mark.long
@pytest.mark.parametrize(("operation", "mode"), ATTACKS)
def test_no_request_of_very_many_makes_us_fail(
    api: TestClient, contract: Any, target: World, known: dict[str, str], operation: tuple[str, str], mode: Any
) -> None:
    headers = target.headers(api)
    attack(contract, operation=operation, mode=mode, count=MANY_EXAMPLES, headers=headers, known=known)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("count", [EXAMPLES, pytest.param(MANY_EXAMPLES, marks=pytest.mark.long)])
def test_no_request_of_a_guest_makes_us_fail(
    contract: Any, target: World, known: dict[str, str], mode: Any, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "HOLDING", Limit(new_id().hex, times=10_000, seconds=60))
    headers = {"Host": target.host}
    attack(contract, operation=("POST", "/appointments"), mode=mode, count=count, headers=headers, known=known)


@pytest.mark.parametrize("spoil", ["status", "shape", "media"])
def test_control_an_answer_that_is_not_in_the_contract_is_found(api: TestClient, target: World, spoil: str) -> None:
    document = api.get(DOCUMENT).json()
    answers = document["paths"]["/clinic"]["get"]["responses"]
    if spoil == "status":
        answers["204"] = answers.pop("200")
    elif spoil == "media":
        answers["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    else:
        document["components"]["schemas"]["Clinic"]["properties"]["name"]["type"] = "integer"
    case = schemathesis.openapi.from_dict(document)["/clinic"]["GET"].Case()
    answer = case.call(base_url="http://localhost:8000/api/v1", app=api.app, headers={"Host": target.host})
    with pytest.raises(FailureGroup):
        case.validate_response(answer, checks=CONFORMS)
