"""Words for the screen: every visible string goes through here, never as a bare Python string.

Reflex compiles a page once, so a Python string is frozen in the language of the build. `t()` yields a var
that the browser looks up in the reader's catalogue (assets/words.js); changing the language draws the page
again without asking the server. It works as a child, as a prop (placeholder, aria_label, title) and inside
`rx.foreach`, and takes vars as values:

    rx.text(t("Hello {name}", name=State.name))
    rx.text(tn("{n} time is free", "{n} times are free", n=Day.free))
    rx.text(format_time(State.starts_at, zone=State.zone))      # ISO instant -> the reader's clock format
    rx.text(format_date(State.day, style="long"))               # ISO instant or plain date

The message is the English text itself and must be a literal, because `python -m app.infra.words` finds the
messages by reading the source. A message chosen at run time is marked where it is written with `N_("Booked")`,
one that counts with `NN_("{n} place", "{n} places")` (app/words.py), and looked up with `t_var(var)`. Catalogues:
app/locale/<language>/LC_MESSAGES/messages.po; a test fails when one lacks a message. In JavaScript of our own:
`import { useT } from "$/public/words.js"`, then `const t_ = useT()` and `t_("Hello {name}", {name})`,
`t_.n(one, many, count)`, `t_.time(iso, zone)`.
"""

import json
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar, Var

from app.words import LANGUAGES as LANGUAGES
from app.words import N_ as N_
from app.words import NN_ as NN_

_READER = VarData(
    imports={"$/public/words.js": [ImportVar(tag="useT", install=False)]},
    hooks={"const t_ = useT()": None},
)

Text = str | rx.Var[Any]


def t(message: str, **values: Any) -> rx.Var[str]:
    """Return the message in the reader's language, with `{name}` replaced by each value."""
    return _expression("t_", json.dumps(message), *_given(values))


def tn(one: str, many: str, *, n: Any, **values: Any) -> rx.Var[str]:
    """Return the plural form that the reader's language has for `n`; `{n}` is the number itself."""
    return _expression("t_.n", json.dumps(one), json.dumps(many), LiteralVar.create(n), *_given(values))


def t_var(message: rx.Var[Any], values: rx.Var[Any] | None = None) -> rx.Var[str]:
    """Return the words for a message that is only known at run time and was marked with `N_`, its gaps filled."""
    return _expression("t_", message, *([] if values is None else [values]))


def format_time(instant: Text, *, zone: Text = "") -> rx.Var[str]:
    """Return the clock time of an ISO instant in the zone, as the reader's language writes it."""
    return _expression("t_.time", LiteralVar.create(instant), LiteralVar.create(zone))


def format_date(instant: Text, *, zone: Text = "", style: str = "day") -> rx.Var[str]:
    """Return a date: style is day, long, bar, short, weekday, monthday or month."""
    return _expression("t_.date", *(LiteralVar.create(value) for value in (instant, zone, style)))


def format_zone(instant: Text, *, zone: Text) -> rx.Var[str]:
    """Return the short name of the zone at that instant, for places where it could matter."""
    return _expression("t_.zone", LiteralVar.create(instant), LiteralVar.create(zone))


def format_number(value: Any) -> rx.Var[str]:
    """Return a number with the reader's separators and minus sign."""
    return _expression("t_.number", LiteralVar.create(value))


def format_percent(share: Any) -> rx.Var[str]:
    """Return a share between 0 and 1 as a percentage."""
    return _expression("t_.percent", LiteralVar.create(share))


def format_money(minor_units: Any, *, currency: Text) -> rx.Var[str]:
    """Return an amount of integer minor units in its currency."""
    return _expression("t_.money", LiteralVar.create(minor_units), LiteralVar.create(currency))


def format_country(code: Text) -> rx.Var[str]:
    """Return a country's name in the reader's language."""
    return _expression("t_.country", LiteralVar.create(code))


def reader_language() -> rx.Var[str]:
    """Return the code of the language that the page is shown in."""
    return Var(_js_expr="t_.language", _var_type=str, _var_data=_READER).to(str)


def reader_locale() -> rx.Var[str]:
    """Return the language with the region that the browser asks for, for what the server writes out."""
    return Var(_js_expr="t_.locale", _var_type=str, _var_data=_READER).to(str)


def set_language(code: Text) -> EventSpec:
    """Change the language of this browser; nothing is sent to the server."""
    chosen = LiteralVar.create(code)
    return rx.call_function(
        Var(_js_expr=f"(() => window.holdfast.setLanguage({chosen!s}))", _var_data=chosen._get_all_var_data())
    )


def language_switch(**props: Any) -> rx.Component:
    """Show the choice of languages, each written in its own script."""
    return rx.select.root(
        rx.select.trigger(aria_label=t("Language"), variant="soft", color_scheme="gray"),
        rx.select.content(
            *(rx.select.item(name, value=code, lang=code) for code, name in LANGUAGES.items()),
            position="popper",
        ),
        value=reader_language(),
        on_change=lambda code: set_language(code),
        **props,
    )


def _given(values: dict[str, Any]) -> list[Var[Any]]:
    return [LiteralVar.create(values)] if values else []


def _expression(function: str, *arguments: Any) -> rx.Var[str]:
    data = [argument._get_all_var_data() for argument in arguments if isinstance(argument, Var)]
    call = f"{function}({', '.join(str(argument) for argument in arguments)})"
    return Var(_js_expr=call, _var_type=str, _var_data=VarData.merge(_READER, *data)).to(str)
