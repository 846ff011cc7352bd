"""What was agreed exists: every path with its statuses, filters and fields, described and with an example."""

from html import escape
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.app import create_base
from app.api.openapi import document_of
from tests.api.contract import CONTRACT, FIELDS, FILTERS, PAGES
from tests.api.test_permissions import MATRIX

ALWAYS = {422, 503}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The contract that is served."""
    return document_of(create_base())


def operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    return dict(document["paths"][path][method.lower()])


@pytest.mark.parametrize(("method", "path"), CONTRACT)
def test_every_path_of_the_contract_exists_with_its_statuses(document: dict[str, Any], method: str, path: str) -> None:
    documented = {int(status) for status in operation(document, method, path)["responses"]}
    assert documented >= CONTRACT[method, path] | ALWAYS


@pytest.mark.parametrize("path", FILTERS)
def test_every_list_takes_its_filters(document: dict[str, Any], path: str) -> None:
    named = {one["name"] for one in operation(document, "GET", path)["parameters"] if one["in"] == "query"}
    assert named >= FILTERS[path]


@pytest.mark.parametrize("schema", FIELDS)
def test_every_answer_has_its_fields(document: dict[str, Any], schema: str) -> None:
    assert set(document["components"]["schemas"][schema]["properties"]) >= FIELDS[schema]


@pytest.mark.parametrize("path", PAGES)
def test_what_stands_beside_them_answers(api: TestClient, path: str) -> None:
    # /metrics is for this machine: to the test's caller there is no such page.
    assert api.get(path).status_code == (404 if path == "/metrics" else 200)


def test_every_operation_is_described_and_nothing_goes_away(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    ids: list[str] = []
    for method, path in MATRIX:
        described = operation(document, method, path)
        ids.append(described["operationId"])
        assert described["summary"], (method, path)
        assert described["description"], (method, path)
        assert set(described["tags"]) <= tags, (method, path)
        assert "deprecated" not in described, (method, path)
        assert "security" in described, (method, path)
    assert len(set(ids)) == len(ids)


def test_every_refusal_has_an_example_of_its_own_status(document: dict[str, Any]) -> None:
    for method, path in MATRIX:
        for status, answer in operation(document, method, path)["responses"].items():
            if int(status) >= 400:
                example = answer["content"]["application/problem+json"]["example"]
                assert example["status"] == int(status), (method, path)
                assert example["detail"], (method, path)


def test_every_scheme_that_is_needed_is_there(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for method, path in MATRIX:
        needs = operation(document, method, path)["security"]
        assert {scheme for need in needs for scheme in need} <= set(schemes)
        scopes = {scope for need in needs for scope in need.get("clientToken", [])}
        assert scopes <= set(schemes["clientToken"]["flows"]["clientCredentials"]["scopes"])
    assert {} in operation(document, "POST", "/appointments")["security"]
    assert operation(document, "GET", "/slots")["security"] == []


def test_the_docs_page_shows_everything(api: TestClient, document: dict[str, Any]) -> None:
    page = api.get("/api/v1/docs").text
    for method, path in MATRIX:
        described = operation(document, method, path)
        assert f'<span class="method">{method}</span> <code>{path}</code>' in page
        for parameter in described.get("parameters", []):
            assert parameter["in"] == "cookie" or f"<code>{parameter['name']}</code>" in page
    for tag in document["tags"]:
        assert f"<h2>{tag['name']}</h2>" in page
        assert escape(tag["description"].partition("`")[0]) in page
