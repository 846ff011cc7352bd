"""Every visible string is a message, and every message has its words in all five languages."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import reflex as rx

from app.components.words import format_time, t, t_var, tn
from app.infra.words import as_json, messages, missing, read, words_of
from app.settings import ROOT
from app.words import LANGUAGES

SOURCES = sorted([*(ROOT / "app/pages").rglob("*.py"), *(ROOT / "app/components").rglob("*.py")])
# Props that a reader sees or hears.
SPOKEN = {"placeholder", "title", "label", "alt", "aria_label", "aria_description", "content", "description"}
# What is counted on the product's pages, as one says it of several.
COUNTED = (
    "appointments|attendees|cells|characters|columns|dates|days|hours|items|messages|minutes|months|offers|patients"
    "|people|places|practitioners|rooms|rows|seconds|services|starts|times|visits|weeks|years"
)
# Calls whose first words are names of things, not texts: icons, CSS classes, keys, addresses.
NAMING = {"icon", "match", "Page", "call_script", "set_value", "Var", "getLogger", "match_role", "asset", "join"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_words(language: str) -> None:
    assert missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language: str) -> None:
    for message in read(language):
        forms = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        for form in filter(None, forms):
            # A plural form may leave the number out ("one time is free").
            assert set(re.findall(r"{\w+}", form)) | {"{n}"} == set(re.findall(r"{\w+}", "".join(ids))) | {"{n}"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_for_the_browser_holds_each_message(language: str) -> None:
    words = json.loads(as_json(language))
    for message in messages():
        if message.id:
            assert (message.id if isinstance(message.id, str) else message.id[0]) in words


def test_arabic_has_its_six_plural_forms() -> None:
    plurals = [words for words in json.loads(as_json("ar")).values() if isinstance(words, list)]
    assert all(len(forms) == 6 and all(forms) for forms in plurals)


def test_what_counts_something_has_its_plural_forms() -> None:
    """One appointment is not "1 appointments": what stands before such a word is counted, or a limit above one."""
    single = [str(message.id) for message in messages() if isinstance(message.id, str)]
    assert [text for text in single if _counts_something(text)] == []


def test_the_lint_sees_what_is_counted() -> None:
    assert _counts_something("{n} appointments are displaced.")
    assert _counts_something("Late by up to {minutes} minutes")
    assert _counts_something("{n} free times are left")
    assert not _counts_something("Closed: {n}. {patient} waits. Not more than {most} rows.")


def test_the_server_has_the_same_words() -> None:
    assert words_of("de").gettext("Booked") == "Gebucht"
    assert words_of("xx").gettext("Booked") == "Booked"


def test_a_message_becomes_a_lookup_in_the_browser() -> None:
    name = rx.Var("name_")
    assert str(t("Sign in")) == 't_("Sign in")'
    assert str(t("Hello {name}", name=name)) == 't_("Hello {name}", ({ ["name"] : name_ }))'
    assert str(tn("{n} time is free", "{n} times are free", n=name)).startswith('t_.n("{n} time is free"')
    assert str(t_var(name)) == "t_(name_)"
    assert str(format_time(name, zone="Europe/Berlin")) == 't_.time(name_, "Europe/Berlin")'


def test_the_lookup_brings_its_hook_along() -> None:
    data = t("Sign in")._get_all_var_data()
    assert data is not None
    assert "const t_ = useT()" in data.hooks


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_bare_text_on_a_page(source: Path) -> None:
    assert list(_bare_texts(ast.parse(source.read_text()))) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_messages_are_literals(source: Path) -> None:
    for call in _calls(ast.parse(source.read_text())):
        if isinstance(call.func, ast.Name) and call.func.id in ("t", "tn", "N_", "NN_") and call.args:
            assert isinstance(call.args[0], ast.Constant), f"line {call.lineno}"


def test_the_lint_sees_a_bare_text() -> None:
    bare = 'rx.text("Good morning")\nrx.input(placeholder="Your name")\nrx.el.p(rx.cond(x, "Yes please", ""))'
    assert len(list(_bare_texts(ast.parse(bare)))) == 3


def _counts_something(text: str) -> bool:
    found = re.finditer(rf"{{(\w+)}} (?:\w+ )?(?:{COUNTED})\b", text)
    # A limit is never one, and a status says of how many.
    return any(match[1] not in ("most", "status") for match in found)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _bare_texts(tree: ast.AST) -> Iterator[str]:
    styling = {id(node) for call in _calls(tree) for node in _class_names(call)}
    for call in _calls(tree):
        if id(call) in styling:
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        is_component = isinstance(call.func, ast.Attribute) and _root(call.func) == "rx"
        if is_component and name not in NAMING:
            yield from (f"line {arg.lineno}: {arg.value}" for arg in call.args if _is_text(arg))
        for keyword in call.keywords:
            if keyword.arg in SPOKEN and _is_text(keyword.value):
                yield f"line {keyword.value.lineno}: {keyword.arg}"


def _class_names(call: ast.Call) -> Iterator[ast.AST]:
    """Yield everything below a call's `class_name`: names of styles, chosen by a condition perhaps."""
    for keyword in call.keywords:
        if keyword.arg == "class_name":
            yield from ast.walk(keyword.value)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    """Tell a text from a code such as "true" or "in-room": it has a capital or a space between letters."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return bool(re.search(r"[A-Z]|[a-z] [a-z]", node.value))
