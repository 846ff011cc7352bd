"""From a file's bytes to its text: UTF-8 or Windows-1252, or a refusal; never letters that were guessed wrong."""

import codecs

from charset_normalizer import from_bytes

from app.import_errors import ImportRefused, ImportTooLarge
from app.words import N_

MOST_BYTES = 10 * 1024 * 1024
EMPTY = N_("This file is empty.")
NO_TEXT = N_("This is no text file. In your spreadsheet, save the table as CSV and choose that file.")
UNKNOWN = N_("The letters of this file cannot be told for sure. Save it as “CSV UTF-8” and choose it again.")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Workbooks and other archives, PDF, old workbooks.
OTHER_FILES = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")


def text_of(data: bytes) -> str:
    """Return the file's text without a byte order mark; raises ImportRefused and ImportTooLarge."""
    if len(data) > MOST_BYTES:
        raise ImportTooLarge
    if data.startswith(OTHER_FILES):
        raise ImportRefused(NO_TEXT)
    text = _decoded(data).removeprefix("\ufeff")
    if "\0" in text:
        raise ImportRefused(NO_TEXT)
    if not text.strip():
        raise ImportRefused(EMPTY)
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data.startswith(UTF_16) else "utf-8")
    except UnicodeDecodeError:
        pass
    # Only asked whether it can be this one: many encodings fit a few accents, and the wrong one changes names.
    found = None if b"\0" in data else from_bytes(data, cp_isolation=["cp1252"]).best()
    if found is None:
        raise ImportRefused(UNKNOWN)
    return str(found)
