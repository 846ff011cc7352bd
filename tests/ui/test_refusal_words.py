"""What the engine refuses with is shown on pages: each of its sentences is a message with words in every language."""

import ast
from collections.abc import Iterator

import pytest

from app.errors import ClinicError
from app.infra.words import messages
from app.settings import ROOT

ENGINE = ("booking", "availability", "series", "waitlist")
# Heard by programs only: the tokens of the API.
API_ONLY = {"guest_access.py"}
SOURCES = sorted(
    source for part in ENGINE for source in (ROOT / "app/services" / part).rglob("*.py") if source.name not in API_ONLY
)


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {message.id for message in messages() if isinstance(message.id, str)}


def test_every_sentence_of_a_refusal_is_a_message(known: set[str]) -> None:
    said = {(str(source.relative_to(ROOT)), text) for source in SOURCES for text in _sentences(source.read_text())}
    assert {(source, text) for source, text in said if text not in known} == set()


def test_the_lint_sees_a_bare_sentence() -> None:
    assert list(_sentences('raise InvalidField("to", "Give another time.")')) == ["Give another time."]
    assert list(_sentences('raise InvalidField("to", N_("Give another time."))')) == []
    assert list(_sentences('print("Give another time.")')) == []


def _sentences(source: str) -> Iterator[str]:
    """Yield the texts that are given to a refusal as they stand."""
    kinds = {kind.__name__ for kind in _kinds(ClinicError)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and " " in given.value:
                    yield given.value


def _kinds(kind: type[ClinicError]) -> list[type[ClinicError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]
