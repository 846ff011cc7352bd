"""The documentation as one page for people: made from the OpenAPI document, without script."""

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from json import dumps
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
CODE = re.compile(r"`([^`]+)`")
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --accent: light-dark(#0d7066, #4fd1bf); --line: light-dark(#d9dee3, #343a40);
  --soft: light-dark(#f4f6f8, #1d2125); background: light-dark(#fff, #121517) }
body { max-inline-size: 62rem; margin: 0 auto; padding: 2.5rem 1rem 5rem; overflow-wrap: anywhere }
h1 { font-size: 1.75rem; margin: 0 } h2 { font-size: 1.25rem; margin-block: 3rem .5rem }
h3 { font-size: 1rem; margin: 0 } h4 { font-size: .875rem; margin-block: 1rem .25rem }
a { color: var(--accent) }
section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin-block: 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .875em }
pre { overflow-x: auto; overflow-wrap: normal; margin: 0; padding: .75rem 1rem; border-radius: .375rem;
  background: var(--soft) }
table { border-collapse: collapse; inline-size: 100%; font-size: .875rem; margin-block-start: 1rem }
th, td { text-align: start; vertical-align: top; padding: .375rem 1rem .375rem 0;
  border-block-end: 1px solid var(--line) }
nav ul { columns: 26rem; padding: 0; list-style: none; line-height: 1.9 }
nav a { display: flex; gap: .5rem; align-items: baseline; text-decoration: none }
nav a:is(:hover, :focus-visible) { text-decoration: underline }
.method { display: inline-block; flex: none; min-inline-size: 3.75rem; color: var(--accent);
  font: 600 .8125rem ui-monospace, monospace }
.access { font-size: .875rem; margin-block-end: 0 }
"""


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, path, operation) for each operation."""
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def page_of(document: dict[str, Any], *, base: str) -> str:
    """Return the documentation as one page."""
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    order = list(about)
    # A tag's operations may stand in several modules.
    found = sorted(operations(document), key=lambda one: order.index(one[2]["tags"][0]))
    links = "".join(_link(method, path) for method, path, _ in found)
    groups = groupby(found, key=lambda one: one[2]["tags"][0])
    parts = "".join(_group(tag, about[tag], "".join(_section(*one) for one in some)) for tag, some in groups)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Holdfast API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/icon.svg" type="image/svg+xml"><style>{STYLE}</style></head>'
        f"<body><main><h1>Holdfast API</h1><p>{_text(document['info']['description'])}</p>"
        f'<p>Base <code>{base}</code>, for programs <a href="{base}/openapi.json">openapi.json</a>.</p>'
        f'<nav aria-label="Operations"><ul>{links}</ul></nav>{parts}</main></body></html>'
    )


def _group(tag: str, about: str, sections: str) -> str:
    return f"<h2>{escape(tag)}</h2><p>{_text(about)}</p>{sections}"


def _link(method: str, path: str) -> str:
    return f'<li><a href="#{_anchor(method, path)}">{_name(method, path)}</a></li>'


def _name(method: str, path: str) -> str:
    return f'<span class="method">{method}</span> <code>{escape(path)}</code>'


def _section(method: str, path: str, operation: dict[str, Any]) -> str:
    return (
        f'<section id="{_anchor(method, path)}"><h3>{_name(method, path)}</h3>'
        f"<p>{_text(operation['description'])}</p>"
        f"{_access(operation)}{_parameters(operation)}{_request(operation)}{_answers(operation)}</section>"
    )


def _access(operation: dict[str, Any]) -> str:
    needs = operation["security"]
    scopes = sorted({scope for need in needs for asked in need.values() for scope in asked})
    if not scopes:
        return '<p class="access">For anybody.</p>'
    own = " A guest needs no identity." if {} in needs else ""
    own = own or (" Or the guest's own token." if any("guestToken" in need for need in needs) else "")
    return f'<p class="access">Needs <code>{escape(" ".join(scopes))}</code>.{own}</p>'


def _parameters(operation: dict[str, Any]) -> str:
    shown = [one for one in operation.get("parameters", []) if one["in"] != "cookie"]
    rows = [(f"<code>{escape(one['name'])}</code>", _place(one), _text(one.get("description", ""))) for one in shown]
    return _table(("Parameter", "In", "Meaning"), rows)


def _place(parameter: dict[str, Any]) -> str:
    return f"{parameter['in']}, required" if parameter.get("required") else str(parameter["in"])


def _request(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(f"<h4>Request, {escape(media)}</h4>{_example(media, one)}" for media, one in content.items())


def _answers(operation: dict[str, Any]) -> str:
    answers = sorted(operation["responses"].items())
    rows = [(f"<code>{status}</code>", _text(answer["description"])) for status, answer in answers]
    examples = [
        f"<h4>Answer {status}</h4>{_example(media, one)}"
        for status, answer in answers
        if status.startswith("2")
        for media, one in answer.get("content", {}).items()
    ]
    return "".join(examples) + _table(("Status", "When"), rows)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _example(media: str, content: dict[str, Any]) -> str:
    example: Any = content.get("example")
    text = urlencode(example) if media == FORM else dumps(example, indent=2, ensure_ascii=False)
    return f"<pre><code>{escape(text)}</code></pre>"


def _text(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(text))


def _anchor(method: str, path: str) -> str:
    return f"{method}{path}".replace("/", "-").replace("{", "").replace("}", "").lower()
