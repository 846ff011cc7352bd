"""Catalogues: messages are read out of the source, translated in .po files, compiled to JSON for the browser.

`python -m app.infra.words` reads the source and brings every app/locale/<language>/LC_MESSAGES/messages.po up to
date: new messages appear untranslated (a test fails until they are), unused ones go. The build compiles
them (app/components/build.py). Text made on the server is translated with `words_of(language)`.
"""

import io
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from app.errors import ClinicError
from app.words import LANGUAGES

# Lines of a .po header that name a moment or a person and would change at every run.
_PASSING = (b"#", b'"Project-Id', b'"Report-', b'"POT-', b'"PO-', b'"Last-', b'"Language-Team', b'"Generated')
ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "app" / "locale"
KEYWORDS = {"t": None, "N_": None, "tn": (1, 2), "NN_": (1, 2), "t_": None, "t_.n": (1, 2)}
METHODS = [("app/locale/**", "ignore"), ("**.py", "python"), ("**.js", "javascript"), ("**.jsx", "javascript")]


def messages() -> Catalog:
    """Return every message of the product: the calls in the source and the errors' sentences."""
    catalog = Catalog(charset="utf-8")
    for source in ("app", "assets"):
        found = extract_from_dir(str(ROOT / source), METHODS, keywords=KEYWORDS)
        for name, line, message, _comments, _context in found:
            catalog.add(message, locations=[(f"{source}/{name}", 0 * line)])
    # Errors that other modules add are the API's own: programs read them, in English.
    for error in (one for one in _errors(ClinicError) if one.__module__ == ClinicError.__module__):
        catalog.add(error.message, locations=[("app/errors.py", 0)])
    return catalog


def update() -> None:
    """Bring each language's .po file up to date with the source; English translates to itself."""
    for language in LANGUAGES:
        catalog = read(language)
        # A template of its own: Babel shares the message objects, and English would lend its words to all.
        catalog.update(messages(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        if language == "en":
            for message in catalog:
                message.string = message.id
        save(catalog, language)


def save(catalog: Catalog, language: str) -> None:
    """Write a language's .po file, without header lines that would change at every run."""
    file = io.BytesIO()
    write_po(file, catalog, sort_output=True, no_location=True, width=110)
    kept = [line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(_PASSING)]
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(kept))


def missing(language: str) -> list[str]:
    """Return the messages of the source that a language has no words for."""
    catalog = read(language)
    return [str(message.id) for message in messages() if message.id and not _is_translated(catalog, message)]


def _is_translated(catalog: Catalog, message: Message) -> bool:
    found = catalog.get(message.id)
    if found is None or not found.string:
        return False
    return all(found.string) if isinstance(found.string, (tuple, list)) else True


def read(language: str) -> Catalog:
    """Return a language's catalogue, an empty one when there is none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def as_json(language: str) -> str:
    """Return a catalogue as the browser reads it: message to words, or to its list of plural forms."""
    words: dict[str, Any] = {}
    catalog = read(language)
    for message in catalog:
        if message.id and _is_translated(catalog, message):
            key = message.id if isinstance(message.id, str) else message.id[0]
            words[key] = message.string
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=len(LANGUAGES))
def words_of(language: str) -> Translations:
    """Return the gettext translations for text that is made on the server."""
    file = io.BytesIO()
    write_mo(file, read(language if language in LANGUAGES else "en"))
    file.seek(0)
    return Translations(file)


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def _errors(base: type[ClinicError]) -> Iterator[type[ClinicError]]:
    yield base
    for child in base.__subclasses__():
        yield from _errors(child)


if __name__ == "__main__":
    update()
